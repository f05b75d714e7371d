# A site's records: they win and say so; a broken file is told with its place, exit status 2, and the answer still comes.
$ printf 'Service: payroll\nPorts: 7878/tcp\nTitle: Payroll\nSafe: -\nWhy: It has the salaries.\nDo: Only from the office.\n' >good.rec; portolan --chart good.rec 7878/tcp
> 7878/tcp  payroll  -  limit it to particular peers
>            Payroll
>   why      It has the salaries.
>   do       Only from the office.
>   site     this site's own record; it wins over the chart and the registry
>   others   -  radarr (common)  Radarr, film download manager
>            owms (registered)  Opswise Message Service
$ portolan --chart good.rec payroll | head -1
> 7878/tcp  payroll  -  limit it to particular peers
$ portolan --chart good.rec -J 7878/tcp | jsoncheck lookup.0.claims.0.service=payroll lookup.0.claims.0.kind=site lookup.0.claims.0.sources.0=site lookup.0.claims.0.date=null
$ portolan --chart good.rec search payroll | head -2
> PORT     SERVICE SAFE KIND       TITLE
> 7878/tcp payroll -    site       Payroll
# what a record does not say is what the chart says of that service
$ printf 'Service: telnet\nSafe: Y\nWhy: Only in the laboratory.\n' >telnet.rec; portolan --chart telnet.rec 23/tcp
~ 23/tcp  telnet  Y  safe enough
~ Only in the laboratory.
~   in 2001  N  unsafe
~ this site's own record; it wins over the chart and the registry
# a broken file
$ printf 'Service: one\nPorts: 7001/tcp\nColour: red\n\nService: two\nPorts: 7002/tcp\nTitle: Two\nSafe: Y\nWhy: w.\nDo: d.\n' >bad.rec; portolan --chart bad.rec 7002/tcp
? 2
> 7002/tcp  two  Y  safe enough
>            Two
>   why      w.
>   do       d.
>   site     this site's own record; it wins over the chart and the registry
>   others   -  weblogic (common)  Oracle WebLogic server, console and T3
>            -  graphite (common)  Graphite Carbon, metrics input
>            afs3-prserver (registered)  users & groups database
>            -  ceph-osd (common)  Ceph storage, metadata and manager daemons
E portolan: lookup: bad.rec:3: unknown field "Colour"
$ portolan --chart bad.rec -J 113/tcp | jsoncheck lookup.0.claims.0.service=ident
E portolan: lookup: bad.rec:3: unknown field "Colour"
$ portolan --chart nofile.rec 4/tcp
? 2
> 4/tcp  nobody claims it (IANA: unassigned)
E portolan: lookup: nofile.rec: No such file or directory
$ portolan --chart / 4/tcp
? 2
> 4/tcp  nobody claims it (IANA: unassigned)
E portolan: lookup: /: Is a directory
$ printf 'Service: \033[31m\n' >esc.rec; portolan --chart esc.rec 4/tcp
? 2
> 4/tcp  nobody claims it (IANA: unassigned)
E portolan: lookup: esc.rec:1: this line has a control character or is not UTF-8
$ head -c 100000 /dev/urandom >noise.rec; portolan --chart noise.rec 4/tcp 2>/dev/null
? 2
> 4/tcp  nobody claims it (IANA: unassigned)
$ : >empty.rec; portolan --chart empty.rec 4/tcp
> 4/tcp  nobody claims it (IANA: unassigned)
# check
$ portolan chart check good.rec telnet.rec
> 2 records, nothing to complain of
$ portolan chart check bad.rec
? 2
E portolan: chart: bad.rec:3: unknown field "Colour"
$ portolan chart check good.rec good.rec
? 2
E portolan: chart: good.rec:1: the name payroll of payroll already belongs to payroll (good.rec:1)
E portolan: chart: good.rec:1: payroll claims 7878/tcp, which payroll already has (good.rec:1); use Also:
$ printf 'Service: x\nPorts: 7003/tcp\nTitle: t\nSafe: N\nWhy: w.\nDo: d.\nInstead: nowhere\n' >dangling.rec; portolan chart check dangling.rec
? 2
E portolan: chart: dangling.rec:1: Instead: nothing is called "nowhere"
$ printf 'Service: mine\nAlias: ssh\nPorts: 7004/tcp\nTitle: t\nSafe: Y\nWhy: w.\nDo: d.\n' >taken.rec; portolan chart check taken.rec
? 2
E portolan: chart: taken.rec:1: the name ssh of mine already belongs to ssh in the chart
$ portolan chart check nofile.rec
? 2
E portolan: chart: nofile.rec: No such file or directory
$ portolan chart check
> 0 records, nothing to complain of
# the standing places
$ mkdir -p .config/portolan/chart.d; cp good.rec .config/portolan/chart.d/; portolan 7878/tcp | head -1
> 7878/tcp  payroll  -  limit it to particular peers
$ cp bad.rec .config/portolan/chart.d/; portolan 7002/tcp | head -1
> 7002/tcp  two  Y  safe enough
e /.config/portolan/chart.d/bad.rec:3: unknown field "Colour"
$ portolan chart check
? 2
e /.config/portolan/chart.d/bad.rec:3: unknown field "Colour"
$ mkdir -p xdg/portolan/chart.d; cp good.rec xdg/portolan/chart.d/; XDG_CONFIG_HOME=$PWD/xdg portolan chart check
> 1 record, nothing to complain of

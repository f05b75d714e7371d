# Bad input: a clear word with the place, exit status 2, and nothing lost of what was good.
$ portolan 65536
? 2
E portolan: lookup: "65536": a port is a number from 0 to 65535
$ portolan 65536/tcp
? 2
E portolan: lookup: "65536/tcp": a port is a number from 0 to 65535
$ portolan 99999999999999999999
? 2
E portolan: lookup: "99999999999999999999": a port is a number from 0 to 65535
$ portolan 23-
? 2
E portolan: lookup: "23-": half a range: write N-M, or N+ for everything from N up
$ portolan 23-/tcp
? 2
E portolan: lookup: "23-/tcp": half a range: write N-M, or N+ for everything from N up
$ portolan 139-137/udp
? 2
E portolan: lookup: "139-137/udp": the range runs backwards
$ portolan 1-2+
? 2
E portolan: lookup: "1-2+": a range has an end or a +, not both
$ portolan 22/icmp
? 2
E portolan: lookup: "22/icmp": the protocol must be tcp, udp, sctp or dccp
$ portolan 22/
? 2
E portolan: lookup: "22/": the protocol must be tcp, udp, sctp or dccp
$ portolan -- -5
? 2
E portolan: lookup: nobody is called "-5" (portolan search -5 looks further)
$ portolan ''
? 2
E portolan: lookup: an empty word asks for nothing
$ portolan 1-65536
? 2
E portolan: lookup: "1-65536": a port is a number from 0 to 65535
$ portolan nosuchname
? 2
E portolan: lookup: nobody is called "nosuchname" (portolan search nosuchname looks further)
$ portolan telent
? 2
e portolan: lookup: nobody is called "telent"; near it: telnet
$ portolan shh
? 2
e near it: ssh
$ portolan 113/tcp telent 65536
? 2
~ 113/tcp  ident
e nobody is called "telent"
e "65536": a port is a number
$ portolan "$(printf '\033[31mred')"
? 2
E portolan: lookup: nobody is called "?[31mred" (portolan search ?[31mred looks further)
$ head -c 100000 /dev/zero | tr '\0' a | xargs portolan
? 123
e nobody is called "aaaa
# options
$ portolan -x 113/tcp
? 2
E portolan: lookup: there is no option -x here (see --help)
$ portolan --nope 113/tcp
? 2
E portolan: lookup: there is no option --nope here (see --help)
$ portolan --color=maybe 113/tcp
? 2
E portolan: lookup: --color: "maybe" is none of auto, always, never
$ portolan --chart
? 2
E portolan: lookup: --chart needs an argument
$ portolan --as-of
? 2
E portolan: lookup: --as-of needs an argument
$ portolan search
? 2
E portolan: search: search for what? (portolan search remote desktop, portolan search safe=N range=0-1023)
$ portolan search foo=1
? 2
E portolan: search: "foo=1": the conditions are safe=, proto=, range= and kind=
$ portolan search safe=X
? 2
E portolan: search: safe: "X" is none of: Y, -, N or ?
$ portolan search proto=icmp
? 2
E portolan: search: proto: "icmp" is none of: tcp, udp, sctp or dccp
$ portolan search range=9-8
? 2
E portolan: search: range: "9-8" is none of: N, N-M or N+
$ portolan search kind=evil
? 2
E portolan: search: kind: "evil" is none of: site, registered, common, historical or malware
$ portolan search --count 0 ssh
? 2
E portolan: search: --count: "0" is not a number from 1 to 65536
$ portolan search xyzzyplugh
E portolan: search: nothing found; try fewer or shorter words
$ portolan search -o NOPE ssh
? 2
e there is no column "NOPE"; there are:
$ portolan free 5
? 2
E portolan: free: "5": free takes only options
$ portolan free --near 65536
? 2
E portolan: free: --near: "65536" is not a port
$ portolan free --count x
? 2
E portolan: free: --count: "x" is not a number from 1 to 1000
$ portolan audit x
? 2
E portolan: audit: "x": audit takes only options
$ portolan audit --allow nofile.rec
? 2
E portolan: audit: nofile.rec: No such file or directory
$ printf 'Allow: ssh\nBecause: x\n' >allow.rec; portolan audit --allow allow.rec
? 2
E portolan: audit: allow.rec:1: Allow: "ssh" is not a port
$ portolan audit --against nofile.json
? 2
E portolan: audit: nofile.json: No such file or directory
$ echo '{' >base.json; portolan audit --against base.json
? 2
E portolan: audit: base.json:2: string or '}' expected near end of file
$ portolan chart
? 2
E portolan: chart: "": list, check, export or import
$ portolan chart bogus
? 2
E portolan: chart: "bogus": list, check, export or import
$ portolan chart list x
? 2
E portolan: chart: list takes no files
$ portolan chart import
? 2
E portolan: chart: import one file: IANA's service-names-port-numbers.csv or .xml
$ portolan chart export --format xml
? 2
E portolan: chart: --format: "xml" is none of services, csv, json

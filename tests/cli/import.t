% need drop
# IANA's own file, of full size, as an ordinary user. HOME is the folder of this test.
$ mkiana csv "$REGISTRY" >iana.csv; mkiana xml "$REGISTRY" >iana.xml; awk 'END { print (NR > 14000) }' iana.csv
> 1
$ drop portolan chart import iana.csv
~ lookups answer from
~ /.local/share/portolan/registry.book
$ drop portolan -J 465/tcp | jsoncheck lookup.0.claims.0.registered=true lookup.0.claims.0.date=2017-12-12 'lookup.0.claims.0.reference=[RFC8314]'
$ drop portolan -J 853/tcp | jsoncheck lookup.0.claims.0.date=2015-10-08
$ drop portolan -J 4444/tcp | jsoncheck lookup.0.claims=?
$ drop portolan 465/tcp
~ submissions, registered 2017-12-12 [RFC8314]
$ drop portolan 6000/tcp
~ 6000/tcp  x11
# a file that is cut off, or another one, is refused, and the old data stays
$ cksum .local/share/portolan/registry.book >before; head -c 700000 iana.csv >cut.csv; drop portolan chart import cut.csv; echo $?; cksum .local/share/portolan/registry.book | cmp - before
> 2
e (nothing was changed)
$ head -c 900000 iana.xml >cut.xml; drop portolan chart import cut.xml; echo $?; cksum .local/share/portolan/registry.book | cmp - before
> 2
e (nothing was changed)
$ drop portolan chart import /etc/passwd; echo $?; cksum .local/share/portolan/registry.book | cmp - before
> 2
e (nothing was changed)
$ drop portolan chart import nofile.csv
? 2
E portolan: chart: nofile.csv: No such file or directory (nothing was changed)
$ ls .local/share/portolan
> registry.book
# XML says its own date
$ drop portolan chart import iana.xml
~ dated 2026-11-01
$ drop portolan -J 465/tcp | jsoncheck lookup.0.claims.0.date=2017-12-12 'lookup.0.claims.0.reference=[RFC8314]'
$ drop portolan chart export 2>/dev/null | head -1
~ registry of 2026-11-01
# XDG_DATA_HOME
$ mkdir -m 777 data; XDG_DATA_HOME=$PWD/data drop portolan chart import iana.csv >/dev/null; ls data/portolan
> registry.book
# what was imported and then damaged is told, and the built-in registry answers
$ cp data/portolan/registry.book good.book; head -c 100000 good.book >data/portolan/registry.book; XDG_DATA_HOME=$PWD/data portolan 6064/tcp | head -1
~ ndl-ahp-svc
e not a registry of this version
$ echo junk >data/portolan/registry.book; XDG_DATA_HOME=$PWD/data portolan 4/tcp
? 2
~ 4/tcp  nobody claims it
e using the built-in registry
# a folder that cannot be written
$ mkdir -m 555 locked; XDG_DATA_HOME=$PWD/locked drop portolan chart import iana.csv
? 2
e Permission denied (nothing was changed)
# an overlay that cannot be read
$ printf 'Service: x\n' >secret.rec; chmod 000 secret.rec; drop portolan --chart secret.rec 4/tcp
? 2
~ 4/tcp  nobody claims it
e portolan: lookup: secret.rec: Permission denied

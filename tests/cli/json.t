# The documents of portolan-json(5).
$ portolan -J 113/tcp | jsoncheck portolan=? schema=1 lookup=#1 lookup.0.port=113 lookup.0.proto=tcp lookup.0.claims.0.service=ident lookup.0.claims.0.kind=registered lookup.0.claims.0.rating='"?"' lookup.0.claims.0.rating_2001='"?"' sources.farrow-2001.date=2001
$ portolan -J 113/tcp | jsoncheck lookup.0.claims.0.aliases=? lookup.0.claims.0.title=? lookup.0.claims.0.why=? lookup.0.claims.0.do=? lookup.0.claims.0.instead=? lookup.0.claims.0.trap=null lookup.0.claims.0.sources=? lookup.0.claims.0.errata=? lookup.0.claims.0.date=?
$ portolan -J 445/tcp | jsoncheck lookup.0.claims.0.service=smb lookup.0.claims.0.aliases.0=microsoft-ds lookup.0.claims.0.errata.0.date=?
$ portolan -J 0/tcp | jsoncheck lookup.0.state=reserved 'lookup.0.claims=[]'
$ portolan -J 113 | jsoncheck lookup=#2 lookup.0.proto=tcp lookup.1.proto=udp
$ portolan -J 49160/tcp | jsoncheck lookup.0.state=dynamic
$ portolan -J 80/tcp | jsoncheck lookup.0.claims.0.service=http lookup.0.claims.-.kind=malware lookup.0.claims.0.registered=true
$ portolan -J 6064/tcp | jsoncheck lookup.0.claims.0.service=ndl-ahp-svc lookup.0.claims.0.rating=null lookup.0.claims.0.why=null lookup.0.claims.0.sources.0=iana-ports
$ portolan -J 1-65535/tcp | jsoncheck lookup=#65535
$ portolan search -J remote desktop | jsoncheck schema=1 search.0.port=? search.0.claims=#1 search.0.claims.0.title=?
$ portolan search -J xyzzyplugh | jsoncheck 'search=[]'
$ portolan free -J --count 3 | jsoncheck free=#3
$ portolan chart export -J | jsoncheck lookup=?
# the same as the text
$ portolan -J ssh smtp | jsoncheck lookup.0.claims.0.service=ssh
# trouble, and the document all the same
$ portolan -J 113/tcp nosuchname | jsoncheck lookup=#1
E portolan: lookup: nobody is called "nosuchname" (portolan search nosuchname looks further)

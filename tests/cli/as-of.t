# As the page of 2001 had it, the page's errors told beside it.
$ portolan lookup --as-of 2001 23/tcp
> 23/tcp  telnet  N  unsafe (2001)
>            Remote terminal in clear text
>   today    N  unsafe
>   erratum  2026-11-23 The 2001 page recommends SSH three times but has no row for it: SSH is 22/tcp.
$ portolan --as-of 2001 113/tcp 445/tcp
> 113/tcp  ident  ?  it depends (2001)
>            Asks which user owns a connection
>   today    ?  it depends
>   erratum  2026-11-23 The 2001 page cites RFC 931 and RFC 1413 side by side: RFC 1413 replaced RFC
>            931 in 1993.
>
> 445/tcp  smb  N  unsafe (2001)
>            Windows file sharing (SMB)
>   today    -  limit it to particular peers
>   erratum  2026-11-23 The 2001 page calls 445 LDAP: wrong, 445 is SMB without NetBIOS; LDAP is 389.
$ portolan --as-of=2001 22/tcp
> 22/tcp  the page of 2001 has no row for it
$ portolan --as-of 2001 20123/tcp
> 20123/tcp  netbus2  N  unsafe (2001)
>            NetBus 2 Pro, a remote-control tool of 1999
>   today    N  unsafe
>   erratum  2026-11-23 The 2001 page gives 20123 and 20124: NetBus 2 listens on 20034, and those two
>            are unassigned.
$ portolan --as-of 2001 2000/tcp
~ 2000/tcp  openwin  N
$ portolan --as-of 2001 -J 23/tcp | jsoncheck as_of=2001 lookup=#1 lookup.0.claims.0.rating_2001=N lookup.0.claims.0.rating=N
$ portolan --as-of 2001 -J 22/tcp | jsoncheck 'lookup.0.claims=[]'
$ portolan --as-of 1999 23/tcp
? 2
E portolan: lookup: --as-of: "1999": the book has one older edition, 2001

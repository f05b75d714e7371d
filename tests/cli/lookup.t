# The forms of a lookup. Ports on which something may well listen on the machine of the test (22, 25, 80) are
# looked at line by line, because a card says what listens here.
$ portolan 113/tcp
> 113/tcp  ident  ?  it depends
>            Asks which user owns a connection
>   why      Harmless with made-up answers, as IRC wants; with true ones it gives your user names
>            away.
>   do       Reject with a TCP reset rather than drop: a drop delays your mail and IRC. Run oidentd
>            with fixed answers only where many users share an IRC host.
>   knock    Mail, FTP and IRC servers that you have just called ask back who you are.
>   traits   encrypted: no; authentication: none
>   in 2001  ?  it depends
>   erratum  2026-11-23 The 2001 page cites RFC 931 and RFC 1413 side by side: RFC 1413 replaced RFC
>            931 in 1993.
>   names    auth identd tap
>   IANA     ident
>            auth
>   source   farrow-2001 (2001), rfc1413 (1993), rfc931 (1985)
>   malware  korgo: worm, 2004, confidence high
>            (hints, never a verdict)
$ portolan 20123/tcp
> 20123/tcp  netbus2  N  unsafe
>            NetBus 2 Pro, a remote-control tool of 1999
>   why      An unknown listener here may be a backdoor; the number alone proves nothing.
>   do       Find the process (`ss -lntp`) before you judge. Close it if nobody claims it.
>   seen     Installed in secret by variants that hide it.
>   traits   encrypted: no; authentication: password; a good trap port
>   in 2001  N  unsafe
>   erratum  2026-11-23 The 2001 page gives 20123 and 20124: NetBus 2 listens on 20034, and those two
>            are unassigned.
>   names    netbus-pro
>   claim    a hint: malware was seen here once
>   source   farrow-2001 (2001), symantec-netbus (2001), iana-ports (2026)
$ portolan 0/tcp 49160/sctp 4/udp 24/udp
> 0/tcp  nobody claims it (IANA: reserved)
>
> 49160/sctp  nobody claims it (IANA: dynamic, never assigned)
>
> 4/udp  nobody claims it (IANA: unassigned)
>
> 24/udp  nobody claims it by name (IANA: any private mail system)
$ portolan 113/TCP
~ 113/tcp  ident  ?
! 113/udp
# a bare number is TCP and UDP
$ portolan 113
~ 113/tcp  ident
~ 113/udp
# and the others, where somebody claims them
$ portolan 9
~ 9/tcp  discard
~ 9/udp  discard
~ 9/sctp  discard
~ 9/dccp  discard
$ portolan ssh smtp
~ 22/tcp  ssh  Y  safe enough
~ 25/tcp  smtp
$ portolan 137-139/udp
> 137/udp  netbios-ns  N  unsafe
>            Windows names by broadcast (NetBIOS)
>   why      Anybody on the segment can answer for any name, and the service tells names, users and
>            domain.
>   do       Turn NetBIOS over TCP/IP off; stop nmbd (`disable netbios = yes`). Block 137 at the
>            border.
>   instead  domain
>   knock    Windows hosts ask 137/udp for the name behind an address they have just met.
>   seen     Responder and its like answer false names to collect password hashes.
>   traits   encrypted: no; authentication: none; amplifies 3.8 times
>   in 2001  N  unsafe
>   erratum  2026-11-23 It is NetBIOS over TCP/IP; NetBEUI, named by the 2001 page, is another
>            transport.
>   names    nbname nbns
>   IANA     netbios-ns
>   source   farrow-2001 (2001), rfc1001 (1987), rfc1002 (1987), ta14-017a (2014), samba-docs (2026)
>   malware  bugbear: worm, 2002-2003, confidence high
>            opaserv: worm, 2002-2003, confidence high
>            qaz: worm, 2000-2001, confidence high
>            msinit: worm, 2000-2001, confidence medium
>            (hints, never a verdict)
>
> 138/udp  netbios-dgm  N  unsafe
>            Windows announcements by broadcast (NetBIOS)
>   why      Unsigned broadcasts that only the old network browsing needs.
>   do       Turn NetBIOS over TCP/IP off; stop nmbd (`disable netbios = yes`). Block 138 at the
>            border.
>   knock    Windows and Samba hosts announce themselves to the segment every few minutes.
>   traits   encrypted: no; authentication: none
>   in 2001  N  unsafe
>   erratum  2026-11-23 The 2001 page's text puts SMB on 138 and 139: file sharing is 139 and 445;
>            138 carries datagrams.
>   names    nbdgram
>   IANA     netbios-dgm
>   source   farrow-2001 (2001), rfc1001 (1987), rfc1002 (1987), samba-docs (2026)
>
> 1 more are registered and not judged (--all prints them)
$ portolan 6000+
~ 6000-6063/tcp  x11  N  unsafe
# by every name it has: the page's, the registered one, the everyday one
$ portolan microsoft-ds
~ 445/tcp  smb
$ portolan MICROSOFT_DS
~ 445/tcp  smb
$ portolan loc-srv
~ 135/tcp
$ portolan 914c/g
~ 211/tcp
$ portolan whois++
~ 63/tcp
$ portolan netbus2
~ 20034/tcp
$ portolan www-http
~ 80/tcp  http
# every claimant, with its kind
$ portolan 8080/tcp
~ 8080/tcp  http-alt  ?
~ ipfs-api (common)
~ never a verdict
# what is safer, with its reason
$ portolan 23/tcp
~ 23/tcp  telnet  N  unsafe
~   why
~   do
~   instead  ssh
~   in 2001  N  unsafe
# the whole command written out
$ portolan lookup 113/tcp
~ 113/tcp  ident
# the same port asked for twice is told once
$ portolan 113/tcp 113/tcp ident | grep -c '^113/tcp'
> 1
# a wide range is lines, not cards, and says what it leaves out
$ portolan 1-1023/tcp
~ 23/tcp  telnet  N
~ 513/tcp
~ more are registered and not judged (--all prints them)
! why
$ portolan -a 1-1023/tcp
~ 5/tcp  rje
! more are registered
$ portolan 4/tcp 10/tcp
> 4/tcp  nobody claims it (IANA: unassigned)
>
> 10/tcp  nobody claims it (IANA: unassigned)
$ portolan 49000-49010/udp
> 1 more are registered and not judged (--all prints them)
# A daemon's name, a name with its protocol, a name that is only the beginning of others.
$ portolan in.telnetd
~ 23/tcp  telnet  N  unsafe
$ portolan domain-s/udp
~ 853/udp  dns-over-tls  ?  it depends
! 853/tcp  dns-over-tls
$ portolan kubernetes
? 2
E portolan: lookup: nobody is called "kubernetes"; near it: kubernetes-api, kubernetes-dashboard, kubernetes-nodeport (portolan search kubernetes looks further)

# portolan < list: every line comes out as it went in, and under it what its ports are.
$ portolan
< 113/tcp
< nothing here, at 08:13:22
< DROP SRC=192.0.2.7 DST=198.51.100.1 PROTO=TCP SPT=51234 DPT=20123
< -A INPUT -p udp -m multiport --dports 137:138,177 -j ACCEPT
< fe80::1:22 00:16:3e:5e:6c:22
> 113/tcp
>     # 113/tcp  ident  ?  it depends  Asks which user owns a connection
> nothing here, at 08:13:22
> DROP SRC=192.0.2.7 DST=198.51.100.1 PROTO=TCP SPT=51234 DPT=20123
>     # 20123/tcp  netbus2  N  unsafe  NetBus 2 Pro, a remote-control tool of 1999
> -A INPUT -p udp -m multiport --dports 137:138,177 -j ACCEPT
>     # 137-138/udp  netbios-ns  N  unsafe  Windows names by broadcast (NetBIOS)
>     # 177/udp  xdmcp  N  unsafe  Remote graphical login for X terminals
> fe80::1:22 00:16:3e:5e:6c:22
# the last line without its end; a line of no text; carriage returns
$ printf 'see 113/tcp\r\n\n4/tcp' | portolan | od -c | head -5
> 0000000   s   e   e       1   1   3   /   t   c   p  \r  \n            
> 0000020       #       1   1   3   /   t   c   p           i   d   e   n
> 0000040   t           ?           i   t       d   e   p   e   n   d   s
> 0000060           A   s   k   s       w   h   i   c   h       u   s   e
> 0000100   r       o   w   n   s       a       c   o   n   n   e   c   t
$ printf '' | portolan
# nothing of the text is lost, however long its lines
$ head -c 300000 /dev/zero | tr '\0' x | portolan | wc -c
> 300001
$ printf 'a\0b 113/tcp\n' | portolan | head -1 | od -c
> 0000000   a  \0   b       1   1   3   /   t   c   p  \n
> 0000014
# JSON says at which line
$ printf 'x\n113/tcp and 23/tcp\n' | portolan -J | jsoncheck lookup=#2 lookup.0.line=2 lookup.0.port=113 lookup.1.port=23
$ printf 'x\n' | portolan -J | jsoncheck 'lookup=[]' schema=1
# colours and the site's records count here, too
$ printf '113/tcp\n' | portolan --color=always | grep -c '[[]'
> 1

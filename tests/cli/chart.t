# The book itself.
$ portolan chart export | grep -E '^(ssh|x11|domain) ' | head -3
> ssh                      22/tcp	openssh secsh	# Secure shell: login, file copy, tunnels
> ssh                      22/udp	# The Secure Shell (SSH) Protocol
> ssh                      22/sctp	openssh secsh	# Secure shell: login, file copy, tunnels
$ portolan chart export --format services | sed 1d | awk '$2 !~ "^[0-9]+/(tcp|udp|sctp|dccp)$"' | head -3
$ portolan chart export --format csv 2>/dev/null | head -1
> port,proto,service,kind,rating,rating_2001,title,why,do,sources
$ portolan chart export --format csv | grep '^23,tcp,telnet,'
~ 23,tcp,telnet,registered,N,N,
$ portolan chart export --format csv | awk -F, 'NR > 1 && ($1 !~ "^[0-9]+$" || $2 !~ "^(tcp|udp|sctp|dccp)$")' | head -3
$ portolan chart export --format json | jsoncheck schema=1 lookup.0.port=?
$ portolan chart list -r -o service,safe,title 2>/dev/null | head -1
> SERVICE SAFE TITLE
$ portolan chart list -n | wc -l | awk '{ print ($1 >= 450) }'
> 1
$ portolan chart list -r -o service,safe | grep '^telnet '
> telnet N
$ portolan chart list -J | jsoncheck schema=1
$ portolan chart list -o nope
? 2
e there is no column "nope"; there are: SERVICE

# Ports that nobody claims, uses, or could be handed.
$ portolan free --count 25 | while read -r p; do portolan -J "$p" | jsoncheck 'lookup.0.claims=[]' 'lookup.1.claims=[]' 'lookup.0.here=[]' 'lookup.1.here=[]' || echo "$p is claimed"; done
$ set -- $(cat /proc/sys/net/ipv4/ip_local_port_range); lo=$1 hi=$2; portolan free --near $lo --count 50 | while read -r p; do [ "$p" -lt "$lo" ] || [ "$p" -gt "$hi" ] || echo "$p could be handed out"; done
$ portolan free --near 8080 | awk '{ print ($1 != 8080 && $1 > 1023 && $1 < 65536) }'
> 1
$ portolan free --count 1000 | sort -n | uniq -d | head -1
$ portolan free --count 1000 | wc -l
> 1000
# nearest first
$ portolan free --near 9000 --count 30 | awk '{ d = $1 - 9000; d = d < 0 ? -d : d; if (d < last) print "not in order: " $1; last = d }'
# privileged ports only for who asks for them
$ portolan free --near 1030 --count 200 | awk '$1 < 1024' | head -1
$ portolan free --near 1000 | awk '{ print ($1 > 0 && $1 < 1100) }'
> 1

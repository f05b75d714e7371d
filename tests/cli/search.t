# Names, aliases, titles, advice; conditions; slips of the pen.
$ portolan search remote desktop | head -5
> PORT          SERVICE                              SAFE KIND       TITLE
> 3283/tcp      ard                                  -    registered Apple Remote Desktop management
> 3283/udp      ard                                  -    registered Apple Remote Desktop management
> 3389/tcp      rdp                                  -    registered Windows Remote Desktop
> 3389/udp      rdp                                  -    registered Windows Remote Desktop
$ portolan search remote desktop --count 2 -n | wc -l
> 2
$ portolan search 'remote desktop' | head -5 | grep -c rdp
> 2
$ portolan search memcahced | grep -c memcached | awk '{ print ($1 > 0) }'
> 1
$ portolan search :safe=N proto=udp range=0-1023 -r -n -o port,service,safe | head -3
> 5/udp rje N
> 7/udp echo N
> 9/udp discard N
$ portolan search :safe=N proto=udp range=0-1023 -r -n -o port,safe | awk '$2 != "N" || $1 !~ "/udp$"' | head
$ portolan search kind=malware -r -n -o kind | sort -u
> malware
$ portolan search kind=malware -r -n -o port | wc -l | awk '{ print ($1 >= 300) }'
> 1
$ portolan search safe=? -r -n -o safe | sort -u
> ?
$ portolan search --safe=N
? 2
e there is no option --safe=N

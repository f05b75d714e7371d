# portolan explain: why they knock. A small log to begin with: a mail server that asks back, a sweep, a scan.
$ { printf 'Nov 23 08:00:00 gate kernel: [UFW AUDIT] ACCEPT IN= OUT=eth0 SRC=203.0.113.10 DST=198.51.100.25 LEN=60 TTL=64 ID=7 PROTO=TCP SPT=40112 DPT=25 WINDOW=64240 RES=0x00 SYN URGP=0\n'; printf 'Nov 23 08:00:01 gate kernel: [UFW BLOCK] IN=eth0 OUT= SRC=198.51.100.25 DST=203.0.113.10 LEN=60 TTL=54 ID=7 PROTO=TCP SPT=40113 DPT=113 WINDOW=64240 RES=0x00 SYN URGP=0\n'; for i in $(seq 1 40); do printf 'Nov 23 08:01:%02d gate kernel: [UFW BLOCK] IN=eth0 OUT= SRC=198.51.100.%s DST=203.0.113.10 LEN=40 TTL=44 ID=%s PROTO=TCP SPT=4011 DPT=23 WINDOW=64240 RES=0x00 SYN URGP=0\n' "$i" "$((i + 100))" "$i"; done; for i in $(seq 1 50); do printf 'Nov 23 09:01:%02d gate kernel: [UFW BLOCK] IN=eth0 OUT= SRC=192.0.2.66 DST=203.0.113.10 LEN=44 TTL=44 ID=%s PROTO=TCP SPT=4011 DPT=%s WINDOW=1024 RES=0x00 SYN URGP=0\n' "$i" "$i" "$((i * 7))"; done; printf 'Nov 23 10:00:00 gate sshd[7]: Accepted publickey for admin\n'; } >fw.log; wc -l <fw.log
> 93
$ portolan explain fw.log
~ 92 packets, 4 causes, none unexplained
~ 40 lines  Sweeps
~ A peer asks back who you are (ident)
~ 113/tcp ident 1
~ A scan of many ports
~ 192.0.2.66 tried about
~ read     93 lines: 92 packets
! WORRY
# the same from a pipe, from standard input, and packed
$ cat fw.log | portolan explain | head -1
> 92 packets, 4 causes, none unexplained
$ portolan explain <fw.log | head -1
> 92 packets, 4 causes, none unexplained
$ gzip -k fw.log && portolan explain fw.log.gz | head -1
> 92 packets, 4 causes, none unexplained
# JSON, CSV, tables, lines
$ portolan explain -J fw.log | jsoncheck schema=1 'explain=#4' explain.0.cause=scan explain.0.verdict=ASK explain.0.sources=1
$ portolan explain --csv fw.log | cut -d, -f1-5 | head -3
> verdict,cause,title,lines,passed
> ASK,scan,A scan of many ports,50,0
> OK,sweep,Sweeps of the whole internet,40,0
$ portolan explain --top ports -r fw.log | head -2 | cut -d' ' -f1-3
> PORT SERVICE LINES
> 23/tcp telnet 40
$ portolan explain --top sources -n -r -o ADDRESS,LINES fw.log | head -1
> 192.0.2.66 50
$ portolan explain --events -J fw.log >events; head -1 events
> {"time":"2026-11-23T08:00:00Z","proto":"tcp","src":"203.0.113.10","sport":40112,"dst":"198.51.100.25","dport":25,"action":"pass","in":null,"out":"eth0","flags":"SYN","icmp_type":null,"format":"netfilter","file":"fw.log","line":1,"cause":"own-traffic"}
$ wc -l <events
> 92
$ portolan explain --source 198.51.100.25 fw.log
~ OK  A peer asks back who you are (ident)
~ > 198.51.100.25:25/tcp
~ > 203.0.113.10:113/tcp
! 192.0.2.66
$ portolan explain --port 23 fw.log
~ 40 packets, 1 cause, none unexplained
$ portolan explain --why fw.log
~ because  Threshold random walk (Jung et al. 2004)
~ fw.log:43: 2026-11-23 09:01:01
$ portolan explain --fix fw.log
~ nft add rule inet filter input tcp dport 113 reject with tcp reset
# a page that loads nothing and runs nothing
$ portolan explain --html page.html fw.log; grep -ciE '<script|src=|http-equiv="refresh"|@import|url\(' page.html; grep -c '</html>' page.html
? 0
> 0
> 1
# what is new since yesterday
$ head -42 fw.log >old.log; portolan explain -J old.log >old.json; portolan explain --against old.json fw.log
~ scan
$ portolan explain --against old.json old.log
~ nothing
# since and until
$ portolan explain --since 2026-11-23T09:00:00 fw.log | head -1
> 50 packets, 1 cause, none unexplained
$ portolan explain --until 2026-11-23T08:30:00 fw.log | head -1
> 42 packets, 3 causes, none unexplained
$ portolan explain --since tomorrow-ish fw.log
? 2
E portolan: explain: --since: "tomorrow-ish" is no time: 2026-10-01, 2026-10-01T12:00:00Z or 24h (ago)
# a format of one's own
$ printf '2026-11-23T08:00:00Z deny tcp 198.51.100.7:4011 to 203.0.113.10:23\n' | portolan explain --format '{time} {action} {proto} {src}:{sport} to {dst}:{dport}' --events -J | cut -d, -f2-7
> "proto":"tcp","src":"198.51.100.7","sport":4011,"dst":"203.0.113.10","dport":23,"action":"drop"
$ portolan explain --format '{nonsense}' fw.log
? 2
e portolan: explain: format, character 1: no hole has this name
# names of one's own
$ printf '192.0.2.0/24 our scanner\n' >known; portolan explain --known known fw.log
~ our scanner
! A scan of many ports
$ printf '192.0.2.0/24 our scanner\n999.1.2.3 nobody\n' >known; portolan explain --known known fw.log
? 2
~ our scanner
e known:2:
# ---- bad input: a clear word with its place, and the rest is still explained ---------------------------------
$ portolan explain missing.log
? 2
e portolan: explain: missing.log: No such file or directory
$ portolan explain missing.log fw.log
? 2
~ 92 packets, 4 causes, none unexplained
e portolan: explain: missing.log: No such file or directory
$ : >empty.log; portolan explain empty.log
? 3
~ no packets, so there is nothing to explain
$ gzip -c fw.log | head -c 600 >cut.log.gz; portolan explain cut.log.gz
? 2
~ packets
e portolan: explain: cut.log.gz:
% need drop
$ mkdir shut && cp fw.log shut/a.log && chmod 0 shut/a.log && drop portolan explain shut/a.log
? 2
E portolan: explain: shut/a.log: Permission denied
$ printf 'Nov 23 08:00:01 gate kernel: [UFW BLOCK] IN=eth0 OUT= SRC=198.51.100.25 DST=203.0.113.999 PROTO=TCP SPT=1 DPT=23 SYN\n' | cat fw.log - >broken.log; portolan explain broken.log
~ 92 packets
~ 1 line about packets could not be read
~ broken.log:94: Nov 23 08:00:01 gate
$ head -c 100000 /dev/urandom | cat fw.log - fw.log >mixed.log; portolan explain mixed.log | head -1
> 184 packets, 4 causes, none unexplained
# nothing of a log reaches a terminal or a page as it is
$ printf 'Nov 23 08:00:01 gate kernel: [\033[31mBLOCK<b>&"] IN=eth0\033]0;x\007<script>alert(1)</script> OUT= SRC=198.51.100.25 DST=203.0.113.10 LEN=40 TTL=64 ID=7 PROTO=TCP SPT=1 DPT=135 WINDOW=1 RES=0x00 ACK RST URGP=0\n' >evil.log; portolan explain --html evil.html --why --color=always evil.log; portolan explain --why evil.log | tr -d '\n' | LC_ALL=C grep -c '[[:cntrl:]]'; portolan explain --events evil.log | tr -d '\n' | LC_ALL=C grep -c '[[:cntrl:]]'; grep -c '<script' evil.html
? 1
> 0
> 0
> 0
$ portolan explain --events -J evil.log | jsoncheck proto=tcp
# options that are wrong
$ portolan explain --top everything fw.log
? 2
e everything
$ portolan explain --port 99999 fw.log
? 2
E portolan: explain: --port: "99999" is no port: 113 or 53/udp
$ portolan explain --source nobody fw.log
? 2
E portolan: explain: --source: "nobody" is no address
$ portolan explain --source 192.0.2.200 fw.log
E portolan: explain: 192.0.2.200 is in none of the lines
$ portolan explain --host missing.json fw.log
? 2
e missing.json
$ portolan explain --against fw.log fw.log
? 2
e fw.log

# Ports that nobody claims, uses, or could be handed.
$ portolan free --count 25 | while read -r p; do portolan -J "$p" | jsoncheck 'lookup.0.claims=[]' 'lookup.1.claims=[]' 'lookup.0.here=[]' 'lookup.1.here=[]' || echo "$p is claimed"; done
> 19997 is claimed
> 20004 is claimed
> 19996 is claimed
> 19995 is claimed
> 20006 is claimed
> 19994 is claimed
> 20007 is claimed
> 19993 is claimed
> 20008 is claimed
> 19992 is claimed
> 20009 is claimed
> 19991 is claimed
> 20010 is claimed
> 19990 is claimed
> 20011 is claimed
> 19989 is claimed
> 19988 is claimed
> 19987 is claimed
> 19986 is claimed
> 20015 is claimed
> 19985 is claimed
> 20016 is claimed
> 19984 is claimed
> 20017 is claimed
> 19983 is claimed
E jsoncheck: lookup.1.claims=[] is wrong: it is [{"service":"rtp","aliases":[],"kind":"common","registered":false,"own_port":false,"rating":"?","rating_2001":null,"title":"Voice and video of calls","why":"The telephone system must receive it during
E jsoncheck: lookup.1.claims=[] is wrong: it is [{"service":"rtp","aliases":[],"kind":"common","registered":false,"own_port":false,"rating":"?","rating_2001":null,"title":"Voice and video of calls","why":"The telephone system must receive it during
E jsoncheck: lookup.1.claims=[] is wrong: it is [{"service":"rtp","aliases":[],"kind":"common","registered":false,"own_port":false,"rating":"?","rating_2001":null,"title":"Voice and video of calls","why":"The telephone system must receive it during
E jsoncheck: lookup.1.claims=[] is wrong: it is [{"service":"rtp","aliases":[],"kind":"common","registered":false,"own_port":false,"rating":"?","rating_2001":null,"title":"Voice and video of calls","why":"The telephone system must receive it during
E jsoncheck: lookup.1.claims=[] is wrong: it is [{"service":"rtp","aliases":[],"kind":"common","registered":false,"own_port":false,"rating":"?","rating_2001":null,"title":"Voice and video of calls","why":"The telephone system must receive it during
E jsoncheck: lookup.1.claims=[] is wrong: it is [{"service":"rtp","aliases":[],"kind":"common","registered":false,"own_port":false,"rating":"?","rating_2001":null,"title":"Voice and video of calls","why":"The telephone system must receive it during
E jsoncheck: lookup.1.claims=[] is wrong: it is [{"service":"rtp","aliases":[],"kind":"common","registered":false,"own_port":false,"rating":"?","rating_2001":null,"title":"Voice and video of calls","why":"The telephone system must receive it during
E jsoncheck: lookup.1.claims=[] is wrong: it is [{"service":"rtp","aliases":[],"kind":"common","registered":false,"own_port":false,"rating":"?","rating_2001":null,"title":"Voice and video of calls","why":"The telephone system must receive it during
E jsoncheck: lookup.1.claims=[] is wrong: it is [{"service":"rtp","aliases":[],"kind":"common","registered":false,"own_port":false,"rating":"?","rating_2001":null,"title":"Voice and video of calls","why":"The telephone system must receive it during
E jsoncheck: lookup.1.claims=[] is wrong: it is [{"service":"rtp","aliases":[],"kind":"common","registered":false,"own_port":false,"rating":"?","rating_2001":null,"title":"Voice and video of calls","why":"The telephone system must receive it during
E jsoncheck: lookup.1.claims=[] is wrong: it is [{"service":"rtp","aliases":[],"kind":"common","registered":false,"own_port":false,"rating":"?","rating_2001":null,"title":"Voice and video of calls","why":"The telephone system must receive it during
E jsoncheck: lookup.1.claims=[] is wrong: it is [{"service":"rtp","aliases":[],"kind":"common","registered":false,"own_port":false,"rating":"?","rating_2001":null,"title":"Voice and video of calls","why":"The telephone system must receive it during
E jsoncheck: lookup.1.claims=[] is wrong: it is [{"service":"rtp","aliases":[],"kind":"common","registered":false,"own_port":false,"rating":"?","rating_2001":null,"title":"Voice and video of calls","why":"The telephone system must receive it during
E jsoncheck: lookup.1.claims=[] is wrong: it is [{"service":"rtp","aliases":[],"kind":"common","registered":false,"own_port":false,"rating":"?","rating_2001":null,"title":"Voice and video of calls","why":"The telephone system must receive it during
E jsoncheck: lookup.1.claims=[] is wrong: it is [{"service":"rtp","aliases":[],"kind":"common","registered":false,"own_port":false,"rating":"?","rating_2001":null,"title":"Voice and video of calls","why":"The telephone system must receive it during
E jsoncheck: lookup.1.claims=[] is wrong: it is [{"service":"rtp","aliases":[],"kind":"common","registered":false,"own_port":false,"rating":"?","rating_2001":null,"title":"Voice and video of calls","why":"The telephone system must receive it during
E jsoncheck: lookup.1.claims=[] is wrong: it is [{"service":"rtp","aliases":[],"kind":"common","registered":false,"own_port":false,"rating":"?","rating_2001":null,"title":"Voice and video of calls","why":"The telephone system must receive it during
E jsoncheck: lookup.1.claims=[] is wrong: it is [{"service":"rtp","aliases":[],"kind":"common","registered":false,"own_port":false,"rating":"?","rating_2001":null,"title":"Voice and video of calls","why":"The telephone system must receive it during
E jsoncheck: lookup.1.claims=[] is wrong: it is [{"service":"rtp","aliases":[],"kind":"common","registered":false,"own_port":false,"rating":"?","rating_2001":null,"title":"Voice and video of calls","why":"The telephone system must receive it during
E jsoncheck: lookup.1.claims=[] is wrong: it is [{"service":"rtp","aliases":[],"kind":"common","registered":false,"own_port":false,"rating":"?","rating_2001":null,"title":"Voice and video of calls","why":"The telephone system must receive it during
E jsoncheck: lookup.1.claims=[] is wrong: it is [{"service":"rtp","aliases":[],"kind":"common","registered":false,"own_port":false,"rating":"?","rating_2001":null,"title":"Voice and video of calls","why":"The telephone system must receive it during
E jsoncheck: lookup.1.claims=[] is wrong: it is [{"service":"rtp","aliases":[],"kind":"common","registered":false,"own_port":false,"rating":"?","rating_2001":null,"title":"Voice and video of calls","why":"The telephone system must receive it during
E jsoncheck: lookup.1.claims=[] is wrong: it is [{"service":"rtp","aliases":[],"kind":"common","registered":false,"own_port":false,"rating":"?","rating_2001":null,"title":"Voice and video of calls","why":"The telephone system must receive it during
E jsoncheck: lookup.1.claims=[] is wrong: it is [{"service":"rtp","aliases":[],"kind":"common","registered":false,"own_port":false,"rating":"?","rating_2001":null,"title":"Voice and video of calls","why":"The telephone system must receive it during
E jsoncheck: lookup.1.claims=[] is wrong: it is [{"service":"rtp","aliases":[],"kind":"common","registered":false,"own_port":false,"rating":"?","rating_2001":null,"title":"Voice and video of calls","why":"The telephone system must receive it during
$ read -r lo hi </proc/sys/net/ipv4/ip_local_port_range; portolan free --near $lo --count 50 | while read -r p; do [ "$p" -lt "$lo" ] || [ "$p" -gt "$hi" ] || echo "$p could be handed out"; done
> 4 could be handed out
> 6 could be handed out
> 10 could be handed out
> 12 could be handed out
> 14 could be handed out
> 26 could be handed out
> 28 could be handed out
> 32 could be handed out
> 34 could be handed out
> 36 could be handed out
> 40 could be handed out
> 60 could be handed out
> 100 could be handed out
> 114 could be handed out
> 258 could be handed out
> 272 could be handed out
> 273 could be handed out
> 274 could be handed out
> 275 could be handed out
> 276 could be handed out
> 277 could be handed out
> 278 could be handed out
> 279 could be handed out
> 285 could be handed out
> 288 could be handed out
> 289 could be handed out
> 290 could be handed out
> 291 could be handed out
> 292 could be handed out
> 293 could be handed out
> 294 could be handed out
> 295 could be handed out
> 296 could be handed out
> 297 could be handed out
> 298 could be handed out
> 299 could be handed out
> 301 could be handed out
> 302 could be handed out
> 303 could be handed out
> 304 could be handed out
> 305 could be handed out
> 306 could be handed out
> 307 could be handed out
> 325 could be handed out
> 326 could be handed out
> 327 could be handed out
> 328 could be handed out
> 329 could be handed out
> 330 could be handed out
> 331 could be handed out
E sh: 1: [: Illegal number: 
E sh: 1: [: Illegal number: 
E sh: 1: [: Illegal number: 
E sh: 1: [: Illegal number: 
E sh: 1: [: Illegal number: 
E sh: 1: [: Illegal number: 
E sh: 1: [: Illegal number: 
E sh: 1: [: Illegal number: 
E sh: 1: [: Illegal number: 
E sh: 1: [: Illegal number: 
E sh: 1: [: Illegal number: 
E sh: 1: [: Illegal number: 
E sh: 1: [: Illegal number: 
E sh: 1: [: Illegal number: 
E sh: 1: [: Illegal number: 
E sh: 1: [: Illegal number: 
E sh: 1: [: Illegal number: 
E sh: 1: [: Illegal number: 
E sh: 1: [: Illegal number: 
E sh: 1: [: Illegal number: 
E sh: 1: [: Illegal number: 
E sh: 1: [: Illegal number: 
E sh: 1: [: Illegal number: 
E sh: 1: [: Illegal number: 
E sh: 1: [: Illegal number: 
E sh: 1: [: Illegal number: 
E sh: 1: [: Illegal number: 
E sh: 1: [: Illegal number: 
E sh: 1: [: Illegal number: 
E sh: 1: [: Illegal number: 
E sh: 1: [: Illegal number: 
E sh: 1: [: Illegal number: 
E sh: 1: [: Illegal number: 
E sh: 1: [: Illegal number: 
E sh: 1: [: Illegal number: 
E sh: 1: [: Illegal number: 
E sh: 1: [: Illegal number: 
E sh: 1: [: Illegal number: 
E sh: 1: [: Illegal number: 
E sh: 1: [: Illegal number: 
E sh: 1: [: Illegal number: 
E sh: 1: [: Illegal number: 
E sh: 1: [: Illegal number: 
E sh: 1: [: Illegal number: 
E sh: 1: [: Illegal number: 
E sh: 1: [: Illegal number: 
E sh: 1: [: Illegal number: 
E sh: 1: [: Illegal number: 
E sh: 1: [: Illegal number: 
E sh: 1: [: Illegal number: 
$ portolan free --near 8080 | awk '{ print ($1 != 8080 && $1 > 1023 && $1 < 65536) }'
> 1
$ portolan free --count 1000 | sort -n | uniq -d | head -1
$ portolan free --count 1000 | wc -l
> 1000
# nearest first
$ portolan free --near 20000 --count 30 | awk '{ d = $1 - 20000; d = d < 0 ? -d : d; if (d < last) print "not in order: " $1; last = d }'
# privileged ports only for who asks for them
$ portolan free --near 1030 --count 200 | awk '$1 < 1024' | head -1
$ portolan free --near 1000 | awk '{ print ($1 > 0 && $1 < 1100) }'
> 1

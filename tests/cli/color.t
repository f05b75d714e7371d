# Colours: on a terminal by themselves, elsewhere when asked for; NO_COLOR turns off what --color does not ask for.
$ portolan 113/tcp | grep -c "$(printf '\033')"
? 1
> 0
$ portolan --color=always 113/tcp | head -1 | od -c | head -2
> 0000000 033   [   1   m   1   1   3   /   t   c   p 033   [   0   m    
> 0000020     033   [   1   m   i   d   e   n   t 033   [   0   m        
$ portolan --color=never 113/tcp | grep -c "$(printf '\033')"
? 1
> 0
$ NO_COLOR=1 portolan 113/tcp | grep -c "$(printf '\033')"
? 1
> 0
$ NO_COLOR=1 portolan --color=always 113/tcp | grep -c "$(printf '\033')" | awk '{ print ($1 > 0) }'
> 1
$ portolan search --color=always telnet | grep -c "$(printf '\033')" | awk '{ print ($1 > 0) }'
> 1
$ portolan search -r --color=always telnet | grep -c "$(printf '\033')"
? 1
> 0

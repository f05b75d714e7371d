$ portolan --help | head -4
> What is this port, is it safe, and what should I do?
>
> Usage: portolan PORT[/PROTO]|NAME...
>        portolan COMMAND [OPTION...] [ARGUMENT...]
$ portolan --version | awk '{ print $1 }'
> portolan
$ portolan -V extra words | wc -l
> 1
$ portolan lookup --help
> Usage: portolan lookup [OPTION...] [PORT[/PROTO]|NAME...]
>
> who claims a port, is it safe, and what to do
>
> Options:
>   -J, --json               print JSON (see portolan-json(5))
>   -a, --all                print everything, the uneventful rows too
>       --as-of YEAR         answer as the page did in 2001
>       --chart FILE         read one more overlay file
>       --color WHEN         auto, always or never
>   -h, --help               print this help
>   -V, --version            print the version
>
> More: man portolan-lookup
$ portolan audit -h | head -1 | sed 's/ *$//'
> Usage: portolan audit [OPTION...]
# every command has its help
$ for c in lookup search free audit chart can policy; do portolan $c --help | head -1 | sed 's/ *$//'; done
> Usage: portolan lookup [OPTION...] [PORT[/PROTO]|NAME...]
> Usage: portolan search [OPTION...] WORD...|KEY=VALUE...
> Usage: portolan free [OPTION...]
> Usage: portolan audit [OPTION...]
> Usage: portolan chart [OPTION...] list|check|export|import [FILE...]
> Usage: portolan can [OPTION...] [ADDR] PORT[/PROTO]|NAME... [to ADDR] [in IFACE] [netns NAME]
> Usage: portolan policy [OPTION...] write|apply|confirm|status|rollback|check|diff|suggest [FILE...]

# An answer that does not reach its reader is trouble, and said once; no crash, no signal.
$ { portolan -J 1-2000; echo $? >status; } 2>err | head -1; cat status err
> {
> 2
> portolan: lookup: standard output: Broken pipe
$ { portolan 1-65535 -a; echo $? >status; } 2>err | head -1 >/dev/null; cat status err
> 2
> portolan: lookup: standard output: Broken pipe
$ { portolan chart export; echo $? >status; } 2>err | head -1 >/dev/null; cat status err
> 2
> portolan: chart: standard output: Broken pipe
$ { portolan search -J kind=registered; echo $? >status; } 2>err | head -1 >/dev/null; cat status err
> 2
> portolan: search: standard output: Broken pipe
$ portolan 113/tcp >/dev/full
? 2
E portolan: lookup: standard output: No space left on device
$ portolan -J 113/tcp >/dev/full
? 2
E portolan: lookup: standard output: No space left on device
$ portolan search ssh >/dev/full
? 2
E portolan: search: standard output: No space left on device
$ portolan chart export >/dev/full
? 2
E portolan: chart: standard output: No space left on device
$ portolan chart list >/dev/full
? 2
E portolan: chart: standard output: No space left on device
$ portolan free >/dev/full
? 2
E portolan: free: standard output: No space left on device
$ portolan --help >/dev/full
? 2
E portolan: standard output: No space left on device
$ portolan --version >/dev/full
? 2
E portolan: standard output: No space left on device
$ echo 113/tcp | portolan >/dev/full
? 2
E portolan: lookup: standard output: No space left on device
$ portolan 113/tcp >&-
? 2
E portolan: lookup: standard output: Bad file descriptor
$ portolan 113/tcp 2>&- | head -1
> 113/tcp  ident  ?  it depends
$ portolan <&-
? 2
E portolan: lookup: standard input: Bad file descriptor
$ portolan </
? 2
E portolan: lookup: standard input: Is a directory

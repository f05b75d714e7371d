# What the live tests share. A test is run as TEST.sh BUILD; it sources this, and prints a line `ok - what` or
# `not ok - what` a promise and, last, the sums.
#
# own_machine runs the rest of the test in a machine of its own (see machine.c), where it is root, alone, and may do as
# it likes: nothing of what it starts, mounts or makes outlives it. There, programs are in /mnt.

set -u
export LC_ALL=C TZ=UTC
build=$(CDPATH='' cd -- "${1:?usage: $0 BUILD}" && pwd) || exit 2
passed=0 failed=0

skip() {
    echo "skipped: $1"
    exit 77
}

ok() {
    passed=$((passed + 1))
    echo "ok - $1"
}

# not_ok WHAT [DETAILS]
not_ok() {
    failed=$((failed + 1))
    echo "not ok - $1"
    [ -z "${2-}" ] || printf '%s\n' "$2" | sed 's/^/    # /'
}

# is WHAT GOT WANTED
is() {
    if [ "$2" = "$3" ]; then ok "$1"; else not_ok "$1" "got:    $2
wanted: $3"; fi
}

# like WHAT GOT PATTERN: a pattern of the shell
like() {
    # shellcheck disable=SC2254
    case $2 in
    $3) ok "$1" ;;
    *) not_ok "$1" "got:  $2
like: $3" ;;
    esac
}

finish() {
    echo "$passed passed, $failed failed"
    [ "$failed" -eq 0 ]
    exit
}

# ---- a machine of our own ---------------------------------------------------------------------------------

# hide FOLDER...: those that are there become empty ones
hide() {
    for d; do
        [ ! -d "$d" ] || [ -L "$d" ] || mount -t tmpfs -o mode=755 none "$d" || skip "cannot mount on $d"
    done
}

# Everything that would tell the audit of the real machine.
furnish() {
    d=$(mktemp -d) && mount -t tmpfs -o mode=755 none "$d" || skip "cannot mount"
    cp "$build/portolan" "$build/tests/live/live-listener" "$build/tests/live/live-ptnq" "$d" || exit 2
    mv "$d/live-listener" "$d/listener" && mv "$d/live-ptnq" "$d/ptnq"
    mount --move "$d" /mnt && rmdir "$d" || exit 2
    hide /run /var/tmp /etc/portolan /var/lib/portolan /etc/xinetd.d /etc/systemd/system \
        /usr/local/lib/systemd/system /usr/lib/systemd/system /lib/systemd/system
    for f in /etc/inetd.conf /etc/xinetd.conf; do [ ! -e $f ] || mount --bind /dev/null $f; done
    mkdir /mnt/home /mnt/bin
    export HOME=/mnt/home
    unset XDG_CONFIG_HOME XDG_DATA_HOME
    cd /mnt || exit 2
    ip link set lo up || skip "no network namespace of our own"
}

# own_machine [-s] "$@"
own_machine() {
    shared=
    [ "$1" != -s ] || { shared=-s; shift; }
    if [ -z "${PTN_OWN_MACHINE-}" ]; then
        [ "$(id -u)" -eq 0 ] || skip "needs root"
        export PTN_OWN_MACHINE=1
        exec "$build/tests/live/live-machine" $shared "$0" "$@"
    fi
    unset PTN_OWN_MACHINE
    trap '[ -z "$pids" ] || kill -9 $pids 2>/dev/null' EXIT
    trap 'exit 2' INT TERM
    furnish
}

# ---- servers ----------------------------------------------------------------------------------------------

pids=
listener=/mnt/listener

# start COMMAND...: one that goes into the background by itself and prints its PID; $pid
start() {
    pid=$("$@") || return 1
    pids="$pids $pid"
}

# serve COMMAND...: one that stays in the foreground; $pid
serve() {
    if [ "$1" = in_net ]; then # not by the function: its process would be the shell that waits for the server
        net=$2
        shift 2
        set -- nsenter --net="/run/netns/$net" "$@"
    fi
    "$@" >>/mnt/servers.log 2>&1 </dev/null &
    pid=$!
    pids="$pids $pid"
}

stop() {
    kill -9 "$@" 2>/dev/null
    for p; do
        i=0
        while [ -e "/proc/$p/exe" ] && [ $i -lt 100 ]; do sleep 0.02; i=$((i + 1)); done
    done
}

# named NAME...: a listener under the name of each, in /mnt/bin
named() {
    for n; do [ -e "/mnt/bin/$n" ] || cp "$listener" "/mnt/bin/$n"; done
}

in_net() {
    net=$1
    shift
    nsenter --net="/run/netns/$net" "$@"
}

# wait_for COMMAND...: until it succeeds, at most ten seconds
wait_for() {
    i=0
    until "$@" >/dev/null 2>&1; do
        i=$((i + 1))
        [ $i -lt 200 ] || return 1
        sleep 0.05
    done
}

# ---- what Portolan says ---------------------------------------------------------------------------------------

# audit [OPTION...]: JSON into /mnt/audit.json, messages into /mnt/audit.err, status into $status
audit() {
    /mnt/portolan audit -J "$@" >/mnt/audit.json 2>/mnt/audit.err
    status=$?
}

# Whether the program is one with sanitizers in it.
sanitized() {
    grep -q __asan_init /mnt/portolan
}

# row KEY=VALUE... KEY...: from the last audit
row() {
    /mnt/ptnq /mnt/audit.json audit "$@"
}

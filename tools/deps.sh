#!/bin/sh
# Installs the Debian packages that a purpose needs and this machine lacks.
#     tools/deps.sh build|test|bench|fuzz|cover|lint|refresh...
set -eu

# The -dev packages also bring the libraries that the program loads when it needs them (src/base/library.h).
packages() {
    case $1 in
    build) echo gcc libc6-dev meson ninja-build pkg-config libmnl-dev libjansson-dev libexpat1-dev libmaxminddb-dev zlib1g-dev liblzma-dev libzstd-dev libbz2-dev ;;
    test) echo libcmocka-dev iproute2 mandoc bash util-linux procps socat dropbear-bin dnsmasq-base tinyproxy-bin rsync nftables iptables strace ufw firewalld fail2ban nmap traceroute iputils-ping ulogd2 ;;
    bench) echo clang llvm libbpf-dev bpftool mawk perl gzip zstd util-linux coreutils ;;
    fuzz) echo clang libclang-rt-14-dev ;;
    cover) echo gcovr ;;
    lint) echo clang-format mandoc git ;;
    refresh) echo nodejs npm libwireshark-data ;;
    *) echo "deps.sh: unknown purpose $1" >&2; exit 2 ;;
    esac
}

wanted= missing=
for purpose in "$@"; do wanted="$wanted $(packages "$purpose")"; done
for p in $wanted; do
    case $p in # another package may bring the same program
    nodejs | npm) command -v "${p%js}" >/dev/null && continue ;;
    firewalld | fail2ban | ulogd2) [ ! -d /run/systemd/system ] || continue ;; # it would start them; their tests are skipped
    esac
    [ "$(dpkg-query -W -f '${db:Status-Status}' "$p" 2>/dev/null)" = installed ] || missing="$missing $p"
done
[ -n "$missing" ] || exit 0

sudo=
if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null || { echo "deps.sh: as root, run: apt-get install$missing" >&2; exit 1; }
    sudo=sudo
fi
echo "installing:$missing"
export DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 # in which no daemon is started
# shellcheck disable=SC2086
$sudo apt-get install -y -qq --no-install-recommends $missing >/dev/null 2>&1 || {
    $sudo apt-get update -qq
    $sudo apt-get install -y -qq --no-install-recommends $missing >/dev/null
}

#!/bin/sh
# Proves that the README's two commands do all set-up: in a bare Debian 12 with nothing but git, make and sh, a clone of
# this repository's HEAD must pass `make run` and `make test`. Needs root and debootstrap.
#     tools/bare.sh [FOLDER]      FOLDER is made, used and removed again; MIRROR names another Debian mirror
set -eu
here=$(cd "$(dirname "$0")/.." && pwd)
root=${1:-$(mktemp -d)}
[ "$(id -u)" -eq 0 ] || { echo "bare.sh: needs root" >&2; exit 77; }
command -v debootstrap >/dev/null || apt-get install -y -qq debootstrap >/dev/null
mirror=${MIRROR:-$(awk '$1 == "URIs:" || $1 == "deb" { for (i = 2; i <= NF; i++) if ($i ~ /^http/) { print $i; exit } }' \
    /etc/apt/sources.list /etc/apt/sources.list.d/*.sources /etc/apt/sources.list.d/*.list 2>/dev/null | head -1)}
cleanup() {
    for m in proc sys dev; do umount -l "$root/$m" 2>/dev/null || true; done
    rm -rf "$root"
}
trap cleanup EXIT
debootstrap --variant=minbase --include=git,make,ca-certificates bookworm "$root" "$mirror" >"$root.log" 2>&1 || {
    tail -5 "$root.log" >&2
    exit 1
}
rm -f "$root.log"
cp -a /etc/resolv.conf "$root/etc/" 2>/dev/null || true
cp -a /etc/apt/sources.list /etc/apt/sources.list.d /etc/apt/apt.conf.d /etc/apt/trusted.gpg.d /etc/apt/keyrings \
    "$root/etc/apt/" 2>/dev/null || true
for m in proc sys dev; do mount --rbind "/$m" "$root/$m" && mount --make-rslave "$root/$m"; done
git clone -q "$here" "$root/portolan"
chroot "$root" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 sh -c '
    cd /portolan && make run && make test'
echo "bare Debian 12: make run and make test pass"

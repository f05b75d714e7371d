#!/bin/sh
# Unpacks into FOLDER what bench/explain.sh measures and nobody wants to have installed for that: fwlogwatch and psad
# bring a mail server, a log daemon and daemons of their own.
#     bench/peers.sh FOLDER
set -eu
mkdir -p "$1/packages"
cd "$1"
[ ! -f complete ] || exit 0
names="fwlogwatch psad libunix-syslog-perl libdate-calc-perl libcarp-clan-perl libbit-vector-perl libnet-ip-perl
    libiptables-parse-perl libiptables-chainmgr-perl libnetaddr-ip-perl"
cd packages
# shellcheck disable=SC2086
apt-get download -qq $names >/dev/null 2>&1 || {
    [ "$(id -u)" -ne 0 ] || apt-get update -qq
    apt-get download -qq $names >/dev/null
}
for p in *.deb; do dpkg -x "$p" ..; done
cd ..
rm -r packages
touch complete

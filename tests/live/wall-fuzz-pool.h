/* The few addresses, ports and numbers that rules and packets share, so that they meet. */
#ifndef WALL_FUZZ_POOL_H
#define WALL_FUZZ_POOL_H

#include "wall-fuzz.h"

struct ptn_addr addr_of(const char *text);

/* by link */
static const char *const peers4[LINKS][5] = {
    {"203.0.113.9", "198.51.100.7", "8.8.8.8", "192.0.2.77", "100.64.1.1"},
    {"10.1.0.5", "10.1.2.3", "10.1.255.254", "10.1.0.6", "10.1.128.1"},
    {"10.8.0.9", "10.8.0.2", "10.8.0.254", "10.8.0.10", "10.8.0.77"},
    {"172.17.0.2", "172.17.0.3", "172.17.0.4", "172.17.0.200", "172.17.0.254"},
};
static const char *const peers6[LINKS][4] = {
    {"2001:db8:9::9", "2a00:1450::8", "2001:db8:1::77", "2600::1"},
    {"fd01::5", "fd01::6", "fd01::1:0:0:1", "fd01::ff"},
    {"fd08::9", "fd08::2", "fd08::10", "fd08::77"},
    {"fd17::2", "fd17::3", "fd17::4", "fd17::ff"},
};
static const char *const own4[] = {"192.0.2.1", "192.0.2.1", "192.0.2.1",  "192.0.2.3", "10.1.0.1",
                                   "10.1.0.1",  "10.8.0.1",  "172.17.0.1", "127.0.0.1"};
static const char *const own6[] = {"2001:db8:1::1", "2001:db8:1::1", "fd01::1", "fd01::1", "fd08::1", "fd17::1", "::1"};
static const char *const strange4[] = {"127.0.0.5", "255.255.255.255", "192.0.2.255", "10.1.255.255",
                                       "224.0.0.1", "224.0.0.251",     "240.0.0.1",   "0.0.0.0",
                                       "192.0.2.0", "172.17.255.255"};
static const char *const strange6[] = {"ff02::1", "ff02::fb", "ff05::2", "::", "::ffff:1.2.3.4", "fe80::5", "fd99::1"};

static const uint16_t ports[] = {22,   22,   23,   25,   53,   80,    80,    113,  443,
                                 1023, 1024, 3306, 5432, 8080, 32768, 60000, 65535};
static const uint16_t source_ports[] = {22, 53, 67, 123, 443, 1023, 1024, 40000, 65535};
static const uint8_t ttls[] = {2, 32, 63, 64, 64, 64, 100, 128, 254, 255};
static const uint8_t dscps[] = {8, 10, 46, 1, 63};
static const uint32_t marks[] = {1, 2, 5, 0x10, 0x15, 0xff, 0x1000, 0x80000000, 0xffffffff};

#endif

/* What the packet of one line tells by itself, in the light of the host: its cause, or what it is of its source. */
#ifndef PTN_JUDGE_PACKET_H
#define PTN_JUDGE_PACKET_H

#include "cause.h"
#include "site.h"

enum ptn_packet_kind {
    PTN_PACKET_CAUSE,  /* the cause is known */
    PTN_PACKET_TRY,    /* it tried a port: its source decides */
    PTN_PACKET_PROBE,  /* it asked if somebody is there, or by which way */
    PTN_PACKET_ANSWER, /* it answers something; whether that was ours the other lines tell */
};

struct ptn_packet {
    uint8_t kind;   /* enum ptn_packet_kind */
    uint8_t cause;  /* enum ptn_cause */
    uint16_t marks; /* PTN_VISITOR_* of its source */
    bool tracks;    /* its port counts among those that the source tried */
    bool outgoing;  /* the host, or somebody behind it, sent it */
    bool asks;      /* outgoing: of its own accord, and it was let out */
    bool answered;  /* outgoing: a port of ours took a connection */
    bool of_source; /* the port to tell of is the source's */
};

void ptn_judge_packet(const struct ptn_site *, const struct ptn_knock *, struct ptn_packet *ret);

#endif

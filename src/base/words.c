/* The words of every list in portolan.h, from the lists themselves. */
#include "portolan.h"

const char *ptn_proto_word(enum ptn_proto p)
{
    static const char *const words[] = {
#define X(id, word, number) word,
        PTN_PROTOS(X)
#undef X
    };
    return words[p];
}

uint8_t ptn_proto_number(enum ptn_proto p)
{
    static const uint16_t numbers[] = {
#define X(id, word, number) number,
        PTN_PROTOS(X)
#undef X
    };
    return (uint8_t)numbers[p == PTN_MPTCP ? PTN_TCP : p];
}

static const char *const ratings[][2] = {
#define X(id, word, help) {word, help},
    PTN_RATINGS(X)
#undef X
};

const char *ptn_rating_word(enum ptn_rating r)
{
    return ratings[r][0];
}

const char *ptn_rating_help(enum ptn_rating r)
{
    return ratings[r][1];
}

static const char *const kinds[][2] = {
#define X(id, word, help) {word, help},
    PTN_KINDS(X)
#undef X
};

const char *ptn_kind_word(enum ptn_kind k)
{
    return kinds[k][0];
}

const char *ptn_kind_help(enum ptn_kind k)
{
    return kinds[k][1];
}

const char *ptn_rung_word(enum ptn_rung r)
{
    static const char *const words[] = {
#define X(id, word) word,
        PTN_RUNGS(X)
#undef X
    };
    return words[r];
}

const char *ptn_verdict_word(enum ptn_verdict v)
{
    static const char *const words[] = {
#define X(id, word) word,
        PTN_VERDICTS(X)
#undef X
    };
    return words[v];
}

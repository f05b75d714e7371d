#include "cause.h"

struct place {
    uint8_t verdict;          /* enum ptn_verdict */
    uint16_t title, why, act; /* where they begin in the pool */
};

#include "cause_texts.h" /* pool and places, made by causec from data/cause */

const char *ptn_cause_word(enum ptn_cause cause)
{
    static const char words[PTN_CAUSE_COUNT][24] = {
#define X(id, word) word,
        PTN_CAUSES(X)
#undef X
    };
    return words[cause];
}

struct ptn_cause_text ptn_cause_text(enum ptn_cause cause)
{
    const struct place *p = &places[cause];
    return (struct ptn_cause_text){
        .verdict = (enum ptn_verdict)p->verdict, .title = pool + p->title, .why = pool + p->why, .act = pool + p->act};
}

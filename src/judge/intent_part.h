/* Inside the reader of intents: what its parts share. */
#ifndef PTN_JUDGE_INTENT_PART_H
#define PTN_JUDGE_INTENT_PART_H

#include "intent.h"

/* One record as it stands in the file. */
struct ptn_intent_record {
    enum ptn_intent_kind kind;
    unsigned line;
    const char *value[PTN_INTENT_FIELD_COUNT]; /* NULL where not given; never "" but for Policy */
    unsigned lines[PTN_INTENT_FIELD_COUNT];
};

struct ptn_intent {
    const struct ptn_chart *chart;
    const char *file;
    struct ptn_policy *policy;
    uint8_t *ratings[PTN_PROTO_PORTED]; /* of ports by number, 0xff where not looked up; NULL until one is asked */
    struct ptn_err *err;                /* of the record at hand */
};

/* Says what is wrong with a field. Result: -EINVAL. */
int ptn_intent_fail(struct ptn_intent *, const struct ptn_intent_record *, enum ptn_intent_field, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));

/* Group: and Zone: records (intent_from.c). */
int ptn_intent_origin(struct ptn_intent *, const struct ptn_intent_record *);
/* Fills a permission's anyone, origins, v4, v6. *open: it is, or is as good as, anyone. */
int ptn_intent_from(struct ptn_intent *, const struct ptn_intent_record *, struct ptn_permit *, bool *open);

/* Fills a permission's openings and, with `judge`, holds them against the chart; `open`: as above (intent_permit.c). */
int ptn_intent_openings(struct ptn_intent *, const struct ptn_intent_record *, struct ptn_permit *, bool judge,
                        bool open);

#endif

#include "intent.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/grow.h"
#include "base/text.h"
#include "chart/rec.h"
#include "intent_part.h"

#define DEFAULT_GROUP 1
#define DEFAULT_RATE 10
#define RATE_MAX 100000
#define PRIORITY_MAX 1000
#define TABLE_MAX 32

static const struct {
    const char *word;
    unsigned kinds;
} fields[] = {
#define X(id, word, kinds, help) {word, kinds},
    PTN_INTENT_FIELDS(X)
#undef X
};

int ptn_intent_fail(struct ptn_intent *in, const struct ptn_intent_record *rec, enum ptn_intent_field id,
                    const char *fmt, ...)
{
    char text[sizeof(in->err->text)];
    unsigned line = rec->lines[id] ? rec->lines[id] : rec->line;
    va_list args;
    va_start(args, fmt);
    vsnprintf(text, sizeof(text), fmt, args);
    va_end(args);
    return ptn_fail(in->err, -EINVAL, "%s:%u: %s: %s", in->file, line, fields[id].word, text);
}

/* ---- records -------------------------------------------------------------------------------------------------- */

static int find_field(const char *word)
{
    for (int id = 0; id < PTN_INTENT_FIELD_COUNT; id++)
        if (strcmp(fields[id].word, word) == 0)
            return id;
    return -1;
}

/* The first field says what a record is. */
static int find_kind(struct ptn_intent *in, const struct ptn_rec *rec, struct ptn_intent_record *ret)
{
    static const struct {
        enum ptn_intent_field first;
        enum ptn_intent_kind kind;
    } kinds[] = {{PTN_INTENT_PERMIT, PTN_INTENT_KIND_PERMIT},
                 {PTN_INTENT_GROUP, PTN_INTENT_KIND_GROUP},
                 {PTN_INTENT_ZONE, PTN_INTENT_KIND_ZONE},
                 {PTN_INTENT_POLICY, PTN_INTENT_KIND_POLICY}};
    int id = find_field(rec->fields[0].name);
    for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
        if (id == (int)kinds[i].first) {
            ret->kind = kinds[i].kind;
            return 0;
        }
    return ptn_fail(in->err, -EINVAL,
                    "%s:%u: a record begins with Permit:, Group:, Zone: or Policy:, not with %.60s:", in->file,
                    rec->fields[0].line, rec->fields[0].name);
}

static int take_field(struct ptn_intent *in, const struct ptn_rec_field *f, struct ptn_intent_record *ret)
{
    int id = find_field(f->name);
    if (id < 0)
        return ptn_fail(in->err, -EINVAL, "%s:%u: unknown field \"%.60s\"", in->file, f->line, f->name);
    if (!(fields[id].kinds & ret->kind))
        return ptn_fail(in->err, -EINVAL, "%s:%u: %s: does not belong into a record of this kind", in->file, f->line,
                        f->name);
    if (ret->value[id])
        return ptn_fail(in->err, -EINVAL, "%s:%u: %s stands twice in this record", in->file, f->line, f->name);
    if (!*f->value && id != PTN_INTENT_POLICY)
        return ptn_fail(in->err, -EINVAL, "%s:%u: %s: has no value", in->file, f->line, f->name);
    ret->value[id] = f->value;
    ret->lines[id] = f->line;
    return 0;
}

static int take_record(struct ptn_intent *in, const struct ptn_rec *rec, struct ptn_intent_record *ret)
{
    *ret = (struct ptn_intent_record){.line = rec->line};
    int r = find_kind(in, rec, ret);
    for (size_t i = 0; i < rec->n && r == 0; i++)
        r = take_field(in, &rec->fields[i], ret);
    return r;
}

/* ---- settings ------------------------------------------------------------------------------------------------- */

/* A table that is ours by its name: what replaces it can never hit another's. */
static int set_table(struct ptn_intent *in, const struct ptn_intent_record *rec)
{
    const char *name = rec->value[PTN_INTENT_TABLE];
    size_t len = strlen(name), plain = strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-");
    if (strncmp(name, PTN_POLICY_TABLE, strlen(PTN_POLICY_TABLE)) != 0 || plain != len || len > TABLE_MAX)
        return ptn_intent_fail(in, rec, PTN_INTENT_TABLE,
                               "\"%.40s\": the name begins with " PTN_POLICY_TABLE ", so that no table of another is "
                               "replaced, and goes on with letters, digits, - and _, to %d in all",
                               name, TABLE_MAX);
    in->policy->table = name;
    return 0;
}

static int set_priority(struct ptn_intent *in, const struct ptn_intent_record *rec)
{
    const char *text = rec->value[PTN_INTENT_PRIORITY];
    bool below = *text == '-';
    long n = ptn_number(text + below, strlen(text + below), PRIORITY_MAX);
    if (n < 0)
        return ptn_intent_fail(in, rec, PTN_INTENT_PRIORITY, "\"%.40s\" is not a number from -%d to %d", text,
                               PRIORITY_MAX, PRIORITY_MAX);
    in->policy->priority = (int)(below ? -n : n);
    return 0;
}

static int set_log_group(struct ptn_intent *in, const struct ptn_intent_record *rec)
{
    const char *text = rec->value[PTN_INTENT_LOG_GROUP];
    long n = ptn_number(text, strlen(text), UINT16_MAX);
    if (strcmp(text, "kernel") == 0)
        in->policy->log = PTN_POLICY_LOG_KERNEL;
    else if (strcmp(text, "none") == 0)
        in->policy->log = PTN_POLICY_LOG_NONE;
    else if (n < 0)
        return ptn_intent_fail(in, rec, PTN_INTENT_LOG_GROUP,
                               "\"%.40s\" is not a number from 0 to 65535, kernel or none", text);
    else
        in->policy->log_group = (uint16_t)n;
    return 0;
}

static int set_log_rate(struct ptn_intent *in, const struct ptn_intent_record *rec)
{
    static const char *const units[] = {"second", "minute", "hour", "day"};
    const char *text = rec->value[PTN_INTENT_LOG_RATE], *slash = strchr(text, '/');
    long n = slash ? ptn_number(text, (size_t)(slash - text), RATE_MAX) : -1;
    for (size_t i = 0; n > 0 && i < sizeof(units) / sizeof(*units); i++)
        if (strcmp(slash + 1, units[i]) == 0) {
            in->policy->log_rate = (uint32_t)n;
            in->policy->log_per = units[i];
            return 0;
        }
    return ptn_intent_fail(in, rec, PTN_INTENT_LOG_RATE, "\"%.40s\" is not N/second, N/minute, N/hour or N/day", text);
}

static int set_policy(struct ptn_intent *in, const struct ptn_intent_record *rec)
{
    static int (*const set[PTN_INTENT_FIELD_COUNT])(struct ptn_intent *, const struct ptn_intent_record *) = {
        [PTN_INTENT_TABLE] = set_table,
        [PTN_INTENT_PRIORITY] = set_priority,
        [PTN_INTENT_LOG_GROUP] = set_log_group,
        [PTN_INTENT_LOG_RATE] = set_log_rate,
    };
    int r = 0;
    if (in->policy->title)
        return ptn_intent_fail(in, rec, PTN_INTENT_POLICY, "there is one such record already");
    in->policy->title = rec->value[PTN_INTENT_POLICY];
    for (int id = 0; id < PTN_INTENT_FIELD_COUNT && r == 0; id++)
        if (set[id] && rec->value[id])
            r = set[id](in, rec);
    return r;
}

/* ---- permissions ------------------------------------------------------------------------------------------------ */

static const char *text_of(const struct ptn_intent_record *rec, enum ptn_intent_field id)
{
    return rec->value[id] ? rec->value[id] : "";
}

static int add_permit(struct ptn_permit **items, size_t *n, const struct ptn_permit *p)
{
    struct ptn_permit *more = *items;
    if ((*n & (*n - 1)) == 0) /* 0, 1, 2, 4, ... are full */
        more = reallocarray(*items, *n ? *n * 2 : 1, sizeof(*more));
    if (!more)
        return -ENOMEM;
    *items = more;
    more[(*n)++] = *p;
    return 0;
}

static int take_permit(struct ptn_intent *in, const struct ptn_intent_record *rec, const char *today)
{
    struct ptn_policy *policy = in->policy;
    const char *until = text_of(rec, PTN_INTENT_UNTIL);
    struct ptn_permit p = {.what = rec->value[PTN_INTENT_PERMIT],
                           .because = text_of(rec, PTN_INTENT_BECAUSE),
                           .even_though = text_of(rec, PTN_INTENT_EVEN_THOUGH),
                           .owner = text_of(rec, PTN_INTENT_OWNER),
                           .until = until,
                           .line = rec->line};
    bool open, over = today && *until && strcmp(today, until) > 0;
    if (*until && (ptn_date(until) != 10 || until[10]))
        return ptn_intent_fail(in, rec, PTN_INTENT_UNTIL, "\"%.40s\" is not a day, YYYY-MM-DD", until);
    if (policy->n_permits + policy->n_over == PTN_POLICY_PERMITS_MAX)
        return ptn_intent_fail(in, rec, PTN_INTENT_PERMIT, "more than %d permissions", PTN_POLICY_PERMITS_MAX);
    int r = ptn_intent_from(in, rec, &p, &open);
    r = r < 0 ? r : ptn_intent_openings(in, rec, &p, !over, open);
    if (r == 0)
        r = over ? add_permit(&policy->over, &policy->n_over, &p)
                 : add_permit(&policy->permits, &policy->n_permits, &p);
    if (r < 0) {
        ptn_permit_release(&p);
        return r;
    }
    for (size_t i = 0; i < p.n_origins && !over; i++)
        p.origins[i]->used = true;
    return 0;
}

/* ---- the file ------------------------------------------------------------------------------------------------- */

struct records {
    struct ptn_intent_record *items;
    size_t n, room;
};

/* What is wrong, told as it is found; the first of it is the result's sentence. */
struct faults {
    const struct ptn_intent_opts *opts;
    struct ptn_err *err;
    size_t n;
};

/* Result: 0 if the reading goes on. */
static int fault(struct faults *f, int r, const struct ptn_err *err)
{
    if (r != -EINVAL)
        return r;
    if (f->n++ == 0 && f->err)
        *f->err = *err;
    if (!f->opts || !f->opts->complain)
        return r;
    f->opts->complain(f->opts->ctx, err->text);
    return 0;
}

static int add_record(struct records *list, const struct ptn_intent_record *rec)
{
    if (ptn_grow(&list->items, list->n, &list->room, sizeof(*list->items)) < 0)
        return -ENOMEM;
    list->items[list->n++] = *rec;
    return 0;
}

static int read_records(struct ptn_intent *in, struct records *list, const char *text, size_t len,
                        struct faults *faults)
{
    struct ptn_rec_reader reader;
    struct ptn_rec rec;
    struct ptn_intent_record mine;
    int r = 0, more;
    ptn_rec_open(&reader, in->file, text, len, &in->policy->arena);
    while (r == 0 && (more = ptn_rec_next(&reader, &rec, in->err)) != 0) {
        r = more < 0 ? more : take_record(in, &rec, &mine);
        r = r < 0 ? fault(faults, r, in->err) : add_record(list, &mine);
    }
    return r;
}

/* Records of some kinds, in the order of the file. */
static int take_all(struct ptn_intent *in, const struct records *list, unsigned kinds, struct faults *faults)
{
    const char *today = faults->opts ? faults->opts->today : NULL;
    int r = 0;
    for (size_t i = 0; i < list->n && r == 0; i++) {
        const struct ptn_intent_record *rec = &list->items[i];
        if (!(rec->kind & kinds))
            continue;
        if (rec->kind == PTN_INTENT_KIND_PERMIT)
            r = take_permit(in, rec, today);
        else
            r = rec->kind == PTN_INTENT_KIND_POLICY ? set_policy(in, rec) : ptn_intent_origin(in, rec);
        r = fault(faults, r, in->err);
    }
    return r;
}

/* An intent that permits nothing is more likely a file that was cut or mistaken for one. */
static int check_whole(struct ptn_intent *in, const struct records *list, struct faults *faults)
{
    for (size_t i = 0; i < list->n; i++)
        if (list->items[i].kind == PTN_INTENT_KIND_PERMIT)
            return 0;
    if (faults->n)
        return 0;
    ptn_fail(in->err, -EINVAL, "%s:1: no record of this file begins with Permit:", in->file);
    return fault(faults, -EINVAL, in->err);
}

int ptn_intent_read(struct ptn_policy *ret, const struct ptn_chart *chart, const char *file, const char *text,
                    size_t len, const struct ptn_intent_opts *opts, struct ptn_err *err)
{
    struct ptn_policy p = {.table = PTN_POLICY_TABLE, .log_group = DEFAULT_GROUP, .log_rate = DEFAULT_RATE};
    struct ptn_err now = {""};
    struct ptn_intent in = {.chart = chart, .file = file, .policy = &p, .err = &now};
    struct faults faults = {.opts = opts, .err = err};
    struct records list = {0};
    p.log_per = "second";
    p.file = ptn_arena_strdup(&p.arena, file);
    int r = p.file ? read_records(&in, &list, text, len, &faults) : -ENOMEM;
    r = r < 0 ? r : check_whole(&in, &list, &faults);
    r = r < 0 ? r
              : take_all(&in, &list, PTN_INTENT_KIND_POLICY | PTN_INTENT_KIND_GROUP | PTN_INTENT_KIND_ZONE, &faults);
    r = r < 0 ? r : take_all(&in, &list, PTN_INTENT_KIND_PERMIT, &faults);
    p.title = p.title ? p.title : "";
    free(list.items);
    for (int i = 0; i < PTN_PROTO_PORTED; i++)
        free(in.ratings[i]);
    if (r == 0 && faults.n)
        r = -EINVAL;
    if (r < 0)
        ptn_policy_release(&p);
    else
        *ret = p;
    return r;
}

/*
 * The compiler of the causes' texts: records into a header with one pool of texts and offsets into it, so that they
 * cost the program no relocation. Part of the build: a word that is unknown, a cause that is missing or stands twice,
 * or a source that nobody knows stops the build with its place.
 *
 *     causec OUT.h SOURCES.rec FILE.rec...
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/text.h"
#include "chart/draft.h"
#include "judge/cause.h"

#define FILE_MAX (4u << 20)
#define TITLE_MAX 60

enum field { CAUSE, TITLE, VERDICT, WHY, DO, SOURCE, FIELD_COUNT };

static const struct {
    const char *word;
    bool required;
} fields[FIELD_COUNT] = {
    [CAUSE] = {"Cause", true}, [TITLE] = {"Title", true}, [VERDICT] = {"Verdict", true},
    [WHY] = {"Why", true},     [DO] = {"Do", false},      [SOURCE] = {"Source", true},
};

static const char *const words[PTN_CAUSE_COUNT] = {
#define X(id, word) word,
    PTN_CAUSES(X)
#undef X
};

/* The verdicts that a cause may have: the others are of listeners. */
static const enum ptn_verdict verdicts[] = {PTN_VERDICT_OK, PTN_VERDICT_ASK, PTN_VERDICT_RULE, PTN_VERDICT_WORRY};

/* A record by its fields; NULL: it does not have this one. */
struct record {
    const char *file;
    unsigned line;
    const struct ptn_rec_field *fields[FIELD_COUNT];
};

struct cause {
    const char *file; /* NULL: no record of it was seen */
    unsigned line;
    enum ptn_verdict verdict;
    const char *texts[FIELD_COUNT];
};

struct work {
    struct ptn_draft draft; /* the sources, the memory, the complaints */
    struct cause causes[PTN_CAUSE_COUNT];
};

static void complain(void *ctx, const char *text)
{
    (void)ctx;
    fprintf(stderr, "%s\n", text);
}

static int find_field(const char *word)
{
    for (int f = 0; f < FIELD_COUNT; f++)
        if (strcmp(fields[f].word, word) == 0)
            return f;
    return -1;
}

static int find_cause(const char *word)
{
    for (int c = 0; c < PTN_CAUSE_COUNT; c++)
        if (strcmp(words[c], word) == 0)
            return c;
    return -1;
}

static int find_verdict(const char *word)
{
    for (size_t i = 0; i < sizeof(verdicts) / sizeof(*verdicts); i++)
        if (strcmp(ptn_verdict_word(verdicts[i]), word) == 0)
            return (int)verdicts[i];
    return -1;
}

static bool has_source(const struct ptn_draft *d, const char *key, size_t len)
{
    for (size_t i = 0; i < d->n_entries; i++)
        if (strlen(d->entries[i].name) == len && memcmp(d->entries[i].name, key, len) == 0)
            return true;
    return false;
}

/* ---- one record ---------------------------------------------------------------------------------- */

/* Sorts a record's fields by their words. */
static bool sort_fields(struct ptn_draft *d, const struct ptn_rec *rec, struct record *ret)
{
    unsigned before = d->complaints;
    *ret = (struct record){.file = rec->file, .line = rec->line};
    for (size_t i = 0; i < rec->n; i++) {
        const struct ptn_rec_field *field = &rec->fields[i];
        int f = find_field(field->name);
        if (f < 0)
            ptn_draft_complain(d, "%s:%u: unknown field \"%s\"", rec->file, field->line, field->name);
        else if (ret->fields[f])
            ptn_draft_complain(d, "%s:%u: %s stands twice in this record", rec->file, field->line, field->name);
        else if (!*field->value)
            ptn_draft_complain(d, "%s:%u: %s: has no value", rec->file, field->line, field->name);
        else
            ret->fields[f] = field;
    }
    bool known = d->complaints == before; /* otherwise what is missing may be the field that was misspelt */
    for (int f = 0; f < FIELD_COUNT && known; f++)
        if (fields[f].required && !ret->fields[f])
            ptn_draft_complain(d, "%s:%u: this record has no %s:", rec->file, rec->line, fields[f].word);
    return d->complaints == before;
}

static void check_sources(struct ptn_draft *d, const struct record *r)
{
    const struct ptn_rec_field *source = r->fields[SOURCE];
    const char *at = source->value, *key;
    for (size_t n; (n = ptn_next_word(&at, &key)) > 0;)
        if (!has_source(d, key, n))
            ptn_draft_complain(d, "%s:%u: Source: nothing is called \"%.*s\"", r->file, source->line, (int)n, key);
}

/* Checks the values, and keeps them as the texts of their cause. */
static void take_record(struct work *w, const struct record *r)
{
    struct ptn_draft *d = &w->draft;
    const struct ptn_rec_field *const *f = r->fields;
    int id = find_cause(f[CAUSE]->value), verdict = find_verdict(f[VERDICT]->value);
    check_sources(d, r);
    if (strlen(f[TITLE]->value) > TITLE_MAX)
        ptn_draft_complain(d, "%s:%u: Title: a title has at most %d characters", r->file, f[TITLE]->line, TITLE_MAX);
    if (verdict < 0)
        ptn_draft_complain(d, "%s:%u: Verdict: no cause can be \"%s\"", r->file, f[VERDICT]->line, f[VERDICT]->value);
    if (id < 0) {
        ptn_draft_complain(d, "%s:%u: Cause: there is no \"%s\"", r->file, f[CAUSE]->line, f[CAUSE]->value);
        return;
    }
    struct cause *c = &w->causes[id];
    if (c->file) {
        ptn_draft_complain(d, "%s:%u: Cause: %s stands already at %s:%u", r->file, f[CAUSE]->line, words[id], c->file,
                           c->line);
        return;
    }
    *c = (struct cause){.file = r->file, .line = r->line, .verdict = verdict < 0 ? 0 : (enum ptn_verdict)verdict};
    for (int i = 0; i < FIELD_COUNT; i++)
        c->texts[i] = f[i] ? f[i]->value : "";
}

static int take_text(struct work *w, const char *path, const char *text, size_t len)
{
    struct ptn_rec_reader reader;
    struct ptn_rec rec;
    struct record record;
    struct ptn_err err;
    ptn_rec_open(&reader, path, text, len, &w->draft.arena);
    for (int r; (r = ptn_rec_next(&reader, &rec, &err)) != 0;)
        if (r == -EINVAL)
            ptn_draft_complain(&w->draft, "%s", err.text);
        else if (r < 0)
            return r;
        else if (sort_fields(&w->draft, &rec, &record))
            take_record(w, &record);
    return 0;
}

static int take_file(struct work *w, const char *path, bool sources)
{
    char *text;
    size_t len;
    int r = ptn_file_read(path, FILE_MAX, &text, &len);
    if (r < 0) {
        ptn_draft_complain(&w->draft, "%s: %s", path, strerror(-r));
        return r;
    }
    r = sources ? ptn_draft_add_text(&w->draft, path, text, len, PTN_ENTRY_SOURCE, false, NULL)
                : take_text(w, path, text, len);
    free(text);
    return r;
}

/* ---- the header ---------------------------------------------------------------------------------- */

/* One text of the pool, with its end. Result: its offset. */
static size_t put_text(FILE *f, size_t *used, const char *text)
{
    size_t at = *used;
    fputs("    \"", f);
    for (const char *p = text; *p; p++)
        fprintf(f, *p == '"' || *p == '\\' ? "\\%c" : "%c", *p);
    fputs("\\0\"\n", f);
    *used += strlen(text) + 1;
    return at;
}

/* Result: 0, -EFBIG when the offsets do not suffice. */
static int put_header(FILE *f, const struct cause *causes)
{
    static const enum field kept[] = {TITLE, WHY, DO};
    size_t at[PTN_CAUSE_COUNT][3], used = 0;
    fputs("/* Made by causec from data/cause. */\nstatic const char pool[] =\n", f);
    for (int c = 0; c < PTN_CAUSE_COUNT; c++)
        for (int i = 0; i < 3; i++)
            at[c][i] = put_text(f, &used, causes[c].texts[kept[i]]);
    fputs("    ;\n\nstatic const struct place places[PTN_CAUSE_COUNT] = {\n", f);
    for (int c = 0; c < PTN_CAUSE_COUNT; c++)
        fprintf(f, "    {%d, %zu, %zu, %zu}, /* %s */\n", (int)causes[c].verdict, at[c][0], at[c][1], at[c][2],
                words[c]);
    fputs("};\n", f);
    return used > UINT16_MAX ? -EFBIG : 0;
}

static int write_header(const char *path, const struct cause *causes)
{
    char *text = NULL;
    size_t len = 0;
    FILE *f = open_memstream(&text, &len);
    if (!f)
        return -ENOMEM;
    int r = put_header(f, causes);
    if (fclose(f) != 0)
        r = -ENOMEM;
    if (r == 0)
        r = ptn_file_replace(path, text, len, 0644);
    free(text);
    return r;
}

int main(int argc, char **argv)
{
    static struct work w;
    if (argc < 4) {
        fprintf(stderr, "usage: causec OUT.h SOURCES.rec FILE.rec...\n");
        return 2;
    }
    ptn_draft_init(&w.draft, complain, NULL);
    int r = 0;
    for (int i = 2; i < argc && r >= 0; i++)
        r = take_file(&w, argv[i], i == 2);
    for (int c = 0; c < PTN_CAUSE_COUNT && r >= 0; c++)
        if (!w.causes[c].file)
            ptn_draft_complain(&w.draft, "causec: no record is about \"%s\"", words[c]);
    if (r >= 0 && w.draft.complaints == 0)
        r = write_header(argv[1], w.causes);
    bool bad = r < 0 || w.draft.complaints;
    if (bad)
        fprintf(stderr, "causec: %s: not made: %s\n", argv[1], r < 0 ? strerror(-r) : "mend the records above");
    ptn_draft_release(&w.draft);
    return bad;
}

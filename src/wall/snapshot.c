#include "snapshot.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tool.h"

/* `nft OPTIONS list table FAMILY NAME` */
static int list_table(const struct ptn_table_id *t, const char *options, char **ret, size_t *len, struct ptn_err *err)
{
    const char *const argv[] = {"nft", options, "list", "table", ptn_table_family_word(t->family), t->name, NULL};
    return ptn_tool_run(NULL, argv, NULL, 0, PTN_SNAPSHOT_MAX, ret, len, err);
}

/* In JSON, and only there, every expression of iptables-nft's is marked. Within a string the quotes would be escaped.
 */
static int refuse_foreign(const struct ptn_table_id *t, struct ptn_err *err)
{
    char *text;
    size_t len;
    int r = list_table(t, "-jt", &text, &len, err);
    if (r < 0)
        return r;
    if (strstr(text, "\"xt\":"))
        r = ptn_fail(err, -ENOTSUP, "this changes table %s %s, which is iptables' and could not be put back",
                     ptn_table_family_word(t->family), t->name);
    free(text);
    return r;
}

static int save_table(const struct ptn_table_id *t, FILE *to, struct ptn_err *err)
{
    char *text;
    size_t len;
    int r = refuse_foreign(t, err);
    if (r == 0)
        r = list_table(t, "-y", &text, &len, err);
    if (r < 0)
        return r;
    fwrite(text, 1, len, to);
    fputc('\n', to);
    free(text);
    return 0;
}

/* What puts back. A table is deleted only if it is there, or the whole transaction would fail. */
static int restore_script(const struct ptn_tables *t, const char *saved, size_t saved_len, char **ret, size_t *len,
                          struct ptn_err *err)
{
    struct ptn_tables now = {0};
    int r = ptn_tables_read(&now, err);
    FILE *f = r == 0 ? open_memstream(ret, len) : NULL;
    for (size_t i = 0; f && i < t->n; i++)
        if (ptn_tables_find(&now, t->items[i].family, t->items[i].name))
            fprintf(f, "delete table %s %s\n", ptn_table_family_word(t->items[i].family), t->items[i].name);
    if (f) {
        fwrite(saved, 1, saved_len, f);
        if (fclose(f))
            free(*ret);
        else
            goto out;
    }
    if (r == 0)
        r = -ENOMEM;
out:
    ptn_tables_release(&now);
    return r;
}

static int run_restore(const struct ptn_tables *t, const char *option, const char *saved, size_t saved_len,
                       struct ptn_err *err)
{
    char *script;
    size_t len;
    int r = restore_script(t, saved, saved_len, &script, &len, err);
    if (r < 0)
        return r;
    if (len) /* else nothing was there, and nothing is */
        r = ptn_tool_run(NULL, (const char *const[]){"nft", option, "-", NULL}, script, len, PTN_SNAPSHOT_MAX, NULL,
                         NULL, err);
    free(script);
    return r;
}

int ptn_snapshot_restore(const struct ptn_tables *t, const char *text, size_t len, struct ptn_err *err)
{
    return run_restore(t, "-f", text, len, err);
}

static int prove(const struct ptn_tables *t, const char *text, size_t len, struct ptn_err *err)
{
    struct ptn_err why;
    int r = run_restore(t, "-cf", text, len, &why);
    if (r == -EIO)
        return ptn_fail(err, -ENOTSUP, "what stands now could not be put back: %.400s", why.text);
    return r < 0 ? ptn_fail(err, r, "%s", why.text) : 0;
}

int ptn_snapshot_take(const struct ptn_tables *t, char **ret, size_t *ret_len, struct ptn_err *err)
{
    char *text = NULL;
    size_t len = 0;
    FILE *f = open_memstream(&text, &len);
    int r = f ? 0 : -ENOMEM;
    for (size_t i = 0; r == 0 && i < t->n; i++)
        if (t->items[i].stood)
            r = save_table(&t->items[i], f, err);
    if (f && fclose(f) && r == 0)
        r = -ENOMEM;
    if (r == 0)
        r = prove(t, text, len, err);
    if (r < 0) {
        free(text);
        return r;
    }
    *ret = text;
    *ret_len = len;
    return 0;
}

/* ---- what tables look like ------------------------------------------------------------------------------------ */

#define FNV_BASE 0xcbf29ce484222325u
#define FNV_PRIME 0x100000001b3u

static bool begins(const char *line, const char *with)
{
    return strncmp(line, with, strlen(with)) == 0;
}

/* Where a line of a listing lies. */
struct place {
    bool set, live, elements; /* in a set or map; in one whose elements come and go; among these */
};

static bool counts(struct place *p, const char *line)
{
    if (begins(line, "\tset ") || begins(line, "\tmap ") || begins(line, "\t}"))
        *p = (struct place){.set = line[1] != '}'};
    if (p->set && begins(line, "\t\tflags "))
        p->live |= strstr(line, "dynamic") || strstr(line, "timeout");
    if (p->set && begins(line, "\t\ttimeout "))
        p->live = true;
    p->elements |= p->live && begins(line, "\t\telements = {");
    return !p->elements;
}

static uint64_t hash_listing(uint64_t h, char *text)
{
    struct place p = {false};
    for (char *line = text, *end; *line; line = end) {
        end = strchr(line, '\n');
        end = end ? end + 1 : line + strlen(line);
        char kept = *end;
        *end = '\0';
        bool in = counts(&p, line);
        for (; in && *line; line++)
            h = (h ^ (uint8_t)*line) * FNV_PRIME;
        *end = kept;
    }
    return h;
}

int ptn_tables_print(const struct ptn_tables *t, char ret[static PTN_PRINT_TEXT], struct ptn_err *err)
{
    uint64_t h = FNV_BASE;
    struct ptn_tables now = {0};
    int r = ptn_tables_read(&now, err);
    for (size_t i = 0; r == 0 && i < t->n; i++) {
        const struct ptn_table_id *id = &t->items[i];
        char *text;
        size_t len;
        h = (h ^ 1) * FNV_PRIME;
        if (!ptn_tables_find(&now, id->family, id->name))
            continue;
        r = list_table(id, "-s", &text, &len, err);
        if (r < 0)
            break;
        h = hash_listing(h, text);
        free(text);
    }
    ptn_tables_release(&now);
    snprintf(ret, PTN_PRINT_TEXT, "%016llx", (unsigned long long)h);
    return r;
}

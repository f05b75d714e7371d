/*
 * What src/wall/guard.h does, one call a run:
 *     guardq FOLDER apply FILE SECONDS [SESSION]     a session is let in if the script says "tcp dport PORT"
 *     guardq FOLDER confirm [persist] | rollback | status
 * Files that are loaded at boot are below FOLDER.boot. Ends with 0, or 1 and the sentence.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/file.h"
#include "wall/guard.h"

static int admits(void *ctx, const struct ptn_session *s, const char *text, size_t len, struct ptn_err *err)
{
    char rule[32];
    (void)ctx;
    (void)len;
    snprintf(rule, sizeof(rule), "tcp dport %u", s->server_port);
    return strstr(text, rule) ? 0 : ptn_fail(err, -EACCES, "this would cut off port %u", s->server_port);
}

static int apply(const struct ptn_guard_places *places, int argc, char **argv, struct ptn_err *err)
{
    struct ptn_session session;
    char *text;
    size_t len;
    if (ptn_file_read(argv[0], 1 << 24, &text, &len) < 0)
        return ptn_fail(err, -ENOENT, "%s: cannot be read", argv[0]);
    struct ptn_guard_order order = {
        .name = argv[0], .text = text, .len = len, .seconds = atol(argv[1]), .admits = admits};
    if (argc > 2 && ptn_session_parse(&session, argv[2]) < 0)
        return ptn_fail(err, -EINVAL, "%s: no session", argv[2]);
    order.session = argc > 2 ? &session : NULL;
    int r = ptn_guard_apply(places, &order, err);
    free(text);
    return r;
}

static int status(const struct ptn_guard_places *places, struct ptn_err *err)
{
    static const char *const loaded[] = {"unknown", "same", "changed"};
    struct ptn_guard_status s;
    int r = ptn_guard_read_status(places, &s, err);
    if (r == 0) {
        printf("%s %s%s%s", ptn_guard_phase_word(s.note.phase), loaded[s.loaded], s.guarded ? " guarded" : "",
               s.note.persisted ? " persisted" : "");
        for (size_t i = 0; i < s.note.tables.n; i++)
            printf(" %s/%s", ptn_table_family_word(s.note.tables.items[i].family), s.note.tables.items[i].name);
        putchar('\n');
    }
    ptn_guard_status_release(&s);
    return r;
}

int main(int argc, char **argv)
{
    char policy[512], units[512];
    struct ptn_err err = {""};
    int r = -EINVAL;
    if (argc < 3)
        return 2;
    struct ptn_guard_places places = {.state = argv[1], .persist = policy, .units = units};
    snprintf(policy, sizeof(policy), "%s.boot/policy.nft", argv[1]);
    snprintf(units, sizeof(units), "%s.boot", argv[1]);
    if (argc > 4 && strcmp(argv[2], "apply") == 0)
        r = apply(&places, argc - 3, argv + 3, &err);
    else if (strcmp(argv[2], "confirm") == 0)
        r = ptn_guard_confirm(&places, argc > 3, &err);
    else if (strcmp(argv[2], "rollback") == 0)
        r = ptn_guard_rollback(&places, &err);
    else if (strcmp(argv[2], "status") == 0)
        r = status(&places, &err);
    if (r < 0)
        printf("%s: %s\n", strerrorname_np(-r), err.text);
    return r < 0;
}

/* The session over which somebody works here: finding it, and asking whether a new ruleset would end it. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/addr.h"
#include "base/file.h"
#include "judge/check.h"
#include "policy.h"
#include "wall/live.h"
#include "wall/places.h"

#define ANCESTORS_MAX 64
#define ENVIRON_MAX (1u << 20)
#define RULESET_MAX ((size_t)256 << 20)

/* ---- where we come from -------------------------------------------------------------------------------------------
 */

static pid_t parent_of(pid_t pid)
{
    char path[40], *text, *end;
    size_t len;
    int parent = 0;
    snprintf(path, sizeof(path), "/proc/%d/stat", pid);
    if (ptn_file_read(path, 4096, &text, &len) < 0)
        return 0;
    end = strrchr(text, ')'); /* the name before it may hold anything */
    if (!end || sscanf(end + 1, " %*c %d", &parent) != 1)
        parent = 0;
    free(text);
    return parent;
}

static bool session_of(pid_t pid, struct ptn_session *ret)
{
    static const char key[] = "SSH_CONNECTION=";
    char path[40], *text;
    size_t len;
    bool found = false;
    snprintf(path, sizeof(path), "/proc/%d/environ", pid);
    if (ptn_file_read(path, ENVIRON_MAX, &text, &len) < 0)
        return false;
    for (const char *p = text; p < text + len && !found; p += strlen(p) + 1)
        found = strncmp(p, key, sizeof(key) - 1) == 0 && ptn_session_parse(ret, p + sizeof(key) - 1) == 0;
    free(text);
    return found;
}

bool ptn_policy_session(struct ptn_session *ret)
{
    const char *own = getenv("SSH_CONNECTION");
    if (own && ptn_session_parse(ret, own) == 0)
        return true;
    pid_t pid = getppid();
    for (int i = 0; i < ANCESTORS_MAX && pid > 1; i++, pid = parent_of(pid))
        if (session_of(pid, ret))
            return true;
    return false;
}

/* ---- what would become of it
 * ------------------------------------------------------------------------------------------ */

static const struct ptn_place *place_of(const struct ptn_places *places, const struct ptn_session *s)
{
    for (size_t i = 0; i < places->n; i++) {
        const struct ptn_place *p = &places->items[i];
        if (p->family == s->client.family && ptn_ranges_has(p->sources, s->client.bytes) &&
            ptn_ranges_has(p->dests, s->server.bytes))
            return p;
    }
    return NULL;
}

static int question(struct ptn_flow *q, const struct ptn_place *place, const struct ptn_session *s, bool goes_on)
{
    int r = ptn_place_flow(q, place, 6);
    if (r < 0)
        return r;
    r = ptn_flow_put_addr(q, PTN_PKT_SADDR, &s->client);
    r = r < 0 ? r : ptn_flow_put_addr(q, PTN_PKT_DADDR, &s->server);
    r = r < 0 ? r : ptn_flow_put_number(q, PTN_PKT_DPORT, s->server_port, s->server_port);
    if (r == 0 && goes_on) {
        r = ptn_flow_put_number(q, PTN_PKT_SPORT, s->client_port, s->client_port);
        r = r < 0 ? r : ptn_flow_put_number(q, PTN_PKT_CT_STATE, 2, 2);
        r = r < 0 ? r : ptn_flow_put_number(q, PTN_PKT_TCPFLAGS, 16, 16);
    }
    if (r < 0)
        ptn_flow_release(q);
    return r;
}

/* That a new login depends on a limit, say, is no reason to refuse; that this session does, is. */
static int judge_answers(const struct ptn_answers *answers, const struct ptn_session *s, bool goes_on,
                         struct ptn_err *err)
{
    char client[PTN_ADDR_TEXT], rule[PTN_CHECK_RULE_TEXT];
    for (size_t i = 0; i < answers->n; i++) {
        const struct ptn_outcome *o = &answers->items[i];
        if (o->answer == PTN_ANSWER_ACCEPT || (o->answer == PTN_ANSWER_UNKNOWN && !goes_on))
            continue;
        bool unknown = o->answer == PTN_ANSWER_UNKNOWN;
        return ptn_fail(err, -EACCES, "%s from %s to port %u %s: %s", goes_on ? "this session" : "a new session",
                        ptn_addr_format(&s->client, client), s->server_port,
                        unknown   ? "may be cut off"
                        : goes_on ? "would be cut off"
                                  : "would not be let in",
                        ptn_check_deciding(o, rule));
    }
    return 0;
}

static int ask(const struct ptn_wall *wall, const struct ptn_terrain *terrain, const struct ptn_place *place,
               const struct ptn_session *s, bool goes_on, struct ptn_err *err)
{
    struct ptn_answers answers = {0};
    struct ptn_flow q;
    int r = question(&q, place, s, goes_on);
    if (r < 0)
        return r;
    r = ptn_wall_ask(wall, terrain, &q, &answers);
    r = r < 0 ? r : ptn_answers_settle(&answers);
    r = r < 0 ? r : judge_answers(&answers, s, goes_on, err);
    ptn_answers_release(&answers);
    ptn_flow_release(&q);
    return r;
}

static int ask_both(const struct ptn_wall *wall, const struct ptn_netns *ns, const struct ptn_session *s,
                    struct ptn_err *err)
{
    struct ptn_places places = {0};
    struct ptn_terrain *terrain = NULL;
    int r = ptn_places_of(&places, ns);
    const struct ptn_place *place = r == 0 ? place_of(&places, s) : NULL;
    if (place) { /* else the session does not come through this namespace's filter */
        r = ptn_terrain_new(&terrain, ns);
        r = r < 0 ? r : ask(wall, terrain, place, s, true, err);
        r = r < 0 ? r : ask(wall, terrain, place, s, false, err);
        ptn_terrain_free(terrain);
    }
    ptn_places_release(&places);
    return r;
}

/* The script on top of what stands; where that cannot be loaded (what iptables made), the script alone, since other
 * tables let the session in already. */
static int load(const struct ptn_door *door, const char *text, size_t len, struct ptn_err *err)
{
    static const char *const list[] = {"nft", "list", "ruleset", NULL}, *const in[] = {"nft", "-f", "-", NULL};
    static const char *const flush[] = {"nft", "flush", "ruleset", NULL};
    char *stands = NULL;
    size_t stands_len;
    int r = ptn_tool_run(NULL, list, NULL, 0, RULESET_MAX, &stands, &stands_len, err);
    r = r < 0 ? r : ptn_tool_run(door, in, stands, stands_len, 0, NULL, NULL, err);
    r = r < 0 ? r : ptn_tool_run(door, in, text, len, 0, NULL, NULL, err);
    if (r == -EIO) {
        r = ptn_tool_run(door, flush, NULL, 0, 0, NULL, NULL, err);
        r = r < 0 ? r : ptn_tool_run(door, in, text, len, 0, NULL, NULL, err);
    }
    free(stands);
    return r;
}

static int admits(const struct ptn_netns *ns, const struct ptn_session *s, const char *text, size_t len,
                  struct ptn_err *err)
{
    struct ptn_scratch scratch;
    struct ptn_wall *wall = NULL;
    int r = ptn_scratch_open(&scratch, err);
    if (r < 0)
        return r;
    const struct ptn_door door = {.net = scratch.net, .user = scratch.user};
    r = load(&door, text, len, err);
    r = r < 0 ? r : ptn_wall_read_live(&wall, &door, err);
    r = r < 0 ? r : ask_both(wall, ns, s, err);
    ptn_wall_free(wall);
    ptn_scratch_close(&scratch);
    return r;
}

int ptn_policy_admits(void *ctx, const struct ptn_session *s, const char *text, size_t len, struct ptn_err *err)
{
    const struct ptn_host_opts opts = {.no_owners = true, .this_netns = true};
    struct ptn_session plain = *s;
    struct ptn_err why = {""};
    struct ptn_host *host;
    plain.client = ptn_addr_unmapped(&s->client);
    plain.server = ptn_addr_unmapped(&s->server);
    int r = ptn_host_read(&host, &opts, err);
    if (r < 0)
        return r;
    const struct ptn_netns *ns = ptn_policy_netns(host);
    r = ns ? admits(ns, &plain, text, len, &why) : 0;
    ptn_host_free(host);
    *(bool *)ctx = r < 0;
    if (r < 0 && r != -EACCES)
        return ptn_fail(err, -EACCES, "it cannot be told whether this session would go on: %s",
                        *why.text ? why.text : strerror(-r));
    return r < 0 ? ptn_fail(err, r, "%s", why.text) : 0;
}

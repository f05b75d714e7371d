/*
 * wall-fuzz [-n RULESETS] [-s FIRST_SEED] [-p PACKETS] [-c FOLDER] [-f] [-t] [-v] [--xt] [--points] [--stats]
 *     random rulesets x random packets, or with -c every case of a folder; see wall-fuzz.h.
 *     -f: fresh seeds; -t: do not shrink what disagrees; -v: every packet; --xt: only iptables' rulesets; --points: no
 *     whole sets; --stats: what the rules were made of.
 * Ends with 0, 1 where the kernel disagrees (having printed each case, as small as it gets), 77 without namespaces.
 */
#include <dirent.h>
#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#include "wall-fuzz.h"

#define PACKETS_MAX 390
#define XT_EVERY 6 /* one ruleset in so many is in the words of iptables */

static struct {
    unsigned long rulesets, first;
    size_t packets;
    const char *cases;
    bool verbose, terse, stats, symbolic, xt, xt_only;
} opts = {.rulesets = 200, .first = 1, .packets = 100, .symbolic = true, .xt = true};

static struct tally tally;

/* Which tools there are: without nft there is nothing to do, without iptables all rulesets are nft's. */
static bool has_tool(const char *name)
{
    const char *const argv[] = {name, "--version", NULL};
    return run(argv, NULL, NULL, NULL) == 0;
}

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* ---- one round ------------------------------------------------------------------------------------------------------
 */

struct round {
    struct rules rules;
    struct packet packets[PACKETS_MAX];
    struct seen seen[PACKETS_MAX];
    struct oracle oracle;
    struct ptn_answers answers[PACKETS_MAX]; /* they point into the oracle's wall */
    size_t n;
    size_t bad;       /* the first on which they disagree */
    const char *what; /* NULL: they agree */
};

static void release_answers(struct round *r)
{
    for (size_t i = 0; i < PACKETS_MAX; i++)
        ptn_answers_release(&r->answers[i]);
    memset(r->answers, 0, sizeof(r->answers));
    oracle_close(&r->oracle);
}

static const char *judge(const struct round *r, size_t i)
{
    const struct ptn_outcome *o = &r->answers[i].items[0];
    /* without a rule to blame: a multicast group of which nobody knows who joined it */
    if (o->answer == PTN_ANSWER_UNKNOWN && o->doubt && !r->rules.maybe && !r->rules.xt)
        return "undecided, though nothing in it is";
    return compare(&r->packets[i], o, &r->seen[i]);
}

static void ask_points(struct round *r)
{
    for (size_t i = 0; i < r->n; i++) {
        int e = oracle_point(&r->oracle, &r->packets[i], &r->answers[i]);
        const char *what = e < 0 ? strerror(-e) : e ? "one packet fell into several boxes" : judge(r, i);
        if (!what || r->what)
            continue;
        r->what = what;
        r->bad = i;
    }
}

static void print_all(const struct round *r)
{
    for (size_t i = 0; i < r->n; i++) {
        printf("# ");
        packet_print(&r->packets[i], stdout);
        printf("\n#   kernel: ");
        seen_print(&r->seen[i], stdout);
        if (r->answers[i].n) {
            printf("\n#   portolan: ");
            outcome_print(&r->answers[i].items[0], stdout);
        }
        printf("\n");
    }
}

/* Loads, sends, asks, compares. Result: 0, or -1 if the ruleset does not load. */
static int play(struct round *r, struct tally *t)
{
    release_answers(r);
    r->what = NULL;
    lab_rp_filter(r->rules.rp_filter);
    int refused = rules_load(&r->rules);
    if (refused < 0)
        return -1;
    t->refused += (unsigned)refused;
    lab_forget_connections();
    lab_burst(r->packets, r->seen, r->n);
    if (opts.stats && t == &tally)
        stats_collect();
    int e = oracle_open(&r->oracle);
    t->unlisted += e == -EPIPE;
    if (e == -EPIPE)
        return -1;
    if (e < 0) {
        r->what = "it could not be read back";
        r->bad = 0;
        if (opts.verbose)
            print_all(r);
        return 0;
    }
    ask_points(r);
    if (!r->what && opts.symbolic)
        r->what = oracle_symbolic(&r->oracle, r->packets, r->answers, r->n, t, &r->bad);
    if (opts.verbose)
        print_all(r);
    for (size_t i = 0; i < r->n; i++)
        if (r->answers[i].n)
            t->answers[r->answers[i].items[0].answer]++;
    return 0;
}

/* ---- shrinking
 * -------------------------------------------------------------------------------------------------------- */

/* Whether the same complaint is there without some lines. Drops them then, else leaves all as it was. */
static bool still(struct round *r, const char *what, struct round *scratch)
{
    struct tally none = {0};
    size_t n = r->rules.n;
    scratch->n = r->n;
    memcpy(scratch->packets, r->packets, sizeof(r->packets));
    scratch->rules = (struct rules){
        .xt = r->rules.xt, .legacy = r->rules.legacy, .maybe = r->rules.maybe, .rp_filter = r->rules.rp_filter};
    for (size_t i = 0; i < n; i++)
        if (!r->rules.items[i].dropped)
            rules_add(&scratch->rules, r->rules.items[i].table, r->rules.items[i].chain, r->rules.items[i].removable,
                      r->rules.items[i].text);
    bool same =
        play(scratch, &none) == 0 && scratch->what && strcmp(scratch->what, what) == 0 && scratch->bad < scratch->n;
    if (same)
        r->bad = scratch->bad;
    if (same && r->n == 1) { /* with what was refused dropped as well */
        for (size_t i = 0, k = 0; i < n; i++)
            if (!r->rules.items[i].dropped)
                r->rules.items[i].dropped = scratch->rules.items[k++].dropped;
    }
    release_answers(scratch);
    rules_free(&scratch->rules);
    return same;
}

static void try_without(struct round *r, const char *what, struct round *scratch,
                        bool (*in)(const struct item *, const struct item *), size_t like)
{
    bool *was = calloc(r->rules.n, sizeof(*was)), any = false;
    for (size_t i = 0; i < r->rules.n; i++) {
        was[i] = r->rules.items[i].dropped;
        if (!was[i] && in(&r->rules.items[i], &r->rules.items[like]))
            r->rules.items[i].dropped = any = true;
    }
    if (any && !still(r, what, scratch))
        for (size_t i = 0; i < r->rules.n; i++)
            r->rules.items[i].dropped = was[i];
    free(was);
}

static bool of_table(const struct item *i, const struct item *like)
{
    return like->table && i->table == like->table;
}

static bool of_chain(const struct item *i, const struct item *like)
{
    return like->chain && i->table == like->table && i->chain == like->chain;
}

static bool this_line(const struct item *i, const struct item *like)
{
    return i == like && i->removable;
}

/* Whether the one packet alone will do. */
static void try_alone(struct round *r, const char *what, struct round *scratch)
{
    const struct packet first = r->packets[0];
    size_t n = r->n;
    r->n = 1;
    r->packets[0] = r->packets[r->bad];
    r->packets[0].id = 1;
    if (still(r, what, scratch)) {
        r->bad = 0;
        return;
    }
    r->n = n;
    r->packets[0] = first;
}

static void shrink(struct round *r)
{
    static struct round scratch;
    bool (*const ways[])(const struct item *, const struct item *) = {of_table, of_chain, this_line};
    const char *what = r->what;
    for (int again = 0; again < 2; again++) {
        if (r->n > 1)
            try_alone(r, what, &scratch);
        for (size_t w = 0; w < 3; w++)
            for (size_t i = 0; i < r->rules.n; i++)
                try_without(r, what, &scratch, ways[w], i);
    }
}

static void report(struct round *r, unsigned long seed)
{
    bool alone = r->n == 1;
    size_t bad = r->bad < r->n ? r->bad : 0;
    char *text = rules_text(&r->rules, false);
    printf("# ---- seed %lu: %s%s\n", seed, r->what, alone ? "" : ", but only among these");
    for (size_t i = 0; i < bad; i++) {
        printf("# packet: ");
        packet_print(&r->packets[i], stdout);
        printf("\n");
    }
    printf("# packet: ");
    packet_print(&r->packets[bad], stdout);
    printf("\n# kernel: ");
    seen_print(&r->seen[bad], stdout);
    if (r->answers[bad].n) {
        printf("\n# portolan: ");
        outcome_print(&r->answers[bad].items[0], stdout);
    }
    if (r->rules.rp_filter)
        printf("\n# rp_filter: %d", r->rules.rp_filter);
    printf("%s%s\n%s", r->rules.maybe ? "\n# maybe" : "",
           r->rules.legacy ? "\n# iptables legacy"
           : r->rules.xt   ? "\n# iptables"
                           : "",
           text);
    free(text);
    if (!r->rules.xt)
        return;
    text = rules_text(&r->rules, true);
    printf("# ip6tables\n%s", text);
    free(text);
}

/* ---- rounds
 * ----------------------------------------------------------------------------------------------------------- */

static bool fuzz_one(unsigned long seed)
{
    static struct round r;
    struct rng rng = {.state = seed * 0x2545f4914f6cdd1d};
    r.n = opts.packets;
    if (opts.xt && (opts.xt_only || seed % XT_EVERY == 0))
        rules_random_xt(&r.rules, &rng);
    else
        rules_random(&r.rules, &rng, opts.stats);
    packets_random(r.packets, &rng, r.n);
    bool bad = false;
    if (play(&r, &tally) == 0) {
        tally.rulesets++;
        tally.packets += r.n;
        bad = r.what;
    }
    if (bad && opts.terse) {
        printf("# seed %lu: %s: ", seed, r.what);
        packet_print(&r.packets[r.bad], stdout);
        printf("\n");
    } else if (bad) {
        shrink(&r);
        struct tally none = {0};
        const char *what = r.what;
        play(&r, &none);
        r.what = r.what ? r.what : what;
        report(&r, seed);
    }
    release_answers(&r);
    rules_free(&r.rules);
    return bad;
}

static int fuzz(void)
{
    unsigned long bad = 0;
    double start = now();
    for (unsigned long i = 0; tally.rulesets < opts.rulesets && i < opts.rulesets * 2; i++)
        bad += fuzz_one(opts.first + i);
    printf("%lu rulesets, %lu packets: %lu accepted, %lu dropped, %lu rejected, %lu undecided; %lu rules refused; "
           "%lu boxes of whole sets, %lu packets undecided there only, %lu sets too many; nft could not list %lu "
           "rulesets; %.1f s\n",
           tally.rulesets, tally.packets, tally.answers[0], tally.answers[1], tally.answers[2], tally.answers[3],
           tally.refused, tally.boxes, tally.blurred, tally.too_many, tally.unlisted, now() - start);
    if (opts.stats)
        stats_print();
    double accepted = tally.packets ? 100.0 * (double)tally.answers[PTN_ANSWER_ACCEPT] / (double)tally.packets : 0;
    if (tally.rulesets < opts.rulesets || accepted < 30 || accepted > 70) {
        printf("not ok - the rulesets are no good: %lu of %lu load, %.0f%% of packets accepted\n", tally.rulesets,
               opts.rulesets, accepted);
        bad++;
    }
    printf("%lu passed, %lu failed\n", tally.rulesets > bad ? tally.rulesets - bad : 0, bad);
    return bad != 0;
}

/* ---- cases
 * ------------------------------------------------------------------------------------------------------------ */

/* A ruleset with lines "# packet: ..." before it. */
static bool read_case(struct round *r, const char *path)
{
    char *text = NULL, *line = NULL;
    size_t size = 0, room = 0;
    FILE *in = fopen(path, "re"), *out = open_memstream(&text, &size);
    bool good = in && out;
    while (good && getline(&line, &room, in) > 0) {
        if (strncmp(line, "# packet: ", 10) == 0 && r->n < PACKETS_MAX) {
            good = packet_parse(&r->packets[r->n], line + 10);
            r->packets[r->n].id = (uint32_t)r->n + 1;
            r->n++;
        }
        sscanf(line, "# rp_filter: %d", &r->rules.rp_filter);
        r->rules.legacy |= strcmp(line, "# iptables legacy\n") == 0;
        r->rules.xt |= r->rules.legacy || strcmp(line, "# iptables\n") == 0;
        r->rules.maybe |= strcmp(line, "# maybe\n") == 0;
        fputs(line, out);
    }
    if (in)
        fclose(in);
    if (out)
        fclose(out);
    if (good)
        rules_lines(&r->rules, text);
    free(line);
    free(text);
    return good && r->n;
}

static bool replay(const char *path, const char *name)
{
    static struct round r;
    struct tally t = {0};
    r.n = 0;
    bool good = read_case(&r, path);
    if (!good)
        printf("not ok - %s: no case\n", name);
    else if (play(&r, &t) < 0)
        printf("not ok - %s: it does not load\n", name), good = false;
    else if (r.what)
        printf("not ok - %s\n", name), report(&r, 0), good = false;
    else
        printf("ok - %s\n", name);
    release_answers(&r);
    rules_free(&r.rules);
    return good;
}

static int replay_all(void)
{
    char path[512];
    struct dirent **names;
    unsigned passed = 0, failed = 0;
    int n = scandir(opts.cases, &names, NULL, alphasort);
    for (int i = 0; i < n; i++) {
        const char *name = names[i]->d_name;
        size_t len = strlen(name);
        snprintf(path, sizeof(path), "%s/%s", opts.cases, name);
        if (len > 5 && strcmp(name + len - 5, ".case") == 0) {
            bool good = replay(path, name);
            passed += good;
            failed += !good;
        }
        free(names[i]);
    }
    if (n >= 0)
        free(names);
    printf("%u passed, %u failed\n", passed, failed);
    return n < 0 ? 2 : failed != 0;
}

int main(int argc, char **argv)
{
    static const struct option longs[] = {
        {"stats", no_argument, NULL, 'S'}, {"points", no_argument, NULL, 'P'}, {"xt", no_argument, NULL, 'X'}, {0}};
    int o;
    setvbuf(stdout, NULL, _IOLBF, 0);
    while ((o = getopt_long(argc, argv, "n:s:p:c:vft", longs, NULL)) != -1) {
        switch (o) {
        case 'n':
            opts.rulesets = strtoul(optarg, NULL, 10);
            break;
        case 's':
            opts.first = strtoul(optarg, NULL, 10);
            break;
        case 'p':
            opts.packets = strtoul(optarg, NULL, 10);
            break;
        case 'c':
            opts.cases = optarg;
            break;
        case 'v':
            opts.verbose = true;
            break;
        case 'f':
            opts.first = (unsigned long)time(NULL) * 1000;
            break;
        case 'P':
            opts.symbolic = false;
            break;
        case 't':
            opts.terse = true;
            break;
        case 'X':
            opts.xt_only = true;
            break;
        case 'S':
            opts.stats = true;
            break;
        default:
            return 2;
        }
    }
    if (opts.packets < 1 || opts.packets > PACKETS_MAX)
        return 2;
    if (!has_tool("nft")) {
        printf("skipped: needs nft\n");
        return 77;
    }
    opts.xt = has_tool("iptables-nft-restore") && has_tool("ip6tables-nft-restore");
    lab_open();
    return opts.cases ? replay_all() : fuzz();
}

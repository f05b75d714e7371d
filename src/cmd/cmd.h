/*
 * The commands and their options, as tables: the parser, --help, the completions and the test that every option has its
 * line in a man page all read them. One file a command.
 */
#ifndef PTN_CMD_CMD_H
#define PTN_CMD_CMD_H

#include <stdio.h>

#include "portolan.h"
#include "report/table.h"

/* Exit statuses: what the answer is worth to a script. */
enum ptn_exit { PTN_EXIT_OK = 0, PTN_EXIT_WORRY = 1, PTN_EXIT_TROUBLE = 2, PTN_EXIT_BLIND = 3 };

/* id, short or 0, long, argument or NULL, what it does */
#define PTN_OPTIONS(X)                                                                                                 \
    X(JSON, 'J', "json", NULL, "print JSON (see portolan-json(5))")                                                    \
    X(OUTPUT, 'o', "output", "COLUMNS", "columns to print, separated by commas")                                       \
    X(RAW, 'r', "raw", NULL, "print a table without padding, for other programs")                                      \
    X(NO_HEADINGS, 'n', "noheadings", NULL, "print a table without its heading")                                       \
    X(WHY, 'w', "why", NULL, "print what each verdict rests on")                                                       \
    X(ALL, 'a', "all", NULL, "print everything, the uneventful rows too")                                              \
    X(AS_OF, 0, "as-of", "YEAR", "answer as the page did in 2001")                                                     \
    X(NEAR, 0, "near", "PORT", "the nearest free ports to this one")                                                   \
    X(COUNT, 0, "count", "N", "how many to print")                                                                     \
    X(SAVE, 0, "save", "FILE", "keep the findings in FILE for a later --against")                                      \
    X(AGAINST, 0, "against", "FILE", "print what is new, gone or changed since --save FILE")                           \
    X(ALLOW, 0, "allow", "FILE", "take the listeners that FILE expects as expected")                                   \
    X(FORMAT, 0, "format", "FORMAT", "services, csv or json")                                                          \
    X(PATTERN, 0, "format", "PATTERN", "how the log's lines look, where no format knows them")                         \
    X(CSV, 0, "csv", NULL, "print a row a paragraph, for spreadsheets")                                                \
    X(HTML, 0, "html", "FILE", "write a page with plots to FILE")                                                      \
    X(EVENTS, 0, "events", NULL, "print every packet with its cause")                                                  \
    X(TOP, 0, "top", "LIST", "ports, sources, networks or days")                                                       \
    X(PORT, 0, "port", "PORT", "only what tried this port (113, 53/udp)")                                              \
    X(SOURCE, 0, "source", "ADDR", "the whole story of one address, in order")                                         \
    X(FIX, 0, "fix", NULL, "print the rule that would help; nothing is applied")                                       \
    X(HOST, 0, "host", "FILE", "the log is of the machine whose audit -J is in FILE")                                  \
    X(KNOWN, 0, "known", "FILE", "names of addresses that you know")                                                   \
    X(GEO, 0, "geo", "FILES", "MaxMind databases for country and network")                                             \
    X(SINCE, 0, "since", "TIME", "leave out what was before")                                                          \
    X(UNTIL, 0, "until", "TIME", "leave out what was after")                                                           \
    X(CONFIRM, 0, "confirm", "SECONDS", "take the ruleset back unless it is confirmed in time")                        \
    X(PERSIST, 0, "persist", NULL, "and load the ruleset whenever the machine starts")                                 \
    X(EVEN_IF, 0, "even-if-cut-off", NULL, "apply what would end this very session, too")                              \
    X(SARIF, 0, "sarif", NULL, "print SARIF 2.1.0, for programs that collect remarks")                                 \
    X(MATRIX, 0, "matrix", NULL, "from each place to each socket that listens here")                                   \
    X(RULESET, 0, "ruleset", "FILE", "read the packet filter from FILE, not from the kernel")                          \
    X(CHART, 0, "chart", "FILE", "read one more overlay file")                                                         \
    X(COLOR, 0, "color", "WHEN", "auto, always or never")                                                              \
    X(HELP, 'h', "help", NULL, "print this help")                                                                      \
    X(VERSION, 'V', "version", NULL, "print the version")

enum ptn_option {
#define X(id, letter, word, arg, help) PTN_OPT_##id,
    PTN_OPTIONS(X)
#undef X
        PTN_OPTION_COUNT
};

struct ptn_option_info {
    char letter;
    const char *word, *arg, *help;
};

#define PTN_OPT(id) (UINT64_C(1) << PTN_OPT_##id)
_Static_assert(PTN_OPTION_COUNT <= 64, "they are bits of a word");
/* Every command has these. */
#define PTN_OPTS_COMMON (PTN_OPT(CHART) | PTN_OPT(COLOR) | PTN_OPT(HELP) | PTN_OPT(VERSION))

#define PTN_OPTS_TABLE (PTN_OPT(JSON) | PTN_OPT(OUTPUT) | PTN_OPT(RAW) | PTN_OPT(NO_HEADINGS))

/* name, arguments, what it does, its options besides the common ones; ptn_cmd_NAME() runs it */
#define PTN_COMMANDS(X)                                                                                                \
    X(lookup, "[PORT[/PROTO]|NAME...]", "who claims a port, is it safe, and what to do",                               \
      PTN_OPT(JSON) | PTN_OPT(ALL) | PTN_OPT(AS_OF))                                                                   \
    X(search, "WORD...|KEY=VALUE...", "find services by words in their names, titles and advice",                      \
      PTN_OPTS_TABLE | PTN_OPT(COUNT))                                                                                 \
    X(free, "", "propose ports that nobody claims, uses or could be handed",                                           \
      PTN_OPT(JSON) | PTN_OPT(NEAR) | PTN_OPT(COUNT))                                                                  \
    X(audit, "", "what listens on this machine, how far it can be reached, is that safe",                              \
      PTN_OPTS_TABLE | PTN_OPT(WHY) | PTN_OPT(SAVE) | PTN_OPT(AGAINST) | PTN_OPT(ALLOW))                               \
    X(explain, "[FILE|FOLDER...]", "why they knock, and whether to worry: a firewall's log, cause by cause",           \
      PTN_OPTS_TABLE | PTN_OPT(CSV) | PTN_OPT(HTML) | PTN_OPT(EVENTS) | PTN_OPT(WHY) | PTN_OPT(TOP) | PTN_OPT(PORT) |  \
          PTN_OPT(SOURCE) | PTN_OPT(FIX) | PTN_OPT(HOST) | PTN_OPT(KNOWN) | PTN_OPT(GEO) | PTN_OPT(AGAINST) |          \
          PTN_OPT(SINCE) | PTN_OPT(UNTIL) | PTN_OPT(PATTERN))                                                          \
    X(chart, "list|check|export|import [FILE...]",                                                                     \
      "the book itself: list it, check an overlay, export, import a registry", PTN_OPTS_TABLE | PTN_OPT(FORMAT))       \
    X(can, "[ADDR] PORT[/PROTO]|NAME... [to ADDR] [in IFACE] [netns NAME]",                                            \
      "who may reach a port through the packet filter, and by which rule",                                             \
      PTN_OPTS_TABLE | PTN_OPT(MATRIX) | PTN_OPT(RULESET))                                                             \
    X(policy, "write|apply|confirm|status|rollback|check|diff|suggest [FILE...]",                                      \
      "what the packet filter lets in; write one, prove it, put it in force with a way back",                          \
      PTN_OPTS_TABLE | PTN_OPT(CONFIRM) | PTN_OPT(PERSIST) | PTN_OPT(EVEN_IF) | PTN_OPT(SARIF) | PTN_OPT(RULESET))

#define PTN_OVERLAYS_MAX 32

/* A command line, read. */
struct ptn_run {
    const struct ptn_command *command;
    const char *value[PTN_OPTION_COUNT]; /* the argument, "" for a flag that is set, NULL when not given */
    const char *overlays[PTN_OVERLAYS_MAX];
    size_t n_overlays;
    char **args;
    int n_args;
    int trouble; /* complaints so far that must show in the exit status */
};

struct ptn_command {
    const char *name, *args, *summary;
    uint64_t options; /* set of PTN_OPT() */
    int (*run)(struct ptn_run *);
};

extern const struct ptn_command ptn_commands[]; /* ends with a NULL name */

const struct ptn_option_info *ptn_option_info(enum ptn_option);

/* "portolan: COMMAND: sentence" on standard error. Returns PTN_EXIT_TROUBLE. */
int ptn_complain(struct ptn_run *, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* The same for what is said beside an answer, and changes no exit status. */
void ptn_say(struct ptn_run *, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Opens the chart with the run's overlays, complaining as it goes. Result: 0 or PTN_EXIT_TROUBLE. */
int ptn_run_chart(struct ptn_run *, struct ptn_chart **ret);

/* Opens a table on standard output in the style of the run's options; `out` must outlive it. Result: 0 or
 * PTN_EXIT_TROUBLE. */
int ptn_run_table(struct ptn_run *, const struct ptn_column *, struct ptn_out *out, struct ptn_table **ret);

/* Ends what was printed: an answer that did not reach its reader is trouble. */
int ptn_finish(struct ptn_run *, int status);

#define X(name, args, summary, options) int ptn_cmd_##name(struct ptn_run *);
PTN_COMMANDS(X)
#undef X

#endif

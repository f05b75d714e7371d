#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "cmd.h"

static const struct ptn_option_info options[] = {
#define X(id, letter, word, arg, help) {letter, word, arg, help},
    PTN_OPTIONS(X)
#undef X
};

const struct ptn_option_info *ptn_option_info(enum ptn_option o)
{
    return &options[o];
}

static void say(const struct ptn_run *run, const char *fmt, va_list ap)
{
    char text[1024];
    fflush(stdout);
    vsnprintf(text, sizeof(text), fmt, ap);
    for (char *p = text; *p; p++) /* file names and what stands in files may hold anything */
        *p = (unsigned char)*p < 0x20 || *p == 0x7f ? '?' : *p;
    fprintf(stderr, "portolan: %s%s%s\n", run->command ? run->command->name : "", run->command ? ": " : "", text);
}

int ptn_complain(struct ptn_run *run, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    say(run, fmt, ap);
    va_end(ap);
    run->trouble = 1;
    return PTN_EXIT_TROUBLE;
}

void ptn_say(struct ptn_run *run, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    say(run, fmt, ap);
    va_end(ap);
}

static void complain(void *run, const char *text)
{
    ptn_complain(run, "%s", text);
}

int ptn_run_chart(struct ptn_run *run, struct ptn_chart **ret)
{
    struct ptn_err err;
    struct ptn_chart_opts o = {
        .overlays = run->overlays, .n_overlays = run->n_overlays, .complain = complain, .ctx = run};
    return ptn_chart_open(ret, &o, &err) < 0 ? ptn_complain(run, "%s", err.text) : 0;
}

int ptn_run_table(struct ptn_run *run, const struct ptn_column *columns, struct ptn_out *out, struct ptn_table **ret)
{
    struct ptn_err err;
    const char *const *v = run->value;
    ptn_out_init(out, stdout, v[PTN_OPT_COLOR]);
    int r = ptn_table_open(ret, columns, v[PTN_OPT_OUTPUT], out, v[PTN_OPT_RAW], v[PTN_OPT_NO_HEADINGS], &err);
    return r < 0 ? ptn_complain(run, "%s", err.text) : 0;
}

int ptn_finish(struct ptn_run *run, int status)
{
    if ((fflush(stdout) != 0 || ferror(stdout)) && !run->trouble)
        return ptn_complain(run, "standard output: %s", strerror(errno));
    return run->trouble ? PTN_EXIT_TROUBLE : status;
}

/* ---- help ------------------------------------------------------------------------------------------- */

static void print_options(uint64_t set)
{
    printf("\nOptions:\n");
    for (int i = 0; i < PTN_OPTION_COUNT; i++) {
        const struct ptn_option_info *o = &options[i];
        if (!(set >> i & 1))
            continue;
        char names[64], letter[8] = "    ";
        if (o->letter)
            snprintf(letter, sizeof(letter), "-%c, ", o->letter);
        snprintf(names, sizeof(names), "%s--%s%s%s", letter, o->word, o->arg ? " " : "", o->arg ? o->arg : "");
        printf("  %-24s %s\n", names, o->help);
    }
}

static int print_help(const struct ptn_command *c)
{
    if (c) {
        printf("Usage: portolan %s [OPTION...] %s\n\n%s\n", c->name, c->args, c->summary);
        print_options(c->options | PTN_OPTS_COMMON);
        printf("\nMore: man portolan-%s\n", c->name);
        return PTN_EXIT_OK;
    }
    printf("What is this port, is it safe, and what should I do?\n\n"
           "Usage: portolan PORT[/PROTO]|NAME...\n"
           "       portolan COMMAND [OPTION...] [ARGUMENT...]\n\nCommands:\n");
    for (c = ptn_commands; c->name; c++)
        printf("  %-8s %s\n", c->name, c->summary);
    printf("\nExamples:\n"
           "  portolan 113/tcp           who lives there, is it safe, what to do\n"
           "  portolan ssh smtp          the same, by name\n"
           "  portolan < file            explain the ports in any text\n"
           "  portolan audit             what listens on this machine\n"
           "\nMore: portolan COMMAND --help, man portolan\n");
    return PTN_EXIT_OK;
}

/* ---- the command line --------------------------------------------------------------------------------- */

static const struct ptn_command *find_command(const char *word)
{
    for (const struct ptn_command *c = ptn_commands; c->name; c++)
        if (strcmp(c->name, word) == 0)
            return c;
    return NULL;
}

static void option_tables(uint64_t set, char *shorts, struct option *longs)
{
    *shorts++ = ':';
    for (int i = 0; i < PTN_OPTION_COUNT; i++) {
        if (!(set >> i & 1))
            continue;
        *longs++ = (struct option){options[i].word, options[i].arg ? required_argument : no_argument, NULL, 256 + i};
        if (options[i].letter)
            *shorts++ = options[i].letter;
        if (options[i].letter && options[i].arg)
            *shorts++ = ':';
    }
    *shorts = '\0';
    *longs = (struct option){0};
}

static int option_of(int got)
{
    for (int i = 0; i < PTN_OPTION_COUNT; i++)
        if (got == 256 + i || (got < 256 && options[i].letter == got))
            return i;
    return -1;
}

static int read_options(struct ptn_run *run, int argc, char **argv)
{
    char shorts[2 * PTN_OPTION_COUNT + 2];
    struct option longs[PTN_OPTION_COUNT + 1];
    option_tables((run->command ? run->command->options : 0) | PTN_OPTS_COMMON, shorts, longs);
    optind = 1;
    for (int got; (got = getopt_long(argc, argv, shorts, longs, NULL)) != -1;) {
        if (got == ':')
            return ptn_complain(run, "%s needs an argument", argv[optind - 1]);
        if (got == '?' && optopt && optopt < 256)
            return ptn_complain(run, "there is no option -%c here (see --help)", optopt);
        if (got == '?')
            return ptn_complain(run, "there is no option %s here (see --help)", argv[optind - 1]);
        int o = option_of(got);
        run->value[o] = optarg ? optarg : "";
        if (o == PTN_OPT_CHART && run->n_overlays == PTN_OVERLAYS_MAX)
            return ptn_complain(run, "at most %d --chart files", PTN_OVERLAYS_MAX);
        if (o == PTN_OPT_CHART)
            run->overlays[run->n_overlays++] = optarg;
    }
    const char *color = run->value[PTN_OPT_COLOR];
    if (color && !ptn_has_word("auto always never", color, strlen(color)))
        return ptn_complain(run, "--color: \"%s\" is none of auto, always, never", color);
    run->args = argv + optind;
    run->n_args = argc - optind;
    return 0;
}

/* Whether an option, as it stands on the command line, takes the next word with it. */
static bool takes_argument(const char *word)
{
    for (int i = 0; i < PTN_OPTION_COUNT; i++)
        if (options[i].arg && ((word[1] == options[i].letter && word[1] && !word[2]) ||
                               (word[1] == '-' && strcmp(word + 2, options[i].word) == 0)))
            return true;
    return false;
}

/* The command is the first word that is no option; a port or a service's name instead of it is a lookup. */
static const struct ptn_command *take_command(int *argc, char **argv)
{
    for (int i = 1; i < *argc; i++) {
        if (argv[i][0] == '-' && argv[i][1]) {
            if (strcmp(argv[i], "--") == 0)
                break;
            i += takes_argument(argv[i]);
            continue;
        }
        const struct ptn_command *c = find_command(argv[i]);
        if (!c)
            return find_command("lookup");
        memmove(&argv[i], &argv[i + 1], (size_t)(*argc - i) * sizeof(*argv));
        (*argc)--;
        return c;
    }
    bool asks = false;
    for (int i = 1; i < *argc; i++)
        asks |= strcmp(argv[i], "-h") == 0 || strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-V") == 0 ||
                strcmp(argv[i], "--version") == 0;
    return asks || (*argc == 1 && isatty(0)) ? NULL : find_command("lookup");
}

int main(int argc, char **argv)
{
    struct ptn_run run = {0};
    signal(SIGPIPE, SIG_IGN);
    if (argc == 0)
        return PTN_EXIT_TROUBLE;
    run.command = take_command(&argc, argv);
    int r = read_options(&run, argc, argv);
    if (r)
        return r;
    if (run.value[PTN_OPT_VERSION]) {
        printf("portolan %s\n", PTN_VERSION);
        return ptn_finish(&run, PTN_EXIT_OK);
    }
    if (run.value[PTN_OPT_HELP] || !run.command)
        return ptn_finish(&run, print_help(run.command));
    return ptn_finish(&run, run.command->run(&run));
}

/*
 * Prints what a shell completes, from the tables of commands and options (src/cmd/cmd.h):
 *
 *     mkcompletions bash|zsh|fish >portolan.bash
 *
 * What an option takes is read from its argument's name: a FILE is a file; the words of WHEN and FORMAT stand in the
 * option's help ("auto, always or never"); of anything else nothing can be proposed. A command whose arguments begin
 * with small letters ("list|check [FILE...]") has these words as its verbs.
 */
#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "cmd/cmd.h"

static const struct ptn_option_info options[] = {
#define X(id, letter, word, arg, help) {letter, word, arg, help},
    PTN_OPTIONS(X)
#undef X
};

static const struct ptn_command commands[] = {
#define X(name, args, summary, options) {#name, args, summary, options, NULL},
    PTN_COMMANDS(X)
#undef X
};

#define N_COMMANDS (sizeof(commands) / sizeof(commands[0]))
#define DEFAULT_COMMAND "lookup" /* a first word that is no command is looked up */

enum kind { KIND_FLAG, KIND_FILE, KIND_WORDS, KIND_OTHER };

static enum kind kind_of(const struct ptn_option_info *o)
{
    if (!o->arg)
        return KIND_FLAG;
    if (strcmp(o->arg, "FILE") == 0)
        return KIND_FILE;
    return strcmp(o->arg, "WHEN") == 0 || strcmp(o->arg, "FORMAT") == 0 || strcmp(o->arg, "LIST") == 0 ? KIND_WORDS
                                                                                                       : KIND_OTHER;
}

static bool has(const struct ptn_command *c, int option)
{
    return ((c->options | PTN_OPTS_COMMON) >> option) & 1u;
}

/* "auto, always or never" as "auto always never". */
static const char *words_of(const char *help)
{
    static char out[256];
    size_t n = 0;
    while (*help) {
        size_t len = strspn(help, "abcdefghijklmnopqrstuvwxyz0123456789-");
        bool joins = len == 2 && strncmp(help, "or", 2) == 0;
        if (len && !joins && n + len + 2 < sizeof(out))
            n += (size_t)sprintf(out + n, "%s%.*s", n ? " " : "", (int)len, help);
        help += len ? len : 1;
    }
    out[n] = '\0';
    return out;
}

/* "list|check|export [FILE...]" as "list check export"; "" for a command without verbs. */
static const char *verbs_of(const struct ptn_command *c)
{
    static char out[256];
    size_t len = strspn(c->args, "abcdefghijklmnopqrstuvwxyz|");
    if (len >= sizeof(out))
        len = sizeof(out) - 1;
    for (size_t i = 0; i < len; i++)
        out[i] = c->args[i] == '|' ? ' ' : c->args[i];
    out[len] = '\0';
    return out;
}

static bool takes_files(const struct ptn_command *c)
{
    return strstr(c->args, "FILE") != NULL;
}

/* Text with a backslash before each of `marks`, inside single quotes that somebody else writes. */
static void put_escaped(const char *text, const char *marks)
{
    for (; *text; text++) {
        if (*text == '\'') {
            printf("'\\''");
            continue;
        }
        if (strchr(marks, *text))
            putchar('\\');
        putchar(*text);
    }
}

static void put_command_names(const char *between)
{
    for (size_t i = 0; i < N_COMMANDS; i++)
        printf("%s%s", i ? between : "", commands[i].name);
}

/* The names of all options of a kind, as the pattern of a case; false if there is none. */
static bool put_pattern(enum kind from, enum kind to)
{
    bool any = false;
    for (int i = 0; i < PTN_OPTION_COUNT; i++) {
        if (kind_of(&options[i]) < from || kind_of(&options[i]) > to)
            continue;
        printf("%s--%s", any ? "|" : "", options[i].word);
        if (options[i].letter)
            printf("|-%c", options[i].letter);
        any = true;
    }
    return any;
}

static void put_option_names(const struct ptn_command *c)
{
    const char *blank = "";
    for (int i = 0; i < PTN_OPTION_COUNT; i++) {
        if (!has(c, i))
            continue;
        if (options[i].letter)
            printf("%s-%c", blank, options[i].letter), blank = " ";
        printf("%s--%s", blank, options[i].word), blank = " ";
    }
}

/* ---- bash ------------------------------------------------------------------------------------------- */

static void bash_arguments(void)
{
    printf("    case $prev in\n    ");
    if (put_pattern(KIND_FILE, KIND_FILE))
        printf(") _portolan_files \"$cur\"; return ;;\n    ");
    for (int i = 0; i < PTN_OPTION_COUNT; i++)
        if (kind_of(&options[i]) == KIND_WORDS)
            printf("--%s) _portolan_words '%s' \"$cur\"; return ;;\n    ", options[i].word, words_of(options[i].help));
    if (put_pattern(KIND_OTHER, KIND_OTHER))
        printf(") return ;;\n    ");
    printf("esac\n");
}

static void bash_commands(void)
{
    printf("    local options= verbs= files=\n    case ${command:-" DEFAULT_COMMAND "} in\n");
    for (size_t i = 0; i < N_COMMANDS; i++) {
        printf("    %s) options='", commands[i].name);
        put_option_names(&commands[i]);
        printf("' verbs='%s' files=%s ;;\n", verbs_of(&commands[i]), takes_files(&commands[i]) ? "yes" : "");
    }
    printf("    esac\n");
}

static void print_bash(void)
{
    printf("# bash completion for portolan; made from its option tables by mkcompletions.\n"
           "_portolan_words()\n{\n    mapfile -t COMPREPLY < <(compgen -W \"$1\" -- \"$2\")\n}\n\n"
           "_portolan_files()\n{\n    compopt -o filenames 2>/dev/null\n"
           "    mapfile -t COMPREPLY < <(compgen -f -- \"$1\")\n}\n\n"
           "_portolan()\n{\n"
           "    local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} command= verb= i\n"
           "    COMPREPLY=()\n"
           "    # bash cuts --color=always at its =\n"
           "    if [[ $cur == = ]]; then cur=\n"
           "    elif [[ $prev == = ]] && ((COMP_CWORD > 1)); then prev=${COMP_WORDS[COMP_CWORD-2]}\n    fi\n"
           "    for ((i = 1; i < COMP_CWORD; i++)); do\n"
           "        case ${COMP_WORDS[i]} in\n        ");
    put_pattern(KIND_FILE, KIND_OTHER);
    printf(") [[ ${COMP_WORDS[i+1]} == = ]] && ((i++)); ((i++)) ;;\n        -*) ;;\n"
           "        *) if [[ -n $command ]]; then verb=${COMP_WORDS[i]}; break; fi\n"
           "           case ${COMP_WORDS[i]} in ");
    put_command_names("|");
    printf(") command=${COMP_WORDS[i]} ;; *) command=" DEFAULT_COMMAND " ;; esac ;;\n        esac\n    done\n");
    bash_arguments();
    bash_commands();
    printf("    if [[ $cur == -* ]]; then _portolan_words \"$options\" \"$cur\"\n"
           "    elif [[ -z $command ]]; then _portolan_words '");
    put_command_names(" ");
    printf("' \"$cur\"\n"
           "    elif [[ -n $verbs && -z $verb ]]; then _portolan_words \"$verbs\" \"$cur\"\n"
           "    elif [[ -n $files ]]; then _portolan_files \"$cur\"\n    fi\n}\n"
           "complete -F _portolan portolan\n");
}

/* ---- zsh -------------------------------------------------------------------------------------------- */

/* One specification of _arguments(): '(-J --json)'{-J,--json}'[print JSON]'. */
static void zsh_option(const struct ptn_option_info *o)
{
    bool argument = o->arg != NULL, repeats = strcmp(o->word, "chart") == 0;
    printf(" \\\n            ");
    if (o->letter)
        printf("'(-%c --%s)'{-%c%s,--%s%s}'[", o->letter, o->word, o->letter, argument ? "+" : "", o->word,
               argument ? "=" : "");
    else
        printf("'%s--%s%s[", repeats ? "*" : "", o->word, argument ? "=" : "");
    put_escaped(o->help, "[]:");
    putchar(']');
    if (argument) {
        putchar(':');
        for (const char *p = o->arg; *p; p++)
            putchar(tolower((unsigned char)*p));
        putchar(':');
    }
    if (kind_of(o) == KIND_FILE)
        printf("_files");
    else if (kind_of(o) == KIND_WORDS)
        printf("(%s)", words_of(o->help));
    else if (argument)
        putchar(' ');
    putchar('\'');
}

static void zsh_command(const struct ptn_command *c)
{
    printf("    %s)\n        _arguments -s -S", c->name);
    for (int i = 0; i < PTN_OPTION_COUNT; i++)
        if (has(c, i))
            zsh_option(&options[i]);
    printf(" \\\n            \"1: :($command)\"");
    if (*verbs_of(c))
        printf(" \\\n            '2:verb:(%s)'", verbs_of(c));
    if (takes_files(c))
        printf(" \\\n            '*:file:_files'");
    printf(" ;;\n");
}

static void print_zsh(void)
{
    printf("#compdef portolan\n# zsh completion for portolan; made from its option tables by mkcompletions.\n"
           "_portolan_commands()\n{\n    local -a list=(\n");
    for (size_t i = 0; i < N_COMMANDS; i++) {
        printf("        '%s:", commands[i].name);
        put_escaped(commands[i].summary, ":");
        printf("'\n");
    }
    printf("    )\n    _describe -t commands command list\n}\n\n"
           "_portolan()\n{\n    local command= skip= word\n"
           "    for word in ${words[2,CURRENT-1]}; do\n"
           "        if [[ -n $skip ]]; then skip=; continue; fi\n        case $word in\n        ");
    put_pattern(KIND_FILE, KIND_OTHER);
    printf(") skip=yes ;;\n        -*) ;;\n        ");
    put_command_names("|");
    printf(") command=$word; break ;;\n        *) break ;;\n        esac\n    done\n    case $command in\n");
    for (size_t i = 0; i < N_COMMANDS; i++)
        zsh_command(&commands[i]);
    printf("    *)\n        _arguments -s -S");
    for (int i = 0; i < PTN_OPTION_COUNT; i++)
        for (size_t k = 0; k < N_COMMANDS; k++)
            if (strcmp(commands[k].name, DEFAULT_COMMAND) == 0 && has(&commands[k], i))
                zsh_option(&options[i]);
    printf(" \\\n            '1: :_portolan_commands' ;;\n    esac\n}\n\n_portolan \"$@\"\n");
}

/* ---- fish ------------------------------------------------------------------------------------------- */

static void fish_option(const struct ptn_command *c, const struct ptn_option_info *o)
{
    bool is_default = strcmp(c->name, DEFAULT_COMMAND) == 0;
    printf("complete -c portolan -n '%s",
           is_default ? "not __fish_seen_subcommand_from" : "__fish_seen_subcommand_from");
    for (size_t i = 0; i < N_COMMANDS; i++)
        if ((strcmp(commands[i].name, c->name) == 0) != is_default)
            printf(" %s", commands[i].name);
    printf("'");
    if (o->letter)
        printf(" -s %c", o->letter);
    printf(" -l %s", o->word);
    if (kind_of(o) == KIND_FILE)
        printf(" -r -F");
    else if (kind_of(o) == KIND_WORDS)
        printf(" -x -a '%s'", words_of(o->help));
    else if (kind_of(o) == KIND_OTHER)
        printf(" -x");
    printf(" -d '");
    put_escaped(o->help, "\\");
    printf("'\n");
}

static void print_fish(void)
{
    printf("# fish completion for portolan; made from its option tables by mkcompletions.\ncomplete -c portolan -f\n");
    for (size_t i = 0; i < N_COMMANDS; i++) {
        const struct ptn_command *c = &commands[i];
        printf("complete -c portolan -n __fish_use_subcommand -a %s -d '", c->name);
        put_escaped(c->summary, "\\");
        printf("'\n");
        if (*verbs_of(c))
            printf("complete -c portolan -n '__fish_seen_subcommand_from %s; and not __fish_seen_subcommand_from %s' "
                   "-a '%s'\n",
                   c->name, verbs_of(c), verbs_of(c));
        if (*verbs_of(c) && takes_files(c))
            printf("complete -c portolan -n '__fish_seen_subcommand_from %s; and __fish_seen_subcommand_from %s' -F\n",
                   c->name, verbs_of(c));
        for (int k = 0; k < PTN_OPTION_COUNT; k++)
            if (has(c, k))
                fish_option(c, &options[k]);
    }
}

int main(int argc, char **argv)
{
    const char *shell = argc == 2 ? argv[1] : "";
    if (strcmp(shell, "bash") == 0)
        print_bash();
    else if (strcmp(shell, "zsh") == 0)
        print_zsh();
    else if (strcmp(shell, "fish") == 0)
        print_fish();
    else
        return fprintf(stderr, "usage: mkcompletions bash|zsh|fish\n"), 2;
    return fflush(stdout) == 0 && !ferror(stdout) ? 0 : 2;
}

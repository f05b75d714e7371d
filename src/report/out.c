#include "out.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/utf8.h"

#define LABEL 11 /* columns of the label, with its margin */

static unsigned terminal_width(FILE *f)
{
    struct winsize w;
    if (ioctl(fileno(f), TIOCGWINSZ, &w) == 0 && w.ws_col >= 40)
        return w.ws_col < 110 ? w.ws_col : 110;
    return 100;
}

void ptn_out_init(struct ptn_out *o, FILE *file, const char *when)
{
    const char *term = getenv("TERM"), *refusal = getenv("NO_COLOR");
    bool tty = isatty(fileno(file)), no_color = (refusal && *refusal) || !term || strcmp(term, "dumb") == 0;
    o->file = file;
    o->terminal = tty;
    o->width = terminal_width(file);
    o->color = when && strcmp(when, "always") == 0  ? true
               : when && strcmp(when, "never") == 0 ? false
                                                    : tty && !no_color;
}

static const char *escape(enum ptn_tone t)
{
    static const char *const codes[] = {
        [PTN_TONE_PLAIN] = "",        [PTN_TONE_STRONG] = "\033[1m", [PTN_TONE_FAINT] = "\033[2m",
        [PTN_TONE_GOOD] = "\033[32m", [PTN_TONE_CARE] = "\033[33m",  [PTN_TONE_BAD] = "\033[1;31m"};
    return codes[t];
}

void ptn_out_put(struct ptn_out *o, const char *p, size_t len)
{
    size_t from = 0, i = 0;
    while (i < len) {
        while (i < len && p[i] >= ' ' && p[i] < 0x7f) /* nearly all of it */
            i++;
        if (i == len)
            break;
        const size_t n = ptn_utf8_shown(p + i, len - i);
        if (n) {
            i += n;
            continue;
        }
        fwrite(p + from, 1, i - from, o->file);
        fputc('?', o->file);
        from = ++i;
    }
    fwrite(p + from, 1, len - from, o->file);
}

void ptn_out_text(struct ptn_out *o, enum ptn_tone tone, const char *text)
{
    bool on = o->color && tone != PTN_TONE_PLAIN;
    if (on)
        fputs(escape(tone), o->file);
    ptn_out_put(o, text, strlen(text));
    if (on)
        fputs("\033[0m", o->file);
}

size_t ptn_out_fit(const char *text, unsigned room)
{
    size_t last = 0;
    unsigned columns = 0;
    for (size_t i = 0;; i++) {
        if (text[i] == '\0')
            return i;
        if (((unsigned char)text[i] & 0xc0) == 0x80)
            continue;
        if (columns++ >= room && last)
            return last;
        if (text[i] == ' ')
            last = i;
    }
}

void ptn_out_toned_item(struct ptn_out *o, const char *label, enum ptn_tone tone, const char *text)
{
    if (!text || !*text)
        return;
    char head[LABEL + 16];
    snprintf(head, sizeof(head), "  %-*s", LABEL - 2, label);
    ptn_out_text(o, PTN_TONE_FAINT, head);
    for (bool first = true; *text; first = false) {
        size_t n = ptn_out_fit(text, o->width - LABEL);
        if (!first)
            fprintf(o->file, "%*s", LABEL, "");
        if (o->color)
            fputs(escape(tone), o->file);
        ptn_out_put(o, text, n);
        fputs(o->color && tone != PTN_TONE_PLAIN ? "\033[0m\n" : "\n", o->file);
        text += n;
        text += strspn(text, " ");
    }
}

void ptn_out_item(struct ptn_out *o, const char *label, const char *text)
{
    ptn_out_toned_item(o, label, PTN_TONE_PLAIN, text);
}

enum ptn_tone ptn_tone_of_rating(enum ptn_rating r)
{
    static const enum ptn_tone tones[] = {[PTN_RATING_NONE] = PTN_TONE_FAINT,
                                          [PTN_RATING_SAFE] = PTN_TONE_GOOD,
                                          [PTN_RATING_LIMITED] = PTN_TONE_CARE,
                                          [PTN_RATING_UNSAFE] = PTN_TONE_BAD,
                                          [PTN_RATING_DEPENDS] = PTN_TONE_CARE};
    return tones[r];
}

enum ptn_tone ptn_tone_of_verdict(enum ptn_verdict v)
{
    static const enum ptn_tone tones[] = {
        [PTN_VERDICT_OK] = PTN_TONE_GOOD,  [PTN_VERDICT_LIMIT] = PTN_TONE_CARE, [PTN_VERDICT_RULE] = PTN_TONE_BAD,
        [PTN_VERDICT_ASK] = PTN_TONE_CARE, [PTN_VERDICT_WORRY] = PTN_TONE_BAD,  [PTN_VERDICT_BLIND] = PTN_TONE_STRONG};
    return tones[v];
}

/* Attempts over time by cause: stacked bars, the worst cause at the bottom, where it can be read off the axis. */
#include <string.h>

#include "explain_html_part.h"

#define LAYERS 8     /* the last may be all other causes together */
#define PLOT 200     /* px: height of the bars */
#define UNITS 1000   /* the same height as the bars' paths count it */
#define LANE 18      /* px: a line of text */
#define CALLS 3      /* labels above the bars */
#define SIDE_NAME 28 /* characters */

struct layer {
    const char *title, *tone;
    size_t item; /* of the paragraphs; `n` for the others */
    enum ptn_verdict verdict;
    uint64_t total, steps[PTN_TIMELINE];
    size_t peak;                                    /* the step that has most */
    unsigned low[PTN_TIMELINE], high[PTN_TIMELINE]; /* where it lies, in UNITS above the ground */
    bool called;                                    /* it has a label above the bars */
};

struct stack {
    const struct ptn_html *h;
    struct layer layers[LAYERS];
    size_t n, n_steps, n_others;
    double sums[PTN_TIMELINE];
    struct ptn_html_scale scale;
    unsigned above; /* px of the labels above the bars */
};

static uint64_t add(uint64_t a, uint64_t b)
{
    return a > UINT64_MAX - b ? UINT64_MAX : a + b;
}

/* ---- which causes have a layer of their own -----------------------------------------------------------------------
 */

static bool is_grave(const struct ptn_paragraph *p)
{
    return p->verdict >= PTN_VERDICT_RULE;
}

/* Grave ones first, then those with most lines: how many come before this one. */
static size_t rank(const struct ptn_explained *e, size_t item)
{
    const struct ptn_paragraph *me = &e->items[item];
    size_t before = 0;
    for (size_t i = 0; i < e->n; i++) {
        const struct ptn_paragraph *p = &e->items[i];
        bool first = is_grave(p) != is_grave(me) ? is_grave(p)
                     : p->lines != me->lines     ? p->lines > me->lines
                                                 : i < item;
        before += i != item && first;
    }
    return before;
}

static void add_steps(struct stack *s, struct layer *l, const struct ptn_paragraph *p)
{
    l->total = add(l->total, p->lines);
    for (size_t i = 0; i < s->n_steps; i++) {
        l->steps[i] = add(l->steps[i], p->timeline[i]);
        s->sums[i] += (double)p->timeline[i];
        if (l->steps[i] > l->steps[l->peak])
            l->peak = i;
    }
}

static void choose_layers(struct stack *s)
{
    const struct ptn_explained *e = s->h->e;
    struct layer others = {.title = "all others", .tone = "x", .item = e->n, .verdict = PTN_VERDICT_OK};
    size_t nth[3] = {0};
    for (size_t i = 0; i < e->n; i++) {
        const struct ptn_paragraph *p = &e->items[i];
        if (e->n > LAYERS && rank(e, i) >= LAYERS - 1) {
            add_steps(s, &others, p);
            s->n_others++;
            continue;
        }
        struct layer *l = &s->layers[s->n++];
        *l = (struct layer){.title = p->title, .item = i, .verdict = p->verdict};
        l->tone = ptn_html_tone(p->verdict, nth[is_grave(p) ? 0 : p->verdict == PTN_VERDICT_OK ? 1 : 2]++);
        add_steps(s, l, p);
    }
    if (s->n_others)
        s->layers[s->n++] = others;
}

/* What is grave is seen, however little it is. */
static unsigned height(const struct stack *s, const struct layer *l, size_t step)
{
    unsigned h = (unsigned)((double)l->steps[step] / s->scale.top * UNITS + 0.5);
    unsigned least = !l->steps[step] ? 0 : l->verdict >= PTN_VERDICT_RULE ? UNITS / 100 : 1;
    return h < least ? least : h;
}

static void measure(struct stack *s)
{
    double max = 0;
    for (size_t i = 0; i < s->n_steps; i++)
        max = s->sums[i] > max ? s->sums[i] : max;
    s->scale = ptn_html_scale(max);
    for (size_t step = 0; step < s->n_steps; step++) {
        unsigned at = 0;
        for (size_t i = 0; i < s->n; i++) {
            s->layers[i].low[step] = at;
            s->layers[i].high[step] = at += height(s, &s->layers[i], step);
        }
    }
}

/* ---- the bars -----------------------------------------------------------------------------------------------------
 */

static void draw_grid(const struct stack *s)
{
    FILE *f = s->h->file;
    char word[PTN_HTML_WORD];
    fputs("<g aria-hidden=\"true\">", f);
    for (double v = 0; v <= s->scale.top * 1.0001; v += s->scale.step) {
        unsigned y = s->above + PLOT - (unsigned)(v / s->scale.top * PLOT + 0.5);
        fprintf(
            f, "<line class=\"%s\" x2=\"100%%\" y1=\"%u\" y2=\"%u\"/><text class=\"end\" x=\"-8\" y=\"%u\">%s</text>\n",
            v > 0 ? "grid" : "ground", y, y, y + 4, ptn_html_about(v, word));
    }
    fputs("</g>", f);
}

static void draw_layer(const struct stack *s, const struct layer *l)
{
    FILE *f = s->h->file;
    char word[PTN_HTML_WORD];
    fprintf(f, "<g class=\"%s\"><title>", l->tone);
    ptn_html_text(f, l->title, PTN_HTML_NAME);
    fprintf(f, ": %s lines</title><path d=\"", ptn_count_text(l->total, word));
    for (size_t i = 0; i < s->n_steps; i++)
        if (l->high[i] > l->low[i])
            ptn_html_column(f, i, s->n_steps, UNITS - l->low[i], l->high[i] - l->low[i]);
    fputs("\"/></g>\n", f);
}

/* ---- labels -------------------------------------------------------------------------------------------------------
 */

/* Whether it is there at the end of the log, thick enough to point at; or grave, and there for half of the time. */
static bool is_lasting(const struct stack *s, const struct layer *l)
{
    size_t last = s->n_steps - 1, steps = 0;
    for (size_t i = 0; i < s->n_steps; i++)
        steps += l->steps[i] != 0;
    return l->high[last] - l->low[last] > UNITS / 50 ||
           (l->steps[last] && l->verdict >= PTN_VERDICT_RULE && steps > s->n_steps / 2);
}

/* What came and went, or is grave, has its name above its highest bar. */
static void choose_calls(struct stack *s)
{
    size_t n = 0;
    for (size_t i = 0; i < s->n && n < CALLS; i++) {
        struct layer *l = &s->layers[i];
        bool high = l->high[l->peak] - l->low[l->peak] > UNITS / 8;
        if (!l->steps[l->peak] || l->item == s->h->e->n || is_lasting(s, l) ||
            !(high || l->verdict >= PTN_VERDICT_RULE))
            continue;
        l->called = true;
        n++;
    }
    s->above = n ? (unsigned)n * LANE + 10 : 8;
}

static void draw_calls(const struct stack *s)
{
    FILE *f = s->h->file;
    char x[PTN_HTML_WORD];
    unsigned lane = LANE - 5;
    for (size_t i = 0; i < s->n; i++) {
        const struct layer *l = &s->layers[i];
        if (!l->called)
            continue;
        double share = ((double)l->peak + 0.45) / (double)s->n_steps;
        unsigned top = s->layers[s->n - 1].high[l->peak], y = s->above + PLOT - top * PLOT / UNITS;
        ptn_html_percent(share, x);
        fprintf(f, "<line class=\"lead\" x1=\"%s\" x2=\"%s\" y1=\"%u\" y2=\"%u\"/>", x, x, lane, y);
        fprintf(f, "<circle class=\"%s\" cx=\"%s\" cy=\"%u\" r=\"4.5\"/>", l->tone, x, lane - 4);
        fprintf(f, "<text class=\"call%s\" x=\"%s\" dx=\"%s\" y=\"%u\">", share > 0.5 ? " end" : "", x,
                share > 0.5 ? "-9" : "9", lane);
        ptn_html_text(f, l->title, 40);
        fputs("</text>\n", f);
        lane += LANE;
    }
}

/* Heights of the labels beside the last bar: at their layers' middles, and moved apart where those are close. */
static void spread(const struct stack *s, double y[static LAYERS])
{
    double below = s->above + PLOT + 6.0, above = 0;
    for (size_t i = 0; i < s->n; i++) {
        const struct layer *l = &s->layers[i];
        size_t last = s->n_steps - 1;
        if (!is_lasting(s, l))
            continue;
        y[i] = s->above + PLOT - (l->low[last] + l->high[last]) / 2.0 * PLOT / UNITS;
        y[i] = y[i] > below - LANE ? below - LANE : y[i];
        below = y[i];
    }
    for (size_t i = s->n; i-- > 0;) {
        if (!is_lasting(s, &s->layers[i]))
            continue;
        y[i] = y[i] < above + LANE / 2.0 ? above + LANE / 2.0 : y[i];
        above = y[i] + LANE / 2.0;
    }
}

static void draw_side(const struct stack *s)
{
    FILE *f = s->h->file;
    double y[LAYERS] = {0};
    spread(s, y);
    fputs("<svg class=\"side\" x=\"100%\" width=\"10\" height=\"10\" aria-hidden=\"true\">", f);
    for (size_t i = 0; i < s->n; i++) {
        const struct layer *l = &s->layers[i];
        if (!is_lasting(s, l))
            continue;
        size_t last = s->n_steps - 1;
        unsigned middle = s->above + PLOT - (l->low[last] + l->high[last]) * PLOT / UNITS / 2, at = (unsigned)y[i];
        fprintf(f, "<path class=\"lead\" d=\"M1 %uL14 %u\"/><circle class=\"%s\" cx=\"19\" cy=\"%u\" r=\"4.5\"/>",
                middle, at, l->tone, at);
        fprintf(f, "<text x=\"28\" y=\"%u\">", at + 4);
        ptn_html_text(f, l->title, SIDE_NAME);
        fputs("</text>\n", f);
    }
    fputs("</svg>", f);
}

static void put_legend(const struct stack *s)
{
    FILE *f = s->h->file;
    char word[PTN_HTML_WORD];
    fputs("<ul class=\"legend\">\n", f);
    for (size_t i = 0; i < s->n; i++) {
        const struct layer *l = &s->layers[i];
        bool own = l->item < s->h->e->n;
        fprintf(f,
                "<li><svg class=\"swatch\" aria-hidden=\"true\"><rect class=\"%s\" width=\"12\" height=\"12\"/></svg>",
                l->tone);
        if (own)
            fprintf(f, "<a href=\"#p%zu\">", l->item + 1);
        ptn_html_text(f, l->title, PTN_HTML_NAME);
        if (!own)
            fprintf(f, " (%zu)", s->n_others);
        fprintf(f, "%s <b>%s</b></li>\n", own ? "</a>" : "", ptn_count_text(l->total, word));
    }
    fputs("</ul>\n", f);
}

/* ---- the same in numbers ------------------------------------------------------------------------------------------
 */

static void put_table(const struct stack *s)
{
    FILE *f = s->h->file;
    const struct ptn_explained *e = s->h->e;
    char word[PTN_HTML_WORD];
    ptn_html_fold(f, "The numbers of this plot");
    fputs("<thead><tr><th scope=\"col\">From (UTC)</th>", f);
    for (size_t i = 0; i < s->n; i++) {
        fputs("<th scope=\"col\">", f);
        ptn_html_text(f, s->layers[i].title, PTN_HTML_NAME);
        fputs("</th>", f);
    }
    fputs("</tr></thead>\n<tbody>\n", f);
    for (size_t step = 0; step < s->n_steps; step++) {
        uint64_t at = e->begin + (uint64_t)e->step * step;
        fprintf(f, "<tr><th scope=\"row\">%s</th>",
                ptn_html_moment(s->h, at > UINT32_MAX ? UINT32_MAX : (uint32_t)at, word));
        for (size_t i = 0; i < s->n; i++)
            fprintf(f, "<td>%s</td>", ptn_count_text(s->layers[i].steps[step], word));
        fputs("</tr>\n", f);
    }
    fputs("</tbody>", f);
    ptn_html_unfold(f);
}

static void put_head(const struct stack *s)
{
    FILE *f = s->h->file;
    const struct ptn_explained *e = s->h->e;
    char a[PTN_HTML_WORD], b[PTN_HTML_WORD], c[PTN_HTML_WORD];
    ptn_html_full(s->h, e->first, a);
    ptn_html_full(s->h, e->last, b);
    ptn_html_span(e->step, c);
    fprintf(f, "<p class=\"note\">Lines per %s, %s to %s UTC. The worst causes lie at the bottom.</p>\n",
            strncmp(c, "1 ", 2) == 0 ? c + 2 : c, a, b);
    fprintf(f, "<svg class=\"plot stack\" role=\"img\" aria-labelledby=\"st sd\" height=\"%u\">\n",
            s->above + PLOT + 26);
    fprintf(f,
            "<title id=\"st\">Attempts over time by cause</title>\n<desc id=\"sd\">Stacked bars of %s each, from %s to "
            "%s UTC. The numbers are in the table below.</desc>\n",
            c, a, b);
}

void ptn_html_stack(const struct ptn_html *h)
{
    const struct ptn_explained *e = h->e;
    struct stack s = {.h = h, .n_steps = ptn_html_steps(e)};
    if (!s.n_steps || !e->n)
        return;
    choose_layers(&s);
    measure(&s);
    choose_calls(&s);
    fputs("<figure>\n", h->file);
    put_head(&s);
    draw_grid(&s);
    draw_calls(&s);
    fprintf(h->file,
            "<svg y=\"%u\" width=\"100%%\" height=\"%u\" viewBox=\"0 0 %u %u\" preserveAspectRatio=\"none\">\n",
            s.above, PLOT, PTN_HTML_ACROSS, UNITS);
    for (size_t i = 0; i < s.n; i++)
        draw_layer(&s, &s.layers[i]);
    fputs("</svg>\n", h->file);
    ptn_html_time_axis(h, e->begin, e->begin + (int64_t)e->step * (int64_t)s.n_steps, s.above + PLOT);
    draw_side(&s);
    fputs("</svg>\n", h->file);
    put_legend(&s);
    put_table(&s);
    fputs("</figure>\n", h->file);
}

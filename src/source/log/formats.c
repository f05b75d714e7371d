#include "formats.h"

#include <string.h>

#include "base/text.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

/* A dummy ends the list, so that it may be empty. */
const struct ptn_format *const ptn_formats[] = {
#define X(name) &ptn_format_##name,
    PTN_FORMATS(X)
#undef X
        NULL};
const size_t ptn_n_formats = sizeof(ptn_formats) / sizeof(*ptn_formats) - 1;

#ifdef __SSE2__
/* Sixteen places at once, by the mark's first and last character. */
static bool stands_in_block(const char *at, const char *mark, size_t n, __m128i first, __m128i last)
{
    __m128i a = _mm_loadu_si128((const __m128i *)(const void *)at);
    __m128i b = _mm_loadu_si128((const __m128i *)(const void *)(at + n - 1));
    unsigned hits = (unsigned)_mm_movemask_epi8(_mm_and_si128(_mm_cmpeq_epi8(a, first), _mm_cmpeq_epi8(b, last)));
    for (; hits; hits &= hits - 1)
        if (memcmp(at + __builtin_ctz(hits), mark, n) == 0)
            return true;
    return false;
}
#endif

static bool has_mark(struct ptn_slice in, const char *mark)
{
    size_t n = strlen(mark);
    if (n == 0 || in.len < n)
        return n == 0;
#ifdef __SSE2__
    if (in.len >= n + 15) {
        const __m128i first = _mm_set1_epi8(mark[0]), last = _mm_set1_epi8(mark[n - 1]);
        const char *at = in.at, *final = in.at + in.len - n - 15;
        for (; at < final; at += 16)
            if (stands_in_block(at, mark, n, first, last))
                return true;
        return stands_in_block(final, mark, n, first, last);
    }
#endif
    return memmem(in.at, in.len, mark, n) != NULL;
}

/* Marks stand in the text mostly; some in what the envelope took for its own. */
static bool is_marked(const struct ptn_message *m, const char *mark)
{
    uintptr_t line = (uintptr_t)m->line.at, text = (uintptr_t)m->text.at;
    if (has_mark(m->text, mark))
        return true;
    if (text < line || text - line > m->line.len)
        return has_mark(m->tag, mark);
    size_t n = text - line + strlen(mark);
    return has_mark((struct ptn_slice){m->line.at, n < m->line.len ? n : m->line.len}, mark);
}

static bool all_stand(const char *const *marks, const struct ptn_message *m)
{
    for (; marks && *marks; marks++)
        if (!is_marked(m, *marks))
            return false;
    return true;
}

static bool one_stands(const char *const *marks, const struct ptn_message *m)
{
    if (!marks)
        return true;
    for (; *marks; marks++)
        if (is_marked(m, *marks))
            return true;
    return false;
}

/* What a reader leaves to us. */
static enum ptn_line settle(const struct ptn_format *f, const struct ptn_message *m, struct ptn_knock *items, size_t n)
{
    bool known = false;
    for (struct ptn_knock *k = items; k < items + n; k++) {
        if (k->time == PTN_NO_TIME || k->has & PTN_HAS_CLOCK || (k->has & PTN_HAS_DAY && m->time != PTN_NO_TIME))
            k->time = m->time;
        k->has = (k->has & (PTN_HAS_COUNT * 2 - 1)) | f->has;
        known = known || k->src.family || k->dst.family;
    }
    return known ? PTN_LINE_PACKET : PTN_LINE_BROKEN;
}

static inline __attribute__((always_inline)) enum ptn_line read_by(const struct ptn_format *f, struct ptn_log_state *state,
                                    const struct ptn_message *m, struct ptn_knocks *ret)
{
    size_t before = ret->n;
    if (!all_stand(f->marks, m))
        return PTN_LINE_OTHER_FORMAT;
    if (!one_stands(f->packet_marks, m))
        return PTN_LINE_REMARK;
    enum ptn_line kind = f->read(f, state, m, ret);
    if (kind == PTN_LINE_PACKET)
        kind = settle(f, m, ret->items + before, ret->n - before);
    if (kind != PTN_LINE_PACKET)
        ret->n = before;
    return kind;
}

enum ptn_line ptn_format_read(const struct ptn_format *f, struct ptn_log_state *state, const struct ptn_message *m,
                              struct ptn_knocks *ret)
{
    return read_by(f, state, m, ret);
}

/* Programs that fill the logs of most machines and never tell of packets: fifty formats need not look at their lines.
 */
static bool is_chatter(struct ptn_slice tag)
{
    static const char names[] =
        "sshd CRON systemd systemd-logind sudo su cron crond named dhclient NetworkManager dbus-daemon ntpd "
        "chronyd rsyslogd dovecot anacron polkitd gnome-shell sendmail systemd-timesyncd sm-mta nginx smartd "
        "snmpd systemd-resolved dockerd containerd kubelet login";
    if (tag.len == 0)
        return false;
    return ptn_has_word(names, tag.at, tag.len) || (tag.len > 8 && memcmp(tag.at, "postfix/", 8) == 0);
}

static enum ptn_line read_by_any(struct ptn_log_state *state, const struct ptn_message *m, struct ptn_knocks *ret,
                                 const struct ptn_format **which)
{
    const struct ptn_format *last = state->last;
    for (size_t i = 0; i < ptn_n_formats; i++) {
        enum ptn_line kind =
            ptn_formats[i] == last ? PTN_LINE_OTHER_FORMAT : ptn_format_read(ptn_formats[i], state, m, ret);
        if (kind == PTN_LINE_OTHER_FORMAT)
            continue;
        *which = state->last = ptn_formats[i];
        return kind;
    }
    *which = NULL;
    return PTN_LINE_OTHER_FORMAT;
}

enum ptn_line ptn_log_read_message(struct ptn_log_state *state, const struct ptn_message *m, struct ptn_knocks *ret,
                                   const struct ptn_format **which)
{
    const struct ptn_format *last = state->last;
    enum ptn_line kind = last ? read_by(last, state, m, ret) : PTN_LINE_OTHER_FORMAT;
    if (kind != PTN_LINE_OTHER_FORMAT) {
        *which = last;
        return kind;
    }
    *which = NULL;
    return is_chatter(m->tag) ? PTN_LINE_OTHER_FORMAT : read_by_any(state, m, ret, which);
}

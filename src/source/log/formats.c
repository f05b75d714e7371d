#include "formats.h"

#include <string.h>

#include "find.h"

/* A dummy ends the list, so that it may be empty. */
const struct ptn_format *const ptn_formats[] = {
#define X(name) &ptn_format_##name,
    PTN_FORMATS(X)
#undef X
        NULL};
const size_t ptn_n_formats = sizeof(ptn_formats) / sizeof(*ptn_formats) - 1;

static bool has_mark(struct ptn_slice in, const char *mark)
{
    return ptn_find(in.at, in.len, mark, strlen(mark));
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
static inline enum ptn_line settle(const struct ptn_format *f, const struct ptn_message *m, struct ptn_knock *items,
                                   size_t n)
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

static inline __attribute__((always_inline)) enum ptn_line
read_by(const struct ptn_format *f, struct ptn_log_state *state, const struct ptn_message *m, struct ptn_knocks *ret)
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
    /* clang-format off */
#define W(name) {sizeof(name) - 1, name}
    static const struct {
        uint8_t len;
        char name[18];
    } names[] = {
        W("sshd"), W("CRON"), W("systemd"), W("systemd-logind"), W("sudo"), W("su"), W("cron"), W("crond"), W("named"),
        W("dhclient"), W("NetworkManager"), W("dbus-daemon"), W("ntpd"), W("chronyd"), W("rsyslogd"), W("dovecot"),
        W("anacron"), W("polkitd"), W("gnome-shell"), W("sendmail"), W("systemd-timesyncd"), W("sm-mta"), W("nginx"),
        W("smartd"), W("snmpd"), W("systemd-resolved"), W("dockerd"), W("containerd"), W("kubelet"), W("login"),
    };
#undef W
    /* clang-format on */
    for (size_t i = 0; tag.len && i < sizeof(names) / sizeof(*names); i++)
        if (tag.len == names[i].len && memcmp(tag.at, names[i].name, tag.len) == 0)
            return true;
    return tag.len > 8 && memcmp(tag.at, "postfix/", 8) == 0;
}

/* What is_marked() looks at. */
static void note_pairs(const struct ptn_message *m, struct ptn_pairs_seen *ret)
{
    uintptr_t line = (uintptr_t)m->line.at, text = (uintptr_t)m->text.at;
    *ret = (struct ptn_pairs_seen){0};
    ptn_pairs_add(ret, m->line.at, m->line.len);
    if (text >= line && text + m->text.len <= line + m->line.len)
        return;
    ptn_pairs_add(ret, m->text.at, m->text.len);
    ptn_pairs_add(ret, m->tag.at, m->tag.len);
}

static bool may_be_marked(const char *const *marks, const struct ptn_pairs_seen *seen)
{
    for (; marks && *marks; marks++)
        if (!ptn_pairs_may_have(seen, *marks))
            return false;
    return true;
}

static enum ptn_line read_by_any(struct ptn_log_state *state, const struct ptn_message *m, struct ptn_knocks *ret,
                                 const struct ptn_format **which)
{
    const struct ptn_format *last = state->last;
    struct ptn_pairs_seen seen;
    note_pairs(m, &seen);
    for (size_t i = 0; i < ptn_n_formats; i++) {
        if (ptn_formats[i] == last || !may_be_marked(ptn_formats[i]->marks, &seen))
            continue;
        enum ptn_line kind = ptn_format_read(ptn_formats[i], state, m, ret);
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

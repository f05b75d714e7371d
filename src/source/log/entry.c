#include "entry.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"

#define SHORT_MAX 256 /* of all values but the message */
#define TIME_MAX (INT64_C(1) << 56)

struct ptn_entry {
    size_t len[PTN_ENTRY_COUNT];
    bool has[PTN_ENTRY_COUNT];
    char text[PTN_ENTRY_COUNT][SHORT_MAX];
    char message[PTN_LOG_LINE_MAX];
};

struct ptn_entry *ptn_entry_new(void)
{
    struct ptn_entry *e = malloc(sizeof(*e));
    if (e)
        memset(e->has, 0, sizeof(e->has));
    return e;
}

void ptn_entry_free(struct ptn_entry *e)
{
    free(e);
}

enum ptn_entry_field ptn_entry_field(struct ptn_slice name)
{
    static const struct ptn_slice names[] = {
#define X(id, name) {name, sizeof(name) - 1},
        PTN_ENTRY_FIELDS(X)
#undef X
    };
    for (unsigned i = 0; i < PTN_ENTRY_COUNT; i++)
        if (names[i].len == name.len && memcmp(names[i].at, name.at, name.len) == 0)
            return (enum ptn_entry_field)i;
    return PTN_ENTRY_COUNT;
}

void ptn_entry_put_field(struct ptn_entry *e, enum ptn_entry_field f, struct ptn_slice value)
{
    if (f == PTN_ENTRY_COUNT)
        return;
    size_t room = f == PTN_ENTRY_MESSAGE ? sizeof(e->message) : SHORT_MAX;
    e->len[f] = value.len < room ? value.len : room;
    memcpy(f == PTN_ENTRY_MESSAGE ? e->message : e->text[f], value.at ? value.at : "", e->len[f]);
    e->has[f] = true;
}

static struct ptn_slice get(const struct ptn_entry *e, enum ptn_entry_field f)
{
    return e->has[f] ? (struct ptn_slice){f == PTN_ENTRY_MESSAGE ? e->message : e->text[f], e->len[f]}
                     : (struct ptn_slice){"", 0};
}

static int64_t get_time(const struct ptn_entry *e, enum ptn_entry_field f)
{
    struct ptn_slice text = get(e, f);
    long n = text.len ? ptn_number(text.at, text.len, TIME_MAX) : -1;
    return n < 0 ? PTN_NO_TIME : n;
}

static bool is(struct ptn_slice text, const char *word)
{
    return text.len == strlen(word) && memcmp(text.at, word, text.len) == 0;
}

int ptn_entry_tell(struct ptn_entry *e, struct ptn_log_worker *w)
{
    if (!e->has[PTN_ENTRY_MESSAGE]) {
        memset(e->has, 0, sizeof(e->has));
        return 0;
    }
    struct ptn_message m = {.line = get(e, PTN_ENTRY_MESSAGE),
                            .text = get(e, PTN_ENTRY_MESSAGE),
                            .host = get(e, PTN_ENTRY_HOST),
                            .tag = get(e, PTN_ENTRY_TAG),
                            .time = get_time(e, PTN_ENTRY_SOURCE_TIME)};
    if (m.time == PTN_NO_TIME)
        m.time = get_time(e, PTN_ENTRY_TIME);
    if (!m.tag.len)
        m.tag = is(get(e, PTN_ENTRY_TRANSPORT), "kernel") ? (struct ptn_slice){"kernel", 6} : get(e, PTN_ENTRY_COMM);
    memset(e->has, 0, sizeof(e->has));
    return ptn_worker_message(w, &m);
}

/* Exports as CSV of Graylog, Splunk, Kibana: cells of which one is the line as it came, in quotes that are doubled. */
#include <string.h>

#include "envelope.h"

/* Where the cell in quotes that begins at `at` ends: behind its quote. */
static const char *cell_end(const char *at, const char *end)
{
    for (at++; at < end; at++) {
        if (*at != '"')
            continue;
        if (at + 1 < end && at[1] == '"')
            at++;
        else
            return at + 1;
    }
    return end;
}

static const char *plain_end(const char *at, const char *end)
{
    const char *comma = memchr(at, ',', (size_t)(end - at));
    return comma ? comma : end;
}

/* Without its quotes, and with single ones in it. */
static struct ptn_slice undouble(struct ptn_slice cell, char *room)
{
    const char *end = cell.at + cell.len - 1;
    size_t n = 0;
    for (const char *at = cell.at + 1; at < end; at++) {
        room[n++] = *at;
        at += *at == '"' && at + 1 < end && at[1] == '"';
    }
    return (struct ptn_slice){room, n};
}

/* The longest cell, if it is a line: longer than all the others together, and of more than one word. */
static bool find_line(struct ptn_slice line, struct ptn_slice *longest, struct ptn_slice *first)
{
    const char *at = line.at, *end = line.at + line.len;
    size_t n = 0;
    *first = *longest = (struct ptn_slice){0};
    while (at < end) {
        const char *to = *at == '"' ? cell_end(at, end) : plain_end(at, end);
        struct ptn_slice cell = {at, (size_t)(to - at)};
        if (n++ == 0)
            *first = cell;
        if (cell.len > longest->len)
            *longest = cell;
        if (to < end && *to != ',')
            return false;
        at = to + 1;
    }
    return n > 1 && longest->len > 40 && longest->at[0] == '"' && longest->at[longest->len - 1] == '"' &&
           memchr(longest->at, ' ', longest->len);
}

bool ptn_envelope_csv(struct ptn_clock *clock, struct ptn_slice line, char *room, struct ptn_message *ret)
{
    struct ptn_slice cell, first;
    struct ptn_clock utc = *clock;
    if (!find_line(line, &cell, &first) || 2 * cell.len < line.len)
        return false;
    if (first.len > 2 && first.at != cell.at && first.at[0] == '"' &&
        !ptn_stamp_read(&utc, first.at + 1, first.len - 2, &ret->time))
        ret->time = PTN_NO_TIME;
    ret->text = undouble(cell, room);
    return true;
}

/*
 * JSON read piece by piece over a slice: no copy, no tree, no allocation. Each piece has the path of names that leads
 * to it ("alert.action"); the elements of an array have the array's own. What is nested too deep, or has too long a
 * path, is skipped. (json.c)
 */
#ifndef PTN_SOURCE_LOG_JSON_H
#define PTN_SOURCE_LOG_JSON_H

#include "knock.h"

#define PTN_JSON_DEPTH 24
#define PTN_JSON_PATH 192

enum ptn_json_piece {
    PTN_JSON_END,   /* the text is over, and was whole */
    PTN_JSON_BAD,   /* no JSON, or cut off */
    PTN_JSON_VALUE, /* `value` is a string without its quotes, a number, true, false or null */
    PTN_JSON_OPEN,  /* an object or an array begins */
    PTN_JSON_CLOSE
};

struct ptn_json {
    const char *at, *end;
    struct ptn_slice value;
    bool string;  /* the value stood in quotes */
    bool escaped; /* and has escapes in it */
    bool array;   /* what was opened or closed is an array */
    unsigned depth;
    size_t path_len;
    char path[PTN_JSON_PATH]; /* terminated */
    struct {
        uint16_t path_len;
        bool array;
    } level[PTN_JSON_DEPTH + 1];
};

void ptn_json_begin(struct ptn_json *, struct ptn_slice text);
enum ptn_json_piece ptn_json_next(struct ptn_json *);

/* After PTN_JSON_OPEN: goes behind the end of what was opened. Result: its text between the brackets; nothing (at
 * NULL) if it has no end. */
struct ptn_slice ptn_json_skip(struct ptn_json *);

#endif

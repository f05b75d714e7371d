/* IANA's XML, through expat, which is loaded when there is some. A document type is refused, so no entity can be
 * declared and none can grow. */
#include <ctype.h>
#include <errno.h>
#include <expat.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/library.h"
#include "chart/iana.h"

#define EXPAT(X)                                                                                                       \
    X(XML_ParserCreateNS)                                                                                              \
    X(XML_ParserFree)                                                                                                  \
    X(XML_SetUserData)                                                                                                 \
    X(XML_SetElementHandler)                                                                                           \
    X(XML_SetCharacterDataHandler)                                                                                     \
    X(XML_SetStartDoctypeDeclHandler)                                                                                  \
    X(XML_Parse)                                                                                                       \
    X(XML_StopParser)                                                                                                  \
    X(XML_GetCurrentLineNumber)                                                                                        \
    X(XML_GetErrorCode)                                                                                                \
    X(XML_ErrorString)

PTN_LIBRARY(expat, "libexpat.so.1", EXPAT)

#define NAMESPACE "http://www.iana.org/assignments|"
#define REGISTRY_ID "service-names-port-numbers"
#define DEPTH_MAX 32

enum { TITLE = PTN_IANA_FIELDS, UPDATED, BUFFERS, NOWHERE = -1 };

struct buffer {
    char *text;
    size_t len, room;
};

struct xml {
    struct ptn_iana_reader *r;
    XML_Parser parser;
    struct buffer buffers[BUFFERS]; /* the record's fields, then the registry's title and date */
    size_t used;                    /* bytes in the record's fields */
    int into;                       /* the buffer that text goes to, or NOWHERE */
    unsigned depth;                 /* 1 in the registry, 2 in a record, 3 in a field */
    bool in_record;
    unsigned record_line;
    int rc;
};

static unsigned line_of(const struct xml *x)
{
    return (unsigned)expat.XML_GetCurrentLineNumber(x->parser);
}

static void stop(struct xml *x, int rc)
{
    x->rc = rc;
    expat.XML_StopParser(x->parser, XML_FALSE);
}

static void refuse(struct xml *x, const char *sentence)
{
    stop(x, ptn_fail(x->r->err, -EINVAL, "%s:%u: %s", x->r->file, line_of(x), sentence));
}

static void append(struct xml *x, int into, const char *text, size_t len)
{
    struct buffer *b = &x->buffers[into];

    if (x->rc < 0)
        return;
    x->used += len;
    if (x->used > PTN_IANA_LINE_MAX) {
        refuse(x, "a record of over 1 MB");
        return;
    }
    if (b->len + len + 1 > b->room) {
        size_t room = (b->len + len + 1) * 2;
        char *grown = realloc(b->text, room);

        if (!grown) {
            stop(x, ptn_fail(x->r->err, -ENOMEM, "%s: out of memory", x->r->file));
            return;
        }
        b->text = grown;
        b->room = room;
    }
    memcpy(b->text + b->len, text, len);
    b->len += len;
    b->text[b->len] = '\0';
}

static void append_word(struct xml *x, int into, const char *word)
{
    append(x, into, word, strlen(word));
}

static const char *attribute(const char **attributes, const char *name)
{
    for (; attributes[0]; attributes += 2) {
        if (strcmp(attributes[0], name) == 0)
            return attributes[1];
    }
    return "";
}

/* The name within IANA's namespace, or "" for anything foreign, whose text is of no interest. */
static const char *local_name(const char *name)
{
    return strncmp(name, NAMESPACE, strlen(NAMESPACE)) == 0 ? name + strlen(NAMESPACE) : "";
}

/* Writes a reference as IANA's CSV does: [RFC6335], [Jon_Postel]. */
static void append_xref(struct xml *x, int into, const char **attributes)
{
    const char *data = attribute(attributes, "data");

    if (!*data)
        return;
    append_word(x, into, "[");
    if (strcmp(attribute(attributes, "type"), "rfc") == 0 && strncmp(data, "rfc", 3) == 0) {
        append_word(x, into, "RFC");
        data += 3;
    }
    append_word(x, into, data);
    append_word(x, into, "]");
}

static int field_of(const char *name)
{
    static const struct {
        const char *name;
        int field;
    } elements[] = {
        {"name", PTN_IANA_NAME},         {"number", PTN_IANA_PORT},
        {"protocol", PTN_IANA_PROTO},    {"description", PTN_IANA_DESCRIPTION},
        {"assignee", PTN_IANA_ASSIGNEE}, {"sc", PTN_IANA_CODE},
        {"note", PTN_IANA_NOTE},         {"unauthorized", PTN_IANA_UNAUTHORIZED},
    };

    for (size_t i = 0; i < sizeof elements / sizeof *elements; i++) {
        if (strcmp(name, elements[i].name) == 0)
            return elements[i].field;
    }
    return NOWHERE;
}

static void start_record(struct xml *x, const char **attributes)
{
    for (int i = 0; i < PTN_IANA_FIELDS; i++) {
        x->buffers[i].len = 0;
        append(x, i, "", 0);
    }
    x->used = 0;
    x->in_record = true;
    x->record_line = line_of(x);
    append_word(x, PTN_IANA_REGISTERED, attribute(attributes, "date"));
    append_word(x, PTN_IANA_MODIFIED, attribute(attributes, "updated"));
}

static void start_root(struct xml *x, const char *name, const char **attributes)
{
    if (strcmp(name, "registry") != 0 || strcmp(attribute(attributes, "id"), REGISTRY_ID) != 0)
        refuse(x, "this is XML, but not IANA's port registry (<registry id=\"" REGISTRY_ID "\">)");
}

static void start_child(struct xml *x, const char *name, const char **attributes)
{
    x->into = NOWHERE;
    if (strcmp(name, "record") == 0)
        start_record(x, attributes);
    else if (strcmp(name, "registry") == 0)
        refuse(x, "another registry within the port registry");
    else if (strcmp(name, "title") == 0)
        x->into = TITLE;
    else if (strcmp(name, "updated") == 0)
        x->into = UPDATED;
}

static void start_field(struct xml *x, const char *name, const char **attributes)
{
    bool person = strcmp(attribute(attributes, "type"), "person") == 0;

    x->into = field_of(name);
    if (x->into != NOWHERE && x->buffers[x->into].len > 0)
        append_word(x, x->into, " ");
    else if (strcmp(name, "xref") == 0)
        append_xref(x, person ? PTN_IANA_CONTACT : PTN_IANA_REFERENCE, attributes);
}

static void XMLCALL on_start(void *ctx, const char *full_name, const char **attributes)
{
    struct xml *x = ctx;
    const char *name = local_name(full_name);

    if (x->rc < 0)
        return;
    x->depth++;
    if (x->depth > DEPTH_MAX)
        refuse(x, "elements nested too deep");
    else if (x->depth == 1)
        start_root(x, name, attributes);
    else if (x->depth == 2)
        start_child(x, name, attributes);
    else if (x->in_record && x->depth == 3)
        start_field(x, name, attributes);
    else if (x->in_record && x->into != NOWHERE && strcmp(name, "xref") == 0)
        append_xref(x, x->into, attributes);
    else if (x->in_record && x->into != NOWHERE)
        append_word(x, x->into, " "); /* <br/> */
}

static void end_record(struct xml *x)
{
    char *fields[PTN_IANA_FIELDS];
    int rc;

    for (int i = 0; i < PTN_IANA_FIELDS; i++)
        fields[i] = x->buffers[i].text;
    x->in_record = false;
    rc = ptn_iana_row(x->r, fields, x->record_line);
    if (rc < 0)
        stop(x, rc);
}

static void XMLCALL on_end(void *ctx, const char *name)
{
    struct xml *x = ctx;

    (void)name;
    if (x->rc < 0)
        return;
    x->depth--;
    if (x->depth == 1 && x->in_record)
        end_record(x);
    if (x->depth <= 2)
        x->into = NOWHERE;
}

static void XMLCALL on_text(void *ctx, const char *text, int len)
{
    struct xml *x = ctx;

    if (x->into != NOWHERE && len > 0)
        append(x, x->into, text, (size_t)len);
}

static void XMLCALL on_doctype(void *ctx, const char *name, const char *system, const char *public, int internal)
{
    struct xml *x = ctx;

    (void)name, (void)system, (void)public, (void)internal;
    if (x->rc == 0)
        refuse(x, "a document type: IANA's file has none");
}

static int parse(struct xml *x, const char *text, size_t len)
{
    if (expat.XML_Parse(x->parser, text, (int)len, XML_TRUE) == XML_STATUS_OK || x->rc < 0)
        return x->rc;
    if (expat.XML_GetErrorCode(x->parser) == XML_ERROR_NO_MEMORY)
        return ptn_fail(x->r->err, -ENOMEM, "%s: out of memory", x->r->file);
    return ptn_fail(x->r->err, -EINVAL, "%s:%u: %s: the file is cut off or damaged", x->r->file, line_of(x),
                    expat.XML_ErrorString(expat.XML_GetErrorCode(x->parser)));
}

/* Into a string of fixed room; what does not fit or is no plain word is of no use and left out. */
static void copy_plain(char *to, size_t room, const struct buffer *from)
{
    if (from->len == 0 || from->len >= room)
        return;
    for (size_t i = 0; i < from->len; i++) {
        if (!isprint((unsigned char)from->text[i]))
            return;
    }
    memcpy(to, from->text, from->len + 1);
}

int ptn_iana_xml(struct ptn_iana_reader *r, const char *text, size_t len)
{
    struct xml x = {.r = r, .into = NOWHERE};
    struct ptn_err missing;
    int rc = ptn_library_load(&expat_library, &missing);

    if (rc < 0)
        return ptn_fail(r->err, rc, "%s: it is XML, and %.80s", r->file, missing.text);
    x.parser = expat.XML_ParserCreateNS(NULL, '|');
    if (!x.parser)
        return ptn_fail(r->err, -ENOMEM, "%s: out of memory", r->file);
    expat.XML_SetUserData(x.parser, &x);
    expat.XML_SetElementHandler(x.parser, on_start, on_end);
    expat.XML_SetCharacterDataHandler(x.parser, on_text);
    expat.XML_SetStartDoctypeDeclHandler(x.parser, on_doctype);
    rc = parse(&x, text, len);
    copy_plain(r->info->title, sizeof r->info->title, &x.buffers[TITLE]);
    copy_plain(r->info->updated, sizeof r->info->updated, &x.buffers[UPDATED]);
    for (int i = 0; i < BUFFERS; i++)
        free(x.buffers[i].text);
    expat.XML_ParserFree(x.parser);
    return rc;
}

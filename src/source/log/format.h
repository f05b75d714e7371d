/*
 * Formats of logs. A product is a table: the marks by which its lines are known, the names of its fields, the words of
 * its values, and one of four grammars that reads them: pairs (key=value), columns (by position or header), objects
 * (JSON), sentences (templates with named holes). The envelope (syslog, journal, CSV) was taken off before.
 *
 * To add a product: one file with its table, one line in PTN_FORMATS (formats.h).
 */
#ifndef PTN_SOURCE_LOG_FORMAT_H
#define PTN_SOURCE_LOG_FORMAT_H

#include "knock.h"

/* A line without its envelope; what the envelope did not have is empty. */
struct ptn_message {
    struct ptn_slice line; /* all of it, without its end */
    struct ptn_slice host; /* who says it */
    struct ptn_slice tag;  /* the program: "kernel", "filterlog", "%ASA-4-106023" */
    struct ptn_slice text; /* what is said; for an envelope without one all of the line */
    int64_t time;          /* as in a knock */
};

enum ptn_line {
    PTN_LINE_OTHER_FORMAT, /* not of this format at all */
    PTN_LINE_PACKET,       /* *ret is filled */
    PTN_LINE_REMARK,       /* of this format, and about no packet: a login, a VPN, the daemon itself */
    PTN_LINE_HEADER,       /* names the columns of the lines after it */
    PTN_LINE_BROKEN        /* about a packet, but it cannot be read */
};

/* What a field's value is. Every reader takes them by ptn_slot_put(), which knows how each is written. */
#define PTN_SLOTS(X)                                                                                                   \
    X(NOTHING) /* known, and of no use: keeps a name from being taken for another */                                   \
    X(SRC)     /* an address; with a port or an interface behind it where the product writes it so */                  \
    X(DST)                                                                                                             \
    X(SPORT) /* a number, or a name of the registry */                                                                 \
    X(DPORT)                                                                                                           \
    X(PROTO)  /* a number or a word: "6", "tcp", "TCP", "ipv6-icmp", "icmp6" */                                        \
    X(ACTION) /* a word of the product's */                                                                            \
    X(WAY)    /* "in", "out", "inbound", "egress", ... */                                                              \
    X(IN)                                                                                                              \
    X(OUT)                                                                                                             \
    X(FLAGS) /* "SYN ACK", "SA", "0x12", "syn,ack", "---A-R--" */                                                      \
    X(ICMP_TYPE)                                                                                                       \
    X(ICMP_CODE)                                                                                                       \
    X(TTL)                                                                                                             \
    X(ID)                                                                                                              \
    X(WINDOW)                                                                                                          \
    X(LENGTH)                                                                                                          \
    X(PACKETS)                                                                                                         \
    X(OCTETS)                                                                                                          \
    X(RULE)                                                                                                            \
    X(TIME) /* a whole stamp in any shape that stamp.h knows */                                                        \
    X(DATE) /* half a stamp; the other half is CLOCK */                                                                \
    X(CLOCK)                                                                                                           \
    X(ZONE)    /* "+0100", "CET": of a stamp before it that had none */                                                \
    X(SECONDS) /* since 1970, with or without a fraction; finer ones are known by their size */                        \
    X(MILLIS)                                                                                                          \
    X(NANOS)

enum ptn_slot {
#define X(id) PTN_SLOT_##id,
    PTN_SLOTS(X)
#undef X
        PTN_SLOT_COUNT
};

/* A field's name and what it is. In columns without a header the name is its position, counted from 0: "7". In objects
 * it is a path: "alert.action". Names are compared exactly. The first that stands in a line counts. The name stands in
 * the table itself: pointers would have to be set at every start of the program, whatever it is started for. */
struct ptn_field_name {
    char name[47];
    uint8_t slot; /* enum ptn_slot */
};

/* What a word means for an action; compared without regard to case. */
struct ptn_action_word {
    const char *word;
    enum ptn_action action;
};

/* A sentence: literal text with holes. "{src}/{sport}", "{*}" any run without blanks, "{**}" any run up to what
 * follows,
 * "[ ... ]" may be missing. The holes are the slots' names in lower case. `action` is what the sentence itself says. */
struct ptn_sentence {
    const char *pattern;
    enum ptn_action action; /* NONE: a hole has it, or nobody says */
};

struct ptn_format;

#define PTN_COLUMNS_MAX 128

/* What the columns of a header are: of each column the place of its name in the format's `names`, and one; 0: nothing
 * of use. It is plain data, so that a copy of the state holds for another part of the same file. */
struct ptn_columns {
    const struct ptn_format *format; /* whose header it was; NULL: there was none */
    uint8_t n;
    uint8_t name[PTN_COLUMNS_MAX];
    char separator;
    bool remarks; /* a table of something else than packets */
};

/* What is known of a file beyond one line. */
struct ptn_log_state {
    const struct ptn_format *last; /* of the last line that was one */
    struct ptn_columns columns;    /* the last header's */
};

/* Appends what the message tells of; on anything but PTN_LINE_PACKET what was appended does not count. */
typedef enum ptn_line (*ptn_format_reader)(const struct ptn_format *, struct ptn_log_state *,
                                           const struct ptn_message *, struct ptn_knocks *ret);

struct ptn_record;

struct ptn_format {
    const char *name;  /* "fortigate" */
    const char *title; /* "Fortinet FortiGate" */
    ptn_format_reader read;
    /* What a record of an object becomes; NULL: what its fields say. */
    enum ptn_line (*take)(const struct ptn_record *, struct ptn_knock *ret);
    const char *const *marks;           /* all of these stand in its lines; NULL-terminated */
    const char *const *packet_marks;    /* one of these stands in those about packets; NULL: all are */
    const struct ptn_field_name *names; /* an empty name ends it */
    const struct ptn_action_word *actions;
    const struct ptn_sentence *sentences; /* pattern NULL ends it */
    enum ptn_action action;               /* where no field says it */
    uint32_t has;                         /* PTN_HAS_NO_FILTER, PTN_HAS_ROUTER: of every knock */
    char separator;                       /* between pairs or columns; 0: blank */
    char assign;                          /* between key and value; 0: '=' */
    /* What the table cannot say: may change the knock or the result. NULL: nothing. */
    enum ptn_line (*finish)(const struct ptn_message *, struct ptn_knock *, enum ptn_line);
};

/* The grammars. */
enum ptn_line ptn_read_pairs(const struct ptn_format *, struct ptn_log_state *, const struct ptn_message *,
                             struct ptn_knocks *ret);
enum ptn_line ptn_read_columns(const struct ptn_format *, struct ptn_log_state *, const struct ptn_message *,
                               struct ptn_knocks *ret);
/*
 * Reads the object that the message is, or each object of the array that it is or has as its "records": the names of
 * the format are paths. An array with a name that is PTN_SLOT_NOTHING is kept as its whole text; of any other the first
 * element counts. What the format's `take` makes of the records is added. Result: PTN_LINE_PACKET if one of them was
 * about a packet, otherwise what the last one was; PTN_LINE_OTHER_FORMAT if the message is no JSON at all.
 */
enum ptn_line ptn_read_object(const struct ptn_format *, struct ptn_log_state *, const struct ptn_message *,
                              struct ptn_knocks *ret);
enum ptn_line ptn_read_sentence(const struct ptn_format *, struct ptn_log_state *, const struct ptn_message *,
                                struct ptn_knocks *ret);

/* Puts one value into a knock. Control characters, numbers out of range and what is no such thing are refused. Result:
 * 0, or -EINVAL. An empty value, "-" and "N/A" are nothing: 0. So is a name that stands for an address or a port we do
 * not know. The first value of a slot counts, but seconds since 1970 are surer than any stamp. (slot.c) */
int ptn_slot_put(struct ptn_knock *, const struct ptn_format *, enum ptn_slot, struct ptn_slice value);

/* The formats in the order in which they are tried: those with the surest marks first. (formats.c) */
extern const struct ptn_format *const ptn_formats[];
extern const size_t ptn_n_formats;

/* Reads one message by the format of the last line, then by all. *which is the format, NULL if none knows it. */
enum ptn_line ptn_log_read_message(struct ptn_log_state *, const struct ptn_message *, struct ptn_knocks *ret,
                                   const struct ptn_format **which);

#endif

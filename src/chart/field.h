/*
 * The fields of every kind of record: the one list from which reading, checking, the compiled book, the JSON names and
 * the table in portolan-chart(5) come.
 */
#ifndef PTN_CHART_FIELD_H
#define PTN_CHART_FIELD_H

#include "base/err.h"
#include "rec.h"

/* Kinds of record, by their first field. ASSIGNMENT is a row of the registry: no record file holds one. */
enum ptn_entry_type { PTN_ENTRY_SERVICE = 1, PTN_ENTRY_MALWARE = 2, PTN_ENTRY_SOURCE = 4, PTN_ENTRY_ASSIGNMENT = 8 };

enum ptn_field_form {
    PTN_FORM_NAME,   /* one name: a-z 0-9 . + _ - */
    PTN_FORM_NAMES,  /* names separated by blanks */
    PTN_FORM_WORDS,  /* any words separated by blanks */
    PTN_FORM_PORTS,  /* N/proto or N-M/proto, separated by blanks */
    PTN_FORM_TEXT,   /* sentences */
    PTN_FORM_TITLE,  /* a phrase; at most 60 characters for a service */
    PTN_FORM_CHOICE, /* one word of the list beside it */
    PTN_FORM_RATING, /* Y, -, N or ?, and with -2001 the ports it is about */
    PTN_FORM_FACTOR, /* N, N.N or N-N */
    PTN_FORM_YEARS,  /* YYYY or YYYY-YYYY */
    PTN_FORM_DATE,   /* YYYY, YYYY-MM or YYYY-MM-DD */
    PTN_FORM_DATED,  /* YYYY-MM-DD sentence */
};

#define PTN_SVC PTN_ENTRY_SERVICE
#define PTN_MAL PTN_ENTRY_MALWARE
#define PTN_SRC PTN_ENTRY_SOURCE

/* id, word in a file, key in JSON, in which records, in which required, form, choices, help */
#define PTN_FIELDS(X)                                                                                                  \
    X(SERVICE, "Service", "service", PTN_SVC, PTN_SVC, NAME, "", "the name people use, unique in the chart")           \
    X(MALWARE, "Malware", "service", PTN_MAL, PTN_MAL, NAME, "", "the malware's name")                                 \
    X(KEY, "Key", "key", PTN_SRC, PTN_SRC, NAME, "", "the word that Source: lines use")                                \
    X(ALIAS, "Alias", "aliases", PTN_SVC | PTN_MAL, 0, NAMES, "", "other names, the registered ones among them")       \
    X(PORTS, "Ports", "ports", PTN_SVC | PTN_MAL, PTN_MAL, PORTS, "", "its own ports; one service a port")             \
    X(ALSO, "Also", "also", PTN_SVC, 0, PORTS, "", "ports it is often found on without owning them")                   \
    X(WAS, "Was", "was", PTN_SVC, 0, PORTS, "", "ports it left, or was wrongly said to have")                          \
    X(PROCESS, "Process", "process", PTN_SVC, 0, WORDS, "", "daemons that serve it, by the name of their binary")      \
    X(TITLE, "Title", "title", PTN_SVC | PTN_SRC, PTN_SVC | PTN_SRC, TITLE, "", "what it is, in a phrase")             \
    X(SAFE, "Safe", "rating", PTN_SVC, PTN_SVC, RATING, "", "today's rating: Y, -, N or ?")                            \
    X(SAFE_2001, "Safe-2001", "rating_2001", PTN_SVC, 0, RATING, "", "the page's rating, and the ports it had")        \
    X(WHY, "Why", "why", PTN_SVC, PTN_SVC, TEXT, "", "the reason of the rating")                                       \
    X(DO, "Do", "do", PTN_SVC, PTN_SVC, TEXT, "", "what to do")                                                        \
    X(INSTEAD, "Instead", "instead", PTN_SVC, 0, NAMES, "", "safer services to use")                                   \
    X(TRAP, "Trap", "trap", PTN_SVC, 0, CHOICE, "good", "nobody has honest business here")                             \
    X(ODD_PORT, "Odd-port", "odd_port", PTN_SVC, 0, CHOICE, "ok worry", "is it normal to find it on another port?")    \
    X(ENCRYPTED, "Encrypted", "encrypted", PTN_SVC, 0, CHOICE, "yes no starttls optional", "is the wire protected?")   \
    X(AUTH, "Auth", "auth", PTN_SVC, 0, CHOICE, "none weak password strong optional", "does it ask who you are?")      \
    X(AMPLIFIES, "Amplifies", "amplifies", PTN_SVC, 0, FACTOR, "", "how many times larger a UDP answer can be")        \
    X(SEEN, "Seen", "seen", PTN_SVC, 0, TEXT, "", "what it is attacked by")                                            \
    X(KNOCK, "Knock", "knock", PTN_SVC, 0, TEXT, "", "why it may knock with no harm meant")                            \
    X(LINGERS, "Lingers", "lingers", PTN_SVC, 0, CHOICE, "yes", "peers go on calling long after it has ended")         \
    X(SINCE, "Since", "since", PTN_SVC, 0, YEARS, "", "the year it appeared")                                          \
    X(STATUS, "Status", "status", PTN_SVC, 0, CHOICE, "obsolete malware", "nobody should run it new")                  \
    X(ERRATUM, "Erratum", "errata", PTN_SVC, 0, DATED, "", "an error in a source, with the day we noted it")           \
    X(YEARS, "Years", "years", PTN_MAL, PTN_MAL, YEARS, "", "when it was active")                                      \
    X(ROLE, "Role", "role", PTN_MAL, PTN_MAL, CHOICE,                                                                  \
      "rat backdoor worm botnet c2 proxy stealer ddos miner ransomware scanner apt rootkit", "what it does there")     \
    X(CONFIDENCE, "Confidence", "confidence", PTN_MAL, PTN_MAL, CHOICE, "high medium low", "how well it is known")     \
    X(NOTE, "Note", "note", PTN_MAL, 0, TEXT, "", "one more sentence")                                                 \
    X(DATE, "Date", "date", PTN_SRC, PTN_SRC, DATE, "", "when it was published")                                       \
    X(LICENCE, "Licence", "licence", PTN_SRC, PTN_SRC, CHOICE, "facts CC0", "facts: only facts were taken")            \
    X(SOURCE, "Source", "sources", PTN_SVC | PTN_MAL, PTN_SVC | PTN_MAL, NAMES, "", "keys of the sources")             \
    X(STATE, "", "state", 0, 0, CHOICE, "assigned reserved unassigned", "what the registry says of a port")            \
    X(REGISTERED, "", "registered", 0, 0, DATE, "", "date of the registration")                                        \
    X(MODIFIED, "", "modified", 0, 0, DATE, "", "date of the registration's last change")                              \
    X(REFERENCE, "", "reference", 0, 0, TEXT, "", "the registry's reference")                                          \
    X(ASSIGNEE, "", "assignee", 0, 0, TEXT, "", "who asked for the port")                                              \
    X(UNAUTHORIZED, "", "unauthorized", 0, 0, TEXT, "", "the registry's note on unauthorized use")

enum ptn_field {
#define X(id, word, json, where, required, form, choices, help) PTN_FIELD_##id,
    PTN_FIELDS(X)
#undef X
        PTN_FIELD_COUNT
};

struct ptn_field_info {
    const char *word, *json;
    unsigned where, required; /* sets of enum ptn_entry_type */
    enum ptn_field_form form;
    const char *choices, *help;
};

const struct ptn_field_info *ptn_field_info(enum ptn_field);

/* Finds the field with this word in records of `type`. Result: enum ptn_field or -ENOENT. */
int ptn_field_find(enum ptn_entry_type type, const char *word);

/* May the field stand more than once in a record? */
bool ptn_field_repeats(enum ptn_field);

/* Checks the form of one value in a record of `type`. Result: 0, or -EINVAL with "FILE:LINE: Field: what". */
int ptn_field_check(enum ptn_entry_type type, enum ptn_field, const char *file, const struct ptn_rec_field *,
                    struct ptn_err *err);

/* Reads the rating that stands alone or first in a value. Result: enum ptn_rating or -EINVAL. */
int ptn_rating_parse(const char *value);

#endif

#include "field.h"

#include <errno.h>
#include <string.h>

#include "base/text.h"
#include "ports.h"

static const struct ptn_field_info fields[] = {
#define X(id, word, json, where, required, form, choices, help)                                                        \
    {word, json, where, required, PTN_FORM_##form, choices, help},
    PTN_FIELDS(X)
#undef X
};

const struct ptn_field_info *ptn_field_info(enum ptn_field f)
{
    return &fields[f];
}

int ptn_field_find(enum ptn_entry_type type, const char *word)
{
    for (int f = 0; f < PTN_FIELD_COUNT; f++)
        if ((fields[f].where & type) && strcmp(fields[f].word, word) == 0)
            return f;
    return -ENOENT;
}

bool ptn_field_repeats(enum ptn_field f)
{
    return f == PTN_FIELD_ERRATUM || f == PTN_FIELD_SAFE_2001;
}

int ptn_rating_parse(const char *value)
{
    static const char letters[] = "Y-N?";
    const char *at = letters;
    if (*value && (value[1] == '\0' || value[1] == ' '))
        at = strchr(letters, *value);
    return at && *value && (value[1] == '\0' || value[1] == ' ') ? PTN_RATING_SAFE + (int)(at - letters) : -EINVAL;
}

static const char *check_name(const char *p, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        bool word = (p[i] >= 'a' && p[i] <= 'z') || (p[i] >= '0' && p[i] <= '9');
        if (!word && (i == 0 || !strchr(".+_-/*", p[i])))
            return "names are lower case letters, digits and . + _ - / *";
    }
    return len > 63 ? "a name has at most 63 characters" : NULL;
}

static const char *check_words(const char *value, bool names)
{
    const char *w, *bad = NULL;
    for (size_t n; !bad && (n = ptn_next_word(&value, &w)) > 0;)
        bad = names ? check_name(w, n) : NULL;
    return bad;
}

static const char *check_ports(const char *value, struct ptn_err *why)
{
    const char *w;
    for (size_t n; (n = ptn_next_word(&value, &w)) > 0;) {
        struct ptn_ports p;
        if (ptn_ports_parse(&p, w, n, why) < 0)
            return why->text;
        if (p.proto < 0)
            return "each port needs its protocol: 53/tcp";
        if (w[n - 1] == '+' || memchr(w, '+', n))
            return "a range needs its end: 6000-6063/tcp";
    }
    return NULL;
}

static const char *check_rating(enum ptn_field f, const char *value, struct ptn_err *why)
{
    if (ptn_rating_parse(value) < 0)
        return "a rating is Y, -, N or ?";
    if (value[1] && f == PTN_FIELD_SAFE)
        return "today's rating is one word for the whole service";
    return check_ports(value + 1, why);
}

/* A run of exactly n digits at *p, which is moved past it. */
static bool digits(const char **p, size_t n)
{
    size_t have = strspn(*p, "0123456789");
    *p += have;
    return have == n;
}

static bool is_date(const char *p)
{
    size_t n = ptn_date(p);
    return n && p[n] == '\0';
}

static bool is_dated(const char *p)
{
    return ptn_date(p) == 10 && p[10] == ' ' && p[11];
}

static bool is_years(const char *p)
{
    const char *first = p;
    return digits(&p, 4) &&
           (*p == '\0' || (*p++ == '-' && digits(&p, 4) && *p == '\0' && memcmp(first, first + 5, 4) <= 0));
}

static bool is_factor(const char *p)
{
    for (int part = 0; part < 2; part++) {
        size_t n = strspn(p, "0123456789");
        if (n == 0 || n > 6)
            return false;
        p += n;
        if (*p == '.') {
            size_t decimals = strspn(++p, "0123456789");
            if (decimals == 0 || decimals > 2)
                return false;
            p += decimals;
        }
        if (*p == '\0')
            return true;
        if (*p++ != '-')
            return false;
    }
    return false;
}

static const char *check(enum ptn_entry_type type, enum ptn_field f, const char *v, struct ptn_err *why)
{
    const struct ptn_field_info *info = &fields[f];
    if (!*v)
        return "has no value";
    switch (info->form) {
    case PTN_FORM_NAME:
        return check_name(v, strlen(v));
    case PTN_FORM_NAMES:
    case PTN_FORM_WORDS:
        return check_words(v, info->form == PTN_FORM_NAMES);
    case PTN_FORM_PORTS:
        return check_ports(v, why);
    case PTN_FORM_TITLE:
        return strlen(v) > 60 && type == PTN_ENTRY_SERVICE ? "a title has at most 60 characters" : NULL;
    case PTN_FORM_CHOICE:
        if (ptn_has_word(info->choices, v, strlen(v)))
            return NULL;
        ptn_fail(why, 0, "\"%.40s\" is none of: %s", v, info->choices);
        return why->text;
    case PTN_FORM_RATING:
        return check_rating(f, v, why);
    case PTN_FORM_FACTOR:
        return is_factor(v) ? NULL : "a factor is N, N.N or a range of them";
    case PTN_FORM_YEARS:
        return is_years(v) ? NULL : "expected YYYY or YYYY-YYYY";
    case PTN_FORM_DATE:
        return is_date(v) ? NULL : "expected YYYY, YYYY-MM or YYYY-MM-DD";
    case PTN_FORM_DATED:
        return is_dated(v) ? NULL : "expected YYYY-MM-DD and a sentence";
    case PTN_FORM_TEXT:
        break;
    }
    return NULL;
}

int ptn_field_check(enum ptn_entry_type type, enum ptn_field f, const char *file, const struct ptn_rec_field *field,
                    struct ptn_err *err)
{
    struct ptn_err why;
    const char *bad = check(type, f, field->value, &why);
    return bad ? ptn_fail(err, -EINVAL, "%s:%u: %s: %s", file, field->line, field->name, bad) : 0;
}

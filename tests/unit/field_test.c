/* The forms of fields, good and bad, one row each. */
#include "check.h"

#include <ctype.h>
#include <errno.h>

#include "chart/field.h"

#define S PTN_ENTRY_SERVICE
#define M PTN_ENTRY_MALWARE
#define K PTN_ENTRY_SOURCE

#define NAME_MARKS "names are lower case letters, digits and . + _ - / *"
#define NAME_LONG "a name has at most 63 characters"
#define X21 "xxxxxxxxxxxxxxxxxxxxx"
#define X60 "123456789 123456789 123456789 123456789 123456789 123456789 "
#define RATING "a rating is Y, -, N or ?"
#define FACTOR "a factor is N, N.N or a range of them"
#define YEARS "expected YYYY or YYYY-YYYY"
#define DATE "expected YYYY, YYYY-MM or YYYY-MM-DD"
#define DATED "expected YYYY-MM-DD and a sentence"
#define NUMBER "a port is a number from 0 to 65535"

static const struct {
    enum ptn_entry_type type;
    const char *field, *value, *bad; /* NULL: good */
} rows[] = {
    /* NAME */
    {S, "Service", "ssh", NULL},
    {S, "Service", "3com-tsmux", NULL},
    {S, "Service", "914c/g", NULL},
    {S, "Service", "whois++", NULL},
    {S, "Service", "gds_db", NULL},
    {S, "Service", "x.25", NULL},
    {S, "Service", "sql*net", NULL},
    {S, "Service", X21 X21 X21, NULL},
    {S, "Service", X21 X21 X21 "x", NAME_LONG},
    {S, "Service", "SSH", NAME_MARKS},
    {S, "Service", "two words", NAME_MARKS},
    {S, "Service", "-ssh", NAME_MARKS},
    {S, "Service", ".ssh", NAME_MARKS},
    {S, "Service", "ss\xc3\xa9", NAME_MARKS},
    {S, "Service", "a:b", NAME_MARKS},
    {S, "Service", "", "has no value"},
    {M, "Malware", "back-orifice", NULL},
    {M, "Malware", "Back", NAME_MARKS},
    {K, "Key", "rfc1413", NULL},
    {K, "Key", "RFC1413", NAME_MARKS},
    /* NAMES */
    {S, "Alias", "ident auth tap", NULL},
    {S, "Alias", "ident  auth", NULL},
    {S, "Alias", "ident Auth", NAME_MARKS},
    {S, "Alias", "ident, auth", NAME_MARKS},
    {S, "Instead", "ssh sftp", NULL},
    {S, "Instead", "ssh (v2)", NAME_MARKS},
    {S, "Source", "rfc1413 farrow-2001", NULL},
    {S, "Source", "https://example.org", NAME_MARKS},
    {S, "Source", "", "has no value"},
    /* WORDS */
    {S, "Process", "sshd dropbear Xorg mysqld_safe", NULL},
    {S, "Process", "", "has no value"},
    /* PORTS */
    {S, "Ports", "22/tcp", NULL},
    {S, "Ports", "0/udp 65535/sctp 5/dccp", NULL},
    {S, "Ports", "6000-6063/tcp 7/udp", NULL},
    {S, "Ports", "22/TCP", NULL},
    {S, "Ports", "22", "each port needs its protocol: 53/tcp"},
    {S, "Ports", "22/tcp 23", "each port needs its protocol: 53/tcp"},
    {S, "Ports", "6000+/tcp", "a range needs its end: 6000-6063/tcp"},
    {S, "Ports", "65536/tcp", "\"65536/tcp\": " NUMBER},
    {S, "Ports", "22/tcp 99999/udp", "\"99999/udp\": " NUMBER},
    {S, "Ports", "9-8/tcp", "\"9-8/tcp\": the range runs backwards"},
    {S, "Ports", "9-/tcp", "\"9-/tcp\": half a range: write N-M, or N+ for everything from N up"},
    {S, "Ports", "-9/tcp", "\"-9/tcp\" is not a port"},
    {S, "Ports", "22/icmp", "\"22/icmp\": the protocol must be tcp, udp, sctp or dccp"},
    {S, "Ports", "22/", "\"22/\": the protocol must be tcp, udp, sctp or dccp"},
    {S, "Ports", "22/tcp,23/tcp", "\"22/tcp,23/tcp\": the protocol must be tcp, udp, sctp or dccp"},
    {S, "Ports", "ssh", "\"ssh\" is not a port"},
    {S, "Also", "2222/tcp", NULL},
    {S, "Also", "2222", "each port needs its protocol: 53/tcp"},
    {S, "Was", "1/tcp", NULL},
    {S, "Was", "x", "\"x\" is not a port"},
    {M, "Ports", "31337/udp", NULL},
    {M, "Ports", "31337", "each port needs its protocol: 53/tcp"},
    /* TITLE: long for a source, at most 60 for a service */
    {S, "Title", "Remote login", NULL},
    {S, "Title", X60, NULL},
    {S, "Title", X60 "x", "a title has at most 60 characters"},
    {K, "Title", X60 X60, NULL},
    {S, "Title", "", "has no value"},
    /* RATING */
    {S, "Safe", "Y", NULL},
    {S, "Safe", "-", NULL},
    {S, "Safe", "N", NULL},
    {S, "Safe", "?", NULL},
    {S, "Safe", "y", RATING},
    {S, "Safe", "no", RATING},
    {S, "Safe", "NN", RATING},
    {S, "Safe", "", "has no value"},
    {S, "Safe", "N 23/tcp", "today's rating is one word for the whole service"},
    {S, "Safe-2001", "N", NULL},
    {S, "Safe-2001", "N 23/tcp", NULL},
    {S, "Safe-2001", "- 25/tcp 26-28/udp", NULL},
    {S, "Safe-2001", "N 23", "each port needs its protocol: 53/tcp"},
    {S, "Safe-2001", "23/tcp", RATING},
    {S, "Safe-2001", "N23/tcp", RATING},
    {S, "Safe-2001", "X 23/tcp", RATING},
    /* CHOICE */
    {S, "Trap", "good", NULL},
    {S, "Trap", "yes", "\"yes\" is none of: good"},
    {S, "Odd-port", "ok", NULL},
    {S, "Odd-port", "worry", NULL},
    {S, "Odd-port", "ok worry", "\"ok worry\" is none of: ok worry"},
    {S, "Odd-port", "o", "\"o\" is none of: ok worry"},
    {S, "Encrypted", "starttls", NULL},
    {S, "Encrypted", "tls", "\"tls\" is none of: yes no starttls optional"},
    {S, "Auth", "none", NULL},
    {S, "Auth", "kerberos", "\"kerberos\" is none of: none weak password strong optional"},
    {S, "Status", "obsolete", NULL},
    {S, "Status", "Obsolete", "\"Obsolete\" is none of: obsolete malware"},
    {M, "Role", "rat", NULL},
    {M, "Role", "virus",
     "\"virus\" is none of: rat backdoor worm botnet c2 proxy stealer ddos miner ransomware scanner apt rootkit"},
    {M, "Confidence", "low", NULL},
    {M, "Confidence", "sure", "\"sure\" is none of: high medium low"},
    {K, "Licence", "CC0", NULL},
    {K, "Licence", "facts", NULL},
    {K, "Licence", "NPSL", "\"NPSL\" is none of: facts CC0"},
    /* FACTOR */
    {S, "Amplifies", "556.9", NULL},
    {S, "Amplifies", "30", NULL},
    {S, "Amplifies", "28-54", NULL},
    {S, "Amplifies", "4.35-50000", NULL},
    {S, "Amplifies", "many", FACTOR},
    {S, "Amplifies", "5x", FACTOR},
    {S, "Amplifies", "5.", FACTOR},
    {S, "Amplifies", ".5", FACTOR},
    {S, "Amplifies", "5-", FACTOR},
    {S, "Amplifies", "5-6-7", FACTOR},
    {S, "Amplifies", "1234567", FACTOR},
    {S, "Amplifies", "1.234", FACTOR},
    {S, "Amplifies", "-5", FACTOR},
    /* YEARS */
    {S, "Since", "1983", NULL},
    {S, "Since", "1983-1990", NULL},
    {S, "Since", "83", YEARS},
    {S, "Since", "1983-", YEARS},
    {S, "Since", "1983-90", YEARS},
    {S, "Since", "19830", YEARS},
    {S, "Since", "1983 ", YEARS},
    {S, "Since", "1983-1982", YEARS},
    {M, "Years", "1999-2003", NULL},
    {M, "Years", "the nineties", YEARS},
    /* DATE */
    {K, "Date", "1993", NULL},
    {K, "Date", "1993-02", NULL},
    {K, "Date", "1993-02-28", NULL},
    {K, "Date", "93", DATE},
    {K, "Date", "1993-2", DATE},
    {K, "Date", "1993-02-", DATE},
    {K, "Date", "1993-02-3", DATE},
    {K, "Date", "1993/02/03", DATE},
    {K, "Date", "1993-02-28 x", DATE},
    {K, "Date", "1993-13", DATE},
    {K, "Date", "1993-00", DATE},
    {K, "Date", "1993-12-32", DATE},
    {K, "Date", "1993-12-00", DATE},
    {K, "Date", "Feb 1993", DATE},
    /* DATED */
    {S, "Erratum", "2026-11-22 The page says 445 is LDAP.", NULL},
    {S, "Erratum", "2026-11-22", DATED},
    {S, "Erratum", "2026-11 The page", DATED},
    {S, "Erratum", "2026-11-22 ", DATED},
    {S, "Erratum", "2026-11-22The page", DATED},
    {S, "Erratum", "2026-99-22 The page", DATED},
    {S, "Erratum", "The page", DATED},
    /* TEXT */
    {S, "Why", "Because, with any marks: 100% \"sure\".", NULL},
    {S, "Why", "", "has no value"},
    {M, "Note", "x", NULL},
};

static void every_form(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct ptn_rec_field f = {.name = rows[i].field, .value = rows[i].value, .line = 7};
        struct ptn_err err = {""};
        char want[512];
        AT("%s: %s", rows[i].field, rows[i].value);
        int id = ptn_field_find(rows[i].type, rows[i].field);
        EXPECT(id >= 0);
        EXPECT_INT(ptn_field_check(rows[i].type, (enum ptn_field)id, "f.rec", &f, &err), rows[i].bad ? -EINVAL : 0);
        snprintf(want, sizeof(want), "f.rec:7: %s: %s", rows[i].field, rows[i].bad ? rows[i].bad : "");
        EXPECT_TEXT(err.text, rows[i].bad ? want : "");
    }
}

/* Every form of the list has a good row and a bad one above. */
static void every_form_is_tested(void **state)
{
    (void)state;
    for (int f = PTN_FORM_NAME; f <= PTN_FORM_DATED; f++) {
        bool good = false, bad = false;
        for (size_t i = 0; i < COUNT(rows); i++) {
            int id = ptn_field_find(rows[i].type, rows[i].field);
            if (id < 0 || (int)ptn_field_info((enum ptn_field)id)->form != f)
                continue;
            good |= !rows[i].bad;
            bad |= rows[i].bad != NULL;
        }
        AT("form %d", f);
        EXPECT(good && bad);
    }
}

static void which_record_has_which(void **state)
{
    (void)state;
    assert_int_equal(ptn_field_find(S, "Service"), PTN_FIELD_SERVICE);
    assert_int_equal(ptn_field_find(M, "Service"), -ENOENT);
    assert_int_equal(ptn_field_find(K, "Service"), -ENOENT);
    assert_int_equal(ptn_field_find(M, "Safe"), -ENOENT);
    assert_int_equal(ptn_field_find(S, "Role"), -ENOENT);
    assert_int_equal(ptn_field_find(K, "Source"), -ENOENT);
    assert_int_equal(ptn_field_find(S, "service"), -ENOENT);
    assert_int_equal(ptn_field_find(S, ""), -ENOENT); /* the registry's fields have no word and no record holds them */
    assert_int_equal(ptn_field_find(S | M | K, ""), -ENOENT);
    assert_int_equal(ptn_field_find(S, "Servic"), -ENOENT);
}

static void the_list_is_sound(void **state)
{
    (void)state;
    for (int f = 0; f < PTN_FIELD_COUNT; f++) {
        const struct ptn_field_info *info = ptn_field_info((enum ptn_field)f);
        AT("%s", info->json);
        EXPECT(*info->json && *info->help);
        EXPECT_INT(info->required & ~info->where, 0);
        EXPECT_INT(info->form == PTN_FORM_CHOICE, *info->choices != '\0');
        EXPECT_INT(ptn_field_repeats((enum ptn_field)f), f == PTN_FIELD_ERRATUM || f == PTN_FIELD_SAFE_2001);
        for (const char *p = info->json; *p; p++)
            EXPECT(islower((unsigned char)*p) || isdigit((unsigned char)*p) || *p == '_');
        for (int g = 0; g < f; g++)
            EXPECT(!(info->where & ptn_field_info((enum ptn_field)g)->where) ||
                   strcmp(info->word, ptn_field_info((enum ptn_field)g)->word) != 0);
    }
}

static void ratings(void **state)
{
    (void)state;
    assert_int_equal(ptn_rating_parse("Y"), PTN_RATING_SAFE);
    assert_int_equal(ptn_rating_parse("-"), PTN_RATING_LIMITED);
    assert_int_equal(ptn_rating_parse("N"), PTN_RATING_UNSAFE);
    assert_int_equal(ptn_rating_parse("?"), PTN_RATING_DEPENDS);
    assert_int_equal(ptn_rating_parse("N 23/tcp"), PTN_RATING_UNSAFE);
    assert_int_equal(ptn_rating_parse(""), -EINVAL);
    assert_int_equal(ptn_rating_parse(" "), -EINVAL);
    assert_int_equal(ptn_rating_parse("N?"), -EINVAL);
    assert_int_equal(ptn_rating_parse("n"), -EINVAL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_form),
        cmocka_unit_test(every_form_is_tested),
        cmocka_unit_test(which_record_has_which),
        cmocka_unit_test(the_list_is_sound),
        cmocka_unit_test(ratings),
    };
    return check_all(tests);
}

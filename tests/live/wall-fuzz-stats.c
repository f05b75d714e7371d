/* What the random rules are made of, and how many of them packets came to: the generator's own proof that it does not
 * only make rules that never match. */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "wall-fuzz.h"

#define WORDS_MAX 100

static struct {
    char word[24];
    unsigned long rules, hit, packets;
} words[WORDS_MAX];
static size_t n_words;

static void count(const char *word, size_t len, unsigned long packets)
{
    size_t i = 0;
    while (i < n_words && (strncmp(words[i].word, word, len) != 0 || words[i].word[len]))
        i++;
    if (i == WORDS_MAX || len >= sizeof(words[i].word))
        return;
    if (i == n_words) {
        memcpy(words[i].word, word, len);
        n_words++;
    }
    words[i].rules++;
    words[i].hit += packets > 0;
    words[i].packets += packets;
}

static unsigned long packets_of(json_t *rule)
{
    size_t i;
    json_t *stmt, *counter;
    json_array_foreach(json_object_get(rule, "expr"), i,
                       stmt) if ((counter = json_object_get(stmt, "counter"))) return (unsigned long)
        json_integer_value(json_object_get(counter, "packets"));
    return 0;
}

void stats_collect(void)
{
    static const char *const argv[] = {"nft", "-j", "list", "ruleset", NULL};
    char *text = NULL;
    size_t i;
    json_t *item;
    run(argv, NULL, &text, NULL);
    json_t *all = json_loads(text, 0, NULL);
    json_array_foreach(json_object_get(all, "nftables"), i, item)
    {
        json_t *rule = json_object_get(item, "rule");
        const char *comment = json_string_value(json_object_get(rule, "comment"));
        for (size_t len; comment && *comment; comment += len + (comment[len] == ' ')) {
            len = strcspn(comment, " ");
            count(comment, len, packets_of(rule));
        }
    }
    json_decref(all);
    free(text);
}

void stats_print(void)
{
    printf("%-16s %8s %8s %10s\n", "CONSTRUCT", "RULES", "HIT", "PACKETS");
    for (size_t i = 0; i < n_words; i++)
        printf("%-16s %8lu %8lu %10lu\n", words[i].word, words[i].rules, words[i].hit, words[i].packets);
}

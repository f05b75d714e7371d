/* Intents, and the rulesets written from them: whatever was read, a line of the text has whole quotes, and foreign text
 * stays where it belongs. */
#include "fuzz.h"

#include <errno.h>
#include <netinet/in.h>

#include "judge/intent.h"
#include "wall/prove.h"

static struct ptn_chart *chart;
static size_t told;

static void count(void *ctx, const char *text)
{
    (void)ctx;
    require(strncmp(text, "fuzz:", 5) == 0);
    told++;
}

static void check_line(const char *line, size_t len)
{
    size_t quotes = 0;
    for (size_t i = 0; i < len; i++) {
        quotes += line[i] == '"';
        require((unsigned char)line[i] >= ' ' || line[i] == '\t');
    }
    if (line[0] == '#' || (len > 1 && line[1] == '#'))
        require(quotes == 0);
    require(quotes % 2 == 0);
    const char *comment = memmem(line, len, "comment \"", 9);
    require(!comment || (size_t)(line + len - comment) <= 9 + 127 + 1);
}

static void check_text(const char *text, size_t len)
{
    require(strlen(text) == len && len > 0 && text[len - 1] == '\n');
    for (const char *at = text; *at;) {
        size_t n = strcspn(at, "\n");
        check_line(at, n);
        at += n + 1;
    }
}

static void check_policy(const struct ptn_policy *p)
{
    struct ptn_err err;
    struct ptn_expected e;
    char *text;
    size_t len;
    int r = ptn_policy_text(p, &text, &len, &err);
    require(r == 0 || r == -E2BIG);
    if (r < 0)
        return;
    check_text(text, len);
    free(text);
    require(ptn_expected_make(&e, p, AF_INET) == 0);
    ptn_expected_release(&e);
    require(ptn_expected_make(&e, p, AF_INET6) == 0);
    ptn_expected_release(&e);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct ptn_chart_opts plain = {.builtin_only = true};
    const struct ptn_intent_opts all = {.today = "2026-11-23", .complain = count}, first = {.today = NULL};
    struct ptn_policy p;
    struct ptn_err err = {""};
    if (!chart)
        require(ptn_chart_open(&chart, &plain, NULL) == 0);
    told = 0;
    int r = ptn_intent_read(&p, chart, "fuzz", (const char *)data, size, &all, &err);
    require(r == 0 ? told == 0 : r == -EINVAL && told > 0 && strncmp(err.text, "fuzz:", 5) == 0);
    if (r == 0) {
        check_policy(&p);
        ptn_policy_release(&p);
    }
    r = ptn_intent_read(&p, chart, "fuzz", (const char *)data, size, &first, &err); /* all of it still holds */
    require(r == 0 || r == -EINVAL);
    if (r == 0) {
        check_policy(&p);
        ptn_policy_release(&p);
    }
    return 0;
}

/* Feeds the registry's readers: whatever comes in, what they sink is sound, and a refusal has its sentence.
 *     clang -fsanitize=fuzzer,address,undefined ... && ./fuzz_iana tests/fuzz/corpus/iana
 */
#include <stdlib.h>
#include <string.h>

#include "chart/iana.h"

static void require(bool sound)
{
    if (!sound)
        abort();
}

static void check_text(const char *text)
{
    require(text != NULL);
    for (; *text; text++)
        require((unsigned char)*text >= 0x20 && *text != 0x7f);
}

static int check(void *ctx, const struct ptn_assignment *a)
{
    const char *const texts[] = {a->name,      a->description,  a->assignee, a->date,   a->modified,
                                 a->reference, a->unauthorized, a->note,     a->witness};

    (void)ctx;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        check_text(texts[i]);
    require(a->lo <= a->hi);
    require(a->proto >= -1 && a->proto < PTN_PROTO_PORTED);
    require((a->state == PTN_ASSIGNED) == (*a->name != '\0'));
    require(a->line > 0);
    return 0;
}

static void check_result(int rc, const struct ptn_iana_info *info, const struct ptn_err *err)
{
    require(rc <= 0);
    require(rc == 0 || strncmp(err->text, "fuzz:", 5) == 0);
    require(info->assigned + info->without_port <= info->rows);
    check_text(info->updated);
    check_text(info->newest);
    check_text(info->title);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ptn_iana_info info;
    struct ptn_err err = {""};
    int rc = ptn_iana_read("fuzz", (const char *)data, size, check, NULL, &info, &err);

    check_result(rc, &info, &err);
    err.text[0] = '\0';
    rc = ptn_registry_tsv_read("fuzz", (const char *)data, size, check, NULL, &info, &err);
    check_result(rc, &info, &err);
    return 0;
}

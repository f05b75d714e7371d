/* A log of columns, by each product that writes such. */
#include "fuzz_log_lines.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct ptn_format *const formats[] = {&ptn_format_filterlog, &ptn_format_panos,
                                                       &ptn_format_zeek,      &ptn_format_aws_vpc,
                                                       &ptn_format_pfirewall, &ptn_format_nfdump};
    fuzz_lines(formats, sizeof(formats) / sizeof(*formats), data, size);
    return 0;
}

/* A log of JSON, by each product that writes such. */
#include "fuzz_log_lines.h"

#include "source/log/json.h"

/* A walk ends, and never leaves its bounds. */
static void walk(const uint8_t *data, size_t size)
{
    struct ptn_json json;
    enum ptn_json_piece piece;
    size_t pieces = 0;
    ptn_json_begin(&json, (struct ptn_slice){(const char *)data, size});
    while ((piece = ptn_json_next(&json)) != PTN_JSON_END && piece != PTN_JSON_BAD) {
        require(++pieces <= size);
        require(json.depth < PTN_JSON_DEPTH && json.path_len < PTN_JSON_PATH && json.path[json.path_len] == '\0');
        if (piece == PTN_JSON_VALUE)
            require(json.value.at + json.value.len <= (const char *)data + size);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct ptn_format *const formats[] = {
        &ptn_format_suricata,    &ptn_format_aws_firewall, &ptn_format_zeek_json,      &ptn_format_gcp,
        &ptn_format_azure_flow,  &ptn_format_cato,         &ptn_format_ulogd_json,     &ptn_format_nfdump_json,
        &ptn_format_ecs,         &ptn_format_oci,          &ptn_format_azure_firewall, &ptn_format_panos_json,
        &ptn_format_aws_vpc_json};
    walk(data, size);
    fuzz_lines(formats, sizeof(formats) / sizeof(*formats), data, size);
    return 0;
}

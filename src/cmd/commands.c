/* The table of commands. */
#include "cmd.h"

const struct ptn_command ptn_commands[] = {
#define X(name, args, summary, options) {#name, args, summary, options, ptn_cmd_##name},
    PTN_COMMANDS(X)
#undef X
        {NULL, NULL, NULL, 0, NULL},
};

/* The table of commands. */
#include "cmd.h"

#define TABLE_OPTS (PTN_OPT(JSON) | PTN_OPT(OUTPUT) | PTN_OPT(RAW) | PTN_OPT(NO_HEADINGS))

const struct ptn_command ptn_commands[] = {
    {"lookup", "[PORT[/PROTO]|NAME...]", "who claims a port, is it safe, and what to do",
     PTN_OPT(JSON) | PTN_OPT(ALL) | PTN_OPT(AS_OF) | PTN_OPT(WHY), ptn_cmd_lookup},
    {"search", "WORD...|KEY=VALUE...", "find services by words in their names, titles and advice",
     TABLE_OPTS | PTN_OPT(COUNT), ptn_cmd_search},
    {"free", "", "propose ports that nobody claims, uses or could be handed", PTN_OPT(JSON) | PTN_OPT(NEAR) | PTN_OPT(COUNT),
     ptn_cmd_free},
    {"audit", "", "what listens on this machine, how far it can be reached, is that safe",
     TABLE_OPTS | PTN_OPT(WHY) | PTN_OPT(SAVE) | PTN_OPT(AGAINST) | PTN_OPT(ALLOW), ptn_cmd_audit},
    {"chart", "list|check|export|import [FILE...]", "the book itself: list it, check an overlay, export, import a registry",
     TABLE_OPTS | PTN_OPT(FORMAT), ptn_cmd_chart},
    {NULL, NULL, NULL, 0, NULL},
};

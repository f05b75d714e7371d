/* The compiled chart and registry, put into read-only pages as they are: no parsing and no relocation at start. */
#include "chart.h"

#define BOOK(symbol, file)                                                                                             \
    __asm__(".section .rodata\n"                                                                                       \
            ".balign 64\n"                                                                                             \
            ".globl " #symbol "\n"                                                                                     \
            ".globl " #symbol "_end\n"                                                                                 \
            ".hidden " #symbol "\n"                                                                                    \
            ".hidden " #symbol "_end\n" #symbol ":\n"                                                                  \
            ".incbin \"" file "\"\n" #symbol "_end:\n"                                                                 \
            ".byte 0\n"                                                                                                \
            ".previous\n")

BOOK(ptn_builtin_chart, PTN_CHART_BOOK);
BOOK(ptn_builtin_registry, PTN_REGISTRY_BOOK);

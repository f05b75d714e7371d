/* The reader of lines that begin as one before them did, for every processor. */
#include <stdbool.h>

static bool is_able(void)
{
    return true;
}

#define LEVEL_NAME "plain"
#define READER ptn_again_plain
#include "netfilter_again_read.h"

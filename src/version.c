#include "portolan.h"

const char *ptn_version(void)
{
    return PTN_VERSION;
}

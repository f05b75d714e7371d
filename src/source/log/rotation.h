/* What the name of a log says of its age: "fw.log.2.gz" is older than "fw.log.1", which is older than "fw.log". */
#ifndef PTN_SOURCE_LOG_ROTATION_H
#define PTN_SOURCE_LOG_ROTATION_H

#include <stdint.h>

#define PTN_ROTATION_NAME 256

struct ptn_rotation {
    char family[PTN_ROTATION_NAME]; /* the name without what tells its members apart: "fw.log" */
    uint64_t rank;                  /* of two of a family the one with the smaller rank is older */
};

void ptn_rotation_read(const char *name, struct ptn_rotation *ret);

#endif

/* Files of systemd units: where they lie, and their lines. */
#ifndef PTN_HOST_UNITFILE_H
#define PTN_HOST_UNITFILE_H

#include <limits.h>
#include <stdbool.h>

#define PTN_UNIT_DIRS 5
#define PTN_UNIT_MAX ((size_t)256 * 1024)              /* of one unit's file */
extern const char *const ptn_unit_dirs[PTN_UNIT_DIRS]; /* where units are looked for, the strongest first */

/* Called with each assignment of a section. */
typedef void (*ptn_unit_each)(void *ctx, const char *key, const char *value);

/* Reads the assignments of one section; the text is changed in place. */
void ptn_unit_parse(char *text, const char *section, ptn_unit_each each, void *ctx);

/* Finds a unit's file and hands its assignments on, then those of its drop-ins in their order if `drop_ins`.
 * `path` gets the file's path without the root. Result: 0, 1 if the unit is masked or an alias of another,
 * or -errno. */
int ptn_unit_load(const char *root, const char *name, const char *section, bool drop_ins, ptn_unit_each each, void *ctx,
                  char path[static PATH_MAX]);

#endif

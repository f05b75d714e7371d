/* What inetd and xinetd are configured to listen for. */
#ifndef PTN_HOST_INETD_H
#define PTN_HOST_INETD_H

#include "units.h"

/* One service of a super-server. Strings are "" where unknown. */
struct ptn_super {
    struct ptn_place place; /* port 0 where the name is in no /etc/services here */
    const char *name;       /* as the file says it, "" if it is a number */
    const char *file;       /* without the root */
    const char *user, *exe, *command;
    bool xinetd;
};

/* Read the text of a configuration file, which is changed in place, and add to `supers` (struct ptn_super).
 * xinetd: names of further files and folders are added to `more` (struct ptn_more); services that the defaults
 * disable stay until ptn_xinetd_read(). Result: 0 or -ENOMEM. */
int ptn_inetd_parse(struct ptn_snapshot *s, char *text, const char *file, struct ptn_array *supers);
struct ptn_more {
    char path[256];
    bool is_folder;
};
struct ptn_xinetd {
    struct ptn_array more;     /* struct ptn_more */
    struct ptn_array disabled; /* const char *: ids in `defaults { disabled = }` */
    struct ptn_array enabled;  /* const char *: if any, only these run */
    struct ptn_array ids;      /* const char *: one for each of supers */
};
int ptn_xinetd_parse(struct ptn_snapshot *s, char *text, const char *file, struct ptn_array *supers,
                     struct ptn_xinetd *x);

/* Read all there is below `root`. Result: 0 or -ENOMEM. */
int ptn_inetd_read(struct ptn_snapshot *s, const char *root, struct ptn_array *supers);
int ptn_xinetd_read(struct ptn_snapshot *s, const char *root, struct ptn_array *supers);

/* The port of a service by number or by /etc/services, or 0. */
uint16_t ptn_super_port(const char *name, enum ptn_proto);

/* Reads one file of a super-server, "" or another folder before its path. Caller frees *ret. Result: 1 with its text, 0
 * where there is none or it cannot be read (which is noted), -ENOMEM. */
int ptn_super_file(struct ptn_snapshot *, const char *root, const char *file, char **ret);

#endif

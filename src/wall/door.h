/* Ways into another network namespace. */
#ifndef PTN_WALL_DOOR_H
#define PTN_WALL_DOOR_H

#include "tool.h"

/* What to enter, the user namespace first; -1: nothing. */
struct ptn_door_fds {
    int user, net;
};
#define PTN_DOOR_SHUT                                                                                                  \
    {                                                                                                                  \
        -1, -1                                                                                                         \
    }

/* Opens them. NULL is where we are. Result: 0; -EPERM, -ESRCH or -EIO with a sentence. Caller closes, in any case. */
int ptn_door_open(struct ptn_door_fds *, const struct ptn_door *, struct ptn_err *err);
void ptn_door_close(struct ptn_door_fds *);

/* Moves the calling thread into the door's network namespace, for good. Results as above. */
int ptn_door_enter(const char *net, struct ptn_err *err);

/* Why the door could not be gone through, by errno, as a result with its sentence. */
int ptn_door_refused(const char *door, int code, struct ptn_err *err);

#endif

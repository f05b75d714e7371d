#include "library.h"

#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <string.h>

static int load(struct ptn_library *l, struct ptn_err *err)
{
    void **to = l->functions, *handle = dlopen(l->file, RTLD_NOW | RTLD_LOCAL);
    if (!handle)
        return ptn_fail(err, -ENOENT, "%s is not there", l->file);
    for (const char *name = l->names; *name; name += strlen(name) + 1) {
        *to = dlsym(handle, name);
        if (!*to++) {
            dlclose(handle);
            return ptn_fail(err, -ENOSYS, "%s has no %s()", l->file, name);
        }
    }
    l->loaded = true;
    return 0;
}

int ptn_library_load(struct ptn_library *l, struct ptn_err *err)
{
    static pthread_mutex_t one = PTHREAD_MUTEX_INITIALIZER;
    pthread_mutex_lock(&one);
    int r = l->loaded ? 0 : load(l, err);
    pthread_mutex_unlock(&one);
    return r;
}

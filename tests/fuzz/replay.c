/* Replays a corpus through a fuzz target, without libFuzzer: replay FILE|FOLDER... A crash is a failure. */
#include <dirent.h>
#include <stdio.h>
#include <sys/stat.h>

#include "base/file.h"
#include "fuzz.h"

#define INPUT_MAX (1u << 20)

static unsigned passed, failed;

static void replay_file(const char *path)
{
    char *text;
    size_t len;
    if (ptn_file_read(path, INPUT_MAX, &text, &len) < 0) {
        fprintf(stderr, "%s: cannot be read\n", path);
        failed++;
        return;
    }
    uint8_t *exact = malloc(len ? len : 1); /* so that a sanitizer sees a step beyond the end */
    require(exact != NULL);
    memcpy(exact, text, len);
    free(text);
    fprintf(stderr, "%s\n", path);
    LLVMFuzzerTestOneInput(exact, len);
    free(exact);
    passed++;
}

static int is_shown(const struct dirent *e)
{
    return e->d_name[0] != '.';
}

static void replay(const char *path)
{
    struct dirent **list;
    int n = scandir(path, &list, is_shown, alphasort);
    if (n < 0) {
        replay_file(path);
        return;
    }
    for (int i = 0; i < n; i++) {
        char file[4096];
        snprintf(file, sizeof(file), "%s/%s", path, list[i]->d_name);
        replay_file(file);
        free(list[i]);
    }
    free(list);
}

int main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++)
        replay(argv[i]);
    if (!passed)
        failed++;
    printf("%u passed, %u failed\n", passed, failed);
    return failed != 0;
}

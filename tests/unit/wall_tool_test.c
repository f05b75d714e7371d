/* Tools of the system as children: what they say, how they end, what they are kept from, and a namespace to try in. */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include "check.h"
#include "wall/tool.h"

#define MANY ((size_t)3 << 20)

static char folder[] = "/tmp/ptn-tool-XXXXXX";

/* A tool of the test's own: a script in a folder that PATH begins with. */
static void script(const char *name, const char *body)
{
    char path[128];
    snprintf(path, sizeof(path), "%s/%s", folder, name);
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    fprintf(f, "#!/bin/sh\n%s\n", body);
    fclose(f);
    assert_int_equal(chmod(path, 0755), 0);
}

static int run(const char *name, const char *body, const char *text, size_t len, char **ret, size_t *n,
               struct ptn_err *err)
{
    const char *const argv[] = {name, "one", NULL};
    script(name, body);
    return ptn_tool_run(NULL, argv, text, len, MANY, ret, n, err);
}

static void test_says(void **state)
{
    (void)state;
    struct ptn_err err = {""};
    char *out = NULL;
    size_t n = 0;
    assert_int_equal(run("t-says", "echo \"$1 $LC_ALL $#\"; echo aside >&2", NULL, 0, &out, &n, &err), 0);
    assert_string_equal(out, "one C 1\n");
    assert_int_equal(n, 8);
    free(out);
    assert_int_equal(run("t-null", "cat; echo end", NULL, 0, &out, &n, &err), 0);
    assert_string_equal(out, "end\n");
    free(out);
    assert_int_equal(run("t-waste", "head -c 9000000 /dev/zero", NULL, 0, NULL, NULL, &err), 0);
}

static void test_fed(void **state)
{
    (void)state;
    struct ptn_err err = {""};
    char *out = NULL, *text = malloc(MANY);
    size_t n = 0;
    memset(text, 'a', MANY);
    assert_int_equal(run("t-fed", "wc -c < /dev/stdin", text, MANY, &out, &n, &err), 0);
    assert_int_equal(strtoul(out, NULL, 10), MANY);
    free(out);
    assert_int_equal(run("t-empty", "wc -c", "", 0, &out, &n, &err), 0);
    assert_int_equal(strtoul(out, NULL, 10), 0);
    free(out);
    free(text);
}

/* Feeding a tool that is gone is an error, and its own words are the better sentence. */
static void test_dead(void **state)
{
    (void)state;
    struct ptn_err err = {""};
    char *text = calloc(1, MANY);
    sigset_t pending;
    assert_int_equal(run("t-dead", "exec <&-; echo 'no rules today' >&2; exit 3", text, MANY, NULL, NULL, &err), -EIO);
    assert_string_equal(err.text, "t-dead: no rules today");
    assert_int_equal(run("t-lazy", "exec <&-; exit 0", text, MANY, NULL, NULL, &err), -EPIPE);
    assert_string_equal(err.text, "t-lazy: Broken pipe");
    sigpending(&pending);
    assert_false(sigismember(&pending, SIGPIPE));
    free(text);
}

/* Floods of messages block neither side, whichever is read. */
static void test_flood(void **state)
{
    (void)state;
    struct ptn_err err = {""};
    char *out = NULL, *text = calloc(1, MANY);
    size_t n = 0;
    const char *flood = "head -c 2000000 /dev/zero >&2; head -c 1000000 /dev/zero; head -c 2000000 /dev/zero >&2";
    assert_int_equal(run("t-flood", flood, NULL, 0, &out, &n, &err), 0);
    assert_int_equal(n, 1000000);
    free(out);
    const char *fed = "head -c 2000000 /dev/zero >&2; cat >/dev/null";
    assert_int_equal(run("t-flood-fed", fed, text, MANY, NULL, NULL, &err), 0);
    free(text);
}

static void test_failures(void **state)
{
    (void)state;
    struct ptn_err err = {""};
    char *out = NULL;
    size_t n = 0;
    const char *const nft[] = {"t-none", NULL};
    assert_int_equal(ptn_tool_run(NULL, nft, NULL, 0, 100, NULL, NULL, &err), -ENOENT);
    assert_string_equal(err.text, "t-none: not found");
    assert_int_equal(
        run("t-bad", "printf '# aside\\n\\na\\033[1m\\twrong\\nline\\n' >&2; exit 1", NULL, 0, NULL, NULL, &err), -EIO);
    assert_string_equal(err.text, "t-bad: a?[1m?wrong");
    assert_int_equal(run("t-perm", "echo 'Error: Operation not permitted' >&2; exit 1", NULL, 0, NULL, NULL, &err),
                     -EPERM);
    assert_int_equal(run("t-mute", "exit 7", NULL, 0, NULL, NULL, &err), -EIO);
    assert_string_equal(err.text, "t-mute: ended with status 7");
    assert_int_equal(run("t-killed", "kill -9 $$", NULL, 0, NULL, NULL, &err), -EIO);
    assert_string_equal(err.text, "t-killed: ended by signal 9");
    assert_int_equal(run("t-endless", "exec cat /dev/zero", NULL, 0, &out, &n, &err), -EFBIG);
    assert_string_equal(err.text, "t-endless: it says more than we take");
}

static void test_doors(void **state)
{
    (void)state;
    struct ptn_err err = {""};
    const char *const argv[] = {"true", NULL};
    struct ptn_door none = {.net = "/run/netns/ptn-there-is-none"}, file = {.net = "/proc/self/stat"};
    struct ptn_door own = {.net = "/proc/self/ns/net", .user = "/proc/self/ns/user"};
    assert_int_equal(ptn_tool_run(&none, argv, NULL, 0, 9, NULL, NULL, &err), -ESRCH);
    assert_string_equal(err.text, "network namespace /run/netns/ptn-there-is-none: it is not there");
    assert_true(ptn_tool_run(&file, argv, NULL, 0, 9, NULL, NULL, &err) < 0);
    assert_int_equal(ptn_tool_run(&own, argv, NULL, 0, 9, NULL, NULL, &err), 0);
}

/* Stops half-way: what the tool still says is heard, or it is ended. */
static void test_left(void **state)
{
    (void)state;
    struct ptn_err err = {""};
    struct ptn_tool t;
    char buf[16];
    const char *const some[] = {"t-some", NULL}, *const endless[] = {"t-endless", NULL};
    script("t-endless", "exec cat /dev/zero");
    script("t-some", "head -c 500000 /dev/zero; echo late >&2; exit 1");
    assert_int_equal(ptn_tool_start(&t, NULL, some, false, &err), 0);
    assert_true(ptn_tool_pull(&t, buf, sizeof(buf)) > 0);
    assert_int_equal(ptn_tool_finish(&t, &err), -EIO);
    assert_string_equal(err.text, "t-some: late");
    assert_int_equal(ptn_tool_finish(&t, &err), 0);
    assert_int_equal(ptn_tool_start(&t, NULL, endless, false, &err), 0);
    assert_true(ptn_tool_pull(&t, buf, sizeof(buf)) > 0);
    assert_int_equal(ptn_tool_finish(&t, &err), 0);
}

/* Nothing of ours is open in a tool, and what we block or ignore is not so there. */
static void test_clean(void **state)
{
    (void)state;
    struct ptn_err err = {""};
    char *out = NULL;
    size_t n = 0;
    int stray = open("/dev/null", O_RDONLY); /* deliberately without O_CLOEXEC */
    signal(SIGUSR1, SIG_IGN);
    assert_int_equal(run("t-fds", "exec ls /proc/self/fd", NULL, 0, &out, &n, &err), 0);
    assert_string_equal(out, "0\n1\n2\n3\n"); /* the last is the folder */
    free(out);
    assert_int_equal(run("t-signals", "exec grep -E 'Sig(Ign|Blk)' /proc/self/status", NULL, 0, &out, &n, &err), 0);
    unsigned long long blocked = 1, ignored = 1;
    assert_int_equal(sscanf(out, "SigBlk: %llx SigIgn: %llx", &blocked, &ignored), 2);
    assert_true(blocked == 0);
    assert_true((ignored & ~(3ULL << 31)) == 0); /* 32 and 33 are the C library's, as whoever started us left them */
    free(out);
    signal(SIGUSR1, SIG_DFL);
    close(stray);
}

static pid_t started;

static void *start_sleeper(void *arg)
{
    const char *const argv[] = {"sleep", "600", NULL};
    struct ptn_tool *t = arg;
    assert_int_equal(ptn_tool_start(t, NULL, argv, false, NULL), 0);
    started = t->pid;
    return NULL;
}

static void test_dies_with_us(void **state)
{
    (void)state;
    struct ptn_tool t;
    struct ptn_err err = {""};
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, start_sleeper, &t), 0);
    pthread_join(thread, NULL);
    assert_int_equal(ptn_tool_finish(&t, &err), -EIO);
    assert_string_equal(err.text, "sleep: ended by signal 9");
}

static void test_scratch(void **state)
{
    (void)state;
    struct ptn_err err = {""};
    struct ptn_scratch a, b;
    const char *const argv[] = {"cat", "/proc/net/dev", NULL};
    const char *const up[] = {"t-up", NULL};
    char *out = NULL;
    size_t n = 0;
    int r = ptn_scratch_open(&a, &err);
    if (r == -EPERM)
        SKIP(err.text);
    assert_int_equal(r, 0);
    struct ptn_door door = {a.net, a.user};
    assert_int_equal(ptn_scratch_open(&b, &err), 0);
    assert_int_equal(ptn_tool_run(&door, argv, NULL, 0, MANY, &out, &n, &err), 0);
    assert_non_null(strstr(out, "lo:"));
    free(out);
    script("t-up", "ls -l /proc/self/ns/net | grep -o 'net:.*'");
    assert_int_equal(ptn_tool_run(&door, up, NULL, 0, MANY, &out, &n, &err), 0);
    char own[64] = "";
    assert_true(readlink("/proc/self/ns/net", own, sizeof(own) - 1) > 0);
    assert_int_equal(strncmp(out, "net:[", 5), 0);
    assert_int_not_equal(strncmp(out, own, strlen(own)), 0);
    free(out);
    /* closing the first must not wait for the second, nor leave it without its keeper */
    pid_t pid = a.pid;
    ptn_scratch_close(&a);
    assert_int_equal(kill(pid, 0), -1);
    assert_int_equal(ptn_tool_run(&door, up, NULL, 0, MANY, NULL, NULL, &err), -ESRCH);
    door = (struct ptn_door){b.net, b.user};
    assert_int_equal(ptn_tool_run(&door, up, NULL, 0, MANY, NULL, NULL, &err), 0);
    ptn_scratch_close(&b);
    ptn_scratch_close(&b);
}

static int prepare(void **state)
{
    (void)state;
    char path[4096];
    if (!mkdtemp(folder))
        return -1;
    snprintf(path, sizeof(path), "%s:%s", folder, getenv("PATH"));
    return setenv("PATH", path, 1);
}

static int clean(void **state)
{
    (void)state;
    char command[64];
    snprintf(command, sizeof(command), "rm -r %s", folder);
    return system(command);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_says),    cmocka_unit_test(test_fed),   cmocka_unit_test(test_dead),
        cmocka_unit_test(test_flood),   cmocka_unit_test(test_left),  cmocka_unit_test(test_failures),
        cmocka_unit_test(test_doors),   cmocka_unit_test(test_clean), cmocka_unit_test(test_dies_with_us),
        cmocka_unit_test(test_scratch),
    };
    return check_all_in(tests, prepare, clean);
}

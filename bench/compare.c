/*
 * Times whole processes against each other, in turn (A B A B ...), so that a machine whose speed drifts does so for
 * both.
 *
 *     compare RUNS 'COMMAND A' 'COMMAND B'
 *
 * Prints one line: median seconds of A and of B, the median of the ratios A/B pair by pair, the larger peak memory of A
 * in kilobytes, the median of the differences A-B pair by pair. Commands are split at blanks and given no shell; what
 * they print is thrown away.
 */
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>

extern char **environ;

#define RUNS_MAX 2000
#define WORDS_MAX 64

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void split(char *text, char **words)
{
    size_t n = 0;
    for (char *save, *w = strtok_r(text, " ", &save); w && n + 1 < WORDS_MAX; w = strtok_r(NULL, " ", &save))
        words[n++] = w;
    words[n] = NULL;
}

static double run(char **words, posix_spawn_file_actions_t *quiet, long *peak)
{
    pid_t pid;
    struct rusage use;
    double start = now();
    int r = posix_spawnp(&pid, words[0], quiet, NULL, words, environ);
    if (r != 0) {
        fprintf(stderr, "compare: %s: %s\n", words[0], strerror(r));
        exit(2);
    }
    if (wait4(pid, NULL, 0, &use) < 0)
        exit(2);
    if (peak && use.ru_maxrss > *peak)
        *peak = use.ru_maxrss;
    return now() - start;
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(double *v, int n)
{
    qsort(v, (size_t)n, sizeof(*v), by_size);
    return v[n / 2];
}

int main(int argc, char **argv)
{
    static double a[RUNS_MAX], b[RUNS_MAX], ratio[RUNS_MAX], more[RUNS_MAX];
    char *first[WORDS_MAX], *second[WORDS_MAX];
    long peak = 0;
    int runs = argc == 4 ? atoi(argv[1]) : 0;
    if (runs < 1 || runs > RUNS_MAX) {
        fprintf(stderr, "usage: compare RUNS 'COMMAND A' 'COMMAND B'\n");
        return 2;
    }
    split(argv[2], first);
    split(argv[3], second);
    posix_spawn_file_actions_t quiet;
    posix_spawn_file_actions_init(&quiet);
    posix_spawn_file_actions_addopen(&quiet, 1, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_addopen(&quiet, 2, "/dev/null", O_WRONLY, 0);
    run(first, &quiet, NULL);
    run(second, &quiet, NULL);
    for (int i = 0; i < runs; i++) {
        a[i] = run(first, &quiet, &peak);
        b[i] = run(second, &quiet, NULL);
        ratio[i] = a[i] / b[i];
        more[i] = a[i] - b[i];
    }
    printf("%.6f %.6f %.6f %ld %.6f\n", median(a, runs), median(b, runs), median(ratio, runs), peak,
           median(more, runs));
    return 0;
}

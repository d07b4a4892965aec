/* Makes the n-th call of one kind fail with EIO, for files below one folder: a disk that goes bad (LD_PRELOAD).
 *
 * FAILING_FOLDER  absolute path
 * FAILING_CALL    write, pwrite, fsync, close, rename, or link, which is renaming without replacing
 * FAILING_FROM    number of the first call that fails, from 1
 * FAILING_COUNT   how many fail from there on
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static atomic_int calls;

static int is_below(const char *path) {
    const char *folder = getenv("FAILING_FOLDER");
    return folder != NULL && path != NULL && strncmp(path, folder, strlen(folder)) == 0;
}

static int is_file_below(int number) {
    char name[64], path[PATH_MAX];
    snprintf(name, sizeof name, "/proc/self/fd/%d", number);
    ssize_t length = readlink(name, path, sizeof path - 1);
    if (length < 0) return 0;
    path[length] = 0;
    return is_below(path);
}

static int fails(const char *call) {
    const char *wanted = getenv("FAILING_CALL");
    if (wanted == NULL || strcmp(wanted, call) != 0) return 0;
    int from = atoi(getenv("FAILING_FROM")), count = atoi(getenv("FAILING_COUNT"));
    int number = atomic_fetch_add(&calls, 1) + 1;
    if (number < from || number >= from + count) return 0;
    errno = EIO;
    return 1;
}

#define NEXT(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

ssize_t write(int number, const void *bytes, size_t count) {
    return is_file_below(number) && fails("write") ? -1 : NEXT(write)(number, bytes, count);
}

ssize_t pwrite64(int number, const void *bytes, size_t count, off64_t offset) {
    return is_file_below(number) && fails("pwrite") ? -1 : NEXT(pwrite64)(number, bytes, count, offset);
}

ssize_t pwrite(int number, const void *bytes, size_t count, off_t offset) {
    return is_file_below(number) && fails("pwrite") ? -1 : NEXT(pwrite)(number, bytes, count, offset);
}

int fsync(int number) { return is_file_below(number) && fails("fsync") ? -1 : NEXT(fsync)(number); }

int fdatasync(int number) { return is_file_below(number) && fails("fsync") ? -1 : NEXT(fdatasync)(number); }

int close(int number) {
    int is_to_fail = is_file_below(number) && fails("close");
    int result = NEXT(close)(number);
    if (is_to_fail) errno = EIO;
    return is_to_fail ? -1 : result;
}

int rename(const char *from, const char *to) { return is_below(to) && fails("rename") ? -1 : NEXT(rename)(from, to); }

int link(const char *from, const char *to) { return is_below(to) && fails("link") ? -1 : NEXT(link)(from, to); }

int linkat(int from_folder, const char *from, int to_folder, const char *to, int flags) {
    return is_below(to) && fails("link") ? -1 : NEXT(linkat)(from_folder, from, to_folder, to, flags);
}

int renameat2(int from_folder, const char *from, int to_folder, const char *to, unsigned int flags) {
    return is_below(to) && fails("link") ? -1 : NEXT(renameat2)(from_folder, from, to_folder, to, flags);
}

/* A disk and a clock that fail when they are told to: loaded before libc by LD_PRELOAD, told by
 * numbers in a file that tests map as well (shim.py names them). What is no regular file (sockets,
 * pipes) and the standard streams are left alone. Where a file for it is named, each write and flush
 * is noted in their order, so that a test can tell what a power cut would have left. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

enum { SHIFT, SYNC, FULL, ROOM, SYNCS, SYNCS_FAILED, WRITES_FAILED, CLOCK_READS, WORDS };
enum { FAILS = 1, HANGS };

static _Atomic long nothing[WORDS];
static _Atomic long *told = nothing;

/* What is noted: a write with its bytes behind it, a change of length, a flush. */
enum { WROTE, CUT, SYNCED };
struct note { long kind, file, at, count; };

static int notes = -1;
static pthread_mutex_t turn = PTHREAD_MUTEX_INITIALIZER;

__attribute__((constructor)) static void begin(void) {
  const char *name = getenv("FAULTS_FILE");
  int file = name ? open(name, O_RDWR | O_CLOEXEC) : -1;
  const char *noted = getenv("WRITES_FILE");
  if (noted) notes = open(noted, O_WRONLY | O_APPEND | O_CLOEXEC);
  if (file < 0) return;
  void *at = mmap(0, WORDS * sizeof(long), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  if (at != MAP_FAILED) told = at;
  close(file);
}

#define NEXT(result, name, ...) \
  static result (*next)(__VA_ARGS__); \
  if (!next) next = (result(*)(__VA_ARGS__))dlsym(RTLD_NEXT, name)

static int is_file(int fd) {
  struct stat what;
  return fd > 2 && fstat(fd, &what) == 0 && S_ISREG(what.st_mode);
}

/* The disk says that it failed, and nothing was flushed; or it says nothing for as long as it hangs. */
static int sync_fails(int fd) {
  if (!is_file(fd)) return 0;
  told[SYNCS]++;
  while (told[SYNC] == HANGS) usleep(10000);
  if (told[SYNC] != FAILS) return 0;
  told[SYNCS_FAILED]++;
  errno = EIO;
  return 1;
}

/* How many of so many bytes there is room for; -1 where there is none. */
static ssize_t room_for(int fd, size_t count) {
  if (!told[FULL] || count == 0 || !is_file(fd)) return (ssize_t)count;
  long left = atomic_fetch_sub(&told[ROOM], (long)count);
  if (left >= (long)count) return (ssize_t)count;
  if (left > 0) return left; /* as much as still fits, as a disk does */
  told[WRITES_FAILED]++;
  errno = ENOSPC;
  return -1;
}

/* From here to the note nobody else writes, so that the notes are in the order of what they tell. */
static int noting(int fd) {
  if (notes < 0 || !is_file(fd)) return 0;
  pthread_mutex_lock(&turn);
  return 1;
}

static void note(long kind, int fd, long at, const void *bytes, long count) {
  int failed = errno;
  struct stat what;
  if (count >= 0 && fstat(fd, &what) == 0) {
    struct note head = {kind, (long)what.st_ino, at, count};
    struct iovec parts[] = {{&head, sizeof head}, {(void *)bytes, bytes ? (size_t)count : 0}};
    if (syscall(SYS_writev, notes, parts, 2) < 0) abort();
  }
  pthread_mutex_unlock(&turn);
  errno = failed;
}

static int sync_with(int (*sync)(int), int fd) {
  if (sync_fails(fd)) return -1;
  int noted = noting(fd), result = sync(fd);
  if (noted) note(SYNCED, fd, 0, 0, result == 0 ? 0 : -1);
  return result;
}

int fsync(int fd) {
  NEXT(int, "fsync", int);
  return sync_with(next, fd);
}

int fdatasync(int fd) {
  NEXT(int, "fdatasync", int);
  return sync_with(next, fd);
}

int ftruncate64(int fd, off64_t length) {
  NEXT(int, "ftruncate64", int, off64_t);
  int noted = noting(fd), result = next(fd, length);
  if (noted) note(CUT, fd, length, 0, result == 0 ? 0 : -1);
  return result;
}

int ftruncate(int fd, off_t length) { return ftruncate64(fd, length); }

ssize_t write(int fd, const void *bytes, size_t count) {
  NEXT(ssize_t, "write", int, const void *, size_t);
  ssize_t fits = room_for(fd, count);
  if (fits < 0) return -1;
  int noted = noting(fd);
  long at = noted ? lseek(fd, 0, SEEK_CUR) : 0;
  ssize_t written = next(fd, bytes, (size_t)fits);
  if (noted) note(WROTE, fd, at, bytes, written);
  return written;
}

ssize_t pwrite64(int fd, const void *bytes, size_t count, off64_t at) {
  NEXT(ssize_t, "pwrite64", int, const void *, size_t, off64_t);
  ssize_t fits = room_for(fd, count);
  if (fits < 0) return -1;
  int noted = noting(fd);
  ssize_t written = next(fd, bytes, (size_t)fits, at);
  if (noted) note(WROTE, fd, at, bytes, written);
  return written;
}

ssize_t pwrite(int fd, const void *bytes, size_t count, off_t at) {
  return pwrite64(fd, bytes, count, at);
}

ssize_t writev(int fd, const struct iovec *parts, int count) {
  NEXT(ssize_t, "writev", int, const struct iovec *, int);
  size_t sum = 0;
  for (int part = 0; part < count; part++) sum += parts[part].iov_len;
  return room_for(fd, sum) < 0 ? -1 : next(fd, parts, count);
}

static long shift(void) {
  told[CLOCK_READS]++;
  return told[SHIFT];
}

int clock_gettime(clockid_t clock, struct timespec *now) {
  NEXT(int, "clock_gettime", clockid_t, struct timespec *);
  int failed = next(clock, now);
  if (!failed && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE))
    now->tv_sec += shift();
  return failed;
}

int gettimeofday(struct timeval *now, void *zone) {
  NEXT(int, "gettimeofday", struct timeval *, void *);
  int failed = next(now, zone);
  if (!failed) now->tv_sec += shift();
  return failed;
}

time_t time(time_t *to) {
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  if (to) *to = now.tv_sec;
  return now.tv_sec;
}

#include <fcntl.h>
#include <linux/fs.h>
#include <sqlite3.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

/// Lets SQLite count its memory no more. To be called before SQLite's first use in the process; later it changes nothing and returns
/// SQLITE_MISUSE. Swift does not see variadic functions, hence this one.
static inline int countNoSQLiteMemory(void) { return sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0); }

/// Has SQLite keep in memory whatever a savepoint may have to put back; by itself it writes that into a temporary file beyond 64 KiB. A limit cannot be
/// chosen between: SQLite writes what it had in memory till then as one block, and takes one of more than 128 KiB for a full disk (a write's length is cut to
/// its low 17 bits, and what is left has none of them; seen in 3.40.1). To be called as the one above.
static inline int keepStatementJournalsInMemory(void) { return sqlite3_config(SQLITE_CONFIG_STMTJRNL_SPILL, -1); }

/// As pread(2), of what is in memory alone; -1 where it is not, or the kernel or file system cannot tell.
static inline ssize_t readFromMemory(int file, void *buffer, size_t count, off_t offset) {
    struct iovec place = {buffer, count};
    // preadv2(2), which the C library declares for GNU sources alone.
    return syscall(SYS_preadv2, (long)file, &place, 1L, (long)offset, (long)((unsigned long long)offset >> 32), (long)RWF_NOWAIT);
}

/// As pread(2). What is in no memory is read with the 64 KiB around it.
static inline ssize_t readWithSurroundings(int file, void *buffer, size_t count, off_t offset) {
    enum { WINDOW = 64 * 1024 };
    if (readFromMemory(file, buffer, count, offset) == (ssize_t)count) return count;
    posix_fadvise(file, offset & ~(off_t)(WINDOW - 1), WINDOW, POSIX_FADV_WILLNEED);
    return pread(file, buffer, count, offset);
}

/// By which name SQLite knows its call of pread(2); NULL where it lets none be replaced.
static inline const char *nameOfSQLiteRead(sqlite3_vfs *system) {
    if (!system || system->iVersion < 3 || !system->xGetSystemCall || !system->xSetSystemCall) return NULL;
    return system->xGetSystemCall(system, "pread64") ? "pread64" : "pread";
}

/// Has SQLite read its files so, in the whole process. Where it does not take that, it reads as it always does.
static inline void haveSQLiteReadWithSurroundings(void) {
    sqlite3_vfs *system = sqlite3_vfs_find(NULL);
    const char *name = nameOfSQLiteRead(system);
    if (name) system->xSetSystemCall(system, name, (sqlite3_syscall_ptr)readWithSurroundings);
}

/// Whether it does.
static inline int doesSQLiteReadWithSurroundings(void) {
    sqlite3_vfs *system = sqlite3_vfs_find(NULL);
    const char *name = nameOfSQLiteRead(system);
    return name && system->xGetSystemCall(system, name) == (sqlite3_syscall_ptr)readWithSurroundings;
}

#include <fcntl.h>
#include <sqlite3.h>
#include <unistd.h>

/// Lets SQLite count its memory no more. To be called before SQLite's first use in the process; later it changes nothing and returns
/// SQLITE_MISUSE. Swift does not see variadic functions, hence this one.
static inline int countNoSQLiteMemory(void) { return sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0); }

/// As pread(2). What is in no memory is read with the 64 KiB around it; for what is, that costs a microsecond or two.
static inline ssize_t readWithSurroundings(int file, void *buffer, size_t count, off_t offset) {
    enum { WINDOW = 64 * 1024 };
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

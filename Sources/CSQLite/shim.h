#include <sqlite3.h>

/// Lets SQLite count its memory no more. To be called before SQLite's first use in the process; later it changes nothing and returns
/// SQLITE_MISUSE. Swift does not see variadic functions, hence this one.
static inline int countNoSQLiteMemory(void) { return sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0); }

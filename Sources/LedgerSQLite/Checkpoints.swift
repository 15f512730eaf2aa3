internal import GRDB
internal import GRDBSQLite
internal import Ledger
internal import Synchronization

/// Brings what was committed from the write-ahead log into the ledger's file, beside the writer.
///
/// SQLite would do so by itself, after a commit and on the writer's thread: of a large ledger that is thousands of pages in as many places, for
/// which every line would wait some hundred milliseconds. Here a second connection does most of it while commits go on, and the writer only what was
/// added meanwhile, so that it can begin the log anew (SQLite's "passive" checkpoint: it waits for nobody, and nobody for it).
final class Checkpoints: Sendable {
    private let beside: DatabaseQueue
    private let state: Mutex<State>

    /// When the log is looked at, in its pages of 4 KiB.
    struct Limits {
        /// Each time so many were added they are brought over, beside the writer: few enough that a commit which waits for the same disk waits for some
        /// milliseconds. SQLite's own default is 1,000.
        var slice = 512
        /// From so many on the log is to be begun anew: 128 MiB. For that the writer has to bring over the last of them itself.
        var begin = 32_768
        /// So many the writer brings over itself: some milliseconds.
        var rest = 128
        /// After so many further tries beside it the writer brings over what was added during the last one, though it be more: while commits are large there is
        /// always more.
        var tries = 4
        /// So many are added until the next try when a reader or the disk is in the way.
        var again = 1024
        /// When so many were added during one try the writer waits for its end: 512 MiB.
        var most = 131_072
    }

    /// What is known of the log, and what follows from it.
    struct State {
        let limits: Limits
        /// Pages in the log.
        private var pages = 0
        /// Of these in the file, as far as is known.
        private(set) var carried = 0
        /// Pages in the log at which to look next.
        private var next: Int
        /// Checkpoints beside the writer since the log is long enough to be begun anew.
        private var tries = 0
        private var isUnderWay = false
        /// Pages in the log when the last try began.
        private var begun = 0

        init(_ limits: Limits) {
            self.limits = limits
            next = limits.slice
        }

        /// The log has `pages` after a commit: fewer than before when it was begun anew.
        mutating func note(_ pages: Int) {
            if pages < self.pages {
                carried = 0
                tries = 0
                begun = 0
                next = limits.slice
            }
            self.pages = pages
        }

        /// What is to be done after a commit.
        mutating func step() -> Step {
            guard pages >= next else { return .none }
            if isUnderWay { return pages - begun >= limits.most ? .wait : .none }
            if isLong, pages - carried <= limits.rest || tries >= limits.tries { return .ourselves }
            isUnderWay = true
            begun = pages
            if isLong { tries += 1 }
            return .beside
        }

        private var isLong: Bool { pages >= limits.begin }

        /// A checkpoint has ended: of `log` pages, those that it saw, `carried` are in the file now.
        mutating func end(log: Int, carried: Int) {
            isUnderWay = false
            self.carried = carried <= pages ? carried : 0
            let isInTheWay = carried < log
            if isInTheWay { tries = 0 }
            next = pages + (isInTheWay ? limits.again : isLong && carried < pages ? 0 : limits.slice)
        }
    }

    /// What is to be done after a commit: nothing, a try beside the writer, one by the writer itself, or to wait for the one that is under way.
    enum Step { case none, beside, ourselves, wait }

    /// Checkpoints of the ledger at `path` that `writer` writes.
    ///
    /// - Throws: GRDB's `DatabaseError`.
    init(path: String, writer: any DatabaseWriter, _ limits: Limits) throws {
        state = Mutex(State(limits))
        var configuration = Configuration()
        configuration.label = "ledger checkpoints"
        beside = try DatabaseQueue(path: path, configuration: configuration)
        try beside.writeWithoutTransaction { try $0.execute(sql: "PRAGMA synchronous = FULL") }
        writer.writeWithoutTransaction { db in
            _ = sqlite3_wal_hook(
                db.sqliteConnection,
                { context, _, _, pages in
                    context.map { Unmanaged<Checkpoints>.fromOpaque($0).takeUnretainedValue().state.withLock { $0.note(Int(pages)) } }
                    return SQLITE_OK
                }, Unmanaged.passUnretained(self).toOpaque())
        }
    }

    /// Looks at the log after a commit of `writer`. A checkpoint that fails is tried again later: what was committed is in the log.
    func goOn(_ writer: any DatabaseWriter) {
        switch state.withLock({ $0.step() }) {
        case .none: break
        case .beside: beside.asyncWriteWithoutTransaction { self.carry($0) }
        case .ourselves: writer.writeWithoutTransaction { carry($0) }
        case .wait: beside.writeWithoutTransaction { carry($0) }
        }
    }

    /// Brings over what it can, by `writer` itself: where the disk is full, what the log has room for then can be written all the same.
    func makeRoom(_ writer: any DatabaseWriter) { writer.writeWithoutTransaction { carry($0) } }

    private func carry(_ db: Database) {
        let done = try? db.checkpoint(.passive)
        state.withLock { $0.end(log: done?.walFrameCount ?? .max, carried: done?.checkpointedFrameCount ?? $0.carried) }
    }

    /// Takes the hook out and closes the second connection.
    func close(_ writer: any DatabaseWriter) throws {
        writer.writeWithoutTransaction { _ = sqlite3_wal_hook($0.sqliteConnection, nil, nil) }
        try beside.close()
    }
}

/// Calls that a part of the tree must not make, each with what to do instead.
struct BannedCall: Sendable {
    /// Rooms whose decisions depend on nothing but their arguments (law 3), and the data sets, which have no I/O.
    static let pureRooms: Set = ["Migration", "Matching", "Coordination", "Holding", "LineProtocol", "JSONText", "DICOM"]
    /// Pure rooms with engines: driven by one thread each.
    static let engineRooms: Set = ["Migration", "Matching", "Coordination", "Holding", "LineProtocol"]

    let calls: [String]
    let isBanned: @Sendable (SourceFile) -> Bool
    let instead: String

    static let all = [
        BannedCall(
            calls: [
                "Date()", "Date.now", "ContinuousClock", "SuspendingClock", "DispatchTime", "NIODeadline", "clock_gettime", "gettimeofday", "time(nil)",
                "CFAbsoluteTimeGetCurrent", "ProcessInfo.processInfo.systemUptime",
            ],
            isBanned: { pureRooms.contains($0.room ?? "") },
            instead: "no clock in a pure room: take `now` as an argument (law 3)"),
        BannedCall(
            calls: ["random(", "randomElement(", "shuffled()", "shuffle()", "UUID()", "SystemRandomNumberGenerator", "arc4random"],
            isBanned: { pureRooms.contains($0.room ?? "") },
            instead: "no random source in a pure room: take the value as an argument (law 3)"),
        BannedCall(
            calls: ["NSLock", "NSRecursiveLock", "NIOLock", "NIOLockedValueBox", "Mutex", "DispatchQueue", "DispatchSemaphore", "pthread_mutex_lock"],
            isBanned: { engineRooms.contains($0.room ?? "") },
            instead: "no locks in engines: they are values driven by one thread each"),
        BannedCall(
            calls: ["Task.detached"], isBanned: { _ in true },
            instead: "use a task group or a child task: a detached task outlives its owner and loses its cancellation"),
        BannedCall(
            calls: ["print(", "debugPrint(", "dump("], isBanned: { $0.isLibrary },
            instead: "libraries do not print: return the value or use the Logger that was passed in; programs print"),
        BannedCall(
            calls: ["Task.sleep", "Thread.sleep", "usleep(", "sleep(", "nanosleep("], isBanned: { $0.isTest },
            instead: "no sleeping in tests: wait for the event or move the clock"),
    ]

    static func check(_ tree: SourceTree) -> [Fault] {
        let patterns = all.map { ban in Dictionary(grouping: ban.calls.map { Tokenizer($0).tokens.map(\.text) }) { $0[0] } }
        return tree.files.flatMap { file -> [Fault] in
            zip(all, patterns).filter { ban, _ in ban.isBanned(file) }.flatMap { ban, patterns in
                file.tokens.indices.compactMap { index in
                    guard let candidates = patterns[file.tokens[index].text], let call = call(in: file.tokens, at: index, of: candidates) else { return nil }
                    return Fault(path: file.path, line: file.tokens[index].line, message: "\(call): \(ban.instead)")
                }
            }
        }
    }

    /// Which of the calls that begin with the word at `index` stands there.
    private static func call(in tokens: [Token], at index: Int, of candidates: [[String]]) -> String? {
        guard let pattern = candidates.first(where: { tokens.matches($0, at: index) }) else { return nil }
        let before = tokens.text(at: index - 1)
        // A declaration of that name, or another type's method of the name `print`, `dump` or `sleep`, is no such call.
        let isOwn = before == "func" || (before == "." && ["print", "dump", "debugPrint", "sleep"].contains(pattern[0]))
        return isOwn ? nil : pattern.joined()
    }
}

internal import Dispatch
internal import Synchronization

/// Work on several threads, waited for.
enum SideBySide {
    /// Runs `body` for each of `items`, each on a thread of its own as far as there are processors.
    ///
    /// - Returns: what each came to, in their order.
    /// - Throws: what the first of them throws that does; all have ended then.
    static func run<Item: Sendable, Value: Sendable>(_ items: [Item], _ body: @Sendable (Item) throws -> Value) throws -> [Value] {
        let results = Mutex([Result<Value, any Error>?](repeating: nil, count: items.count))
        DispatchQueue.concurrentPerform(iterations: items.count) { index in
            let result = Result { try body(items[index]) }
            results.withLock { $0[index] = result }
        }
        return try results.withLock { $0 }.compactMap { try $0?.get() }
    }
}

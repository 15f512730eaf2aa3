import Console

/// Enters a table's chunks one after the other, and lets the next one be read meanwhile.
final class ChunkEntry<Value: Sendable> {
    private let enter: @Sendable ([Value]) async throws -> ImportCount
    private var underWay: Task<ImportCount, any Error>?

    /// An entry of nothing yet; `enter` enters one chunk.
    init(enter: @escaping @Sendable ([Value]) async throws -> ImportCount) { self.enter = enter }

    /// Waits until the chunk before is entered, and begins with `chunk`.
    ///
    /// - Returns: what became of the one before; nil when there was none.
    /// - Throws: what `enter` threw for the one before; `chunk` is not entered then.
    func go(on chunk: [Value]) async throws -> ImportCount? {
        let before = try await end()
        if !chunk.isEmpty { underWay = Task { [enter] in try await enter(chunk) } }
        return before
    }

    /// Waits until the last chunk is entered.
    ///
    /// - Returns: what became of it; nil when there was none.
    /// - Throws: what `enter` threw.
    func end() async throws -> ImportCount? {
        defer { underWay = nil }
        return try await underWay?.value
    }
}

import Console
import Orders
import Terminal

/// Brings a table into the ledger chunk by chunk, so that the ledger's writer is never held long; broken rows cost themselves only.
struct TableImport: Encodable {
    /// A row that was not, or not without doubt, imported.
    struct Row: Encodable, Hashable {
        /// The line in which it begins.
        var line: Int
        /// What is wrong with it, without patient data.
        var text: String
    }

    private(set) var imported = 0
    private(set) var updated = 0
    /// Orders of which the hospital has said otherwise since.
    private(set) var outdated = 0
    private(set) var broken: [Row] = []
    private(set) var warnings: [Row] = []

    /// Broken rows told one by one, and so many warnings, so that these hide no broken row; beyond it they are only counted (a file in another form would be wrong in every row).
    static var rowLimit: Int { 1000 }
    private(set) var brokenCount = 0
    private(set) var warningCount = 0

    private enum CodingKeys: String, CodingKey { case imported, updated, outdated, broken, warnings, brokenCount, warningCount }

    /// Imports the table in the file at `path`.
    ///
    /// - Parameters:
    ///   - entry: the operation that enters a chunk.
    ///   - announcement: the operations that tell, before the first chunk, that they come, and that they were all entered.
    ///   - open: begins to read the table, and gives what reads its next item.
    /// - Throws: ``CommandFailure`` when the file cannot be read or is wrong as a whole; the chunks before that are entered.
    static func run<Value: Sendable, Entry: ConsoleOperation>(
        _ path: String, _ configuration: CoordinatorConfiguration, entry: @escaping @Sendable ([Value]) -> Entry,
        announcement: (begin: AnnounceOrderImport, end: AnnounceOrderImport)? = nil, _ open: @escaping @Sendable (@escaping ByteSource) throws -> () throws -> TableItem<Value>?
    ) async throws -> TableImport where Entry.Output == ImportCount {
        try await run(path, passes: 1, configuration, entry: entry, announcement: announcement) { source in try open(source()) }
    }

    /// The same, where `open` reads the file from its start so many times as `passes` says.
    static func run<Value: Sendable, Entry: ConsoleOperation>(
        _ path: String, passes: Int, _ configuration: CoordinatorConfiguration, entry: @escaping @Sendable ([Value]) -> Entry,
        announcement: (begin: AnnounceOrderImport, end: AnnounceOrderImport)? = nil, _ open: @escaping @Sendable (@escaping () throws -> ByteSource) throws -> () throws -> TableItem<Value>?
    ) async throws -> TableImport where Entry.Output == ImportCount {
        try await Operators.ask(configuration) { operators in
            let progress = ImportProgress(of: path, passes: passes)
            defer { progress.end() }
            do {
                let next = try open { try TableFile.source(path, progress) }
                if let announcement { _ = try await operators.run(announcement.begin) }
                let result = try await run(progress, next) { try await operators.run(entry($0)) }
                if let announcement { _ = try await operators.run(announcement.end) }
                return result
            } catch let error as TableError {
                throw CommandFailure(.failed, "\(path): \(error.message)")
            }
        }
    }

    /// Reads all items and hands over the sound ones in chunks.
    ///
    /// - Throws: what `next` and `enter` throw; the chunks before it are entered.
    static func run<Value: Sendable>(
        _ progress: ImportProgress, _ next: () throws -> TableItem<Value>?, enter: @escaping @Sendable ([Value]) async throws -> ImportCount
    ) async throws -> TableImport {
        var result = TableImport()
        let entry = ChunkEntry(enter: enter)
        var chunk: [Value] = []
        do {
            while let item = try next() {
                switch item {
                case .value(let value, line: _): chunk.append(value)
                case .fault(let fault): result.note(fault, progress)
                }
                if chunk.count == ImportOrders.limit {
                    result.add(try await entry.go(on: chunk))
                    chunk.removeAll(keepingCapacity: true)
                    progress.show(rows: result.imported + result.updated, broken: result.brokenCount)
                }
            }
        } catch {
            _ = try await entry.end()
            throw error
        }
        result.add(try await entry.go(on: chunk))
        result.add(try await entry.end())
        progress.end()
        result.tellRest()
        return result
    }

    private mutating func note(_ fault: TableFault, _ progress: ImportProgress) {
        if fault.isRowKept {
            warningCount += 1
            Self.tell(fault, in: &warnings, progress)
        } else {
            brokenCount += 1
            Self.tell(fault, in: &broken, progress)
        }
    }

    private static func tell(_ fault: TableFault, in rows: inout [Row], _ progress: ImportProgress) {
        guard rows.count < rowLimit else { return }
        rows.append(Row(line: fault.line, text: fault.message))
        progress.end()
        Standard.error(fault.message)
    }

    /// Says how many rows were not told one by one.
    private func tellRest() {
        if brokenCount > broken.count { Standard.error("and \(brokenCount - broken.count) more broken rows") }
        if outdated > 0 {
            Standard.error("\(outdated) orders say otherwise than what the hospital has said since, which stays; --as-of says when a file was written")
        }
        if warningCount > warnings.count { Standard.error("and \(warningCount - warnings.count) more warnings") }
    }

    private mutating func add(_ count: ImportCount?) {
        guard let count else { return }
        imported += count.imported
        updated += count.updated
        outdated += count.outdated
        for row in count.refused {
            brokenCount += 1
            guard broken.count < Self.rowLimit else { continue }
            broken.append(Row(line: row.line, text: "line \(row.line): \(row.reason)"))
            Standard.error("line \(row.line): \(row.reason)")
        }
    }

    /// Tells the result and ends with status 1 when a row was broken.
    func finish(_ things: String, asJSON: Bool) throws {
        if asJSON {
            try Standard.json(self)
        } else {
            try Standard.output("\(imported) \(things) imported, \(updated) updated, \(brokenCount) rows broken, \(warningCount) warnings")
        }
        if brokenCount > 0 { throw CommandFailure(.failed) }
    }
}

internal import Foundation
import Glibc
import LineProtocol
public import Migration
internal import Synchronization

/// The worker's bounded store of what it has read and not yet delivered: one folder a medium's grant, for the owner alone.
public final class Spool: Sendable {
    struct Entry {
        let folder: GrantFolder
        var manifest: Manifest
        /// For which enrolment it is sealed; nil when it lies in the clear.
        let seal: FolderSeal?
        /// What opens it; nil where it lies in the clear, and as long as the key is not known.
        var cipher: SpoolCipher?
        let source: MediumSource
        var erased: [String]
        /// Studies whose objects lie in the holding store.
        var aside: [String]
        /// Bytes of its staged objects.
        var byteCount: Int64
        var isClosed: Bool
        /// Where the data set ends in files that have bytes after it, by SHA-256.
        var ends: [String: Int64]
        /// How many studies its inventory has; nil before that was first asked.
        var studyCount: Int?

        /// Whether nothing but its name and size is known, because the coordinator has not given its key.
        var isLocked: Bool { seal != nil && cipher == nil }
    }

    struct State {
        var entries: [GrantNumber: Entry] = [:]
        var inventories: [(grant: GrantNumber, inventory: StagedInventory)] = []
        /// With what is sealed what is read from now on; nil: it lies in the clear.
        var sealing: (cipher: SpoolCipher, enrolment: String)?
    }

    /// The random identity of this spool: a new one when its folder was lost.
    public let identity: String
    let path: String
    /// How full it is, and who waits for room.
    let gauge: SpoolGauge
    /// Where held parts wait when there is no room for them here; nil where the worker has none.
    let holdingStore: HoldingStore?
    /// Held for as long as the spool is open: a second worker on it is refused.
    private let lock: PosixFile
    // One lock for the small tables; reading and writing objects goes on outside it.
    let state = Mutex(State())

    /// Opens the spool in the folder `path`, making it where there is none.
    ///
    /// What an earlier run read without finishing is erased: the coordinator asks for that medium again. What it sealed is locked until
    /// ``unlock(_:of:)``.
    ///
    /// - Parameters:
    ///   - limit: bytes of staged objects at most.
    ///   - holdingStore: the folder for held parts that leave the spool; nil for none.
    /// - Throws: ``GatewayError`` when the folder cannot be used or another worker uses it.
    public init(at path: String, limit: Int64, holdingStore: String? = nil) throws {
        self.path = path
        try FileSystem.makeFolder(path)
        try FileSystem.makeFolder("\(path)/grants")
        lock = try PosixFile("\(path)/lock", O_RDWR | O_CREAT)
        guard flock(lock.descriptor, LOCK_EX | LOCK_NB) == 0 else {
            throw GatewayError(.spool, "the spool \(path) is used by another worker")
        }
        let identity = try Self.identity(in: path)
        self.identity = identity
        let isInUse = try Self.hasAsideStudies(path)
        self.holdingStore = try holdingStore.map { try HoldingStore(at: $0, of: identity, isInUse: isInUse) }
        gauge = SpoolGauge(limit: limit)
        try Self.removeReadBacks(in: path)
        for name in try FileSystem.names(in: "\(path)/grants") {
            guard let number = Int64(name) else { continue }
            try restore(GrantFolder(GrantNumber(number), in: path))
        }
    }

    /// Copies that a killed run had fetched for comparison.
    private static func removeReadBacks(in path: String) throws(GatewayError) {
        for name in try FileSystem.names(in: path) where name.hasSuffix(".readback") { try FileSystem.remove("\(path)/\(name)") }
    }

    private static func hasAsideStudies(_ path: String) throws(GatewayError) -> Bool {
        for name in try FileSystem.names(in: "\(path)/grants") {
            guard let number = Int64(name), try !GrantFolder(GrantNumber(number), in: path).asideStudies().isEmpty else { continue }
            return true
        }
        return false
    }

    private static func identity(in path: String) throws(GatewayError) -> String {
        let file = "\(path)/identity"
        if FileSystem.exists(file) { return String(decoding: try FileSystem.contents(file), as: UTF8.self) }
        let identity = UUID().uuidString.lowercased()
        try FileSystem.write(Array(identity.utf8), to: file)
        return identity
    }

    private func restore(_ folder: GrantFolder) throws {
        guard let (source, seal) = try? (folder.source(), folder.seal()), FileSystem.exists(folder.manifestPath) else {
            return try remove(folder)
        }
        let manifest = try Manifest(opening: folder.manifestPath, isSealed: seal != nil)
        guard manifest.isComplete else { return try remove(folder) }
        let aside = try folder.asideStudies()
        try checkStore(aside, folder)
        var byteCount: Int64 = 0
        for name in try FileSystem.names(in: folder.objectsPath) { byteCount += FileSystem.byteCount(folder.objectPath(name)) ?? 0 }
        let entry = Entry(
            folder: folder, manifest: manifest, seal: seal, source: source, erased: try folder.erasedStudies(), aside: aside,
            byteCount: byteCount, isClosed: folder.isClosed, ends: folder.ends())
        state.withLock { $0.entries[folder.grant] = entry }
        gauge.add(byteCount)
        gauge.commit(byteCount)
        if !entry.isLocked { try finishNoted(entry) }
    }

    /// Carries out to its end what an earlier run only noted as erased or moved away.
    func finishNoted(_ entry: Entry) throws {
        guard !entry.erased.isEmpty || !entry.aside.isEmpty else { return }
        let inventory = try StagedInventory(entry.manifest)
        try removeStaged((entry.erased + entry.aside).flatMap { inventory.instances(of: $0) }, of: entry)
        try dropIfEmpty(entry.folder.grant)
    }

    private func remove(_ folder: GrantFolder) throws {
        try holdingStore?.drop(folder.grant)
        try FileSystem.removeFolder(folder.path)
    }

    private func checkStore(_ aside: [String], _ folder: GrantFolder) throws(GatewayError) {
        guard !aside.isEmpty, holdingStore == nil else { return }
        throw GatewayError(
            .configuration, "\(aside.count) studies of grant \(folder.grant) lie in a holding store, but the configuration names none")
    }

    // MARK: What it holds

    /// The grants of the media whose inventories are complete and whose parts it holds, ascending.
    public var custody: [GrantNumber] {
        state.withLock { state in state.entries.filter { $0.value.manifest.isComplete }.keys.sorted() }
    }

    /// Complete inventories that can be read and that the coordinator has not closed yet, with their counts of pieces.
    public var unclosed: [(grant: GrantNumber, pieces: Int)] {
        state.withLock { state in
            state.entries.values.filter { $0.manifest.isComplete && !$0.isClosed && !$0.isLocked }
                .map { ($0.folder.grant, $0.manifest.pieceCount) }.sorted { $0.0 < $1.0 }
        }
    }

    /// Bytes of staged objects.
    public var byteCount: Int64 { gauge.byteCount }

    /// The labels of the media whose parts it holds.
    var labels: [String] { state.withLock { $0.entries.values.map(\.source.label) } }

    func source(of grant: GrantNumber) -> MediumSource? { state.withLock { $0.entries[grant]?.source } }

    /// The line of piece `number`, or the end, of a medium's inventory.
    func line(of grant: GrantNumber, _ number: Int) throws -> [UInt8] {
        try state.withLock { try Self.entry(grant, $0).manifest.line(number) }
    }

    /// The line of the end of a medium's inventory.
    func endLine(of grant: GrantNumber) throws -> [UInt8] {
        try state.withLock { state in
            let manifest = try Self.entry(grant, state).manifest
            return try manifest.line(manifest.pieceCount)
        }
    }

    private static func entry(_ grant: GrantNumber, _ state: State) throws(GatewayError) -> Entry {
        guard let entry = state.entries[grant] else { throw GatewayError(.spool, "the spool holds nothing of grant \(grant)") }
        return entry
    }

    /// The instances of a study in the order in which they were reported.
    func instances(of study: String, under grant: GrantNumber) throws -> [InstanceRecord] {
        try state.withLock { state in
            if let known = state.inventories.first(where: { $0.grant == grant }) { return known.inventory.instances(of: study) }
            let inventory = try StagedInventory(try Self.entry(grant, state).manifest)
            state.inventories.append((grant, inventory))
            if state.inventories.count > GatewayLimits.inventoriesInMemory { state.inventories.removeFirst() }
            return inventory.instances(of: study)
        }
    }

    /// An object of a study, to be read from the spool or the holding store.
    ///
    /// - Throws: ``SourceChanged`` when it is sealed and not as it was; ``GatewayError`` when it cannot be read.
    func object(_ sha256: String, of study: String, under grant: GrantNumber) throws -> StagedObject {
        try opened(objectPath(sha256, of: study, under: grant), sha256, try state.withLock { try Self.entry(grant, $0) })
    }

    func opened(_ path: String, _ sha256: String, _ entry: Entry) throws -> StagedObject {
        guard let cipher = entry.cipher else { return .clear(path: path) }
        return .sealed(try SealedObject(opening: path, as: sha256, under: entry.folder.grant, with: cipher))
    }

    /// Where an object of a study lies: in the spool or in the holding store.
    func objectPath(_ sha256: String, of study: String, under grant: GrantNumber) -> String {
        let isAside = state.withLock { $0.entries[grant]?.aside.contains(study) ?? false }
        if isAside, let holdingStore { return holdingStore.objectPath(sha256, under: grant) }
        return GrantFolder(grant, in: path).objectPath(sha256)
    }

    // MARK: Changes

    /// Begins to stage what is read under `grant`.
    func begin(_ grant: GrantNumber, _ source: MediumSource) throws -> GrantFolder {
        try drop(grant)
        let folder = GrantFolder(grant, in: path)
        let sealing = state.withLock(\.sealing)
        let seal = sealing.map { FolderSeal(enrolment: $0.enrolment, salt: SpoolCipher.salt()) }
        try folder.create(source, seal)
        let lineSeal = sealing.flatMap { sealing in seal.map { LineSeal(sealing.cipher, $0, under: grant) } }
        let manifest = try Manifest(creating: folder.manifestPath, lineSeal)
        let entry = Entry(
            folder: folder, manifest: manifest, seal: seal, cipher: sealing?.cipher, source: source, erased: [], aside: [], byteCount: 0,
            isClosed: false, ends: [:])
        state.withLock { $0.entries[grant] = entry }
        return folder
    }

    /// What seals the objects that are read under `grant`; nil: they are staged in the clear.
    func cipher(of grant: GrantNumber) -> SpoolCipher? { state.withLock { $0.entries[grant]?.cipher } }

    /// Notes that an object of so many bytes was staged under `grant`.
    func staged(_ byteCount: Int64, under grant: GrantNumber) {
        let isHeld = state.withLock { state in
            state.entries[grant]?.byteCount += byteCount
            return state.entries[grant] != nil
        }
        if isHeld { gauge.add(byteCount) }
    }

    /// Notes that a file's data set ends before its last bytes, which are not to be sent.
    func note(end: Int64, of sha256: String, under grant: GrantNumber) { state.withLock { $0.entries[grant]?.ends[sha256] = end } }

    /// Where the data set of a file ends, if not with the file.
    func end(of sha256: String, under grant: GrantNumber) -> Int64? { state.withLock { $0.entries[grant]?.ends[sha256] } }

    /// Appends one piece of an inventory.
    func append(_ line: [UInt8], to grant: GrantNumber) throws {
        try state.withLock { state in
            _ = try Self.entry(grant, state)
            try state.entries[grant]?.manifest.append(line, isEnd: false)
        }
    }

    /// Ends an inventory, durably. Its objects are to be durable already: the end vouches for them.
    func finish(_ end: [UInt8], of grant: GrantNumber) throws {
        var entry = try state.withLock { try Self.entry(grant, $0) }
        try entry.folder.writeEnds(entry.ends)
        try entry.manifest.synchronize()
        try entry.manifest.append(end, isEnd: true)
        do {
            try entry.manifest.synchronize()
        } catch {
            // Written again when there is room; a second end would make the inventory unreadable.
            try entry.manifest.withdrawLast()
            throw error
        }
        let isHeld = state.withLock { state in
            let isHeld = state.entries[grant] != nil
            if isHeld { state.entries[grant] = entry }
            return isHeld
        }
        if isHeld { gauge.commit(entry.byteCount) }
    }

    /// Notes that the coordinator has closed the inventory. A medium without any instance is forgotten at once.
    func close(_ grant: GrantNumber) throws {
        let folder = try state.withLock { state in
            let entry = try Self.entry(grant, state)
            state.entries[grant]?.isClosed = true
            return entry.folder
        }
        try folder.markClosed()
        try dropIfEmpty(grant)
    }

    /// Erases what was staged of a study. Erasing what is erased already changes nothing.
    func erase(_ study: String, under grant: GrantNumber) throws {
        guard let entry = state.withLock({ $0.entries[grant] }), !entry.erased.contains(study) else { return }
        let records = try instances(of: study, under: grant)
        guard !records.isEmpty else { return }
        // The objects go first: a disk that is full takes no note before. Until the note is durable the coordinator orders it again.
        try removeStaged(records, of: entry)
        if entry.aside.contains(study) { try holdingStore?.remove(records, under: grant) }
        try entry.folder.markErased(entry.erased + [study])
        state.withLock { $0.entries[grant]?.erased.append(study) }
        try dropIfEmpty(grant)
    }

    func removeStaged(_ records: [InstanceRecord], of entry: Entry) throws {
        var freed: Int64 = 0
        defer {
            let count = freed
            state.withLock { $0.entries[entry.folder.grant]?.byteCount -= count }
            gauge.remove(count, committed: count)
        }
        for record in records {
            let object = entry.folder.objectPath(record.sha256)
            let byteCount = FileSystem.byteCount(object) ?? 0
            try FileSystem.remove(object)
            freed += byteCount
        }
    }

    private func dropIfEmpty(_ grant: GrantNumber) throws {
        let isEmpty = try state.withLock { state in
            let entry = try Self.entry(grant, state)
            guard entry.isClosed else { return false }
            let count = try entry.studyCount ?? StagedInventory(entry.manifest).studies.count
            state.entries[grant]?.studyCount = count
            // Only studies of the inventory are erased, each once.
            return entry.erased.count == count
        }
        if isEmpty { try drop(grant) }
    }

    /// Forgets everything staged under `grant`.
    func drop(_ grant: GrantNumber) throws {
        let entry = state.withLock { state in
            state.inventories.removeAll { $0.grant == grant }
            return state.entries.removeValue(forKey: grant)
        }
        guard let entry else { return }
        gauge.remove(entry.byteCount, committed: entry.manifest.isComplete ? entry.byteCount : 0)
        if FileSystem.exists(entry.folder.path) { try remove(entry.folder) }
    }
}

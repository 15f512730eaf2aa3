import Crypto
import DICOM
import LineProtocol
import Media
import Migration
import NIOPosix

/// Reads a medium under its grant: each file once, in written order, into inventory and spool. Nothing is ever written to the medium (law 5).
struct DiscReader: Sendable {
    let medium: any Medium
    let grant: GrantNumber
    /// Whether the medium stays reachable, so that nothing is staged.
    let isOnline: Bool
    let rules: ReadingRules
    let folder: GrantFolder
    let spool: Spool
    let threads: NIOThreadPool
    let progress: ProgressCounter
    /// Called with the number of pieces each time one more may be said.
    let pieceWritten: @Sendable (Int) -> Void

    /// What is gathered while reading.
    private struct Gathered: Sendable {
        var builder = InventoryBuilder()
        var digest = SHA256()
        var pieceCount = 0
        var notDICOMCount = 0
        var assumedCount = 0
    }

    /// Reads the whole medium.
    ///
    /// - Returns: how many pieces the inventory has; all of it is durable.
    /// - Throws: `CancellationError` when the reading was given up; ``GatewayError`` with `spool-full` when the medium does not fit into the
    ///   spool, or what the spool's disk says.
    func read() async throws -> Int {
        let read = isOnline ? try await gatherAhead() : try await gatherInOrder()
        try await synchronizeObjects()
        let told = try await untilThereIsRoom { try tellRest(of: read) }
        return try await untilThereIsRoom { try finish(told) }
    }

    /// A medium that must not be read twice: one file after the other, in written order.
    private func gatherInOrder() async throws -> Gathered {
        var gathered = Gathered()
        for file in medium.files {
            gathered = try await take(file, gathered)
            progress.add(items: 1, bytes: file.byteCount)
        }
        return gathered
    }

    /// A medium that stays online is read at random: several files are examined at the same time, and gathered in written order.
    private func gatherAhead() async throws -> Gathered {
        try await withThrowingTaskGroup(of: (place: Int, finding: FileFinding).self) { group in
            var gathered = Gathered()
            var findings: [Int: FileFinding] = [:]
            var begun = 0
            for (place, file) in medium.files.enumerated() {
                while begun < min(place + GatewayLimits.filesReadAhead, medium.files.count) {
                    let next = begun
                    group.addTask { (next, try await threads.runIfActive { try examine(medium.files[next]) }) }
                    begun += 1
                }
                while findings[place] == nil, let (place, finding) = try await group.next() { findings[place] = finding }
                guard let finding = findings.removeValue(forKey: place) else { throw CancellationError() }
                let before = gathered
                gathered = try await untilThereIsRoom { try gather(finding, before) }
                progress.add(items: 1, bytes: file.byteCount)
            }
            return gathered
        }
    }

    /// Does `work`; when the disk has no room for it, again as soon as there is some.
    private func untilThereIsRoom<Outcome: Sendable>(_ work: @Sendable @escaping () throws -> Outcome) async throws -> Outcome {
        while true {
            try Task.checkCancellation()
            do {
                return try await threads.runIfActive(work)
            } catch let error as GatewayError where error.code == .diskFull {
                spool.gauge.noteDiskFull()
                while case .full(let version) = spool.gauge.disk, !Task.isCancelled { await spool.gauge.change(since: version) }
            }
        }
    }

    /// Makes all staged objects durable, several at the same time.
    private func synchronizeObjects() async throws {
        guard !isOnline else { return }
        let names = try FileSystem.names(in: folder.objectsPath)
        let share = (names.count + GatewayLimits.synchronizers - 1) / GatewayLimits.synchronizers
        try await withThrowingTaskGroup(of: Void.self) { group in
            for start in stride(from: 0, to: names.count, by: max(share, 1)) {
                let some = names[start..<min(start + share, names.count)]
                group.addTask { try await threads.runIfActive { try FileSystem.synchronize(some, in: folder.objectsPath) } }
            }
            try await group.waitForAll()
        }
        try FileSystem.synchronizeFolder(of: folder.objectPath(""))
    }

    /// Reads one file as soon as there is room, in the spool and on its disk.
    private func take(_ file: MediumFile, _ gathered: Gathered) async throws -> Gathered {
        try await waitForRoom(file)
        return try await untilThereIsRoom { try gather(try examine(file), gathered) }
    }

    /// Waits at the high-water mark until there is room.
    private func waitForRoom(_ file: MediumFile) async throws {
        while true {
            try Task.checkCancellation()
            guard !isOnline else { return }
            switch spool.gauge.admit(file.byteCount) {
            case .granted: return
            case .wait(let version): await spool.gauge.change(since: version)
            case .never:
                throw GatewayError(.spoolFull, "the medium does not fit into the spool of \(spool.gauge.limit) bytes")
            }
        }
    }

    private func gather(_ finding: FileFinding, _ gathered: Gathered) throws -> Gathered {
        var gathered = gathered
        switch finding {
        case .notDICOM: gathered.notDICOMCount += 1
        case .object(let header, let record, let dataSetEnd, let isTextAssumed):
            if isTextAssumed { gathered.assumedCount += 1 }
            if dataSetEnd < record.byteCount { spool.note(end: dataSetEnd, of: record.sha256, under: grant) }
            try write(try gathered.builder.add(header, record), &gathered)
        case .unreadable(let file): try write(try gathered.builder.add(file), &gathered)
        }
        return gathered
    }

    /// Thrown by ``examine(_:)`` to itself, to leave a file that is no object.
    private struct NoObject: Error {}

    /// Reads one file in one pass. What is wrong with it is a finding, not an error; errors are the spool's.
    private func examine(_ file: MediumFile) throws -> FileFinding {
        var examination = FileExamination(file, rules: rules)
        var stager = ObjectStager(in: folder, sealing: spool.cipher(of: grant))
        do {
            try medium.read(file) { chunk in
                switch try examination.feed(chunk) {
                case .wait: break
                case .stage(let chunks): if !isOnline { try stager.write(chunks) }
                case .skip: throw NoObject()
                }
            }
            let (finding, rest) = try examination.finish()
            guard !isOnline else { return finding }
            try stager.write(rest)
            if case .object(_, let record, _, _) = finding {
                if let byteCount = try stager.keep(as: record.sha256) { spool.staged(byteCount, under: grant) }
            } else {
                try stager.discard()
            }
            return finding
        } catch let error as GatewayError {
            // What a full disk took of the object is room for the journal.
            try? stager.discard()
            throw error
        } catch {
            if !isOnline { try stager.discard() }
            if error is NoObject { return .notDICOM }
            return Self.finding(of: error, examination)
        }
    }

    private static func finding(of error: any Error, _ examination: FileExamination) -> FileFinding {
        switch error {
        case let error as DICOMError: examination.damaged(error.code == .truncated ? "cut" : "invalid", error.description)
        case let error as MediumError: examination.damaged("unreadable", error.reason)
        default: examination.damaged("unreadable", reason(of: error))
        }
    }

    // MARK: The inventory

    private func write(_ piece: InventoryPiece?, _ gathered: inout Gathered) throws {
        guard let piece else { return }
        let line = try LineCodec().encode(.inventory(InventoryRequest(grant: grant, matter: .piece(number: gathered.pieceCount, piece))))
        guard line.count < LineLimits.lineByteCount, gathered.pieceCount < LineLimits.inventoryPieces else {
            throw GatewayError(.spool, "a piece of the inventory has \(line.count) bytes; a line has at most \(LineLimits.lineByteCount)")
        }
        try spool.append(line, to: grant)
        gathered.digest.update(data: Array(SHA256.hash(data: Array(Self.body(of: line)))))
        gathered.pieceCount += 1
        pieceWritten(gathered.pieceCount)
    }

    /// What follows the verb and its space: what a piece's digest is taken over.
    private static func body(of line: [UInt8]) -> ArraySlice<UInt8> { line.dropFirst(Verb.inventory.rawValue.utf8.count + 1) }

    /// Writes the piece that is begun.
    private func tellRest(of gathered: Gathered) throws -> Gathered {
        var gathered = gathered
        try write(gathered.builder.finish(), &gathered)
        return gathered
    }

    private func finish(_ gathered: Gathered) throws -> Int {
        let end = InventoryEnd(
            pieces: gathered.pieceCount, digest: gathered.digest.finalize().map { Self.hex($0) }.joined(), fileCount: medium.files.count,
            notDICOMCount: gathered.notDICOMCount, findings: medium.findings.filter(\.meansLoss).map(Self.sentence),
            assumed: rules.characterSet.flatMap { gathered.assumedCount > 0 ? .init(characterSet: $0.term, objects: gathered.assumedCount) : nil })
        try spool.finish(try LineCodec().encode(.inventory(InventoryRequest(grant: grant, matter: .end(end)))), of: grant)
        return gathered.pieceCount
    }

    private static func hex(_ byte: UInt8) -> String { String(byte >> 4, radix: 16) + String(byte & 15, radix: 16) }

    /// A finding of the medium as a sentence: its code, how many, and where. Paths may name patients, so they are such arguments.
    private static func sentence(_ finding: MediumFinding) -> Sentence {
        var arguments: [SentenceArgument] = [.count(finding.count)]
        if let path = finding.path { arguments.append(.patient(Identifying(path))) }
        if let first = finding.sectors.first, let last = finding.sectors.last {
            arguments.append(.text("sectors \(first.lowerBound)-\(last.upperBound - 1)"))
        }
        return Sentence(finding.code.rawValue, arguments)
    }
}

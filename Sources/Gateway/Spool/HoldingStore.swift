import Glibc
import Migration

/// Where held parts wait when the spool has no room for them: a folder on another disk or a share, one folder in it a spool.
///
/// What lies here is still in the worker's custody and is sent from here.
struct HoldingStore: Sendable {
    private let path: String

    /// The store in the folder `path`, for the spool of that identity.
    ///
    /// - Parameter isInUse: whether studies were moved into it before: its own folder must then be there already.
    /// - Throws: ``GatewayError`` with `configuration` when a folder is not there: it is not made, since a share that is not mounted would
    ///   then be written into the folder that it is mounted on.
    init(at path: String, of spool: String, isInUse: Bool) throws {
        self.path = "\(path)/\(spool)"
        guard FileSystem.exists(isInUse ? self.path : path) else {
            let what = isInUse ? "does not hold what this spool moved there" : "is not there"
            throw GatewayError(.configuration, "the holding store \(path) \(what); is it mounted?")
        }
        try FileSystem.makeFolder(self.path)
    }

    private func folder(_ grant: GrantNumber) -> String { "\(path)/\(grant)" }

    func objectPath(_ sha256: String, under grant: GrantNumber) -> String { "\(folder(grant))/\(sha256)" }

    /// Copies staged objects as they lie there, sealed or not; all of them are durable when this returns.
    ///
    /// - Parameter opened: opens a copy, which is then checked against its digest.
    func copy(_ records: [InstanceRecord], from staged: GrantFolder, opened: (_ path: String, _ sha256: String) throws -> StagedObject) throws {
        try FileSystem.makeFolder(folder(staged.grant))
        do {
            for record in records {
                let target = objectPath(record.sha256, under: staged.grant)
                try Self.copy(staged.objectPath(record.sha256), to: target + ".new")
                try ObjectSource.staged(try opened(target + ".new", record.sha256), byteCount: record.byteCount).check(against: record)
                try FileSystem.rename(target + ".new", to: target)
            }
            try FileSystem.synchronizeFolder(of: objectPath("", under: staged.grant))
        } catch {
            // A study that was copied in part would take the room in which a smaller one fits.
            try? remove(records, under: staged.grant)
            throw error
        }
    }

    private static func copy(_ path: String, to target: String) throws {
        let source = try PosixFile(path, O_RDONLY)
        let copy = try PosixFile(target, O_WRONLY | O_CREAT | O_TRUNC)
        var offset: Int64 = 0
        while case let bytes = try source.read(at: offset, count: GatewayLimits.readByteCount), !bytes.isEmpty {
            try copy.write(bytes)
            offset += Int64(bytes.count)
        }
        try copy.synchronize()
    }

    /// Removes the objects of a study.
    func remove(_ records: [InstanceRecord], under grant: GrantNumber) throws {
        for path in records.map({ objectPath($0.sha256, under: grant) }) {
            try FileSystem.remove(path)
            try FileSystem.remove(path + ".new")
        }
    }

    /// Forgets all that lies here of `grant`.
    func drop(_ grant: GrantNumber) throws {
        if FileSystem.exists(folder(grant)) { try FileSystem.removeFolder(folder(grant)) }
    }
}

import Glibc
import Migration

/// Making room: held studies leave for the holding store.
extension Spool {
    /// Copies a study's objects into the holding store; they stay here until ``setAside(_:under:)``.
    func copyAside(_ study: String, under grant: GrantNumber) throws {
        guard let holdingStore, let entry = state.withLock({ $0.entries[grant] }), !entry.aside.contains(study), !entry.erased.contains(study)
        else { return }
        try holdingStore.copy(try instances(of: study, under: grant), from: entry.folder) { try opened($0, $1, entry) }
    }

    /// Removes copies that are not needed: the study is being sent from the spool.
    func dropCopies(of study: String, under grant: GrantNumber) throws {
        guard state.withLock({ $0.entries[grant]?.aside.contains(study) }) == false else { return }
        try holdingStore?.remove(try instances(of: study, under: grant), under: grant)
    }

    /// Lets a study whose copies are durable in the holding store leave the spool. Nobody may be reading its objects here.
    func setAside(_ study: String, under grant: GrantNumber) throws {
        guard let entry = state.withLock({ $0.entries[grant] }), !entry.aside.contains(study), !entry.erased.contains(study) else { return }
        let records = try instances(of: study, under: grant)
        try entry.folder.markAside(entry.aside + [study])
        state.withLock { $0.entries[grant]?.aside.append(study) }
        try removeStaged(records, of: entry)
    }

    /// Whether the disk of the spool takes as much as work needs to go on; tried by writing.
    func hasRoomOnDisk() -> Bool {
        let probe = "\(path)/probe"
        defer { try? FileSystem.remove(probe) }
        do {
            let file = try PosixFile(probe, O_WRONLY | O_CREAT | O_TRUNC)
            try file.write([UInt8](repeating: 0, count: GatewayLimits.diskProbeByteCount))
            try file.synchronize()
            return true
        } catch {
            return false
        }
    }
}

import Ledger
import LineProtocol
import Migration

extension Engine {
    /// Lists the files of `medium` that could not be read. What an earlier reading listed is dropped where this one listed it again or got it. A file
    /// that this reading does not name at all may be in a folder that it could not open, and stays on the list; but when it opened them all, a file of
    /// which no object is known has turned out to be none.
    ///
    /// - Parameter isIntact: whether this reading found no damage of the medium itself: every folder was opened, every file was tried.
    /// - Returns: how many files of the medium nothing makes up for yet, and the studies of those that something does now.
    func enter(
        _ gathered: GatheredInventory, on medium: MediumRecord, grant: GrantNumber, isIntact: Bool, in turn: Turn
    ) throws -> (unresolved: Int, repaired: [StudyID]) {
        let old = try turn.tx.unresolvedFiles(on: medium.id)
        guard !old.isEmpty || !gathered.unreadable.isEmpty else { return (0, []) }
        let listed = Set(gathered.unreadable.map(\.path))
        let held = try gathered.paths.union(pathsInCustody(on: medium, readBefore: grant, in: turn))
        var repaired: [StudyID] = []
        for record in old {
            let isReplaced = listed.contains(record.file.path) || (isIntact && record.file.isUnknown)
            guard try isReplaced || held.contains(record.file.path) || isHeld(record.file, in: turn) else { continue }
            try turn.tx.resolveUnreadable(record.number)
            repaired += try turn.tx.study(uid: record.file.studyInstanceUID).map { [$0.id] } ?? []
        }
        let hasWholeCopy = try twins(of: medium, in: turn).contains { $0.isWhole }
        for file in gathered.unreadable {
            let isResolved = try hasWholeCopy || held.contains(file.path) || isHeld(file, in: turn)
            try turn.tx.insertUnreadable(file, on: medium.id, grant: grant, isResolved: isResolved)
        }
        return (try turn.tx.unresolvedFiles(on: medium.id).count, repaired)
    }

    /// Paths that another reading of the medium, or of a copy with the same fingerprint, got, by whomever, and that are still in custody or
    /// needed no more.
    private func pathsInCustody(on medium: MediumRecord, readBefore grant: GrantNumber, in turn: Turn) throws -> Set<String> {
        var paths = Set<String>()
        for same in [medium] + (try twins(of: medium, in: turn)) {
            for part in try turn.tx.parts(on: same.id) where part.mediumGrant != grant {
                paths.formUnion(try had(part, in: turn).map(\.path))
            }
        }
        return paths
    }

    /// Whether some medium gave the object that `file` should have been.
    private func isHeld(_ file: UnreadableFile, in turn: Turn) throws -> Bool {
        guard !file.sopInstanceUID.isEmpty, let study = try turn.tx.study(uid: file.studyInstanceUID) else { return false }
        return try turn.tx.parts(of: study.id).contains { part in
            try had(part, in: turn).contains { $0.sopInstanceUID == file.sopInstanceUID }
        }
    }

    /// The instances of a part that need not be read again: all that somebody has, and of what is lost or was evicted those that arrived.
    private func had(_ part: PartRecord, in turn: Turn) throws -> [InstanceRecord] {
        let instances = try turn.tx.instances(of: part.id)
        return part.isGone ? instances.enumerated().filter { part.done.contains($0.offset) }.map(\.element) : instances
    }

    /// The declared originals and copies of `medium` that have its fingerprint, by label: the same directories with the same files and sizes. One
    /// that is a copy by its sleeve alone proves nothing of a file whose object is not known.
    private func twins(of medium: MediumRecord, in turn: Turn) throws -> [MediumRecord] {
        var media = try turn.tx.copies(of: medium.label)
        if !medium.expected.copyOf.isEmpty {
            media += try turn.tx.medium(label: medium.expected.copyOf).map { [$0] } ?? []
            media += try turn.tx.copies(of: medium.expected.copyOf).filter { $0.id != medium.id }
        }
        return media.filter { $0.fingerprint != nil && $0.fingerprint == medium.fingerprint }
    }

    /// A good copy makes up for damaged files (law 12): file by file by SOP Instance UID; when it has the same fingerprint also by path, and all
    /// of a medium when the copy was read whole.
    ///
    /// - Returns: the studies of which files were made up for.
    func repair(
        by gathered: GatheredInventory, on medium: MediumRecord, isWhole: Bool, in turn: Turn
    ) throws -> [StudyID] {
        var repaired: [UnreadableRecord] = []
        for study in gathered.studies.values {
            let uids = Set(study.instances.map(\.sopInstanceUID))
            repaired += try turn.tx.unresolvedFiles(ofStudy: study.header.studyInstanceUID).filter {
                uids.contains($0.file.sopInstanceUID)
            }
        }
        for twin in try twins(of: medium, in: turn) {
            repaired += try turn.tx.unresolvedFiles(on: twin.id).filter { isWhole || gathered.paths.contains($0.file.path) }
        }
        for record in repaired { try turn.tx.resolveUnreadable(record.number) }
        for id in Self.distinct(repaired.map(\.medium)) { try becomeWhole(id, in: turn) }
        return try repaired.compactMap { try turn.tx.study(uid: $0.file.studyInstanceUID)?.id }
    }

    /// A medium that was read in part is as good as whole when all of its files are there and the medium itself has no damage.
    private func becomeWhole(_ id: MediumID, in turn: Turn) throws {
        guard var medium = try turn.tx.medium(id), medium.state == .partlyRead, medium.contents?.findings.isEmpty == true,
            try turn.tx.unresolvedFiles(on: id).isEmpty
        else { return }
        medium.state = .read
        medium.isWhole = true
        try turn.tx.updateMedium(medium)
        try drainIfDone(id, in: turn)
    }
}

extension UnreadableFile {
    /// Whether nothing of it was read that says that it is an object.
    fileprivate var isUnknown: Bool { studyInstanceUID.isEmpty && sopInstanceUID.isEmpty }
}

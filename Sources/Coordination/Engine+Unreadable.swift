import Ledger
import LineProtocol
import Migration

extension Engine {
    /// Lists the files of `medium` that could not be read, in place of what an earlier reading listed. Returns how many of them nothing makes up
    /// for yet.
    func enter(
        _ files: [UnreadableFile], of gathered: GatheredInventory, on medium: MediumRecord, grant: GrantNumber, in turn: Turn
    ) throws -> Int {
        for old in try turn.tx.unresolvedFiles(on: medium.id) { try turn.tx.resolveUnreadable(old.number) }
        guard !files.isEmpty else { return 0 }
        let hasWholeCopy = try copies(of: medium, in: turn).contains { $0.isWhole }
        let held = try pathsInCustody(on: medium.id, readBefore: grant, in: turn)
        var unresolved = 0
        for file in files {
            let isResolved = try hasWholeCopy || held.contains(file.path) || isHeld(file, in: turn)
            try turn.tx.insertUnreadable(file, on: medium.id, grant: grant, isResolved: isResolved)
            unresolved += isResolved ? 0 : 1
        }
        return unresolved
    }

    /// Paths that an earlier reading of the medium got, by whomever, and that are still in custody.
    private func pathsInCustody(on medium: MediumID, readBefore grant: GrantNumber, in turn: Turn) throws -> Set<String> {
        var paths = Set<String>()
        for part in try turn.tx.parts(on: medium) where part.mediumGrant != grant && part.custody != .lost {
            paths.formUnion(try turn.tx.instances(of: part.id).map(\.path))
        }
        return paths
    }

    /// Whether some medium gave the object that `file` should have been.
    private func isHeld(_ file: UnreadableFile, in turn: Turn) throws -> Bool {
        guard !file.sopInstanceUID.isEmpty, let study = try turn.tx.study(uid: file.studyInstanceUID) else { return false }
        return try turn.tx.instances(of: study.id).contains { $0.instance.sopInstanceUID == file.sopInstanceUID }
    }

    /// The declared originals and copies of `medium`, by label.
    private func copies(of medium: MediumRecord, in turn: Turn) throws -> [MediumRecord] {
        var media = try turn.tx.copies(of: medium.label)
        if !medium.expected.copyOf.isEmpty {
            media += try turn.tx.medium(label: medium.expected.copyOf).map { [$0] } ?? []
            media += try turn.tx.copies(of: medium.expected.copyOf).filter { $0.id != medium.id }
        }
        return media
    }

    /// A good copy makes up for damaged files (law 12): file by file by SOP Instance UID, and all of a medium when its copy was read whole.
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
        let copies = try copies(of: medium, in: turn)
        if isWhole { for copy in copies { repaired += try turn.tx.unresolvedFiles(on: copy.id) } }
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

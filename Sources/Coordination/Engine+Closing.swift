import Ledger
import LineProtocol
import Migration
internal import OrderedCollections

extension Engine {
    /// Enters a closed inventory: from here on its studies count.
    mutating func close(
        _ medium: MediumRecord, grant: GrantNumber, of worker: WorkerID, _ end: InventoryEnd, in turn: Turn
    ) throws {
        var gathered = GatheredInventory()
        try turn.tx.forEachPiece(of: grant) { gathered.add($0) }
        try turn.tx.deletePieces(of: grant)
        var touched: [StudyID] = []
        var patients: [Identifying] = []
        for study in gathered.studies.values {
            if let known = try turn.tx.study(uid: study.header.studyInstanceUID) { patients.append(known.header.patient.patientID) }
            touched += try enter(study, from: medium, grant: grant, worker: worker, in: turn)
        }
        let isIntact = end.findings.isEmpty
        let (unresolved, repaired) = try enter(gathered, on: medium, grant: grant, isIntact: isIntact, in: turn)
        touched += repaired
        touched += try repair(by: gathered, on: medium, isWhole: isIntact && unresolved == 0, in: turn)
        try finish(medium, grant: grant, gathered, end, unresolved: unresolved, in: turn)
        touched += try gathered.unreadable.compactMap { try turn.tx.study(uid: $0.studyInstanceUID)?.id }
        // What nobody has any more may have been found unreadable now.
        touched += try turn.tx.parts(on: medium.id).filter { $0.isGone && !$0.remaining.isEmpty }.map(\.study)
        live.mediaRound.begin()
        live.filmCursor = RequestID(0)
        let studies = Self.distinct(touched)
        for study in studies { try place(study, in: turn) }
        try match(studies, andPatients: patients, in: turn)
        try drainIfDone(medium.id, in: turn)
    }

    /// Enters one study's instances as a part. Returns the studies that are to be matched again: this one, and those in conflict with it.
    private mutating func enter(
        _ study: GatheredStudy, from medium: MediumRecord, grant: GrantNumber, worker: WorkerID, in turn: Turn
    ) throws -> [StudyID] {
        var record: StudyRecord
        if let known = try turn.tx.study(uid: study.header.studyInstanceUID) {
            record = known
            record.conflicts.hasTwoPatients =
                known.conflicts.hasTwoPatients || study.hasTwoPatients || !known.header.isOfSamePatient(as: study.header)
            if try bringsAnother(study, to: known, in: turn) { record.decision?.settled.remove(.studyTwoPatients) }
            if try bringsAnotherContent(study, to: known, in: turn) { record.decision?.settled.remove(.uidConflict) }
            record.header = known.header.merged(with: study.header)
            try bringBack(known.id, in: turn)
        } else {
            record = try turn.tx.insertStudy(study.header)
            record.conflicts.hasTwoPatients = study.hasTwoPatients
        }
        let part = PartRecord(
            id: PartID(0), study: record.id, medium: medium.id, worker: worker, mediumGrant: grant,
            instanceCount: study.instances.count, byteCount: study.instances.reduce(0) { $0 + $1.byteCount },
            wanted: InstanceRanges(upTo: study.instances.count))
        let rivals = try holders(of: study.instances, except: record.id, in: turn)
        if !rivals.isEmpty { try noteRivals(rivals, of: &record, by: study, in: turn) }
        let inserted = try turn.tx.insertPart(part, instances: study.instances)
        try turn.tx.updateStudy(record)
        try turn.tx.insertInstanceKeys(study.instances.map(\.sopInstanceUID), of: record.id)
        try turn.record(
            .instancesAdded, [.count(Int64(inserted.instanceCount)), .label(medium.label)], study: record.id, medium: medium.id,
            worker: worker, grant: grant)
        return [record.id] + rivals
    }

    /// Whether, after a person let a study of two patients go, more of it turns up under another identity than its own: that one the person did not see.
    /// What is read again, or from a copy, is known.
    private func bringsAnother(_ study: GatheredStudy, to known: StudyRecord, in turn: Turn) throws -> Bool {
        guard known.decision?.settled.contains(.studyTwoPatients) == true, study.hasTwoPatients || !known.header.isOfSamePatient(as: study.header) else {
            return false
        }
        let read = try turn.tx.parts(of: known.id).flatMap { try turn.tx.instances(of: $0.id) }
        return !Set(study.instances.map(\.contentDigest)).isSubset(of: read.map(\.contentDigest))
    }

    /// Whether, after a person let a study go in which one SOP Instance UID has two contents, another one turns up under a UID of it: that one the person did not see.
    private func bringsAnotherContent(_ study: GatheredStudy, to known: StudyRecord, in turn: Turn) throws -> Bool {
        guard known.decision?.settled.contains(.uidConflict) == true else { return false }
        let read = try turn.tx.parts(of: known.id).flatMap { try turn.tx.instances(of: $0.id) }
        let (uids, contents) = (Set(read.map(\.sopInstanceUID)), Set(read.map(\.contentDigest)))
        return study.instances.contains { uids.contains($0.sopInstanceUID) && !contents.contains($0.contentDigest) }
    }

    /// Other studies hold SOP Instance UIDs of what was just read. Where that was not read before, nobody has settled it, in either study.
    private func noteRivals(_ rivals: [StudyID], of record: inout StudyRecord, by study: GatheredStudy, in turn: Turn) throws {
        record.conflicts.hasInstanceConflict = true
        let read = try Set(turn.tx.parts(of: record.id).flatMap { try turn.tx.instances(of: $0.id) }.map(\.contentDigest))
        let new = try Set(holders(of: study.instances.filter { !read.contains($0.contentDigest) }, except: record.id, in: turn))
        if !new.isEmpty { record.decision?.settled.remove(.uidConflict) }
        for rival in rivals {
            guard let known = try turn.tx.study(rival) else { continue }
            var other = known
            other.conflicts.hasInstanceConflict = true
            if new.contains(rival) { other.decision?.settled.remove(.uidConflict) }
            if other != known { try turn.tx.updateStudy(other) }
        }
    }

    /// The other studies that hold one of these SOP Instance UIDs. As the study's own UID is part of the content, that is always a conflict.
    private func holders(of instances: [InstanceRecord], except study: StudyID, in turn: Turn) throws -> [StudyID] {
        var holders: [StudyID] = []
        for instance in instances {
            for candidate in try turn.tx.studiesMayHold(instance.sopInstanceUID, except: study)
            where !holders.contains(candidate) {
                let placed = try turn.tx.instances(of: candidate)
                if placed.contains(where: { $0.instance.sopInstanceUID == instance.sopInstanceUID }) { holders.append(candidate) }
            }
        }
        return holders
    }

    private func finish(
        _ medium: MediumRecord, grant: GrantNumber, _ gathered: GatheredInventory, _ end: InventoryEnd, unresolved: Int,
        in turn: Turn
    ) throws {
        var medium = medium
        let isWhole = end.findings.isEmpty && unresolved == 0
        var arguments: [SentenceArgument] = [
            .label(medium.label), .count(Int64(gathered.studies.count)), .count(Int64(gathered.instanceCount)),
        ]
        if !isWhole { arguments += [.count(Int64(unresolved)), .count(Int64(end.findings.count))] }
        let sentence = Sentence(isWhole ? .mediumRead : .mediumPartlyRead, arguments)
        medium.state = isWhole ? .read : .partlyRead
        medium.isWhole = isWhole
        medium.readingGrant = nil
        medium.closedGrant = grant
        medium.contents?.fileCount = end.fileCount
        medium.contents?.notDICOMCount = end.notDICOMCount
        medium.contents?.findings = end.findings
        medium.sentence = sentence
        try turn.tx.updateMedium(medium)
        try turn.record(sentence, medium: medium.id, worker: medium.worker, grant: grant)
        guard let assumed = end.assumed else { return }
        let words: [SentenceArgument] = [.label(medium.label), .text(assumed.characterSet), .count(Int64(assumed.objects))]
        try turn.record(Sentence(.characterSetAssumed, words), medium: medium.id, worker: medium.worker, grant: grant)
    }

    /// A medium that was read whole and of which nothing is needed any more is drained.
    func drainIfDone(_ id: MediumID, in turn: Turn) throws {
        guard try !turn.tx.hasOpenParts(on: id), var medium = try turn.tx.medium(id), medium.state == .read else { return }
        medium.state = .drained
        medium.sentence = Sentence(.mediumDrained, [.label(medium.label)])
        try turn.tx.updateMedium(medium)
        try turn.record(.mediumDrained, [.label(medium.label)], medium: id)
    }
}

/// All of one study in one inventory.
struct GatheredStudy {
    var header: StudyHeader
    var hasTwoPatients = false
    var instances: [InstanceRecord]
}

/// All pieces of one inventory, put together in the order of report.
struct GatheredInventory {
    /// By Study Instance UID, in the order of their first report.
    private(set) var studies: OrderedDictionary<String, GatheredStudy> = [:]
    private(set) var unreadable: [UnreadableFile] = []
    private(set) var instanceCount = 0

    /// Where its instances lie on the medium.
    var paths: Set<String> { Set(studies.values.flatMap { $0.instances.map(\.path) }) }

    mutating func add(_ piece: InventoryPieceRecord) {
        for study in piece.studies {
            instanceCount += study.instances.count
            let uid = study.header.studyInstanceUID
            guard let known = studies[uid] else {
                studies[uid] = GatheredStudy(header: study.header, instances: study.instances)
                continue
            }
            studies[uid]?.instances += study.instances
            studies[uid]?.hasTwoPatients = known.hasTwoPatients || !known.header.isOfSamePatient(as: study.header)
            studies[uid]?.header = known.header.merged(with: study.header)
        }
        unreadable += piece.unreadable
    }
}

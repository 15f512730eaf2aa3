import Ledger
import Matching
import Migration

/// What the legacy archive's own index has against a study that was read. It knows merges, corrections and deletions that headers do not, so where it
/// disagrees a person decides.
extension Engine {
    /// Whether the index lists the study for another patient, or with fewer instances than were read: whose the study, or a part of it, is, is in doubt.
    func legacyDoubt(of study: StudyRecord, in turn: Turn) throws -> Clearance? {
        guard let listed = try listed(study, in: turn) else { return nil }
        let differences = try differences(study.header, listed.header, in: turn)
        if !differences.isEmpty { return Clearance(held: .legacyPatient, Sentence(.legacyPatient, differences)) }
        guard let count = listed.countedInstances, count < study.size.instances else { return nil }
        return Clearance(held: .legacyListsFewer, Sentence(.legacyListsFewer, [.count(Int64(count)), .count(Int64(study.size.instances))]))
    }

    /// Whether the index lists more of the study than was read: it waits while a medium could hold the others, and then for a person.
    func legacyLack(of study: StudyRecord, in turn: Turn) throws -> Clearance? {
        guard let listed = try listed(study, in: turn), let count = listed.countedInstances, count > study.size.known else { return nil }
        let counts: [SentenceArgument] = [.count(Int64(count)), .count(Int64(study.size.instances))]
        // Studies that wait for media are looked at again patient by patient: one without a patient ID would wait for ever.
        guard !study.header.patient.patientID.isBlank, let medium = try mediumWithMore(of: listed, study, in: turn) else {
            return Clearance(held: .legacyListsMore, Sentence(.legacyListsMore, counts))
        }
        return Clearance(held: .waitingForMedia, Sentence(.waitingForListed, counts + [.label(medium.label)]))
    }

    /// Flags a settled study of which the index lists more than was read, until that is read too. What a person let go with this in view is not flagged.
    func flagLegacyLack(of study: inout StudyRecord, in turn: Turn) throws {
        let reason = HoldReason.legacyListsMore
        if try legacyLack(of: study, in: turn) == nil {
            try mark(&study, reason, false, in: turn)
        } else if study.decision?.covers(reason) != true {
            try mark(&study, reason, true, in: turn)
        }
    }

    /// The index lists a study otherwise than when a person let it go: what they did not see holds it again.
    func reopen(_ study: StudyRecord, listedBefore old: LegacyStudy, now new: LegacyStudy, in turn: Turn) throws {
        guard study.decision != nil else { return }
        var study = study
        let seen = try differences(study.header, old.header, in: turn)
        let further = try differences(study.header, new.header, in: turn).filter { !seen.contains($0) }
        if !further.isEmpty { study.decision?.settled.remove(.legacyPatient) }
        if old.countedInstances != new.countedInstances { study.decision?.settled.subtract([.legacyListsFewer, .legacyListsMore]) }
        try turn.tx.updateStudy(study)
    }

    /// The study as the index lists it; nil where it does not, or nobody asks.
    private func listed(_ study: StudyRecord, in turn: Turn) throws -> LegacyStudy? {
        guard configuration.policies.legacyIndex == .hold else { return nil }
        return try turn.tx.legacyStudy(uid: study.header.studyInstanceUID)
    }

    /// The medium that the index names, or else any that could hold the study's day, if it is still to be read.
    private func mediumWithMore(of listed: LegacyStudy, _ study: StudyRecord, in turn: Turn) throws -> MediumRecord? {
        try turn.tx.openMedium(labelled: listed.mediumLabel) ?? turn.tx.openMedium(covering: (study.header.date ?? listed.header.date).map { $0...$0 })
    }

    // MARK: Whose it is

    /// What of the patient differs, field by field: its name, what the objects say, what the index says. What either leaves empty says nothing.
    private func differences(_ objects: StudyHeader, _ listed: StudyHeader, in turn: Turn) throws -> [SentenceArgument] {
        let (ours, theirs) = (objects.patient, listed.patient)
        let comparison = IdentityComparison(study: ours, order: theirs)
        var arguments: [SentenceArgument] = []
        func add(_ field: String, _ ours: Identifying, _ theirs: Identifying) { arguments += [.text(field), .patient(ours), .patient(theirs)] }
        if try !isSamePatient(PatientKey(ours), PatientKey(theirs), in: turn) { add("patient ID", ours.patientID, theirs.patientID) }
        if comparison.name == .contradicts, try !haveOneName(objects, listed, in: turn) { add("name", ours.name, theirs.name) }
        if comparison.birthDate == .contradicts { add("birth date", ours.birthDate, theirs.birthDate) }
        if comparison.sex == .contradicts { add("sex", ours.sex, theirs.sex) }
        return arguments
    }

    /// Whether two names are one patient's: the hospital gave one of them, or both, before.
    private func haveOneName(_ one: StudyHeader, _ other: StudyHeader, in turn: Turn) throws -> Bool {
        let present = try IdentityComparison(study: turn.tx.present(one).patient, order: turn.tx.present(other).patient)
        return present.name != .contradicts
    }

    /// Whether two numbers may be one patient's by now: the same, or merged into one, or ways to write one of them that is nobody else's.
    private func isSamePatient(_ one: PatientKey, _ other: PatientKey, in turn: Turn) throws -> Bool {
        if one.patientID.isBlank || other.patientID.isBlank || one.isSame(as: other) { return true }
        let (present, theirs) = try (turn.tx.current(one), turn.tx.current(other))
        if present.isSame(as: theirs) { return true }
        guard present.mayBeIssued(by: theirs.issuer), matching.family(of: present.patientID).contains(theirs.patientID) else { return false }
        return try !(turn.tx.isKnown(present) && turn.tx.isKnown(theirs))
    }
}

extension LegacyStudy {
    /// How many instances the index says that there are; nil where it does not say: what says 0 lists the study all the same.
    fileprivate var countedInstances: Int? { instanceCount.flatMap { $0 > 0 ? $0 : nil } }
}

extension StudySize {
    /// Instances of which is known where they are, or that they cannot be read.
    fileprivate var known: Int { instances + unreadable }
}

extension PatientKey {
    fileprivate func isSame(as other: PatientKey) -> Bool { patientID == other.patientID && mayBeIssued(by: other.issuer) }
}

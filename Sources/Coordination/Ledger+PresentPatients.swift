public import Ledger
public import Matching
public import Migration

/// Whose studies are by now, as the hospital's messages tell of merges and names.
extension LedgerLookup {
    /// Patient IDs that merges bind together: more are beyond what a hospital does, and are matched all at once (law 9).
    private var kinLimit: Int { 256 }

    /// The patient IDs that merges bind to `patientID`, however they follow each other; itself among them, in their order.
    ///
    /// - Throws: `LedgerError` `limit` where there are too many; a merge that would make them so is refused.
    func kin(of patientID: Identifying) throws -> [Identifying] {
        var known: Set<Identifying> = [patientID]
        var open = [patientID]
        while let next = open.popLast() {
            for merge in try merges(ofPatient: next) + merges(into: next, limit: kinLimit + 1) {
                for other in [merge.former.patientID, merge.survivor.patientID] where known.insert(other).inserted { open.append(other) }
            }
            guard known.count <= kinLimit else { throw LedgerError(.limit, "more than \(kinLimit) patient IDs are merged with each other") }
        }
        return known.sorted() // unordered: it is sorted
    }

    /// The patient IDs that merges bind to `patient`, and all that may stand for the number of one of them, however these follow each other; the same for each of
    /// them. One statement looks up all spellings of a number.
    ///
    /// - Throws: `LedgerError` `limit` where there are too many.
    public func family(of patient: Identifying, by matching: MatchingPolicy) throws -> MatchedPatients {
        var known: Set<Identifying> = []
        var found: [PatientTally] = []
        var open = [patient]
        while let next = open.popLast() {
            guard known.count <= familyLimit else { throw LedgerError(.limit, "more than \(familyLimit) patient IDs are one patient's by merges and spellings") }
            let members = matching.family(of: next).filter { known.insert($0).inserted }
            let tallies = try tallies(ofPatients: members, limit: MatchingScene.countLimit)
            found += tallies
            for tally in tallies where tally.isMerged { open += try kin(of: tally.patientID).filter { !known.contains($0) } }
        }
        return MatchedPatients(members: known.sorted(), tallies: found.sorted { $0.patientID < $1.patientID }) // unordered: it is sorted
    }

    /// Patient IDs that are matched together: merges bind some, and each has some hundred spellings (law 9).
    private var familyLimit: Int { 10_000 }

    /// Whether the hospital has told of a patient of this ID, by an order, an identity or a merge, whose issuer may be that of `patient`.
    func isKnown(_ patient: PatientKey) throws -> Bool {
        let issuers = try identities(ofPatient: patient.patientID).map(\.notice.key.issuer) + merges(ofPatient: patient.patientID).map(\.former.issuer)
        return try issuers.contains { patient.mayBeIssued(by: $0) }
            || orders(ofPatient: patient.patientID).contains { patient.mayBeIssued(by: $0.order.patient.issuer) }
    }

    /// What was said of `patient`: of exactly this one, or else of the only one who may be it.
    func fittingIdentity(of patient: PatientKey) throws -> IdentityRecord? {
        let fitting = try identities(ofPatient: patient.patientID).filter { patient.mayBeIssued(by: $0.notice.key.issuer) }
        return fitting.first { $0.notice.key == patient } ?? (fitting.count == 1 ? fitting[0] : nil)
    }

    /// What a study's objects say, of the patient who is meant by that now: under the number that theirs was merged into. A name that the hospital itself gave the number
    /// before, or one that it was merged into, and took back, says nothing: neither against the present one, nor, since it may have been another patient's, for it.
    public func present(_ header: StudyHeader) throws -> StudyHeader {
        let said = PatientKey(patientID: header.patient.patientID, issuer: header.patient.issuer)
        guard !said.patientID.isBlank else { return header }
        let numbers = [said] + (try chain(from: said))
        let present = numbers.last ?? said
        var header = header
        let wasCalled = try numbers.contains { try fittingIdentity(of: $0)?.hadFormerly(header.patient.name) == true }
        if wasCalled, try !isCalled(present, header.patient.name) { header.patient.name = "" }
        guard present != said else { return header }
        header.patient.patientID = present.patientID
        if !present.issuer.isBlank { header.patient.issuer = present.issuer }
        return header
    }

    /// Whether the hospital's word of `patient` gives that name: all of it together, or that of messages, which orders bear whatever a newer list says.
    private func isCalled(_ patient: PatientKey, _ name: Identifying) throws -> Bool {
        guard let identity = try fittingIdentity(of: patient) else { return false }
        return [identity.notice, identity.told.notice].contains { notice in
            guard case .value(let present) = notice.name else { return false }
            return IdentityComparison(study: PatientIdentity(patientID: "", name: name), order: PatientIdentity(patientID: "", name: present)).name == .agrees
        }
    }
}

extension LedgerTransaction {
    /// Keeps the name that an order gave the patient, where the hospital calls the patient otherwise by now: whether that was not known. As for orders that are there
    /// when they get another name, so that it makes no difference which came first.
    func remember(_ name: Identifying, of patient: PatientKey, calledNow present: Identifying) throws -> Bool {
        guard name != present, let known = try fittingIdentity(of: patient) else { return false }
        var identity = known
        identity.remember([name])
        guard identity != known else { return false }
        try putIdentity(identity)
        return true
    }
}

/// The patient IDs that are matched together.
public struct MatchedPatients: Sendable {
    /// They, whether or not there is anything under them, in their order.
    public let members: [Identifying]
    /// What the ledger has under those under which there is anything, in the order of the IDs; studies and orders as far as matching takes any.
    let tallies: [PatientTally]

    /// Those that the hospital's messages and files told of, with or without orders.
    public var told: Set<Identifying> { Set(tallies.filter(\.isTold).map(\.patientID)) }
}

extension IdentityRecord {
    /// Who it is, as far as that was said.
    var patient: PatientIdentity { notice.applied(to: PatientIdentity(patientID: "")) }

    /// Whether the patient was called so before.
    func hadFormerly(_ name: Identifying) -> Bool {
        let objects = PatientIdentity(patientID: "", name: name)
        return formerNames.contains { IdentityComparison(study: objects, order: PatientIdentity(patientID: "", name: $0)).name == .agrees }
    }

    /// Keeps names that the hospital gave the patient.
    mutating func remember(_ names: [Identifying]) {
        let all = Set(formerNames + names).filter { !$0.isBlank }
        formerNames = Array(all.sorted().prefix(Self.nameLimit)) // unordered: it is sorted
    }
}

import Ledger
import Matching
import Migration

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

    /// What was said of `patient`: of exactly this one, or else of the only one who may be it.
    func fittingIdentity(of patient: PatientKey) throws -> IdentityRecord? {
        let fitting = try identities(ofPatient: patient.patientID).filter { patient.mayBeIssued(by: $0.notice.key.issuer) }
        return fitting.first { $0.notice.key == patient } ?? (fitting.count == 1 ? fitting[0] : nil)
    }

    /// What a study's objects say, of the patient who is meant by that now: under the number that theirs was merged into. A name that the hospital itself gave the number
    /// before, and took back, says nothing: neither against the present one, nor, since it may have been another patient's, for it.
    func present(_ header: StudyHeader) throws -> StudyHeader {
        let said = PatientKey(patientID: header.patient.patientID, issuer: header.patient.issuer)
        guard !said.patientID.isBlank else { return header }
        let present = try current(said)
        var header = header
        if try fittingIdentity(of: said)?.hadFormerly(header.patient.name) == true, try !isCalled(present, header.patient.name) { header.patient.name = "" }
        guard present != said else { return header }
        header.patient.patientID = present.patientID
        if !present.issuer.isBlank { header.patient.issuer = present.issuer }
        return header
    }

    /// Whether the hospital's word of `patient` gives that name.
    private func isCalled(_ patient: PatientKey, _ name: Identifying) throws -> Bool {
        guard let present = try fittingIdentity(of: patient)?.name else { return false }
        return IdentityComparison(study: PatientIdentity(patientID: "", name: name), order: PatientIdentity(patientID: "", name: present)).name == .agrees
    }
}

extension IdentityRecord {
    /// The name that was said; nil: none was.
    var name: Identifying? { if case .value(let name) = notice.name { name } else { nil } }

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

extension PatientKey {
    /// By what the patient of an identity is found.
    init(_ patient: PatientIdentity) { self.init(patientID: patient.patientID, issuer: patient.issuer) }
}

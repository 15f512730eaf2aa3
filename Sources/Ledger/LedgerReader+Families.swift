public import Migration

/// The studies and orders under the patient IDs that may stand for one number.
public struct PatientFamily: Sendable {
    /// The first of the IDs, by the order of UTF-8 bytes, that has studies.
    public var leader: Identifying
    /// The studies, ID by ID.
    public var studies: [KnownStudy]
    /// The orders, ID by ID.
    public var orders: [OrderRecord]
}

extension LedgerReader {
    /// Walks over the families of patient IDs that have studies, in the order of their leaders, as long as `take` says to go on.
    ///
    /// Memory is bounded by the family with the most studies and orders. Studies without a patient ID are of no family.
    ///
    /// - Parameters:
    ///   - patientID: Go on behind the family that this one leads; blank: from the beginning.
    ///   - family: All IDs that may stand for the number of one, itself among them; the same for each of them.
    public func walkFamilies(
        behind patientID: Identifying, _ family: (Identifying) throws -> [Identifying], _ take: (PatientFamily) throws -> Bool
    ) throws {
        var last = patientID
        while true {
            let patients = try patients(withStudiesBehind: last, limit: Self.familyShare)
            for patient in patients {
                guard let found = try self.family(ledBy: patient, try family(patient)) else { continue }
                guard try take(found) else { return }
            }
            guard let next = patients.last, patients.count == Self.familyShare else { return }
            last = next
        }
    }

    /// The family, if `patient` leads it; else nil.
    private func family(ledBy patient: Identifying, _ members: [Identifying]) throws -> PatientFamily? {
        var studies: [KnownStudy] = []
        for member in members {
            let own = try knownStudies(ofPatient: member)
            if !own.isEmpty, studies.isEmpty, member != patient { return nil }
            studies += own
        }
        return PatientFamily(leader: patient, studies: studies, orders: try members.flatMap { try orders(ofPatient: $0) })
    }

    /// Patient IDs that are asked for at once.
    private static var familyShare: Int { 1000 }
}

import Migration

/// Remembers which line of a file gave which identifier to which patient, to find those that the file gives twice (law 12).
///
/// It keeps 64-bit digests: a chance agreement of two, about one in 20 million files of a million rows, gives a needless warning, and nothing else
/// depends on it, because the ledger compares the identifiers themselves.
struct RepetitionRegister {
    /// What the file said before of an identifier.
    enum Earlier: Hashable {
        /// Nothing.
        case none
        /// It was given to the same patient, or to another one, in this line.
        case line(Int, isSamePatient: Bool)
        /// From here on nothing is remembered, after so many identifiers.
        case full(Int)
    }

    private struct Entry {
        let patient: UInt64
        /// nil: none is named.
        let issuer: UInt64?
        let line: Int

        /// Where both name an issuer, the issuers must be equal.
        func isSamePatient(as other: Entry) -> Bool {
            patient == other.patient && (issuer == nil || other.issuer == nil || issuer == other.issuer)
        }
    }

    private var entries: [UInt64: Entry] = [:]
    private var isFull = false
    private let limit: Int

    /// A register of up to `limit` identifiers.
    init(limit: Int = TableLimits.rememberedIdentifiers) { self.limit = limit }

    /// Notes `identifier`, given to `patient` (of its issuer) in `line`; what an earlier line says. It is told once that the register is full.
    mutating func note(_ identifier: String, of patient: PatientKey, line: Int) -> Earlier {
        let key = TextDigest.of(identifier)
        let entry = Entry(
            patient: TextDigest.of(patient.patientID.reveal()), issuer: patient.issuer.isBlank ? nil : TextDigest.of(patient.issuer.reveal()), line: line)
        if let earlier = entries[key] { return .line(earlier.line, isSamePatient: earlier.isSamePatient(as: entry)) }
        if entries.count < limit {
            entries[key] = entry
            return .none
        }
        if isFull { return .none }
        isFull = true
        return .full(limit)
    }
}

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
        let line: Int
    }

    private var entries: [UInt64: Entry] = [:]
    private var isFull = false
    private let limit: Int

    /// A register of up to `limit` identifiers.
    init(limit: Int = TableLimits.rememberedIdentifiers) { self.limit = limit }

    /// Notes `identifier`, given to `patient` in `line`; what an earlier line says. It is told once that the register is full.
    mutating func note(_ identifier: String, of patient: Identifying, line: Int) -> Earlier {
        let key = Self.digest(identifier)
        let patient = Self.digest(patient.reveal())
        if let earlier = entries[key] { return .line(earlier.line, isSamePatient: earlier.patient == patient) }
        if entries.count < limit {
            entries[key] = Entry(patient: patient, line: line)
            return .none
        }
        if isFull { return .none }
        isFull = true
        return .full(limit)
    }

    /// FNV-1a, 64 bits.
    static func digest(_ text: String) -> UInt64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
        return hash
    }
}

import Migration

/// Remembers the accession numbers of one file, to find those that it gives twice (law 12).
///
/// It keeps 64-bit digests: a chance agreement of two, about one in 20 million files of a million rows, gives a needless warning, and nothing else
/// depends on it, because the ledger compares the numbers themselves.
struct AccessionRegister {
    private struct Entry {
        let patient: UInt64
        let line: Int
    }

    private var entries: [UInt64: Entry] = [:]
    private var isFull = false
    private let limit: Int

    /// A register of up to `limit` accession numbers.
    init(limit: Int = TableLimits.rememberedAccessions) { self.limit = limit }

    /// Notes the accession number of `order`; a warning when an earlier line has it.
    mutating func note(_ order: Order, line: Int) -> TableFault? {
        let key = Self.digest(order.accessionNumber)
        let patient = Self.digest(order.patient.patientID.reveal())
        if let earlier = entries[key] { return repetition(earlier, patient: patient, line: line) }
        if entries.count < limit {
            entries[key] = Entry(patient: patient, line: line)
            return nil
        }
        if isFull { return nil }
        isFull = true
        return TableFault(
            .repetitionsUnchecked, line: line, "from here on repeated accession numbers are found by the ledger only, after \(limit) of them")
    }

    private func repetition(_ earlier: Entry, patient: UInt64, line: Int) -> TableFault {
        earlier.patient == patient
            ? TableFault(.accessionRepeated, line: line, "accession_number is also that of line \(earlier.line), same patient: this line counts")
            : TableFault(
                .accessionTwoPatients, line: line,
                "accession_number is also that of line \(earlier.line), another patient: both are kept, and no study gets it without a person")
    }

    /// FNV-1a, 64 bits.
    private static func digest(_ text: String) -> UInt64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
        return hash
    }
}

/// FNV-1a, 64 bits: tells texts apart where a chance agreement costs nothing that matters.
public struct TextDigest: Sendable {
    /// The digest so far.
    public private(set) var value: UInt64 = 0xCBF2_9CE4_8422_2325

    /// The digest of nothing.
    public init() {}

    /// The digest of `text`.
    public static func of(_ text: String) -> UInt64 {
        var digest = TextDigest()
        digest.add(text)
        return digest.value
    }

    /// Goes on with `text`.
    public mutating func add(_ text: String) {
        for byte in text.utf8 { add(byte) }
    }

    /// Goes on with `text` and an end of it, so that two texts are told apart from one.
    public mutating func addField(_ text: String) {
        add(text)
        add(0)
    }

    private mutating func add(_ byte: UInt8) { value = (value ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
}

extension Order {
    /// A number by which an order as it stands is told from another.
    public var digest: Int64 {
        var digest = digestOfTheRest
        digest.addField(accessionNumber)
        return Int64(bitPattern: digest.value)
    }

    /// What stands for the accession number of an order that came in a row whose own cannot be used: the same for the same row, and no accession number, since
    /// these have no backslash (PS3.5 §6.2). The order counts as one of its patient and day, and no study gets it.
    public var substituteNumber: String {
        let digits = String(digestOfTheRest.value >> 4, radix: 16)
        return "\\" + String(repeating: "0", count: 15 - digits.count) + digits
    }

    /// Whether a study may get it: its accession number is the hospital's.
    public var isAssignable: Bool { !accessionNumber.hasPrefix("\\") }

    /// Of all but the accession number.
    private var digestOfTheRest: TextDigest {
        var digest = TextDigest()
        for value in [patient.patientID, patient.issuer, patient.name, patient.birthDate, patient.sex] { digest.addField(value.reveal()) }
        digest.addField(examDate?.description ?? "")
        for value in [studyInstanceUID, examTime, modality, procedureCode, procedureDescription, department, status] { digest.addField(value) }
        return digest
    }
}

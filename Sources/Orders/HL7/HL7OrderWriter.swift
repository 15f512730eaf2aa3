public import Migration

/// Writes orders as HL7 v2.5 messages: ORM^O01 or OMI^O23 (HL7 v2.5 §4.4.1, §4.4.10), with IHE's places for the accession number and the Study Instance UID
/// (IHE RAD TF-2 §4.4.4).
public struct HL7OrderWriter: Sendable {
    /// How the receiver wants them.
    public let conventions: HL7OrderConventions
    private let set: HL7CharacterSet

    /// A writer by `conventions`; nil: its character set is not known, or cannot be written.
    public init?(_ conventions: HL7OrderConventions) {
        guard let set = HL7CharacterSet([conventions.characterSet]), set.isWritable else { return nil }
        self.conventions = conventions
        self.set = set
    }

    /// The message of `order`, or of its cancel when its status is one; nil: it has a character that the set does not have. The same values make the same bytes.
    public func message(_ order: Order, controlID: String, madeAt: Instant) -> [UInt8]? {
        let segments = [header(controlID, madeAt), patient(order), HL7Line("PV1", [1: "1", 2: "U"])] + request(order)
        return set.bytes(of: segments.map(\.text).joined())
    }

    /// The reply that `bytes` are; nil: they are none.
    public func reply(_ bytes: [UInt8]) -> HL7Reply? { HL7Reply(bytes[...], assuming: set) }

    private func header(_ controlID: String, _ madeAt: Instant) -> HL7Line {
        let structure = conventions.message.rawValue.split(separator: "^").joined(separator: "_")
        return HL7Line("MSH", [
            2: "^~\\&", 3: HL7Line.escaped(conventions.sendingApplication), 4: HL7Line.escaped(conventions.sendingFacility),
            5: HL7Line.escaped(conventions.receivingApplication), 6: HL7Line.escaped(conventions.receivingFacility), 7: HL7Moment.text(of: madeAt),
            9: "\(conventions.message.rawValue)^\(structure)", 10: HL7Line.escaped(controlID), 11: "P", 12: "2.5", 18: conventions.characterSet,
        ])
    }

    private func patient(_ order: Order) -> HL7Line {
        let issuer = order.patient.issuer.isBlank ? conventions.assigningAuthority : order.patient.issuer.trimmed
        return HL7Line("PID", [
            1: "1", 3: HL7Line.components([order.patient.patientID.trimmed, "", "", issuer, "MR"]), 5: HL7PersonName.repetitions(of: order.patient.name.reveal()),
            7: HL7Line.escaped(order.patient.birthDate.trimmed), 8: HL7Line.escaped(order.patient.sex.trimmed),
        ])
    }

    private func request(_ order: Order) -> [HL7Line] {
        let isOMI = conventions.message == .omi
        let number = HL7Line.escaped(order.accessionNumber)
        let identifier = HL7Line.components([order.accessionNumber, conventions.sendingApplication])
        let exam = (order.examDate?.description ?? "") + (order.examDate == nil ? "" : order.examTime)
        // Timing stands in TQ1 where the message has that segment; ORC-7 and OBR-27 are for those who know of none.
        let timing = isOMI || exam.isEmpty ? "" : "^^^\(exam)"
        let common = HL7Line("ORC", [1: order.isCancelled ? "CA" : "NW", 2: identifier, 3: identifier, 5: order.isCancelled ? "CA" : "SC", 7: timing])
        let detail = HL7Line("OBR", [
            1: "1", 2: identifier, 3: identifier, 4: HL7Line.components([conventions.procedureCode, order.procedureDescription, "L"]),
            18: number, 19: number, 20: number, 24: HL7Line.escaped(order.modality), 27: timing, 36: exam,
        ])
        guard isOMI else { return [common, detail, HL7Line("ZDS", [1: HL7Line.escaped(order.studyInstanceUID) + "^^Application^DICOM"])] }
        return [
            common, HL7Line("TQ1", [1: "1", 7: exam]), detail,
            HL7Line("IPC", [1: identifier, 2: number, 3: HL7Line.escaped(order.studyInstanceUID), 4: number, 5: HL7Line.escaped(order.modality)]),
        ]
    }
}

/// A segment that is written, with HL7's usual delimiters.
struct HL7Line {
    let text: String

    /// The segment `name` with these fields, by their numbers; they are escaped already.
    init(_ name: String, _ fields: [Int: String]) {
        let last = fields.filter { !$0.value.isEmpty }.keys.max() ?? 0
        // MSH-1 is the separator itself.
        let first = name == "MSH" ? 2 : 1
        text = name + "|" + (first..<max(first, last + 1)).map { fields[$0] ?? "" }.joined(separator: "|") + "\r"
    }

    /// `texts` as the components of a field; empty ones at its end are left out.
    static func components(_ texts: [String]) -> String {
        var texts = texts
        while texts.last?.isEmpty == true { texts.removeLast() }
        return texts.map(escaped).joined(separator: "^")
    }

    /// `text` without delimiters and control characters (HL7 v2.5 §2.7).
    static func escaped(_ text: String) -> String {
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "|": escaped += "\\F\\"
            case "^": escaped += "\\S\\"
            case "&": escaped += "\\T\\"
            case "~": escaped += "\\R\\"
            case "\\": escaped += "\\E\\"
            default: if scalar.value < 0x20 || scalar.value == 0x7F { escaped += " " } else { escaped.unicodeScalars.append(scalar) }
            }
        }
        return escaped
    }
}

extension HL7PersonName {
    /// A name (PN, PS3.5 §6.2.1) as repetitions of XPN: each component group says in XPN-8 which it is.
    static func repetitions(of name: String) -> String {
        let groups = name.split(separator: "=", maxSplits: 2, omittingEmptySubsequences: false)
        return zip(groups, ["A", "I", "P"]).compactMap { group, code in
            let parts = group.split(separator: "^", omittingEmptySubsequences: false).map { Identifying(String($0)).trimmed } + ["", "", "", "", ""]
            guard parts.contains(where: { !$0.isEmpty }) else { return nil }
            return HL7Line.components([parts[0], parts[1], parts[2], parts[4], parts[3], "", "L", code])
        }.joined(separator: "~")
    }
}

internal import Migration

/// The reply to a message (ACK: MSH, MSA, ERR; HL7 v2.9 §2.14.8), with the delimiters and in the character set of the message.
struct HL7Acknowledgement: Sendable {
    /// The message's header; nil where it has none that can be read.
    let header: HL7Header?
    /// Why it was not taken; nil: it was, and is durable.
    let fault: HL7Fault?

    /// The reply's bytes; nil when the sender wants none (MSH-15 and 16 are `NE`, or of the other outcome).
    func bytes(controlID: String, at now: Instant) -> [UInt8]? {
        guard let header else { return Self.toNobody(fault, controlID, now) }
        return code.map { write(header, $0, controlID, now) }
    }

    /// When an acknowledgement is wanted (HL7 table 0155): MSH-15 says it of accept acknowledgements, MSH-16 of application acknowledgements; nil where the
    /// field is empty.
    private func condition(_ field: Int) -> String? {
        header?.components(field).first.flatMap { $0.isEmpty ? nil : $0 }
    }

    /// Enhanced mode is that of messages with MSH-15 or 16 (HL7 v2.9 §2.9.3).
    private var isEnhanced: Bool { condition(15) != nil || condition(16) != nil }

    private func isMet(_ condition: String?) -> Bool {
        switch condition {
        case nil, "NE": false
        case "ER": fault != nil
        case "SU": fault == nil
        default: true
        }
    }

    /// AA, AE, AR in original mode, or when an application acknowledgement is wanted; CA, CE, CR when only an accept acknowledgement is (HL7 table 0008); nil
    /// when neither is. As a message is acknowledged when it is carried out, one reply answers both.
    private var code: String? {
        let mode: String
        if !isEnhanced || isMet(condition(16)) { mode = "A" } else if isMet(condition(15)) { mode = "C" } else { return nil }
        guard let fault else { return mode + "A" }
        return mode + (fault.code.isRejection ? "R" : "E")
    }

    private func write(_ header: HL7Header, _ code: String, _ controlID: String, _ now: Instant) -> [UInt8] {
        let writer = Writer(delimiters: header.delimiters)
        let type = header.bytes(9).split(separator: header.delimiters.component, omittingEmptySubsequences: false)
        // The third component is the structure's name, where the sender knows of such names (HL7 v2.3.1 and later).
        let event = type.count > 1 ? [header.delimiters.component] + type[1] : []
        let structure = type.count > 2 ? [header.delimiters.component] + Array("ACK".utf8) : []
        var fields: [[UInt8]] = [header.echo(2), header.echo(5), header.echo(6), header.echo(3), header.echo(4)]
        fields += [Array(HL7Moment.text(of: now).utf8), [], Array("ACK".utf8) + event + structure, Array(controlID.utf8), header.echo(11), header.echo(12)]
        // Accept and application acknowledgement of this reply: none are wanted, and only enhanced mode has the fields.
        if isEnhanced { fields += [[], [], Array("NE".utf8), Array("NE".utf8), [], header.echo(18)] } else if !header.echo(18).isEmpty {
            fields += [[], [], [], [], [], header.echo(18)]
        }
        let isOld = Self.isBefore2_5(header)
        let words = isOld ? fault.map { writer.escaped($0.text) } ?? [] : []
        return writer.segment("MSH", fields) + writer.segment("MSA", [Array(code.utf8), header.echo(10)] + (words.isEmpty ? [] : [words]))
            + (fault.map { isOld ? oldError($0, writer) : error($0, writer) } ?? [])
    }

    /// ERR of HL7 v2.5 and later: ERR-2 place, ERR-3 condition, ERR-4 severity, ERR-8 the words for people.
    private func error(_ fault: HL7Fault, _ writer: Writer) -> [UInt8] {
        let place = fault.place.map { [$0.segment, "\($0.number)"] + ($0.field.map { ["\($0)"] } ?? []) } ?? []
        let condition = ["\(fault.code.rawValue)", fault.code.text, "HL70357"]
        return writer.segment(
            "ERR", [[], writer.components(place), writer.components(condition), Array("E".utf8), [], [], [], writer.escaped(fault.text)])
    }

    /// ERR of earlier versions: ERR-1 has place and condition (type ELD).
    private func oldError(_ fault: HL7Fault, _ writer: Writer) -> [UInt8] {
        var place = [fault.place?.segment ?? "", fault.place.map { "\($0.number)" } ?? "", fault.place?.field.map { "\($0)" } ?? ""]
        place.append("\(fault.code.rawValue)")
        return writer.segment(
            "ERR", [writer.components(place) + [writer.delimiters.subcomponent == 0 ? UInt8(ascii: " ") : writer.delimiters.subcomponent] + writer.escaped(fault.code.text)])
    }

    /// Where there is no header nobody knows to whom the reply goes and which message it is about.
    private static func toNobody(_ fault: HL7Fault?, _ controlID: String, _ now: Instant) -> [UInt8] {
        let text = fault?.text ?? ""
        return Array("MSH|^~\\&|||||\(HL7Moment.text(of: now))||ACK|\(controlID)|P|2.5\rMSA|AR|\r".utf8)
            + Array("ERR|||\(fault?.code.rawValue ?? HL7Fault.Code.segmentSequence.rawValue)^\(fault?.code.text ?? "")^HL70357|E||||\(text)\r".utf8)
    }

    private static func isBefore2_5(_ header: HL7Header) -> Bool {
        let version = header.components(12).first ?? ""
        return ["2.1", "2.2", "2.3", "2.4"].contains { version.hasPrefix($0) }
    }

    /// Writes segments with a message's own delimiters.
    private struct Writer {
        let delimiters: HL7Delimiters

        func segment(_ name: String, _ fields: [[UInt8]]) -> [UInt8] {
            Array(name.utf8) + fields.flatMap { [delimiters.field] + $0 } + [0x0D]
        }

        func components(_ texts: [String]) -> [UInt8] { Array(texts.map(escaped).joined(separator: [delimiters.component])) }

        /// Our own words hold no delimiters but by chance: those become spaces.
        func escaped(_ text: String) -> [UInt8] {
            let all: Set = [delimiters.field, delimiters.component, delimiters.repetition, delimiters.escape, delimiters.subcomponent, 0x0D]
            return text.utf8.map { all.contains($0) ? UInt8(ascii: " ") : $0 }
        }
    }
}

extension HL7Header {
    /// A field's bytes to be said again in the reply; what is longer than such a field may be is left out.
    fileprivate func echo(_ field: Int) -> [UInt8] { bytes(field).count <= HL7Limits.application ? Array(bytes(field)) : [] }
}

public import Migration

/// A receiver's reply to a message (ACK: MSH, MSA, ERR; HL7 v2.9 §2.14.8).
public struct HL7Reply: Hashable, Sendable {
    /// What it comes to.
    public enum Meaning: Hashable, Sendable {
        /// `AA`, `CA`: it is taken.
        case accepted
        /// `AE`, `CE`: something in it is not as it must be; sending it again does not help.
        case error
        /// `AR`, `CR`: it was not taken for the receiver's own reasons, or for what it is.
        case rejected
    }

    /// MSA-1.
    public let meaning: Meaning
    /// MSA-2: the message that it is about.
    public let controlID: String
    /// The code, the condition (HL7 table 0357) and the place, in words without patient data.
    public let summary: String
    /// The receiver's own words (ERR-8, MSA-3); they may name a patient.
    public let words: Identifying

    /// Characters of the receiver's words that are kept.
    private static var wordsLength: Int { 200 }

    /// Reads a reply, in `set` where it declares no character set; nil: it is none.
    init?(_ bytes: ArraySlice<UInt8>, assuming set: HL7CharacterSet) {
        guard let header = try? HL7Header(of: bytes), bytes.count <= HL7Limits.messageByteCount else { return nil }
        // A reply counts for its codes; words that are not in the declared set are left out.
        let set = (try? header.characterSet(assuming: set)) ?? set
        let lines = bytes.split(maxSplits: HL7Limits.segments) { $0 == 0x0D || $0 == 0x0A }
        func fields(_ name: String) -> [[UInt8]]? {
            lines.first { $0.starts(with: name.utf8) && $0.dropFirst(3).first == header.delimiters.field }?
                .split(separator: header.delimiters.field, maxSplits: HL7Limits.fields, omittingEmptySubsequences: false).map(Array.init)
        }
        guard let acknowledgement = fields("MSA"), acknowledgement.count > 2, let meaning = Self.meanings[String(decoding: acknowledgement[1], as: UTF8.self)]
        else { return nil }
        self.meaning = meaning
        controlID = String(decoding: acknowledgement[2], as: UTF8.self)
        let error = fields("ERR") ?? []
        let components = { (index: Int) in
            error.indices.contains(index)
                ? error[index].split(separator: header.delimiters.component, omittingEmptySubsequences: false).map { String(decoding: $0, as: UTF8.self) } : []
        }
        summary = Self.summary(String(decoding: acknowledgement[1], as: UTF8.self), place: components(2), condition: components(3).first ?? "")
        let reader = HL7Escapes(delimiters: header.delimiters, set: set)
        let own = [error.indices.contains(8) ? error[8] : [], acknowledgement.count > 3 ? acknowledgement[3] : []].compactMap { field in
            set.text(of: field[...]).map { reader.text(of: Array($0.utf8)[...]) }
        }
        words = Identifying(String(own.filter { !$0.isEmpty }.joined(separator: "; ").prefix(Self.wordsLength)))
    }

    private static let meanings: [String: Meaning] = ["AA": .accepted, "CA": .accepted, "AE": .error, "CE": .error, "AR": .rejected, "CR": .rejected]

    /// Only what has the form of a code or a place is said: anything else could be a value.
    private static func summary(_ code: String, place: [String], condition: String) -> String {
        var parts = [code]
        if let number = Int(condition), (100...299).contains(number) { parts.append("condition \(number)" + (table0357[number].map { " (\($0))" } ?? "")) }
        let isName = place.first.map { $0.utf8.count == 3 && $0.utf8.allSatisfy { (0x41...0x5A).contains($0) || (0x30...0x39).contains($0) } } ?? false
        if isName, let name = place.first {
            let field = place.count > 2 ? Int(place[2]).flatMap { (1...HL7Limits.fields).contains($0) ? "-\($0)" : nil } ?? "" : ""
            parts.append("at \(name)\(field)")
        }
        return parts.joined(separator: ", ")
    }

    /// Conditions that are said of messages like ours (HL7 table 0357).
    private static let table0357 = [
        100: "segment sequence error", 101: "required field missing", 102: "data type error", 103: "table value not found", 200: "unsupported message type",
        201: "unsupported event code", 202: "unsupported processing id", 203: "unsupported version id", 204: "unknown key identifier",
        205: "duplicate key identifier", 206: "application record locked", 207: "application internal error",
    ]
}

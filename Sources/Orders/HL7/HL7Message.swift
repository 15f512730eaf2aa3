/// A message in Unicode, parted into segments; fields are parted when they are asked for.
struct HL7Message: Sendable {
    /// Its header, before it was read as text.
    let header: HL7Header
    /// Its segments, MSH first.
    let segments: [HL7Segment]

    /// Reads a message; `assumed` is its character set where it declares none.
    ///
    /// Segments end with CR (HL7 v2.9 §2.5.1). CR LF is taken for it, and so is LF in a message without CR, or where a segment's name follows; elsewhere LF
    /// is part of a value, as in a note of several lines.
    init(_ bytes: ArraySlice<UInt8>, header: HL7Header, assuming assumed: HL7CharacterSet) throws(HL7Fault) {
        let set = try header.characterSet(assuming: assumed)
        guard let text = set.text(of: bytes) else {
            throw HL7Fault(.dataType, at: HL7Fault.Place("MSH", field: 18), "the message has bytes that are not in the character set that MSH-18 declares")
        }
        self.header = header
        segments = try Self.segments(of: Array(text.utf8), header.delimiters, set)
    }

    private static func segments(
        of bytes: [UInt8], _ delimiters: HL7Delimiters, _ set: HL7CharacterSet
    ) throws(HL7Fault) -> [HL7Segment] {
        var numbers: [String: Int] = [:]
        var segments: [HL7Segment] = []
        let lines = bytes.split(maxSplits: HL7Limits.segments) { $0 == 0x0D || $0 == 0x0A }
        guard lines.count <= HL7Limits.segments else { throw HL7Fault(.segmentSequence, "the message has more than \(HL7Limits.segments) segments") }
        for line in joined(lines, of: bytes, delimiters) {
            guard let name = name(of: line, delimiters) else {
                throw HL7Fault(.segmentSequence, "line \(segments.count + 1) of the message does not begin with a segment's name")
            }
            numbers[name, default: 0] += 1
            segments.append(HL7Segment(name: name, number: numbers[name] ?? 1, bytes: line, delimiters: delimiters, set: set))
        }
        return segments
    }

    /// `lines`, those joined that are parts of a value.
    private static func joined(_ lines: [ArraySlice<UInt8>], of bytes: [UInt8], _ delimiters: HL7Delimiters) -> [ArraySlice<UInt8>] {
        guard bytes.contains(0x0D) else { return lines }
        return lines.reduce(into: []) { joined, line in
            if let last = joined.last, name(of: line, delimiters) == nil, !bytes[last.endIndex..<line.startIndex].contains(0x0D) {
                joined[joined.count - 1] = bytes[last.startIndex..<line.endIndex]
            } else {
                joined.append(line)
            }
        }
    }

    /// Three capital letters or digits, the first a letter, then the field separator or the end.
    private static func name(of line: ArraySlice<UInt8>, _ delimiters: HL7Delimiters) -> String? {
        let name = line.prefix(3)
        let isName = name.count == 3 && name.allSatisfy { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        guard isName, line.count == 3 || line[line.startIndex + 3] == delimiters.field else { return nil }
        return String(decoding: name, as: UTF8.self)
    }

    /// The one segment of this name; nil when there is none.
    ///
    /// - Throws: ``HL7Fault`` when there are several: nobody would know which of them counts.
    func segment(_ name: String) throws(HL7Fault) -> HL7Segment? {
        let found = segments.filter { $0.name == name }
        if found.count > 1 { throw HL7Fault(.segmentSequence, at: found[1].place(), "the segment stands \(found.count) times") }
        return found.first
    }
}

/// The data dictionary of PS3.6: representation and keyword of each public element.
///
/// A line of its table: eight hexadecimal digits of the tag (`x` for any digit), the value representations without a
/// separator, a space, the keyword. The table is read once, when it is first needed.
public enum DataDictionary {
    /// The representation of an element; the first one where PS3.6 allows several; `nil` for a private element and
    /// for one that PS3.6 does not know.
    public static func vr(of tag: Tag) -> VR? {
        if tag.isGroupLength { return .UL }
        if tag.isPrivateCreator { return .LO }
        if tag.isPrivate { return nil }
        return table.entry(of: tag)?.vr
    }

    /// All representations that PS3.6 allows a public element, in its order; empty where ``vr(of:)`` is `nil`.
    static func representations(of tag: Tag) -> [VR] {
        guard !tag.isPrivate, !tag.isGroupLength, let entry = table.entry(of: tag) else { return vr(of: tag).map { [$0] } ?? [] }
        return table.representations(of: entry)
    }

    /// The element's keyword, as `PatientID`; `nil` where PS3.6 has none.
    public static func keyword(of tag: Tag) -> String? {
        tag.isPrivate ? nil : table.entry(of: tag).map { table.keyword(of: $0) }
    }

    /// The element with this keyword (case matters); `nil` if there is none, or a range of elements has it.
    public static func tag(named keyword: String) -> Tag? {
        table.tag(named: keyword)
    }

    private static let table = Table(parsing: dataDictionaryTable)
}

private struct Table: Sendable {
    struct Entry: Sendable {
        var tag: UInt32
        /// Zero where the table has a digit `x`.
        var mask: UInt32
        /// The first one.
        var vr: VR
        /// Where the table has all of them, two characters each.
        var representations: Range<Int>
        var keyword: Range<Int>
    }

    private let text: [UInt8]
    /// Sorted by tag.
    private var plain: [Entry] = []
    private var ranges: [Entry] = []

    init(parsing table: String) {
        text = Array(table.utf8)
        plain.reserveCapacity(6000)
        var start = 0
        while start < text.count {
            let end = text[start...].firstIndex(of: 0x0A) ?? text.count
            add(line: start..<end)
            start = end + 1
        }
    }

    private mutating func add(line: Range<Int>) {
        guard let space = text[line].firstIndex(of: 0x20), space > line.lowerBound + 7 else { return }
        var entry = Entry(
            tag: 0, mask: 0, vr: .UN, representations: line.lowerBound + 8..<space, keyword: space + 1..<line.upperBound)
        for character in text[line.lowerBound..<line.lowerBound + 8] {
            let digit = Character(Unicode.Scalar(character)).hexDigitValue
            entry.tag = entry.tag << 4 | UInt32(digit ?? 0)
            entry.mask = entry.mask << 4 | (digit == nil ? 0 : 0xF)
        }
        if space >= line.lowerBound + 10 {
            entry.vr = VR(text[line.lowerBound + 8], text[line.lowerBound + 9])
        }
        if entry.mask == UInt32.max { plain.append(entry) } else { ranges.append(entry) }
    }

    func entry(of tag: Tag) -> Entry? {
        var low = 0
        var high = plain.count
        while low < high {
            let middle = (low + high) / 2
            if plain[middle].tag < tag.rawValue { low = middle + 1 } else { high = middle }
        }
        if low < plain.count, plain[low].tag == tag.rawValue { return plain[low] }
        return ranges.first { tag.rawValue & $0.mask == $0.tag }
    }

    func representations(of entry: Entry) -> [VR] {
        let written = entry.representations
        return stride(from: written.lowerBound, to: written.upperBound, by: 2).map { VR(text[$0], text[$0 + 1]) }
    }

    func keyword(of entry: Entry) -> String { String(decoding: text[entry.keyword], as: UTF8.self) }

    func tag(named keyword: String) -> Tag? {
        let name = Array(keyword.utf8)
        return plain.first { text[$0.keyword].elementsEqual(name) }.map { Tag(rawValue: $0.tag) }
    }
}

/// The digests of what an object's elements mean (law 7 of the architecture): the same however the data set is written. docs/digests.md
/// says how they are made, for other programs too.
public struct ElementDigests: Hashable, Sendable {
    /// An element at the top level and its digest.
    public struct Entry: Hashable, Sendable {
        /// The element.
        public let tag: Tag
        /// SHA-256 of tag, kind and content.
        public let digest: ContentDigest
    }

    /// Ascending by tag; without the pixels and without elements that only say how the data set is written.
    public let entries: [Entry]
    /// The digest over those of the elements: the data set's own.
    public let dataSet: ContentDigest

    /// The digests of an object whose elements are in several data sets, those before the pixels and those behind them; `nil` if a
    /// value was not kept, or if they would take more work than any object is worth. Elements in `excluded` do not count, in items neither.
    public init?(of parts: [DataSet], without excluded: Set<Tag> = []) {
        self.init(of: parts, without: excluded, within: DigestBudget())
    }

    /// Elements and items of an object that has digests, in all.
    public static var maximumElementCount: Int { DigestBudget().elementCount }
    /// Bytes of its values that may be sequences, on each level.
    public static var maximumSequenceByteCount: Int { DigestBudget().byteCount }

    init?(of parts: [DataSet], without excluded: Set<Tag> = [], within budget: DigestBudget) {
        var budget = budget
        var digests: [Tag: ContentDigest] = [:]
        for part in parts {
            guard !part.records.contains(where: \.isOmitted), let some = try? part.digests(without: excluded, depth: 0, &budget) else { return nil }
            digests.merge(some) { $1 }
        }
        for tag in Self.pixelTags { digests[tag] = nil }
        self.init(digests)
    }

    /// The tags of the elements that differ, or that one of both has only; ascending.
    public func differences(from other: ElementDigests) -> [Tag] {
        Set(Set(entries).symmetricDifference(other.entries).map(\.tag)).sorted()
    }

    fileprivate init(_ digests: [Tag: ContentDigest]) {
        entries = digests.map { Entry(tag: $0, digest: $1) }.sorted { $0.tag < $1.tag }
        var digester = ContentDigester()
        digester.update(Array("skein data set 1 \(entries.count)\n".utf8))
        for entry in entries { digester.update(entry.digest.bytes) }
        dataSet = digester.digest()
    }

    /// The pixels and what says how they lie in fragments (PS3.3 §C.7.6.3.1): the pixel digest speaks for them.
    private static let pixelTags = [1, 2, 3, 8, 9, 0x10].map { Tag(0x7FE0, $0) }
}

/// What the digests of one object may take (docs/digests.md): a header of 64 MiB may hold eight million items, or sequences in
/// sequences that are gone through anew on each of 64 levels.
struct DigestBudget {
    struct Exhausted: Error {}

    /// Elements and items: functional groups of 30,000 frames have about two million.
    var elementCount = 1 << 22
    /// Bytes of values that may be sequences, on each level: those functional groups have 40 MB on three levels.
    var byteCount = 256 << 20

    mutating func take(elements: Int = 0, bytes: Int = 0) throws(Exhausted) {
        elementCount -= elements
        byteCount -= bytes
        guard elementCount >= 0, byteCount >= 0 else { throw Exhausted() }
    }
}

extension DataSet {
    /// The digests of the data set's elements; `nil` if a value was not kept, or if they would take too much work.
    public var elementDigests: ElementDigests? { ElementDigests(of: [self]) }

    /// Of doubled elements the last one counts. So many sequences are around the data set.
    fileprivate func digests(
        without excluded: Set<Tag>, depth: Int, _ budget: inout DigestBudget
    ) throws(DigestBudget.Exhausted) -> [Tag: ContentDigest] {
        let attributes = attributesForItems
        var digests: [Tag: ContentDigest] = [:]
        for record in records where !record.tag.saysHowItIsWritten && !excluded.contains(record.tag) {
            try budget.take(elements: 1)
            digests[record.tag] = try digest(of: record, attributes, without: excluded, depth: depth, &budget)
        }
        return digests
    }

    private func digest(
        of record: ElementRecord, _ attributes: EnclosingAttributes, without excluded: Set<Tag>, depth: Int, _ budget: inout DigestBudget
    ) throws(DigestBudget.Exhausted) -> ContentDigest {
        if record.tag == .pixelData, record.hasUndefinedLength {
            var pieces = PieceDigester(record.tag, "fragments")
            if forEachWholeFragment(of: record, { pieces.add(ContentDigester.digest(of: $0)) }) { return pieces.digest() }
        }
        if depth < ElementScanner.maximumDepth, mayBeSequence(record) {
            try budget.take(bytes: record.valueRange.count)
            var pieces = PieceDigester(record.tag, "items")
            let isWhole = try forEachWholeItem(of: record, giving: attributes) { (item) throws(DigestBudget.Exhausted) in
                try budget.take(elements: 1)
                pieces.add(ElementDigests(try item.dataSet.digests(without: excluded, depth: depth + 1, &budget)).dataSet)
            }
            if isWhole { return pieces.digest() }
        }
        if let vr = DataDictionary.vr(of: record.tag), vr.isText, let text = canonicalText(of: record, vr, attributes.characterSet) {
            return PieceDigester.digest(record.tag, "text", Array(text.utf8))
        }
        return PieceDigester.digest(record.tag, "bytes", canonicalBytes(of: record))
    }
}

/// The digest of an element whose content is the digests of its pieces, which may be millions of them.
private struct PieceDigester {
    private let tag: Tag
    private var digester = ContentDigester()
    private var isEmpty = true

    init(_ tag: Tag, _ kind: String) {
        self.tag = tag
        digester.update(Self.front(tag, kind))
    }

    mutating func add(_ piece: ContentDigest) {
        isEmpty = false
        digester.update(piece.bytes)
    }

    func digest() -> ContentDigest { isEmpty ? Self.digest(tag, "", []) : digester.digest() }

    static func digest(_ tag: Tag, _ kind: String, _ content: [UInt8]) -> ContentDigest {
        var digester = ContentDigester()
        digester.update(front(tag, content.isEmpty ? "empty" : kind))
        digester.update(content)
        return digester.digest()
    }

    private static func front(_ tag: Tag, _ kind: String) -> [UInt8] { Array("skein element 1 \(tag.digits) \(kind)\n".utf8) }
}

extension Tag {
    /// Whether the element says nothing but how the data set that holds it is written.
    fileprivate var saysHowItIsWritten: Bool {
        switch self {
        case .specificCharacterSet, .lengthToEnd, Tag(0xFFFC, 0xFFFC): true
        default: isGroupLength || group == 0x0000 || group == 0x0002 || group == Tag.item.group
        }
    }
}

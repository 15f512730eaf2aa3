/// Goes through what follows an object's header, without keeping it: is every element whole, every delimiter there?
struct TailWalker: Sendable {
    private enum Level {
        /// Elements one after the other; those of an item end with a delimiter.
        case elements(ElementScanner)
        /// The same, before the first one: how they are written shows in it.
        case item(ElementScanner)
        /// Items or fragments, up to the delimiter of their sequence.
        case items(ElementScanner, of: Tag)
        /// The same, before the first one: how they are written shows in it.
        case sequence(ElementScanner, ElementHead)
    }

    private let header: ObjectHeader
    private let digestsPixels: Bool
    private var levels: [Level]
    /// Offset in the source of the next byte.
    private var offset: Int64
    /// Bytes of the present value that are still to come.
    private var skipped: Int64 = 0
    /// The begin of a head, at most twelve bytes.
    private var head: [UInt8] = []
    /// The element at the top level that is being read, and where it began.
    private var present: (tag: Tag, offset: Int64)?
    /// Where the first element behind that of the pixels began.
    private(set) var behindPixels: Int64?
    private var digester: PixelDigester?
    private var isInPixels = false
    /// The bytes of the elements behind the pixels; `nil` if they are not kept.
    private var kept: [UInt8]?
    private let encoding: ElementEncoding
    /// Where the last element ended behind which no other one stands.
    private var padding: Int64?
    /// Whether that is zeros, which must go on to the source's end then: a drive or a copy leaves zeros in the place of
    /// bytes that it could not read.
    private var isPaddedWithZeros = false
    /// The private creators of the group at hand (PS3.5 §7.8.1): they tell a private element from stray bytes.
    private var creators = PrivateCreators()

    /// Bytes of the whole source, if they are known: of a deflated one it is not known to what it inflates.
    private let sourceByteCount: Int64?

    /// Begins at the element of the pixels.
    init(header: ObjectHeader, offset: Int64, encoding: ElementEncoding, digestsPixels: Bool, keepsElements: Bool) {
        self.encoding = encoding
        kept = keepsElements ? [] : nil
        self.header = header
        sourceByteCount = header.transferSyntax.isDeflated ? nil : header.byteCount
        self.offset = offset
        self.digestsPixels = digestsPixels
        levels = [.elements(ElementScanner(encoding: encoding))]
    }

    /// The digest of the pixels, if they were native and all there.
    var pixelDigest: ContentDigest? { digester?.digest() }

    /// The elements behind the pixels; `nil` if they were not kept or were longer than `ObjectHeaderReader.maximumHeaderByteCount`.
    var elementsBehindPixels: DataSet? {
        guard let kept else { return nil }
        let scanner = ElementScanner(encoding: encoding)
        let records = try? DataSet.records(in: kept, range: 0..<kept.count, scanner: scanner)
        return records.map { DataSet(bytes: kept, records: $0, encoding: encoding, inheriting: header.dataSet.attributesForItems) }
    }

    /// Keeps bytes of an element that is none of the pixels.
    private mutating func keep(_ bytes: some Sequence<UInt8>) {
        guard let present, !present.tag.isPixelData, let count = kept?.count else { return }
        if count > ObjectHeaderReader.maximumHeaderByteCount { kept = nil } else { kept?.append(contentsOf: bytes) }
    }

    /// Takes the next bytes of the source.
    mutating func feed(_ bytes: UnsafeBufferPointer<UInt8>) throws(DICOMError) {
        var rest = bytes[...]
        while !rest.isEmpty {
            guard padding == nil else { return try checkPadding(rest) }
            if skipped > 0 {
                let count = Int(min(skipped, Int64(rest.count)))
                if isInPixels { digester?.update(UnsafeBufferPointer(rebasing: rest.prefix(count))) }
                if kept != nil { keep(rest.prefix(count)) }
                skipped -= Int64(count)
                offset += Int64(count)
                rest = rest.dropFirst(count)
            } else {
                try takeHead(from: &rest)
            }
        }
    }

    /// Up to where bytes belong to elements so far.
    var end: Int64 { padding ?? offset }

    /// Whether the last element ended and what follows belongs to none.
    var isBehindEnd: Bool { padding != nil }

    /// How many of the next bytes say nothing: what is left of a value that nobody digests or keeps.
    var skippableByteCount: Int64 { digester == nil && kept == nil ? skipped : 0 }

    /// Passes over bytes of the source that were not read: at most ``skippableByteCount``.
    mutating func skip(_ count: Int64) {
        skipped -= count
        offset += count
    }

    private mutating func takeHead(from rest: inout Slice<UnsafeBufferPointer<UInt8>>) throws(DICOMError) {
        isInPixels = false
        let missing = (head.count < 8 ? 8 : 12) - head.count
        head.append(contentsOf: rest.prefix(missing))
        rest = rest.dropFirst(missing)
        guard head.count >= 8 else { return }
        settleLevel()
        switch levels[levels.count - 1] {
        case .elements(let scanner), .item(let scanner): try takeElement(scanner)
        case .items(let scanner, let tag): try takeItem(scanner, of: tag)
        case .sequence(let scanner, let element): try takeItem(scanner, of: element.tag)
        }
    }

    /// By the same rules as before the pixels (`ElementScanner`).
    private mutating func settleLevel() {
        switch levels[levels.count - 1] {
        case .elements, .items: return
        case .item(let scanner): levels[levels.count - 1] = .elements(scanner.item(in: head, at: 0, limit: head.count))
        case .sequence(let scanner, let element):
            levels[levels.count - 1] = .items(scanner.contents(of: element, in: head, at: 0), of: element.tag)
        }
    }

    private mutating func takeElement(_ scanner: ElementScanner) throws(DICOMError) {
        let remaining = sourceByteCount.map { $0 - offset }
        guard let element = scanner.head(in: head, at: 0, limit: head.count, remaining: remaining) else { return }
        if levels.count == 1 {
            if isPadding(element, remaining: remaining) {
                padding = offset
                isPaddedWithZeros = element.tag.group == 0
                return try checkPadding(head)
            }
            if present != nil, behindPixels == nil { behindPixels = offset }
            present = (element.tag, offset)
            creators.note(element.tag)
        }
        advance(over: element)
        if element.tag == .itemDelimitation {
            try closeLevel(element.tag)
        } else if element.hasUndefinedLength {
            try open(.sequence(scanner, element))
        } else {
            skipped = Int64(element.length)
            if levels.count == 1, element.tag.isPixelData { beginPixels(element) }
        }
    }

    private mutating func takeItem(_ scanner: ElementScanner, of tag: Tag) throws(DICOMError) {
        guard let item = scanner.head(in: head, at: 0, limit: head.count, remaining: nil) else { return }
        advance(over: item)
        if item.tag == .sequenceDelimitation {
            try closeLevel(item.tag)
        } else if item.tag != .item {
            throw DICOMError(
                .malformed, "\(item.tag) stands where an item or fragment must be", tag: tag, offset: offset)
        } else if item.hasUndefinedLength {
            try open(.item(scanner))
        } else {
            skipped = Int64(item.length)
        }
    }

    private mutating func advance(over element: ElementHead) {
        offset += Int64(element.byteCount)
        if kept != nil { keep(head) }
        head.removeAll(keepingCapacity: true)
    }

    private mutating func beginPixels(_ element: ElementHead) {
        guard digestsPixels, digester == nil else { return }
        digester = PixelDigester(header: header, pixels: element)
        isInPixels = true
    }

    private mutating func open(_ level: Level) throws(DICOMError) {
        guard levels.count < ElementScanner.maximumDepth else {
            throw DICOMError(
                .limit, "Sequences are nested deeper than \(ElementScanner.maximumDepth)", tag: present?.tag, offset: offset)
        }
        levels.append(level)
    }

    private mutating func closeLevel(_ delimiter: Tag) throws(DICOMError) {
        guard levels.count > 1 else {
            throw DICOMError(.malformed, "A delimiter stands outside of a sequence", tag: delimiter, offset: offset)
        }
        levels.removeLast()
    }

    /// Whether these bytes are no element but what some writer left behind the last one: zeros, or anything that does
    /// not look like an element, and either stands below the one before it or does not fit into the file.
    private func isPadding(_ element: ElementHead, remaining: Int64?) -> Bool {
        if element.tag.group == 0 { return true }
        guard let remaining, let present, !element.hasUndefinedLength else { return false }
        // Elements come by their tags (PS3.5 §7.1).
        if element.tag <= present.tag, element.isExplicit, !element.vr.isWellFormed, !isTagOfElement(element.tag) { return true }
        let fits = Int64(element.byteCount) + Int64(element.length) <= remaining
        return !fits && !(element.isExplicit && element.vr.isWellFormed) && !isTagOfElement(element.tag)
            && !isPrivateWithoutCreator(element)
    }

    /// Whether PS3.6 knows the tag, or a creator that was read reserved it.
    private func isTagOfElement(_ tag: Tag) -> Bool {
        DataDictionary.vr(of: tag) != nil || creators.own(tag)
    }

    /// Whether an implicit head is that of a private element (PS3.5 §7.8.1) that may follow the present one: lengths are even (PS3.5 §7.1).
    /// In an explicit data set a representation would stand there. A byte that fills a file up is no such head: where the group is odd, so is
    /// the length.
    private func isPrivateWithoutCreator(_ element: ElementHead) -> Bool {
        guard !encoding.isExplicitVR, let present, element.tag > present.tag, element.length.isMultiple(of: 2) else { return false }
        return element.tag.isPrivate && element.tag.group != 0xFFFF && element.tag.element >= 0x1000
    }

    private func checkPadding(_ bytes: some Sequence<UInt8>) throws(DICOMError) {
        guard isPaddedWithZeros, !bytes.allSatisfy({ $0 == 0 }) else { return }
        throw DICOMError(
            .malformed, "Zeros stand where an element must be, and they do not reach to the file's end", tag: present?.tag,
            offset: padding)
    }

    /// Whether the source ended within the first eight bytes of an element; others so few are stray.
    private var isCutInHead: Bool {
        guard head.count >= 4, let present, case .elements(let scanner) = levels[0] else { return false }
        let isBigEndian = scanner.encoding.isBigEndian
        let tag = Tag(head.uint16(at: 0, bigEndian: isBigEndian), head.uint16(at: 2, bigEndian: isBigEndian))
        return tag > present.tag && isTagOfElement(tag)
    }

    /// Where the data set ended.
    ///
    /// Throws `DICOMError` of code `truncated` if the source ended within an element or before a delimiter.
    func finish() throws(DICOMError) -> Int64 {
        if let padding { return padding }
        guard skipped == 0, levels.count == 1, head.count < 8, !isCutInHead else {
            let what = levels.count == 1 ? "within an element" : "before the delimiter of an element"
            throw DICOMError(.truncated, "The file ends \(what)", tag: present?.tag, offset: present?.offset)
        }
        return offset
    }
}

/// The blocks of elements that one private group reserves (PS3.5 §7.8.1). Only the group at hand is kept: elements come
/// by their tags, and a hostile file must not fill the memory.
private struct PrivateCreators: Sendable {
    private var group: UInt16 = 0
    private var blocks: Set<UInt16> = []

    /// Takes a tag that was read: it may be one of a creator.
    mutating func note(_ tag: Tag) {
        guard tag.isPrivateCreator else { return }
        if tag.group != group { blocks = [] }
        group = tag.group
        blocks.insert(tag.element)
    }

    /// Whether a creator reserved this private element.
    func own(_ tag: Tag) -> Bool {
        tag.group == group && blocks.contains(tag.element >> 8)
    }
}

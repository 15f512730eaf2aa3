/// What stands before an element's value: tag, representation, length (PS3.5 §7.1).
struct ElementHead {
    var tag: Tag
    /// As written; from the dictionary where it is not written.
    var vr: VR
    /// Bytes of tag, representation and length.
    var byteCount: Int
    /// Bytes of the value, or `undefinedLength`.
    var length: UInt32
    /// Whether the representation was written: a stream of explicit elements may hold an implicit one.
    var isExplicit: Bool

    /// PS3.5 §7.1.1: the length of a value that ends with a delimiter.
    static let undefinedLength: UInt32 = 0xFFFF_FFFF

    var hasUndefinedLength: Bool { length == Self.undefinedLength }
}

/// Finds where elements begin and end, in an array, without taking values out of it.
///
/// Functions that answer `nil` need more bytes than there are up to `limit`.
struct ElementScanner {
    /// Sequences within sequences. PS3.3 nests about ten deep (structured reports); the bound keeps the stack.
    static let maximumDepth = 64

    var encoding: ElementEncoding

    /// The head of the element at `position`. `remaining` are the bytes from `position` to the end of everything,
    /// where that is known: it tells a representation that is none from a length.
    func head(in bytes: [UInt8], at position: Int, limit: Int, remaining: Int64?) -> ElementHead? {
        guard position + 8 <= limit else { return nil }
        let tag = Tag(
            bytes.uint16(at: position, bigEndian: encoding.isBigEndian),
            bytes.uint16(at: position + 2, bigEndian: encoding.isBigEndian))
        // Items and delimiters have no representation in any encoding (PS3.5 §7.5).
        guard encoding.isExplicitVR, tag.group != Tag.item.group else {
            return implicitHead(of: tag, in: bytes, at: position)
        }
        let vr = VR(bytes[position + 4], bytes[position + 5])
        if vr.hasShortLength {
            let length = UInt32(bytes.uint16(at: position + 6, bigEndian: encoding.isBigEndian))
            return ElementHead(tag: tag, vr: vr, byteCount: 8, length: length, isExplicit: true)
        }
        guard vr.isWellFormed else {
            return headWithoutRepresentation(of: tag, vr, in: bytes, at: position, remaining: remaining)
        }
        guard position + 12 <= limit else { return nil }
        let length = bytes.uint32(at: position + 8, bigEndian: encoding.isBigEndian)
        return ElementHead(tag: tag, vr: vr, byteCount: 12, length: length, isExplicit: true)
    }

    private func implicitHead(of tag: Tag, in bytes: [UInt8], at position: Int) -> ElementHead {
        let length = bytes.uint32(at: position + 4, bigEndian: encoding.isBigEndian)
        let vr = tag.group == Tag.item.group ? .UN : DataDictionary.vr(of: tag) ?? .UN
        return ElementHead(tag: tag, vr: vr, byteCount: 8, length: length, isExplicit: false)
    }

    /// Some writers slip into implicit elements, others leave the representation blank: which one it is shows in
    /// whether the 32 bits can be a length.
    private func headWithoutRepresentation(
        of tag: Tag, _ vr: VR, in bytes: [UInt8], at position: Int, remaining: Int64?
    ) -> ElementHead {
        let head = implicitHead(of: tag, in: bytes, at: position)
        guard let remaining, !head.hasUndefinedLength, Int64(head.length) + 8 > remaining else { return head }
        let length = UInt32(bytes.uint16(at: position + 6, bigEndian: encoding.isBigEndian))
        return ElementHead(tag: tag, vr: vr, byteCount: 8, length: length, isExplicit: true)
    }

    /// Where the element with this head ends, its delimiter included; beyond `limit` if its length says so.
    func end(
        of head: ElementHead, in bytes: [UInt8], at position: Int, limit: Int, depth: Int = 0
    ) throws(DICOMError) -> Int? {
        let value = position + head.byteCount
        guard head.hasUndefinedLength else { return value + Int(head.length) }
        guard depth < Self.maximumDepth else {
            throw DICOMError(
                .limit, "Sequences are nested deeper than \(Self.maximumDepth)", tag: head.tag, offset: Int64(position))
        }
        return try contents(of: head, in: bytes, at: value)
            .endOfItems(of: head, in: bytes, from: value, limit: limit, depth: depth)
    }

    /// The scanner for the items of a sequence. In an element of unknown representation they are implicit little
    /// endian (PS3.5 §6.2.2 note 2), but some writers keep the byte order of the data set.
    func contents(of head: ElementHead, in bytes: [UInt8], at value: Int) -> ElementScanner {
        guard head.vr == .UN, head.isExplicit else { return self }
        guard encoding.isBigEndian, value + 2 <= bytes.count, bytes[value] == 0xFF else {
            return ElementScanner(encoding: .implicitLittleEndian)
        }
        return self
    }

    private func endOfItems(
        of head: ElementHead, in bytes: [UInt8], from start: Int, limit: Int, depth: Int
    ) throws(DICOMError) -> Int? {
        var position = start
        while let item = self.head(in: bytes, at: position, limit: limit, remaining: nil) {
            if item.tag == .sequenceDelimitation { return position + 8 }
            guard item.tag == .item else {
                throw DICOMError(
                    .malformed, "\(item.tag) stands where an item or the end of a sequence must be", tag: head.tag,
                    offset: Int64(position))
            }
            let end = try endOfWholeItem(item, in: bytes, at: position, limit: limit, depth: depth)
            guard let end, end <= limit else { return nil }
            position = end
        }
        return nil
    }

    /// Where the item with this head ends, its delimiter included; beyond `limit` if its length says so.
    func endOfWholeItem(
        _ item: ElementHead, in bytes: [UInt8], at position: Int, limit: Int, depth: Int = 0
    ) throws(DICOMError) -> Int? {
        guard item.hasUndefinedLength else { return position + 8 + Int(item.length) }
        return try endOfItem(in: bytes, from: position + 8, limit: limit, depth: depth)
    }

    private func endOfItem(in bytes: [UInt8], from start: Int, limit: Int, depth: Int) throws(DICOMError) -> Int? {
        let scanner = item(in: bytes, at: start, limit: limit)
        var position = start
        while let head = scanner.head(in: bytes, at: position, limit: limit, remaining: nil) {
            if head.tag == .itemDelimitation { return position + 8 }
            let end = try scanner.end(of: head, in: bytes, at: position, limit: limit, depth: depth + 1)
            guard let end, end <= limit else { return nil }
            position = end
        }
        return nil
    }

    /// The scanner for the elements of an item: some writers put explicit items into an implicit data set.
    func item(in bytes: [UInt8], at position: Int, limit: Int) -> ElementScanner {
        guard !encoding.isExplicitVR, position + 8 <= limit else { return self }
        let vr = VR(bytes[position + 4], bytes[position + 5])
        guard vr.isKnown else { return self }
        let head = implicitHead(
            of: Tag(
                bytes.uint16(at: position, bigEndian: encoding.isBigEndian),
                bytes.uint16(at: position + 2, bigEndian: encoding.isBigEndian)),
            in: bytes, at: position)
        guard head.vr == vr || head.vr == .UN || DataDictionary.representations(of: head.tag).contains(vr) else { return self }
        return ElementScanner(encoding: ElementEncoding(isExplicitVR: true, isBigEndian: encoding.isBigEndian))
    }
}

extension [UInt8] {
    func uint16(at index: Int, bigEndian: Bool) -> UInt16 {
        let first = UInt16(self[index])
        let second = UInt16(self[index + 1])
        return bigEndian ? first << 8 | second : second << 8 | first
    }

    func uint32(at index: Int, bigEndian: Bool) -> UInt32 {
        let first = UInt32(uint16(at: index, bigEndian: bigEndian))
        let second = UInt32(uint16(at: index + 2, bigEndian: bigEndian))
        return bigEndian ? first << 16 | second : second << 16 | first
    }

    mutating func append(_ number: UInt16, bigEndian: Bool) {
        let high = UInt8(number >> 8)
        let low = UInt8(number & 0xFF)
        append(bigEndian ? high : low)
        append(bigEndian ? low : high)
    }

    mutating func append(_ number: UInt32, bigEndian: Bool) {
        let high = UInt16(number >> 16)
        let low = UInt16(number & 0xFFFF)
        append(bigEndian ? high : low, bigEndian: bigEndian)
        append(bigEndian ? low : high, bigEndian: bigEndian)
    }
}

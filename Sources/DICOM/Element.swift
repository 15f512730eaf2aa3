/// A data element as it stands in a data set (PS3.5 §7.1).
public struct Element: Sendable {
    /// Its tag.
    public let tag: Tag
    /// Its representation: as written, or the dictionary's where the encoding does not write it.
    public let vr: VR
    /// The value as it is encoded, padding included; of a sequence its items. `nil` where the value was longer than
    /// `ObjectHeaderReader.maximumKeptValueByteCount` and only its length was kept.
    public let value: ArraySlice<UInt8>?
    /// Bytes of the value; of one of undefined length up to and with its delimiter.
    public let valueByteCount: Int64
    /// Whether the value ends with a delimiter instead of having a length.
    public let hasUndefinedLength: Bool

    /// The representation to read the value by: the dictionary's where the data set says UN of a public element.
    public var effectiveVR: VR { Self.effectiveVR(of: tag, writtenAs: vr) }

    static func effectiveVR(of tag: Tag, writtenAs vr: VR) -> VR {
        vr == .UN || !vr.isKnown ? DataDictionary.vr(of: tag) ?? vr : vr
    }
}

/// Where an element lies: in the bytes that its data set keeps, and in the source it was read from.
struct ElementRecord: Sendable {
    var tag: Tag
    var vr: VR
    /// Bytes before the value.
    var headByteCount: UInt8
    var hasUndefinedLength: Bool
    var isExplicit: Bool
    /// Whether only head and length are kept.
    var isOmitted: Bool
    /// The whole element, its head included, in the data set's bytes; of an omitted one only the head.
    var start: Int
    var end: Int
    /// Offset of the whole element in the source; -1: it was made here.
    var sourceOffset: Int64
    /// Bytes of the whole element in its encoding, kept or not.
    var byteCount: Int64

    init(head: ElementHead, start: Int, end: Int, sourceOffset: Int64, byteCount: Int64, isOmitted: Bool = false) {
        tag = head.tag
        vr = head.vr
        headByteCount = UInt8(head.byteCount)
        hasUndefinedLength = head.hasUndefinedLength
        isExplicit = head.isExplicit
        self.isOmitted = isOmitted
        self.start = start
        self.end = end
        self.sourceOffset = sourceOffset
        self.byteCount = byteCount
    }

    /// Whether its representation is none, and there was no room for a length of 32 bits: it was taken for one of 16.
    var hasNoRepresentation: Bool { isExplicit && !vr.isWellFormed }

    var valueRange: Range<Int> { start + Int(headByteCount)..<end }

    /// Where the source has the element; nil if it was made here.
    var place: Int64? { sourceOffset < 0 ? nil : sourceOffset }
    /// Where the source would have the first of the data set's bytes, as this element lies in both; nil if it was made here.
    var origin: Int64? { place.map { $0 - Int64(start) } }
}

internal import Crypto
internal import DICOM
internal import DICOMNetwork

/// The pixel element of an object as its bytes: of native pixels the value, of encapsulated ones the fragments behind each
/// other, without the offset table, which a destination may add or drop (PS3.5 §A.4).
struct PixelElement {
    let tag: Tag
    let digest: SHA256.Digest
    /// Where the next element begins.
    let end: Int64

    /// Reads the element that begins at `offset`; the object's whole length was checked before.
    init(_ content: some ObjectContent, at offset: Int64, end limit: Int64, syntax: TransferSyntax) throws {
        let head = try content.bytes(offset..<min(offset + 12, limit))
        let lengthPlace = syntax.isExplicitVR ? 8 : 4
        guard head.count >= lengthPlace + 4 else { throw Self.cut(offset) }
        tag = Tag(head.uint16(at: 0, syntax), head.uint16(at: 2, syntax))
        let length = head.uint32(at: lengthPlace, syntax)
        let start = offset + Int64(lengthPlace) + 4
        var hash = SHA256()
        if length == .max {
            end = try Self.digestFragments(content, from: start, to: limit, syntax: syntax, into: &hash)
        } else {
            end = start + Int64(length)
            guard end <= limit else { throw Self.cut(offset) }
            try Self.digest(content, start..<end, into: &hash)
        }
        digest = hash.finalize()
    }

    /// The fragments up to the sequence delimiter; the first item is the offset table.
    private static func digestFragments(
        _ content: some ObjectContent, from start: Int64, to limit: Int64, syntax: TransferSyntax, into hash: inout SHA256
    ) throws -> Int64 {
        var place = start
        var isOffsetTable = true
        while place + 8 <= limit {
            let head = try content.bytes(place..<place + 8)
            let isItem = head.uint16(at: 0, syntax) == 0xFFFE && head.uint16(at: 2, syntax) == 0xE000
            place += 8
            guard isItem else { return place }
            let end = place + Int64(head.uint32(at: 4, syntax))
            guard end <= limit else { throw cut(place) }
            if !isOffsetTable { try digest(content, place..<end, into: &hash) }
            isOffsetTable = false
            place = end
        }
        throw cut(place)
    }

    private static func digest(_ content: some ObjectContent, _ range: Range<Int64>, into hash: inout SHA256) throws {
        var start = range.lowerBound
        while start < range.upperBound {
            let end = min(start + Int64(ComparableObject.chunkLength), range.upperBound)
            hash.update(data: try content.bytes(start..<end))
            start = end
        }
    }

    private static func cut(_ offset: Int64) -> ComparableObject.Obstacle {
        ComparableObject.Obstacle(sentence: "its pixel data is cut at byte \(offset)")
    }
}

extension [UInt8] {
    fileprivate func uint16(at place: Int, _ syntax: TransferSyntax) -> UInt16 {
        let (first, second) = (UInt16(self[place]), UInt16(self[place + 1]))
        return syntax.isBigEndian ? first << 8 | second : second << 8 | first
    }

    fileprivate func uint32(at place: Int, _ syntax: TransferSyntax) -> UInt32 {
        let (first, second) = (UInt32(uint16(at: place, syntax)), UInt32(uint16(at: place + 2, syntax)))
        return syntax.isBigEndian ? first << 16 | second : second << 16 | first
    }
}

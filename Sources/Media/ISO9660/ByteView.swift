/// A window on bytes read from a disc. Positions count from 0, where ECMA-119 counts byte positions (BP) from 1.
struct ByteView {
    let bytes: ArraySlice<UInt8>

    init(_ bytes: ArraySlice<UInt8>) {
        self.bytes = bytes
    }

    var count: Int { bytes.count }

    subscript(position: Int) -> UInt8 { bytes[bytes.startIndex + position] }

    /// The bytes from `range.lowerBound` to `range.upperBound`, which must lie within the window.
    subscript(range: Range<Int>) -> ByteView {
        ByteView(bytes[(bytes.startIndex + range.lowerBound)..<(bytes.startIndex + range.upperBound)])
    }

    /// All bytes from `position` on; none if that is beyond the end.
    func dropFirst(_ position: Int) -> ByteView { ByteView(bytes.dropFirst(position)) }

    func starts(with text: String, at position: Int = 0) -> Bool {
        position + text.utf8.count <= count && bytes[(bytes.startIndex + position)...].starts(with: text.utf8)
    }

    /// ECMA-119 7.3.1.
    func little32(_ position: Int) -> UInt32 {
        big32(position).byteSwapped
    }

    /// ECMA-119 7.3.2.
    func big32(_ position: Int) -> UInt32 {
        let first = bytes.startIndex + position
        return UInt32(bytes[first]) << 24 | UInt32(bytes[first + 1]) << 16 | UInt32(bytes[first + 2]) << 8 | UInt32(bytes[first + 3])
    }

    /// ECMA-119 7.3.3: a number in both orders.
    func both32(_ position: Int) -> BothEndian {
        BothEndian(little: Int64(little32(position)), big: Int64(big32(position + 4)))
    }

    /// ECMA-119 7.2.3: a 16-bit number in both orders.
    func both16(_ position: Int) -> BothEndian {
        BothEndian(
            little: Int64(self[position]) | Int64(self[position + 1]) << 8,
            big: Int64(self[position + 2]) << 8 | Int64(self[position + 3]))
    }

    var isAllZero: Bool { bytes.allSatisfy { $0 == 0 } }
}

/// A number recorded twice, in both byte orders. On a sound disc the two are equal.
struct BothEndian: Hashable {
    let little: Int64
    let big: Int64

    var agree: Bool { little == big }

    /// The little-endian number, as every operating system takes it, unless only the other one is `sensible`.
    func preferring(_ sensible: (Int64) -> Bool) -> Int64 {
        agree || sensible(little) || !sensible(big) ? little : big
    }
}

/// Goes from marker to marker of a JPEG, JPEG-LS or JPEG 2000 stream.
struct MarkerReader {
    private let bytes: [UInt8]
    private let leastMarker: UInt8
    private var place = 0

    /// A reader that takes nothing below `least` for a marker.
    init(_ bytes: [UInt8], least: UInt8) {
        self.bytes = bytes
        leastMarker = least
    }

    mutating func word() -> Int? {
        guard place + 2 <= bytes.count else { return nil }
        defer { place += 2 }
        return bytes[place...].word(0)
    }

    /// To the second of two markers that stand beside each other.
    mutating func skip(to markers: [UInt8]) -> Bool {
        while place + markers.count <= bytes.count {
            if bytes[place..<place + markers.count].elementsEqual(markers) {
                place += 2
                return true
            }
            place += 1
        }
        return false
    }

    /// The next marker that has a segment, and what the segment holds after its length.
    mutating func segment() -> (marker: UInt8, segment: ArraySlice<UInt8>)? {
        while place + 1 < bytes.count {
            let marker = bytes[place + 1]
            guard bytes[place] == 0xFF, marker != 0xFF, marker >= leastMarker else {
                place += 1
                continue
            }
            place += 2
            // Markers that stand alone.
            if marker == 0x01 || (0xD0...0xD9).contains(marker) { continue }
            guard let length = word(), length >= 2, place + length - 2 <= bytes.count else { return nil }
            defer { place += length - 2 }
            return (marker, bytes[place..<place + length - 2])
        }
        return nil
    }
}

extension ArraySlice<UInt8> {
    /// 16 bits, the most significant first, `offset` bytes from the start.
    func word(_ offset: Int) -> Int {
        Int(self[startIndex + offset]) << 8 | Int(self[startIndex + offset + 1])
    }

    /// 32 bits, the most significant first.
    func long(_ offset: Int) -> Int { word(offset) << 16 | word(offset + 2) }
}

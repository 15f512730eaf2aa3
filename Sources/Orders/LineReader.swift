/// Cuts a source's bytes into numbered lines, ended by LF or CR LF, of bounded length.
struct LineReader {
    /// One line.
    struct Line: Hashable {
        /// From 1 on.
        let number: Int
        /// Its bytes without the line end; nil when there are more than the limit. They are skipped then.
        let bytes: ArraySlice<UInt8>?
    }

    private let source: ByteSource
    private let limit: Int
    private var buffer: ArraySlice<UInt8> = []
    private var number = 0
    private var isAtEnd = false

    private static var lineFeed: UInt8 { UInt8(ascii: "\n") }
    private static var carriageReturn: UInt8 { UInt8(ascii: "\r") }

    /// The lines of `source`, each of `limit` bytes at most.
    init(source: @escaping ByteSource, limit: Int) {
        self.source = source
        self.limit = limit
    }

    /// The next line; nil at the end. Whatever `source` throws is thrown on.
    mutating func next() throws -> Line? {
        // Bytes before this index have no LF in them.
        var searched = buffer.startIndex
        var isTooLong = false
        while true {
            if let end = buffer[searched...].firstIndex(of: Self.lineFeed) {
                let line = buffer[buffer.startIndex..<end]
                buffer = buffer[(end + 1)...]
                return finish(line, isTooLong: isTooLong)
            }
            // One byte more than the limit: a CR may follow the last byte that counts.
            if buffer.count > limit + 1 {
                isTooLong = true
                buffer = []
            }
            let length = buffer.count
            guard try fill() else { break }
            searched = buffer.startIndex + length
        }
        guard isTooLong || !buffer.isEmpty else { return nil }
        let line = buffer
        buffer = []
        return finish(line, isTooLong: isTooLong)
    }

    private mutating func finish(_ line: ArraySlice<UInt8>, isTooLong: Bool) -> Line {
        number += 1
        let bytes = line.last == Self.carriageReturn ? line.dropLast() : line
        return Line(number: number, bytes: isTooLong || bytes.count > limit ? nil : bytes)
    }

    /// Adds the next bytes of the source; false at its end.
    private mutating func fill() throws -> Bool {
        while !isAtEnd {
            guard let chunk = try source() else {
                isAtEnd = true
                return false
            }
            if chunk.isEmpty { continue }
            if buffer.isEmpty { buffer = chunk[...] } else { buffer = (Array(buffer) + chunk)[...] }
            return true
        }
        return false
    }
}

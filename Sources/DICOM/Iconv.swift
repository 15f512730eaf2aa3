import Glibc

/// A conversion between two character encodings, by the C library's iconv.
///
/// Pointers are handed to C here and nowhere else in the text code; they live only for the call.
public struct Iconv: ~Copyable {
    private let descriptor: iconv_t

    /// `nil` if the C library does not know one of the encodings.
    public init?(from source: String, to target: String) {
        let descriptor = iconv_open(target, source)
        guard descriptor != iconv_t(bitPattern: -1), let descriptor else { return nil }
        self.descriptor = descriptor
    }

    deinit {
        iconv_close(descriptor)
    }

    /// The converted bytes; `nil` if a character has no counterpart or the input is no text in the source's encoding.
    public func convert(_ input: some Sequence<UInt8>) -> [UInt8]? {
        var source = input.map { CChar(bitPattern: $0) }
        // UTF-8 of a character of any source encoding has at most four bytes.
        var target = [CChar](repeating: 0, count: source.count * 4 + 8)
        let capacity = target.count
        let left: Int? = source.withUnsafeMutableBufferPointer { from in
            target.withUnsafeMutableBufferPointer { to in
                var start = from.baseAddress
                var count = from.count
                var end = to.baseAddress
                var room = to.count
                iconv(descriptor, nil, nil, nil, nil)
                // Anything but 0 is an error, or a character that was replaced by a similar one.
                guard iconv(descriptor, &start, &count, &end, &room) == 0, count == 0 else { return nil }
                return room
            }
        }
        return left.map { target.prefix(capacity - $0).map { UInt8(bitPattern: $0) } }
    }
}

internal import CZlib
internal import Ledger

/// zlib (RFC 1950) over whole values; the expanded length, four bytes with the lowest first, stands before the compressed bytes.
enum Deflate {
    /// The longest expanded value: 10 million instances of a part (InstanceRanges.highestPosition) at about 100 bytes each.
    private static let expandedLimit = 1 << 30

    private static let headerLength = 4

    static func compress(_ bytes: [UInt8]) throws -> [UInt8] {
        guard bytes.count <= expandedLimit else {
            throw LedgerError(.contradiction, "a manifest of \(bytes.count) bytes is beyond the limit of \(expandedLimit) bytes")
        }
        var length = compressBound(uLong(bytes.count))
        var compressed = [UInt8](repeating: 0, count: Int(length))
        // zlib is a C library: the pointers are those of the two arrays and live for the call only.
        let status = compressed.withUnsafeMutableBufferPointer { target in
            bytes.withUnsafeBufferPointer { source in
                compress2(target.baseAddress, &length, source.baseAddress, uLong(source.count), Z_DEFAULT_COMPRESSION)
            }
        }
        guard status == Z_OK else { throw LedgerError(.unavailable, "zlib cannot compress a manifest: status \(status)") }
        let header = (0..<headerLength).map { UInt8(truncatingIfNeeded: bytes.count >> (8 * $0)) }
        return header + compressed[..<Int(length)]
    }

    static func expand(_ compressed: [UInt8]) throws -> [UInt8] {
        let count = compressed.prefix(headerLength).reversed().reduce(0) { $0 << 8 | Int($1) }
        guard compressed.count > headerLength, count <= expandedLimit else { throw fault }
        var length = uLong(count)
        var expanded = [UInt8](repeating: 0, count: count)
        // As above: the pointers are those of the two arrays and live for the call only.
        let status = expanded.withUnsafeMutableBufferPointer { target in
            compressed[headerLength...].withUnsafeBufferPointer { source in
                uncompress(target.baseAddress, &length, source.baseAddress, uLong(source.count))
            }
        }
        guard status == Z_OK, Int(length) == count else { throw fault }
        return expanded
    }

    private static var fault: LedgerError { LedgerError(.corrupt, "a manifest cannot be expanded") }
}

internal import Glibc

extension UnsafeRawBufferPointer {
    /// Whether both hold the same bytes.
    public func holdsSame(as other: UnsafeRawBufferPointer) -> Bool { count == other.count && compared(with: other) == 0 }

    /// Below, at or above zero as these bytes come before `other`, are the same or come after: as SQLite's BINARY collation orders texts.
    public func compared(with other: UnsafeRawBufferPointer) -> Int {
        let shared = Swift.min(count, other.count)
        if shared > 0, let left = baseAddress, let right = other.baseAddress {
            let order = memcmp(left, right, shared)
            if order != 0 { return Int(order) }
        }
        return count - other.count
    }
}

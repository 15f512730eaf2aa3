import Glibc

/// An object in the spool or the holding store, as its grant's folder has it: in the clear or sealed. No file stays open between two reads.
enum StagedObject: Sendable {
    case clear(path: String)
    case sealed(SealedObject)

    /// Hands over a range of the object in pieces.
    ///
    /// - Throws: when the bytes are not all there.
    func read(_ range: Range<Int64>, _ body: (ArraySlice<UInt8>) throws -> Void) throws {
        switch self {
        case .sealed(let object): try object.read(range, body)
        case .clear(let path):
            let file = try PosixFile(path, O_RDONLY)
            var offset = range.lowerBound
            while offset < range.upperBound {
                let count = Int(min(Int64(GatewayLimits.readByteCount), range.upperBound - offset))
                let bytes = try file.read(at: offset, count: count)
                guard bytes.count == count else { throw SourceChanged.cut(at: offset + Int64(bytes.count)) }
                try body(bytes[...])
                offset += Int64(count)
            }
        }
    }
}

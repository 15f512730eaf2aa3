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

    /// Fills memory with the object's bytes from `offset` on.
    ///
    /// - Throws: when they are not all there.
    func read(at offset: Int64, into memory: UnsafeMutableRawBufferPointer) throws {
        switch self {
        case .clear(let path):
            let count = try PosixFile(path, O_RDONLY).read(at: offset, into: memory)
            guard count == memory.count else { throw SourceChanged.cut(at: offset + Int64(count)) }
        case .sealed(let object):
            var done = 0
            try object.read(offset..<offset + Int64(memory.count)) { bytes in
                UnsafeMutableRawBufferPointer(rebasing: memory[done...]).copyBytes(from: bytes)
                done += bytes.count
            }
        }
    }
}

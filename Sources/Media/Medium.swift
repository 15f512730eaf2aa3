/// What a medium is, as far as reading it goes.
public enum MediumKind: String, Sendable, Hashable, Codable {
    /// An ISO 9660 image: a file, or a block device with a disc in it.
    case discImage = "disc-image"
    /// A folder of a file system, with all folders below it.
    case folder
}

/// What tells one medium from another, whatever its volume name says.
///
/// Disc: SHA-256 over the volume descriptors, the root directory and the declared size of every session. It does not depend on whether the files can
/// be read: a scratched disc, its image cut short and a byte copy share the fingerprint of the whole disc.
/// Folder: SHA-256 over the listing (paths, sizes, modification times).
public struct MediumFingerprint: Hashable, Sendable, Codable, CustomStringConvertible {
    /// SHA-256 as 64 lower-case hexadecimal digits.
    public let hexadecimal: String

    /// The fingerprint written as `hexadecimal`.
    public init(hexadecimal: String) {
        self.hexadecimal = hexadecimal
    }

    /// The hexadecimal digits.
    public var description: String { hexadecimal }
}

/// A medium as a stream of files. Opened read-only by ``openMedium(at:)``; nothing is ever written to it (law 5).
///
/// Reading blocks the calling thread. A medium may be read from several threads at once.
public protocol Medium: Sendable {
    /// What kind of medium it is.
    var kind: MediumKind { get }
    /// What tells it from other media.
    var fingerprint: MediumFingerprint { get }
    /// Disc: the volume identifier of the first session without its padding, often just "CDROM". Folder: its name.
    var volumeIdentifier: String { get }
    /// All files, zero-byte ones included. Disc: those of all sessions, each content once, in the order in which they lie on the disc (first extent's
    /// sector; files without bytes last). Folder: by path, since a folder is online and read at random.
    var files: [MediumFile] { get }
    /// What is wrong with the medium itself; files that cannot be read show when they are read.
    var findings: [MediumFinding] { get }

    /// Reads `range` of a file in order.
    ///
    /// - Parameters:
    ///   - file: one of ``files``.
    ///   - range: bytes of the file to read; clamped to the file.
    ///   - body: takes the next bytes, at most ``MediumLimits/chunkByteCount`` at a time. The memory is used again for the next chunk.
    /// - Throws: ``MediumError`` naming path, sector and byte offset where the medium cannot be read, after `body` had all bytes before that place;
    ///   whatever `body` throws. Other files are not affected.
    func read(_ file: MediumFile, range: Range<Int64>, _ body: (ArraySlice<UInt8>) throws -> Void) throws

    /// Reads bytes of a file into memory, as many as it takes: for what goes straight on to a socket.
    ///
    /// - Throws: ``MediumError`` as ``read(_:range:_:)`` does; also `changed` where the file ends before.
    func read(_ file: MediumFile, at offset: Int64, into memory: UnsafeMutableRawBufferPointer) throws
}

extension Medium {
    public func read(_ file: MediumFile, at offset: Int64, into memory: UnsafeMutableRawBufferPointer) throws {
        var done = 0
        try read(file, range: offset..<offset + Int64(memory.count)) { chunk in
            UnsafeMutableRawBufferPointer(rebasing: memory[done...]).copyBytes(from: chunk)
            done += chunk.count
        }
        guard done == memory.count else { throw MediumError(.changed, path: file.path, offset: offset + Int64(done), "ends here") }
    }

    /// Reads a whole file in order; see ``read(_:range:_:)``.
    public func read(_ file: MediumFile, _ body: (ArraySlice<UInt8>) throws -> Void) throws {
        try read(file, range: 0..<file.byteCount, body)
    }
}

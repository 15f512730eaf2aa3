import Glibc
import Migration

/// Writes one object's bytes into the spool, under a name of its own until its digest is known.
struct ObjectStager: ~Copyable {
    private enum File {
        case clear(PosixFile)
        case sealed(ObjectSealer)
    }

    private let folder: GrantFolder
    private let cipher: SpoolCipher?
    private var file: File?

    /// A stager whose file is `objects/reading`; one file is read at a time under a grant.
    ///
    /// - Parameter cipher: what seals the object; nil: it is staged in the clear.
    init(in folder: GrantFolder, sealing cipher: SpoolCipher?) {
        self.folder = folder
        self.cipher = cipher
    }

    private var path: String { folder.objectPath("reading") }

    /// Writes the next bytes; the first call makes the file.
    mutating func write(_ chunks: [ArraySlice<UInt8>]) throws {
        switch try file ?? create() {
        case .clear(let clear):
            file = .clear(clear)
            for chunk in chunks { try clear.write(chunk) }
        case .sealed(var sealer):
            // Taken out of its place while it grows: otherwise its buffer would be copied.
            file = nil
            defer { file = .sealed(sealer) }
            for chunk in chunks { try sealer.write(chunk) }
        }
    }

    private func create() throws -> File {
        guard let cipher else { return .clear(try PosixFile(path, O_WRONLY | O_CREAT | O_TRUNC)) }
        return .sealed(try ObjectSealer(creating: path, under: folder.grant, with: cipher))
    }

    /// Keeps the object under its digest.
    ///
    /// - Returns: the bytes that it takes on the disk; nil when an equal file is staged already.
    mutating func keep(as sha256: String) throws -> Int64? {
        let object = folder.objectPath(sha256)
        guard !FileSystem.exists(object) else {
            try discard()
            return nil
        }
        let byteCount: Int64
        switch file {
        case .clear(let clear): byteCount = try clear.byteCount()
        case .sealed(var sealer): byteCount = try sealer.finish(as: sha256)
        case nil: byteCount = 0
        }
        file = nil
        try FileSystem.rename(path, to: object)
        return byteCount
    }

    /// Removes what was written.
    mutating func discard() throws(GatewayError) {
        file = nil
        try FileSystem.remove(path)
    }
}

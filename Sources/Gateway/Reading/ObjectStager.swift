import Glibc

/// Writes one object's bytes into the spool, under a name of its own until its digest is known.
struct ObjectStager: ~Copyable {
    private let path: String
    private var file: PosixFile?

    /// A stager whose file is `objects/reading`; one file is read at a time under a grant.
    init(in folder: GrantFolder) { path = folder.objectPath("reading") }

    /// Writes the next bytes; the first call makes the file.
    mutating func write(_ chunks: [ArraySlice<UInt8>]) throws(GatewayError) {
        if file == nil { file = try PosixFile(path, O_WRONLY | O_CREAT | O_TRUNC) }
        for chunk in chunks { try file?.write(chunk) }
    }

    /// Keeps the object under its digest.
    ///
    /// - Returns: false when an equal file is staged already.
    mutating func keep(as object: String) throws(GatewayError) -> Bool {
        file = nil
        guard !FileSystem.exists(object) else {
            try FileSystem.remove(path)
            return false
        }
        try FileSystem.rename(path, to: object)
        return true
    }

    /// Removes what was written.
    mutating func discard() throws(GatewayError) {
        file = nil
        try FileSystem.remove(path)
    }
}

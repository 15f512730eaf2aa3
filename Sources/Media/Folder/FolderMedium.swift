import Crypto
import Glibc

/// A folder with all folders below it. Symbolic links are never followed, so nothing outside of it is read.
struct FolderMedium: Medium {
    let kind = MediumKind.folder
    let fingerprint: MediumFingerprint
    let volumeIdentifier: String
    let files: [MediumFile]
    let findings: [MediumFinding]

    private let root: OpenFolder
    /// Names as the file system has them, for paths that are not valid UTF-8 there.
    private let rawPaths: [String: [UInt8]]

    /// Lists the folder at `path`.
    ///
    /// - Throws: ``MediumError`` where it cannot be opened or holds more than ``MediumLimits`` allows.
    init(path: String) throws {
        do {
            root = try OpenFolder(path: path)
        } catch {
            throw MediumError(.cannotOpen, "\(path): cannot be opened: \(error)")
        }
        var walk = FolderWalk(root: root, name: path)
        try walk.run()
        let entries = walk.entries.sorted { $0.path < $1.path }
        files = entries.map { MediumFile(path: $0.path, byteCount: $0.byteCount) }
        findings = walk.findings.findings
        rawPaths = Dictionary(entries.compactMap { entry in Array(entry.path.utf8) == entry.rawPath ? nil : (entry.path, entry.rawPath) }) { first, _ in first }
        fingerprint = Self.fingerprint(of: entries)
        volumeIdentifier = path.split(separator: "/").last.map(String.init) ?? "/"
    }

    private static func fingerprint(of entries: [FolderWalk.Entry]) -> MediumFingerprint {
        var hash = SHA256()
        for entry in entries {
            // NUL stands in no path, so no two listings make the same bytes.
            hash.update(data: entry.rawPath + [0] + Array("\(entry.byteCount) \(entry.modified.seconds).\(entry.modified.nanoseconds)".utf8) + [0])
        }
        return MediumFingerprint(hash.finalize())
    }

    func read(_ file: MediumFile, range: Range<Int64>, _ body: (ArraySlice<UInt8>) throws -> Void) throws {
        let range = range.clamped(to: 0..<file.byteCount)
        let source = try open(file)
        var buffer = [UInt8](repeating: 0, count: Int(min(Int64(MediumLimits.chunkByteCount), Int64(range.count))))
        var position = range.lowerBound
        while position < range.upperBound {
            let wanted = Int(min(Int64(buffer.count), range.upperBound - position))
            let count: Int
            do {
                count = try source.read(into: &buffer, count: wanted, at: position)
            } catch {
                throw MediumError(.unreadable, path: file.path, offset: position, "cannot be read: \(error)")
            }
            if count > 0 { try body(buffer[0..<count]) }
            position += Int64(count)
            if count < wanted {
                throw MediumError(.changed, path: file.path, offset: position, "ends here, and had \(file.byteCount) bytes when it was listed")
            }
        }
    }

    func read(_ file: MediumFile, at offset: Int64, into memory: UnsafeMutableRawBufferPointer) throws {
        let source = try open(file)
        let count: Int
        do {
            count = try source.read(into: memory, at: offset)
        } catch {
            throw MediumError(.unreadable, path: file.path, offset: offset, "cannot be read: \(error)")
        }
        guard count == memory.count else {
            throw MediumError(.changed, path: file.path, offset: offset + Int64(count), "ends here, and had \(file.byteCount) bytes when it was listed")
        }
    }

    private func open(_ file: MediumFile) throws -> OpenFile {
        do {
            return try root.file(at: rawPaths[file.path] ?? Array(file.path.utf8))
        } catch {
            throw MediumError(.changed, path: file.path, offset: 0, "was listed and cannot be opened: \(error)")
        }
    }
}

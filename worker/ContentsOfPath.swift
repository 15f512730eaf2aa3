import DICOMNetwork
import Foundation
import Media

/// The files under a path: those of a medium, or a lone file. Their bytes stay where they are.
struct ContentsOfPath {
    struct File {
        /// As it is shown: the path that was given, and the path within it.
        let path: String
        let byteCount: Int64
        fileprivate let onMedium: MediumFile?

        /// Within the path that was given; of a lone file its name.
        var relativePath: String { onMedium?.path ?? path.split(separator: "/").last.map(String.init) ?? path }
    }

    let files: [File]
    /// What is wrong with the medium itself.
    var findings: [MediumFinding] { medium?.findings ?? [] }
    private let medium: (any Medium)?

    /// Throws what keeps the path from being opened.
    init(_ path: String) throws {
        do {
            let medium = try openMedium(at: path)
            let folder = path.hasSuffix("/") ? path : path + "/"
            self.medium = medium
            files = medium.files.map { File(path: folder + $0.path, byteCount: $0.byteCount, onMedium: $0) }
        } catch let error as MediumError where error.code == .notAMedium {
            var status = stat()
            guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { throw error }
            medium = nil
            files = [File(path: path, byteCount: Int64(status.st_size), onMedium: nil)]
        }
    }

    /// Reads a range of the file's bytes in order, in pieces.
    func read(_ file: File, range: Range<Int64>, _ body: (ArraySlice<UInt8>) throws -> Void) throws {
        if let medium, let onMedium = file.onMedium { return try medium.read(onMedium, range: range, body) }
        let handle = try FileHandle(forReadingFrom: URL(fileURLWithPath: file.path))
        defer { try? handle.close() }
        try handle.seek(toOffset: UInt64(range.lowerBound))
        var rest = range.count
        while rest > 0, let piece = try handle.read(upToCount: min(rest, MediumLimits.chunkByteCount)), !piece.isEmpty {
            rest -= piece.count
            try body(Array(piece)[...])
        }
    }

    /// The file's bytes for who sends or writes them.
    func content(of file: File) throws -> any ObjectContent {
        guard let medium, let onMedium = file.onMedium else { return try FileContent(path: file.path) }
        return MediumContent(medium: medium, file: onMedium)
    }
}

extension ObjectContent {
    /// Hands over a range in pieces of at most ``MediumLimits/chunkByteCount``; the memory is used again for the next one.
    func forEachPiece(of range: Range<Int64>, _ body: (ReadBuffer) throws -> Void) throws {
        var buffer = ReadBuffer()
        var offset = range.lowerBound
        while offset < range.upperBound {
            let count = Int(min(Int64(MediumLimits.chunkByteCount), range.upperBound - offset))
            buffer.clear()
            try read(from: offset, count: count, into: &buffer)
            try body(buffer)
            offset += Int64(count)
        }
    }

    /// A range in memory.
    func bytes(_ range: Range<Int64>) throws -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(range.count)
        try forEachPiece(of: range) { bytes += $0.readableBytesView }
        return bytes
    }
}

/// A file of a medium.
private struct MediumContent: ObjectContent {
    let medium: any Medium
    let file: MediumFile
    var byteCount: Int64 { file.byteCount }

    func read(from offset: Int64, count: Int, into buffer: inout ReadBuffer) throws {
        try medium.read(file, range: offset..<offset + Int64(count)) { _ = buffer.writeBytes($0) }
    }
}

import DICOMNetwork
import Media

/// The files under a path: those of a medium, or a lone file. Their bytes stay where they are.
struct ContentsOfPath {
    struct File {
        /// As it is shown: the path that was given, and the path within it.
        let path: String
        /// Within the path that was given; of a lone file its name.
        let relativePath: String
        let content: any ObjectContent
    }

    let files: [File]

    /// Throws what keeps the path from being opened.
    init(_ path: String) throws {
        do {
            let medium = try openMedium(at: path)
            let folder = path.hasSuffix("/") ? path : path + "/"
            files = medium.files.map {
                File(path: folder + $0.path, relativePath: $0.path, content: MediumContent(medium: medium, file: $0))
            }
        } catch let error as MediumError where error.code == .notAMedium {
            let name = path.split(separator: "/").last.map(String.init) ?? path
            files = [File(path: path, relativePath: name, content: try FileContent(path: path))]
        }
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

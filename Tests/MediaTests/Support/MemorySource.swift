@testable import Media

/// An image in memory, some of whose sectors fail as those of a scratched disc do.
struct MemorySource: ByteSource {
    var bytes: [UInt8]
    var unreadable: Set<Int64> = []

    var byteCount: Int64 { Int64(bytes.count) }

    func read(into buffer: inout [UInt8], count: Int, at offset: Int64) throws(SystemError) -> Int {
        guard offset >= 0, offset < byteCount else { return 0 }
        let end = min(Int(offset) + count, bytes.count)
        for sector in offset / 2048...Int64(end - 1) / 2048 where unreadable.contains(sector) { throw SystemError(number: 5) }
        buffer.replaceSubrange(0..<(end - Int(offset)), with: bytes[Int(offset)..<end])
        return end - Int(offset)
    }
}

extension Medium {
    func file(_ path: String) throws -> MediumFile {
        guard let file = files.first(where: { $0.path == path }) else { throw Missing(description: "\(path) is not among \(files.map(\.path))") }
        return file
    }

    func contents(of path: String) throws -> [UInt8] { try contents(of: file(path)) }

    func contents(of file: MediumFile) throws -> [UInt8] {
        var bytes: [UInt8] = []
        try read(file) { bytes += $0 }
        return bytes
    }

    /// Bytes of a file as they are read into memory.
    func bytes(of file: MediumFile, at offset: Int, count: Int) throws -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        try bytes.withUnsafeMutableBytes { try read(file, at: Int64(offset), into: $0) }
        return bytes
    }

    /// Every file with its bytes.
    func tree() throws -> [String: [UInt8]] {
        Dictionary(try files.map { ($0.path, try contents(of: $0)) }) { first, _ in first }
    }

    var findingCodes: [MediumFinding.Code] { findings.map(\.code) }
}

struct Missing: Error, CustomStringConvertible {
    let description: String
}

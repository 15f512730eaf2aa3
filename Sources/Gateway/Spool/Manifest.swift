import Glibc
import LineProtocol
import Migration

/// The lines of one medium's inventory, as they are said to the coordinator: pieces in their order, then the end.
///
/// They are kept as bytes, so that after a restart of either side the same lines are said again and their digest holds.
struct Manifest: Sendable {
    /// How the lines are written.
    private enum Form {
        case clear
        /// Nil until the coordinator has given the key.
        case sealed(LineSeal?)
    }

    private let file: PosixFile
    private var form: Form
    /// Where each line begins; the last entry is the file's end.
    private var offsets: [Int64]
    /// Whether the last line is the inventory's end.
    private(set) var isComplete: Bool

    /// Pieces written.
    var pieceCount: Int { offsets.count - (isComplete ? 2 : 1) }

    /// A manifest that is begun; without a seal its lines are written in the clear.
    init(creating path: String, _ seal: LineSeal? = nil) throws(GatewayError) {
        form = seal.map { .sealed($0) } ?? .clear
        file = try PosixFile(path, O_RDWR | O_CREAT | O_TRUNC | O_APPEND)
        offsets = [0]
        isComplete = false
    }

    /// The manifest at `path`, written by an earlier run. One without its end, or with a torn line, is not complete.
    ///
    /// - Parameter isSealed: whether its lines are sealed: they can then be read after ``unlock(with:)`` only.
    init(opening path: String, isSealed: Bool = false) throws(GatewayError) {
        form = isSealed ? .sealed(nil) : .clear
        file = try PosixFile(path, O_RDONLY)
        offsets = [0]
        isComplete = false
        let byteCount = try file.byteCount()
        var lineStart: Int64 = 0
        var position: Int64 = 0
        while position < byteCount {
            let chunk = try file.read(at: position, count: GatewayLimits.readByteCount)
            for (index, byte) in chunk.enumerated() where byte == UInt8(ascii: "\n") {
                lineStart = position + Int64(index) + 1
                offsets.append(lineStart)
            }
            position += Int64(chunk.count)
        }
        guard offsets.count > 1, lineStart == byteCount else { return }
        isComplete = try isEnd(offsets.count - 2)
    }

    private func isEnd(_ number: Int) throws(GatewayError) -> Bool {
        if case .sealed = form { return LineSeal.isEnd(try written(number)) }
        guard case .inventory(let last)? = try? request(at: number), case .end = last.matter else { return false }
        return true
    }

    /// Makes a sealed manifest readable, after each line was found to be as it was sealed.
    mutating func unlock(with seal: LineSeal) throws(GatewayError) {
        form = .sealed(seal)
        for number in 0..<offsets.count - 1 { _ = try line(number) }
    }

    /// Appends one line.
    mutating func append(_ line: [UInt8], isEnd: Bool) throws(GatewayError) {
        var written = line
        if case .sealed(let seal?) = form { written = try seal.seal(line, number: offsets.count - 1, isEnd: isEnd) }
        do {
            try file.write(written + [UInt8(ascii: "\n")])
        } catch {
            // A full disk may have taken a part of the line; the line is written again when there is room.
            try file.truncate(to: offsets[offsets.count - 1])
            throw error
        }
        offsets.append(offsets[offsets.count - 1] + Int64(written.count) + 1)
        isComplete = isEnd
    }

    /// Takes back the line that was appended last.
    mutating func withdrawLast() throws(GatewayError) {
        offsets.removeLast()
        isComplete = false
        try file.truncate(to: offsets[offsets.count - 1])
    }

    /// The bytes of piece `number`, or of the end where `number` is the count of pieces, without LF.
    func line(_ number: Int) throws(GatewayError) -> [UInt8] {
        switch form {
        case .clear: return try written(number)
        case .sealed(let seal?): return try seal.open(try written(number), number: number)
        case .sealed(nil): throw GatewayError(.spool, "\(file.path) is encrypted, and the coordinator has not given its key")
        }
    }

    private func written(_ number: Int) throws(GatewayError) -> [UInt8] {
        guard number >= 0, number + 1 < offsets.count else {
            throw GatewayError(.spool, "\(file.path) has no line \(number + 1)")
        }
        return try file.read(at: offsets[number], count: Int(offsets[number + 1] - offsets[number] - 1))
    }

    /// The line read back as a request.
    func request(at number: Int) throws -> Request { try LineCodec().decodeRequest(try line(number)) }

    /// Makes the lines durable.
    func synchronize() throws(GatewayError) {
        try file.synchronize()
        try FileSystem.synchronizeFolder(of: file.path)
    }
}

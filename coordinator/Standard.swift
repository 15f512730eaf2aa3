import Foundation
import Glibc

/// What a command prints: documents on stdout, messages on stderr.
enum Standard {
    /// Prints `text` and a line end.
    ///
    /// - Returns: false when nobody reads any more (`coordinator studies | head`): there is no more to print then, and nothing is wrong.
    /// - Throws: ``CommandFailure`` when stdout cannot be written, as on a full disk.
    @discardableResult
    static func output(_ text: String) throws(CommandFailure) -> Bool { try document(Array((text + "\n").utf8)) }

    /// Tells `text`. What cannot be told is lost: a full log disk must not end the work.
    static func error(_ text: String) { errorBytes(text + "\n") }

    /// Writes to stderr as it is, for what changes a line on a terminal.
    static func errorBytes(_ text: String) { _ = write(Array(text.utf8), to: STDERR_FILENO) }

    /// One JSON document, with sorted keys.
    static func json(_ document: some Encodable) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes, .prettyPrinted]
        try Standard.document(Array(try encoder.encode(document) + Data("\n".utf8)))
    }

    /// `text` without what drives or misleads the operator's terminal, as it comes from discs and orders: control characters, and the invisible
    /// ones that turn the direction of writing or begin a line.
    static func plain(_ text: String) -> String {
        String(String.UnicodeScalarView(text.unicodeScalars.map { isPlain($0) ? $0 : "·" }))
    }

    private static func isPlain(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator: false
        default: true
        }
    }

    @discardableResult
    private static func document(_ bytes: [UInt8]) throws(CommandFailure) -> Bool {
        let fault = write(bytes, to: STDOUT_FILENO)
        guard fault == 0 || fault == EPIPE else {
            throw CommandFailure(.failed, "cannot write to stdout: \(String(cString: strerror(fault)))")
        }
        return fault == 0
    }

    /// Writes all bytes; 0, or the error number of write(2).
    private static func write(_ bytes: [UInt8], to descriptor: Int32) -> Int32 {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count >= 0 {
                rest = rest.dropFirst(count)
            } else if errno == EAGAIN {
                // Whoever shares the pipe has made it non-blocking.
                var wanted = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                _ = poll(&wanted, 1, -1)
            } else if errno != EINTR {
                return errno
            }
        }
        return 0
    }
}

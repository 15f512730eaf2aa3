internal import Foundation
internal import Glibc

/// What a command prints: documents on stdout, messages on stderr.
public enum Standard {
    /// Prints `text` and a line end.
    ///
    /// - Returns: false when nobody reads any more (`coordinator studies | head`): there is no more to print then, and nothing is wrong.
    /// - Throws: ``CommandFailure`` when stdout cannot be written, as on a full disk.
    @discardableResult
    public static func output(_ text: String) throws(CommandFailure) -> Bool {
        let fault = write(Array((text + "\n").utf8), to: STDOUT_FILENO)
        guard fault == 0 || fault == EPIPE else {
            throw CommandFailure(.failed, "cannot write to stdout: \(String(cString: strerror(fault)))")
        }
        return fault == 0
    }

    /// Tells one line, made ``plain(_:)``. What cannot be told is lost: a full log disk must not end the work.
    public static func error(_ line: String) { errorText(plain(line) + "\n") }

    /// Writes to stderr as it is: text of several lines, or what changes a line on a terminal.
    public static func errorText(_ text: String) { _ = write(Array(text.utf8), to: STDERR_FILENO) }

    /// To the begin of the terminal's line, and erases it (ECMA-48).
    public static var lineStart: String { "\r\u{1B}[K" }

    /// One JSON document, with sorted keys.
    public static func json(_ document: some Encodable) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes, .prettyPrinted]
        try output(String(decoding: try encoder.encode(document), as: UTF8.self))
    }

    /// `text` without what drives or misleads the operator's terminal, as it comes from discs, orders and destinations: control
    /// characters, and the invisible ones that turn the direction of writing or begin a line.
    public static func plain(_ text: String) -> String {
        String(String.UnicodeScalarView(text.unicodeScalars.map { isPlain($0) ? $0 : "·" }))
    }

    private static func isPlain(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator: false
        default: true
        }
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

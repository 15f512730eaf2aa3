import ArgumentParser
import Foundation
import Glibc

/// Prints `text` and a line end on stdout.
///
/// - Returns: false when nobody reads any more (`worker inspect | head`): there is no more to print then, and nothing is wrong.
/// - Throws: ``ExitStatus/failed`` when stdout cannot be written, as on a full disk; told on stderr.
@discardableResult
func writeOutput(_ text: String) throws -> Bool { try StandardStream.writeDocument(text + "\n") }

/// One JSON document on stdout, its keys in the order of the alphabet.
func writeJSON(_ document: some Encodable) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    try writeOutput(String(decoding: try encoder.encode(document), as: UTF8.self))
}

/// One line on stderr, made ``printable(_:)``. What cannot be told is lost: a full log disk must not end the work.
func writeError(_ line: String) { StandardStream.writeMessage(printable(line) + "\n") }

/// `text` without what drives or misleads the operator's terminal, as it comes from discs and destinations: control characters, and the
/// invisible ones that turn the direction of writing or begin a line.
func printable(_ text: String) -> String {
    String(String.UnicodeScalarView(text.unicodeScalars.map { isPrintable($0) ? $0 : "\u{FFFD}" }))
}

private func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator: false
    default: true
    }
}

/// The two streams as bytes.
enum StandardStream {
    static func writeDocument(_ text: String) throws -> Bool {
        let fault = write(Array(text.utf8), to: STDOUT_FILENO)
        if fault == 0 { return true }
        if fault == EPIPE { return false }
        writeError("cannot write to stdout: \(String(cString: strerror(fault)))")
        throw ExitStatus.failed
    }

    /// Writes to stderr as it is, if it can be written.
    static func writeMessage(_ text: String) { _ = write(Array(text.utf8), to: STDERR_FILENO) }

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

import Gateway
import Glibc
import Synchronization
import Terminal

/// The worker's progress on stderr: one line that changes on a terminal, otherwise one plain line every ten seconds.
final class ProgressLine: Sendable {
    private static let interval = 10
    private let isTerminal = isatty(STDERR_FILENO) == 1
    private let calls = Mutex(0)

    /// Called every second.
    func show(_ summary: GatewaySummary) {
        let count = calls.withLock { calls in
            calls += 1
            return calls
        }
        if isTerminal {
            Standard.errorText(Standard.lineStart + Standard.plain(Self.text(summary)))
        } else if count % Self.interval == 0 {
            Standard.error(Self.text(summary))
        }
    }

    static func text(_ summary: GatewaySummary) -> String {
        var words = summary.isConnected ? [] : ["coordinator away"]
        for drive in summary.drives {
            switch drive.state {
            case .empty: words.append("\(drive.name) empty")
            case .reading:
                words.append(
                    "\(drive.name) reads \(drive.label ?? ""): \(drive.filesRead) of \(drive.fileCount) files, \(Amount.bytes(drive.bytesRead))")
            case .done: words.append("\(drive.name) has read \(drive.label ?? "")")
            case .refused: words.append("\(drive.name) refused \(drive.label ?? "")")
            }
        }
        words.append("sending \(summary.parts) studies, \(summary.instancesSent) instances, \(Amount.bytes(summary.bytesSent)) sent")
        words.append("spool \(Amount.bytes(summary.spoolBytes)) of \(Amount.bytes(summary.spoolLimit))")
        if summary.isPaused { words.append("reading waits for room in the spool") }
        return words.joined(separator: "; ")
    }
}

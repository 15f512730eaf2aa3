import Foundation
import Glibc

/// How far the import of a table is, on stderr: a bar on a terminal, otherwise one plain line every ten seconds.
final class ImportProgress {
    /// Characters of the bar.
    private static let width = 30
    private let isTerminal = isatty(STDERR_FILENO) == 1
    private let byteCount: Int
    private var bytesRead = 0
    private var last = ContinuousClock.now
    private var isShown = false

    /// The import of the file at `path`.
    init(of path: String) {
        let attributes = try? FileManager.default.attributesOfItem(atPath: path)
        byteCount = (attributes?[.size] as? NSNumber)?.intValue ?? 0
    }

    /// More of the file was read.
    func read(_ count: Int) { bytesRead += count }

    /// More of its rows are in the ledger.
    func show(rows: Int, broken: Int) {
        let now = ContinuousClock.now
        // A terminal is drawn often enough to be seen moving and seldom enough to cost nothing.
        guard now - last >= (isTerminal ? .milliseconds(200) : .seconds(10)) else { return }
        last = now
        let share = byteCount > 0 ? min(1, Double(bytesRead) / Double(byteCount)) : 0
        let line = "\(rows) rows imported, \(broken) broken, \(Int(share * 100)) % of the file read"
        guard isTerminal else { return Standard.error(line) }
        isShown = true
        let filled = Int(share * Double(Self.width))
        let bar = String(repeating: "#", count: filled) + String(repeating: "-", count: Self.width - filled)
        // ECMA-48: to the line's begin, erase it.
        Standard.errorBytes("\r\u{1B}[K[\(bar)] \(line)")
    }

    /// Takes the bar away, before something else is written.
    func end() {
        if isShown { Standard.errorBytes("\r\u{1B}[K") }
        isShown = false
    }
}

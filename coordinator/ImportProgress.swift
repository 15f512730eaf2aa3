import Foundation
import Terminal

/// How far the import of a table is, on stderr.
final class ImportProgress {
    private let bar = ProgressBar()
    private let byteCount: Int
    private var bytesRead = 0

    /// The import of the file at `path`, which is read `passes` times.
    init(of path: String, passes: Int = 1) {
        let attributes = try? FileManager.default.attributesOfItem(atPath: path)
        byteCount = ((attributes?[.size] as? NSNumber)?.intValue ?? 0) * passes
    }

    /// More of the file was read.
    func read(_ count: Int) { bytesRead += count }

    /// More of its rows are in the ledger.
    func show(rows: Int, broken: Int) {
        let percent = byteCount > 0 ? min(100, bytesRead * 100 / byteCount) : 0
        bar.show(bytesRead, of: byteCount, "\(rows) rows imported, \(broken) broken, \(percent) % of the file read")
    }

    /// Takes the bar away, before something else is written.
    func end() { bar.end() }
}

import DICOM
import Migration
import Synchronization

/// Writes acknowledgements into the journal while the next instances are being sent: those that come during one write share the next.
///
/// An acknowledgement counts once the journal has it; after a crash what it had not is asked for at the destination.
final class AcknowledgementWriter: Sendable {
    private let key: PartKey
    private let journal: Journal
    private let verdicts: VerdictBook
    private let gauge: SpoolGauge
    private let progress: ProgressCounter
    private let state = Mutex(State())

    private struct State {
        var waiting: [Int: [Tag]] = [:]
        var writing: Task<Void, Never>?
    }

    init(of key: PartKey, into journal: Journal, _ verdicts: VerdictBook, _ gauge: SpoolGauge, _ progress: ProgressCounter) {
        self.gauge = gauge
        self.progress = progress
        self.key = key
        self.journal = journal
        self.verdicts = verdicts
    }

    /// The instance at this position was acknowledged; these elements had changed with its transfer syntax.
    func add(_ position: Int, changed tags: [Tag]) {
        state.withLock { state in
            state.waiting[position] = tags
            if state.writing == nil { state.writing = Task { await write() } }
        }
    }

    /// Returns when all that was added is durable, or has failed.
    func finish() async {
        while let writing = state.withLock(\.writing) { await writing.value }
    }

    /// What waits, to be written now; with nothing left the writing is over.
    private func take() -> [Int: [Tag]] {
        state.withLock { state in
            defer { state.waiting = [:] }
            if state.waiting.isEmpty { state.writing = nil }
            return state.waiting
        }
    }

    private func write() async {
        while case let taken = take(), !taken.isEmpty {
            let positions = taken.keys.sorted()
            do {
                try await journal.append(JournalRecord(key, acknowledged: InstanceRanges(positions), transcoded: taken))
                progress.record(positions)
                await verdicts.arrived(positions)
            } catch let error as GatewayError where error.code == .diskFull {
                // Not told, so not counted: no attempt is burnt, and what was sent is found at the destination by the next lease.
                gauge.noteJournalFull()
            } catch {
                await verdicts.fail(positions, .worker, reason(of: error))
            }
        }
    }
}

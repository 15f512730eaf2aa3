import Glibc
import Synchronization

/// How far a command is, on stderr: a bar on a terminal, otherwise one plain line every ten seconds.
final class CommandProgress: Sendable {
    private struct State {
        var last: ContinuousClock.Instant
        var isShown = false
    }

    /// Characters of the bar.
    private static let width = 30
    private let isTerminal = isatty(STDERR_FILENO) == 1
    private let interval: Duration
    private let state: Mutex<State>

    init() {
        // A terminal is drawn often enough to be seen moving and seldom enough to cost nothing.
        interval = isTerminal ? .milliseconds(200) : .seconds(10)
        state = Mutex(State(last: .now))
    }

    /// Called as often as something is done: `done` of `total`, of what `text` names.
    func show(_ done: Int, of total: Int, _ text: String) {
        state.withLock { state in
            let now = ContinuousClock.now
            guard now - state.last >= interval else { return }
            state.last = now
            let line = "\(done) of \(total) \(text)"
            guard isTerminal else { return writeError(line) }
            state.isShown = true
            let filled = total > 0 ? min(Self.width, done * Self.width / total) : 0
            let bar = String(repeating: "#", count: filled) + String(repeating: "-", count: Self.width - filled)
            // ECMA-48: to the line's begin, erase it.
            StandardStream.writeMessage("\r\u{1B}[K[\(bar)] \(printable(line))")
        }
    }

    /// Takes the bar away, before something else is written.
    func end() {
        state.withLock { state in
            if state.isShown { StandardStream.writeMessage("\r\u{1B}[K") }
            state.isShown = false
        }
    }
}

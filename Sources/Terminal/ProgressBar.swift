internal import Glibc
internal import Synchronization

/// How far a command is, on stderr: a bar on a terminal, otherwise one plain line every ten seconds.
public final class ProgressBar: Sendable {
    private struct State {
        var last: ContinuousClock.Instant
        var isShown = false
    }

    /// Characters of the bar.
    static let width = 30
    private let isTerminal = isatty(STDERR_FILENO) == 1
    private let interval: Duration
    private let state: Mutex<State>

    /// A bar that is not shown yet.
    public init() {
        // A terminal is drawn often enough to be seen moving and seldom enough to cost nothing.
        interval = isTerminal ? .milliseconds(200) : .seconds(10)
        state = Mutex(State(last: .now))
    }

    /// Called as often as something is done: `done` of `total`, and the line that says so.
    public func show(_ done: Int, of total: Int, _ line: @autoclosure () -> String) {
        state.withLock { state in
            let now = ContinuousClock.now
            guard now - state.last >= interval else { return }
            state.last = now
            guard isTerminal else { return Standard.error(line()) }
            state.isShown = true
            Standard.errorText("\(Standard.lineStart)\(Self.bar(done, of: total)) \(Standard.plain(line()))")
        }
    }

    /// Takes the bar away, before something else is written.
    public func end() {
        state.withLock { state in
            if state.isShown { Standard.errorText(Standard.lineStart) }
            state.isShown = false
        }
    }

    /// `[#####-----]`, as much of it full as is done; empty while the total is not known.
    static func bar(_ done: Int, of total: Int) -> String {
        let filled = total > 0 ? Int(Double(width) * min(1, max(0, Double(done) / Double(total)))) : 0
        return "[" + String(repeating: "#", count: filled) + String(repeating: "-", count: width - filled) + "]"
    }
}

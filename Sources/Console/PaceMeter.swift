internal import Migration
internal import Synchronization

/// Bytes a second, from what was done at the moments when somebody asked.
final class PaceMeter: Sendable {
    private struct Sample {
        var at: Instant
        var bytes: Int64
    }

    /// How far back the pace is taken: long enough for a large study to end, short enough to be "now".
    static var window: Interval { .seconds(60) }
    /// Samples kept: one a second over the window.
    static var sampleLimit: Int { 60 }

    private let samples = Mutex<[Sample]>([])

    /// Takes note that `bytes` are done at `now`.
    ///
    /// - Returns: bytes a second over the window; 0 until there is a second sample.
    func note(bytes: Int64, at now: Instant) -> Int64 {
        samples.withLock { samples in
            samples.removeAll { now.since($0.at) > Self.window }
            let first = samples.first
            // Samples closer than the window's even spacing add nothing but memory.
            let spacing = Self.window.milliseconds / Int64(Self.sampleLimit)
            if samples.last.map({ now.since($0.at).milliseconds >= spacing }) ?? true { samples.append(Sample(at: now, bytes: bytes)) }
            guard let first, now.since(first.at).milliseconds > 0 else { return 0 }
            return max(0, (bytes - first.bytes) * 1000 / now.since(first.at).milliseconds)
        }
    }
}

#if canImport(Glibc)
internal import Glibc
#endif
public import Migration

/// The coordinator's clock: the system's, but never going back (law 3).
public struct SystemClock: Sendable {
    private var last = Instant(milliseconds: 0)

    /// A clock that has not been read.
    public init() {}

    /// The time now, or the last time told when the system's clock was put back.
    public mutating func now() -> Instant {
        last = max(last, Self.reading())
        return last
    }

    /// The system's clock as it stands.
    public static func reading() -> Instant {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Instant(milliseconds: Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000)
    }
}

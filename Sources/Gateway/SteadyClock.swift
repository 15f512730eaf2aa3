import Glibc
import Migration

/// The worker's clock for terms and delays: it never goes back and counts the time for which the machine slept.
struct SteadyClock: Sendable {
    private let start = ContinuousClock.now

    var now: Instant {
        let passed = (ContinuousClock.now - start).components
        // One day ahead of zero, so that every instant of the past can be written.
        return Instant(milliseconds: 86_400_000 + passed.seconds * 1000 + passed.attoseconds / 1_000_000_000_000_000)
    }
}

/// The calendar's time, for what is recorded in objects, and for certificates.
public enum WallClock {
    /// Now.
    static var now: Instant {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Instant(milliseconds: Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000)
    }

    /// Now as a DT value in UTC: `20040229123456.789000+0000` (PS3.5 §6.2).
    public static func dateTime() -> String {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        var parts = tm()
        gmtime_r(&time.tv_sec, &parts)
        let digits = { (value: Int, count: Int) in
            let text = String(value)
            return String(repeating: "0", count: max(0, count - text.count)) + text
        }
        let day = digits(Int(parts.tm_year) + 1900, 4) + digits(Int(parts.tm_mon) + 1, 2) + digits(Int(parts.tm_mday), 2)
        let hour = digits(Int(parts.tm_hour), 2) + digits(Int(parts.tm_min), 2) + digits(Int(parts.tm_sec), 2)
        return "\(day)\(hour).\(digits(time.tv_nsec / 1000, 6))+0000"
    }
}

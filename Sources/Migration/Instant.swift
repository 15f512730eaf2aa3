/// A moment of the coordinator's or a worker's clock: milliseconds since 1970-01-01T00:00:00Z.
///
/// Pure rooms never read a clock; they are handed an instant.
public struct Instant: Hashable, Comparable, Sendable {
    /// Milliseconds since 1970-01-01T00:00:00Z.
    public let milliseconds: Int64

    /// The instant `milliseconds` after 1970-01-01T00:00:00Z.
    public init(milliseconds: Int64) { self.milliseconds = milliseconds }

    public static func < (left: Instant, right: Instant) -> Bool { left.milliseconds < right.milliseconds }

    /// The instant `interval` later.
    public static func + (instant: Instant, interval: Interval) -> Instant {
        Instant(milliseconds: instant.milliseconds + interval.milliseconds)
    }

    /// How long after `earlier` this instant is; negative when it is before it.
    public func since(_ earlier: Instant) -> Interval { Interval(milliseconds: milliseconds - earlier.milliseconds) }
}

/// A length of time in milliseconds.
public struct Interval: Hashable, Comparable, Sendable {
    /// The length in milliseconds.
    public let milliseconds: Int64

    /// A length of `milliseconds`.
    public init(milliseconds: Int64) { self.milliseconds = milliseconds }

    /// A length of `count` seconds.
    public static func seconds(_ count: Int64) -> Interval { Interval(milliseconds: count * 1000) }

    /// A length of `count` minutes.
    public static func minutes(_ count: Int64) -> Interval { .seconds(count * 60) }

    public static func < (left: Interval, right: Interval) -> Bool { left.milliseconds < right.milliseconds }

    /// The interval `factor` times as long.
    public static func * (interval: Interval, factor: Int64) -> Interval {
        Interval(milliseconds: interval.milliseconds * factor)
    }
}

extension Instant {
    /// The first moment of `day` in UTC.
    public init(startOf day: CalendarDate) {
        // Days from the civil date with eras of 400 years of 146,097 days that begin on 1 March, as in ``text``.
        let number = Int64(day.number)
        let month = number / 100 % 100
        let year = number / 10_000 - (month <= 2 ? 1 : 0)
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + number % 100 - 1
        let (era, yearOfEra) = (year / 400, year % 400)
        let days = era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
        self.init(milliseconds: days * 86_400_000)
    }
}

extension Instant: Codable {
    public init(from decoder: any Decoder) throws {
        self.init(milliseconds: try decoder.singleValueContainer().decode(Int64.self))
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(milliseconds)
    }
}

extension Interval: Codable {
    public init(from decoder: any Decoder) throws {
        self.init(milliseconds: try decoder.singleValueContainer().decode(Int64.self))
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(milliseconds)
    }
}

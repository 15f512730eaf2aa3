internal import Migration

/// A date and time as HL7 writes it: `YYYYMMDD[HH[MM[SS[.S…]]]][±ZZZZ]` (DTM, HL7 v2.9 §2.A.22). Only the day must be whole.
struct HL7Moment: Hashable, Sendable {
    /// The day as it is written, in the sender's own zone.
    let day: CalendarDate
    /// The time of day, HHMMSS; nil where there is none.
    let time: String?
    /// The moment; where no zone is written, by the zone of who reads it.
    let instant: Instant

    /// Reads `text`, which is in `assumed` where it names no zone; nil when it is no such moment.
    init?(_ text: String, assuming assumed: HL7TimeZone = .utc) {
        guard text.utf8.count <= Self.limit else { return nil }
        let zone = text.lastIndex { $0 == "+" || $0 == "-" }
        let digits = text[..<(zone ?? text.endIndex)].prefix { $0 != "." }
        let fraction = text[..<(zone ?? text.endIndex)].dropFirst(digits.count).dropFirst()
        guard [8, 10, 12, 14].contains(digits.count), let numbers = Self.pairs(digits), fraction.utf8.allSatisfy(Self.isDigit),
            let day = CalendarDate(String(digits.prefix(8))), let written = Self.offset(zone.map { text[$0...] } ?? "")
        else { return nil }
        let clock = Array(numbers[4...]) + [0, 0, 0]
        guard ValueRule.isTime(hour: clock[0], minute: clock[1], second: clock[2]) else { return nil }
        self.day = day
        time = digits.count >= 10 ? digits.dropFirst(8) + String(repeating: "0", count: 14 - digits.count) : nil
        let seconds = Self.days(to: day) * 86_400 + Int64((clock[0] * 60 + clock[1]) * 60 + clock[2])
        let offset = zone == nil ? assumed.offset(atLocal: seconds) : Int64(written * 60)
        let milliseconds = (fraction + "000").prefix(3)
        instant = Instant(milliseconds: (seconds - offset) * 1000 + (Int64(milliseconds) ?? 0))
    }

    /// `now` as a date and time of HL7, in UTC.
    static func text(of now: Instant) -> String { now.text.filter { $0.isASCII && $0.isNumber } + "+0000" }

    /// Characters of DTM (HL7 v2.9 §2.A.22).
    private static var limit: Int { 24 }

    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

    /// The numbers that each two digits make; nil when one is no digit.
    private static func pairs(_ text: Substring) -> [Int]? {
        guard text.utf8.allSatisfy(isDigit) else { return nil }
        let digits = text.utf8.map { Int($0) - Int(UInt8(ascii: "0")) }
        return stride(from: 0, to: digits.count - 1, by: 2).map { digits[$0] * 10 + digits[$0 + 1] }
    }

    /// Minutes east of UTC; nil when `text` is neither empty nor such a zone.
    private static func offset(_ text: Substring) -> Int? {
        guard let sign = text.first else { return 0 }
        guard text.utf8.count == 5, let numbers = pairs(text.dropFirst()), numbers[0] <= 14, numbers[1] < 60 else { return nil }
        return (sign == "-" ? -1 : 1) * (numbers[0] * 60 + numbers[1])
    }

    /// Days from 1970-01-01 to a day of the Gregorian calendar, by years that begin in March.
    private static func days(to day: CalendarDate) -> Int64 {
        let (year, month, date) = (Int64(day.number / 10_000), Int64(day.number / 100 % 100), Int64(day.number % 100))
        let shiftedYear = month > 2 ? year : year - 1
        let dayOfYear = (153 * ((month + 9) % 12) + 2) / 5 + date - 1
        return shiftedYear * 365 + shiftedYear / 4 - shiftedYear / 100 + shiftedYear / 400 + dayOfYear - 719_468
    }
}

/// A day of the Gregorian calendar, written YYYYMMDD as by value representation DA (PS3.5 §6.2).
public struct CalendarDate: Hashable, Comparable, Sendable {
    /// The day as the number YYYYMMDD: 19991231.
    public let number: Int32

    /// Reads `YYYYMMDD`, the retired `YYYY.MM.DD` (PS3.5 §6.2, DA note) or ISO 8601's `YYYY-MM-DD`; spaces around it do not count.
    /// Nil when it is none of these or no day of the calendar.
    public init?(_ text: String) {
        var number: Int32 = 0
        var digits = 0
        var separators: (count: Int, byte: UInt8) = (0, 0)
        for byte in text.utf8.drop(while: { $0 == UInt8(ascii: " ") }) {
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"):
                guard digits < 8 else { return nil }
                number = number * 10 + Int32(byte - UInt8(ascii: "0"))
                digits += 1
            case UInt8(ascii: "."), UInt8(ascii: "-"):
                let isExpected = separators.count == 0 ? digits == 4 : digits == 6 && byte == separators.byte
                guard isExpected, separators.count < 2 else { return nil }
                separators = (separators.count + 1, byte)
            case UInt8(ascii: " "), 0: guard digits == 8 else { return nil }
            default: return nil
            }
        }
        guard digits == 8, separators.count != 1 else { return nil }
        guard Self.isDay(year: number / 10_000, month: number / 100 % 100, day: number % 100) else { return nil }
        self.number = number
    }

    /// The day of this number, as ``number`` tells it; nil when it is none.
    public init?(number: Int64) {
        guard (0...99_991_231).contains(number) else { return nil }
        let day = Int32(number)
        guard Self.isDay(year: day / 10_000, month: day / 100 % 100, day: day % 100) else { return nil }
        self.number = day
    }

    /// Its year.
    public var year: Int { Int(number / 10_000) }

    /// Its place among all days of the Gregorian calendar: of the next day it is one more.
    public var ordinal: Int {
        let (month, day) = (Int(number / 100 % 100), Int(number % 100))
        // Years begin in March here, so that the leap day is the last of its year.
        let marchYear = month > 2 ? year : year - 1
        let dayOfYear = (153 * ((month + 9) % 12) + 2) / 5 + day
        return 365 * marchYear + marchYear / 4 - marchYear / 100 + marchYear / 400 + dayOfYear
    }

    /// The day behind it; nil behind the last that can be written.
    public var next: CalendarDate? {
        let (month, day) = (number / 100 % 100, number % 100)
        let candidates = [number + 1, (number / 100 + 1) * 100 + 1, (number / 10_000 + 1) * 10_000 + 101]
        return (month == 12 && day == 31 ? candidates.suffix(1) : candidates.prefix(2)).lazy.compactMap { CalendarDate(number: Int64($0)) }.first
    }

    /// The day before it; nil before the first that can be written.
    public var previous: CalendarDate? {
        if let same = CalendarDate(number: Int64(number) - 1) { return same }
        let month = number / 100 % 100
        let last = month == 1 ? (number / 10_000 - 1) * 10_000 + 1231 : (number / 100 - 1) * 100 + 31
        return (0...3).lazy.compactMap { CalendarDate(number: Int64(last) - Int64($0)) }.first
    }

    private static func isDay(year: Int32, month: Int32, day: Int32) -> Bool {
        guard year > 0, (1...12).contains(month), day >= 1 else { return false }
        let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        return switch month {
        case 2: day <= (isLeap ? 29 : 28)
        case 4, 6, 9, 11: day <= 30
        default: day <= 31
        }
    }

    public static func < (left: CalendarDate, right: CalendarDate) -> Bool { left.number < right.number }
}

extension CalendarDate: CustomStringConvertible {
    /// The day as `YYYYMMDD`.
    public var description: String {
        let digits = String(number)
        return String(repeating: "0", count: 8 - digits.count) + digits
    }
}

extension CalendarDate: Codable {
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let date = CalendarDate(text) else {
            throw DecodingError.fault("not a date of the form YYYYMMDD", at: container.codingPath)
        }
        self = date
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}

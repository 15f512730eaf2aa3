/// A day of the Gregorian calendar, written YYYYMMDD as by value representation DA (PS3.5 §6.2).
public struct CalendarDate: Hashable, Comparable, Sendable {
    /// The day as the number YYYYMMDD: 19991231.
    public let number: Int32

    /// Reads `YYYYMMDD`, the retired `YYYY.MM.DD` (PS3.5 §6.2, DA note) or ISO 8601's `YYYY-MM-DD`; spaces around it do not count.
    /// Nil when it is none of these or no day of the calendar.
    public init?(_ text: String) {
        let trimmed = text.utf8.drop { $0 == UInt8(ascii: " ") }
        var digits: [UInt8] = []
        for byte in trimmed {
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): digits.append(byte - UInt8(ascii: "0"))
            case UInt8(ascii: "."), UInt8(ascii: "-"): guard digits.count == 4 || digits.count == 6 else { return nil }
            case UInt8(ascii: " "), 0: guard digits.count == 8 else { return nil }
            default: return nil
            }
            guard digits.count <= 8 else { return nil }
        }
        guard digits.count == 8 else { return nil }
        let number = digits.reduce(Int32(0)) { $0 * 10 + Int32($1) }
        guard Self.isDay(year: number / 10_000, month: number / 100 % 100, day: number % 100) else { return nil }
        self.number = number
    }

    private static func isDay(year: Int32, month: Int32, day: Int32) -> Bool {
        guard year > 0, (1...12).contains(month), day >= 1 else { return false }
        let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        let lengths: [Int32] = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        return day <= lengths[Int(month) - 1]
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
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "not a date of the form YYYYMMDD")
        }
        self = date
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}

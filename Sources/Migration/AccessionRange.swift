/// The accession numbers that are reserved for unspecified exams: a prefix, and a number of so many digits, from the first to the last.
public struct AccessionRange: Hashable, Sendable, Codable {
    /// What each of them begins with; may be empty.
    public let prefix: String
    /// Digits of the number, with zeros in front.
    public let digits: Int
    /// The first number.
    public let first: Int64
    /// The last number.
    public let last: Int64

    /// Characters of an accession number (SH, PS3.5 §6.2).
    public static var length: Int { 16 }

    /// `UX` and eight digits.
    public static var standard: AccessionRange { AccessionRange(known: "UX", digits: 8, first: 1, last: 99_999_999) }

    private init(known prefix: String, digits: Int, first: Int64, last: Int64) {
        self.prefix = prefix
        self.digits = digits
        self.first = first
        self.last = last
    }

    /// A range of these values; `last` is the highest number of so many digits unless it says otherwise.
    ///
    /// - Throws: ``AccessionRangeFault``.
    public init(prefix: String, digits: Int, first: Int64 = 1, last: Int64? = nil) throws(AccessionRangeFault) {
        guard prefix.utf8.allSatisfy(Self.isAllowed) else { throw .prefix }
        guard (1...Self.length).contains(digits), prefix.utf8.count + digits <= Self.length else { throw .length(prefix.utf8.count + digits) }
        let highest = (0..<digits).reduce(Int64(1)) { power, _ in power * 10 } - 1
        let last = last ?? highest
        guard first >= 0, last <= highest, first <= last else { throw .bounds(highest) }
        self.init(known: prefix, digits: digits, first: first, last: last)
    }

    /// What every system that reads SH, and HL7's ST, takes as it stands.
    private static func isAllowed(_ byte: UInt8) -> Bool {
        let letter = byte | 0x20
        let isLetter = (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(letter)
        return isLetter || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || [UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_")].contains(byte)
    }

    /// How many numbers it has.
    public var count: Int64 { last - first + 1 }

    /// The accession number of `number`.
    public func text(of number: Int64) -> String {
        let text = String(number)
        return prefix + String(repeating: "0", count: max(0, digits - text.utf8.count)) + text
    }
}

/// Why a range of accession numbers will not do.
public enum AccessionRangeFault: Error, Hashable, Sendable {
    /// The prefix has a character that is none of ASCII's letters and digits, `-`, `.` and `_`.
    case prefix
    /// Prefix and digits make so many characters, or there are no digits.
    case length(Int)
    /// First and last do not lie in this order between 0 and this highest number.
    case bounds(Int64)
}

/// What values must be, whatever way an order comes in by.
enum ValueRule {
    /// Whether `text` is a UID: digits and dots, at most 64 (PS3.5 §9.1).
    static func isUID(_ text: String) -> Bool {
        text.utf8.count <= TableLimits.uid
            && text.utf8.allSatisfy { $0 == UInt8(ascii: ".") || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    }

    /// Whether an object can carry `text` as one value of at most `limit` characters: a backslash would part it into two (PS3.5 §6.2).
    static func isValue(_ text: String, limit: Int) -> Bool { length(text, isAtMost: limit) && !text.utf8.contains(UInt8(ascii: "\\")) }

    /// Whether `text` is a person's name of at most three component groups, each within its limit (PS3.5 §6.2.1).
    static func isPersonName(_ text: String) -> Bool {
        let groups = text.utf8.split(separator: UInt8(ascii: "="), omittingEmptySubsequences: false)
        let limit = TableLimits.nameGroup
        return groups.count <= 3 && groups.allSatisfy { $0.count <= limit || Substring($0).unicodeScalars.count <= limit }
            && !text.utf8.contains(UInt8(ascii: "\\"))
    }

    /// Whether `text` is a Patient's Sex (PS3.3 C.7.1.1), or empty.
    static func isSex(_ text: String) -> Bool { ["", "M", "F", "O"].contains(text) }

    /// Whether these are a time of day; second 60 is a leap second (PS3.5 §6.2, TM).
    static func isTime(hour: Int, minute: Int, second: Int = 0) -> Bool {
        (0..<24).contains(hour) && (0..<60).contains(minute) && (0...60).contains(second)
    }

    /// Whether `text` has a control character or line break in it.
    static func hasControl(_ text: String) -> Bool { text.unicodeScalars.contains { $0.properties.generalCategory == .control } }

    /// Whether `text` has `limit` characters at most.
    static func length(_ text: String, isAtMost limit: Int) -> Bool { text.utf8.count <= limit || text.unicodeScalars.count <= limit }
}

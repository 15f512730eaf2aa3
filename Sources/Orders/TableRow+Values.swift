import Migration

extension TableRow {
    /// The day in `column`; nil when it is empty.
    func day(_ column: Column) throws(TableFault) -> CalendarDate? {
        let text = try text(column, limit: TableLimits.longString)
        if text.isEmpty { return nil }
        guard let day = CalendarDate(text) else { throw fault(column, .badValue, "is no date of the form YYYYMMDD") }
        return day
    }

    /// The time of day in `column` as HHMMSS, read from `HHMM`, `HHMMSS` or the same with colons; empty when it is empty.
    func time(_ column: Column) throws(TableFault) -> String {
        let text = try text(column, limit: TableLimits.longString)
        if text.isEmpty { return "" }
        let digits = text.utf8.filter { $0 != UInt8(ascii: ":") }.map { Int($0) - Int(UInt8(ascii: "0")) }
        let colons = text.utf8.count - digits.count
        let isSpelt = digits.count == 4 ? colons <= 1 : digits.count == 6 && (colons == 0 || colons == 2)
        guard isSpelt, digits.allSatisfy({ (0...9).contains($0) }) else {
            throw fault(column, .badValue, "is no time of the form HHMMSS")
        }
        let numbers: [Int] = stride(from: 0, to: digits.count, by: 2).map { digits[$0] * 10 + digits[$0 + 1] }
        guard ValueRule.isTime(hour: numbers[0], minute: numbers[1], second: numbers.count < 3 ? 0 : numbers[2]) else {
            throw fault(column, .badValue, "is no time of day")
        }
        if text.utf8.count == 6 { return text }
        return text.filter { $0 != ":" } + (digits.count == 4 ? "00" : "")
    }

    /// The sex in `column`: M, F, O or empty (PS3.3 C.7.1.1).
    func sex(_ column: Column) throws(TableFault) -> String {
        let text = try text(column, limit: TableLimits.longString).uppercased()
        guard ValueRule.isSex(text) else { throw fault(column, .badValue, "is none of M, F, O and empty") }
        return text
    }

    /// The UID in `column`, or empty.
    func uid(_ column: Column) throws(TableFault) -> String {
        let text = try text(column, limit: TableLimits.uid)
        guard ValueRule.isUID(text) else { throw fault(column, .badValue, "is no UID: digits and dots, at most \(TableLimits.uid)") }
        return text
    }

    /// The number in `column`, from 0 to ``TableLimits/instanceCount``; nil when it is empty.
    func count(_ column: Column) throws(TableFault) -> Int? {
        let text = try text(column, limit: TableLimits.longString)
        if text.isEmpty { return nil }
        guard text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }), let count = Int(text), count <= TableLimits.instanceCount
        else { throw fault(column, .badValue, "is no number from 0 to \(TableLimits.instanceCount)") }
        return count
    }

    /// The modalities in `column`, parted by slashes or backslashes; sorted, each once.
    func modalities(_ column: Column) throws(TableFault) -> [String] {
        let text = try text(column, limit: TableLimits.longString)
        let words = text.split { $0 == "/" || $0 == "\\" }.map { $0.split(separator: " ").joined(separator: " ") }
        return Set(words).subtracting([""]).sorted()
    }

    /// The codes (CS, PS3.5 §6.2) in `column`, parted by slashes or backslashes; sorted, each once.
    func codes(_ column: Column) throws(TableFault) -> [String] {
        let words = try modalities(column)
        guard words.count <= StudyHeader.codeLimit, words.allSatisfy({ $0.utf8.count <= StudyHeader.codeLength }) else {
            throw fault(column, .badValue, "has a code of more than \(StudyHeader.codeLength) bytes, or more than \(StudyHeader.codeLimit) codes")
        }
        return words
    }

    /// Text of `column` that an object will carry: without a backslash, which would part it into two values (PS3.5 §6.2).
    func value(_ column: Column, limit: Int) throws(TableFault) -> String {
        let text = try text(column, limit: limit)
        guard ValueRule.isValue(text, limit: limit) else { throw fault(column, .badValue, "has a backslash in it") }
        return text
    }

    /// The same, which must not be empty.
    func neededValue(_ column: Column, limit: Int) throws(TableFault) -> String {
        let text = try value(column, limit: limit)
        guard !text.isEmpty else { throw fault(column, .missingValue, "is empty") }
        return text
    }

    /// The person's name in `column`: three component groups at most, each within its limit.
    func personName(_ column: Column) throws(TableFault) -> String {
        let text = try value(column, limit: 3 * TableLimits.nameGroup + 2)
        guard ValueRule.isPersonName(text) else {
            throw fault(column, .badValue, "has more than three groups, or one of more than \(TableLimits.nameGroup) characters")
        }
        return text
    }

    /// What `read` gives; nil, and a warning, where the value does not keep to its form or limit.
    func orNone<Value>(_ warnings: inout [TableFault], _ read: (TableRow) throws(TableFault) -> Value?) -> Value? {
        do throws(TableFault) {
            return try read(self)
        } catch {
            var warning = error
            warning.code = .valueLeftOut
            warning.message += "; the row counts without it"
            warnings.append(warning)
            return nil
        }
    }

    /// The text of `column`, or the first `limit` characters of it and a warning.
    func beginning(of column: Column, limit: Int, _ warnings: inout [TableFault]) -> String {
        let text = orNone(&warnings) { row throws(TableFault) in try row.text(column, limit: TableLimits.rowByteCount) } ?? ""
        guard !ValueRule.length(text, isAtMost: limit) else { return text }
        warnings.append(fault(column, .valueCut, "has more than \(limit) characters; the first \(limit) are kept"))
        return String(String.UnicodeScalarView(text.unicodeScalars.prefix(limit)))
    }
}

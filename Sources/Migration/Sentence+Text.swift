extension Sentence {
    /// The sentence in English.
    ///
    /// - Parameter showsPatients: Whether the reader has the right to see values that identify a patient; otherwise they are redacted.
    /// - Returns: The words of the code with its arguments; for a code of another program, the code and the arguments.
    public func text(showsPatients: Bool = false) -> String {
        let words = arguments.map { $0.text(showsPatients: showsPatients) }
        guard let template = SentenceCode(rawValue: code)?.template else {
            return words.isEmpty ? code : "\(code): \(words.joined(separator: ", "))"
        }
        return Self.fill(template, with: words)
    }

    private static func fill(_ template: String, with words: [String]) -> String {
        var text = ""
        var rest = Substring(template)
        while let open = rest.firstIndex(of: "{"), let close = rest[open...].firstIndex(of: "}") {
            text += rest[..<open]
            let place = rest[rest.index(after: open)..<close]
            if place.last == "…", let first = Int(place.dropLast()) {
                text += words.dropFirst(first).joined(separator: ", ")
            } else if let index = Int(place) {
                text += index < words.count ? words[index] : ""
            }
            rest = rest[rest.index(after: close)...]
        }
        return text + rest
    }
}

extension SentenceArgument {
    /// The argument in words, with its unit.
    public func text(showsPatients: Bool = false) -> String {
        switch self {
        case .label(let text), .worker(let text), .study(let text), .accession(let text), .text(let text): text
        case .count(let count): String(count)
        case .bytes(let count): "\(count) bytes"
        case .interval(let interval): interval.text
        case .instant(let instant): instant.text
        case .patient(let value): showsPatients ? value.reveal() : value.description
        }
    }
}

extension Interval {
    /// The length in its largest whole unit: `5 s`, `2 min`, `1 h`, `250 ms`.
    public var text: String {
        let units: [(length: Int64, name: String)] = [(3_600_000, "h"), (60_000, "min"), (1000, "s")]
        for unit in units where milliseconds != 0 && milliseconds % unit.length == 0 {
            return "\(milliseconds / unit.length) \(unit.name)"
        }
        return "\(milliseconds) ms"
    }
}

extension Instant {
    /// The moment as ISO 8601 in UTC, to the second: `2004-03-01T08:15:00Z`.
    public var text: String {
        let seconds = (milliseconds - ((milliseconds % 1000) + 1000) % 1000) / 1000
        let second = ((seconds % 86_400) + 86_400) % 86_400
        // Days to a civil date with eras of 400 years of 146,097 days that begin on 1 March (proleptic Gregorian calendar, ISO 8601 §3.2.1).
        let shifted = (seconds - second) / 86_400 + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        let date = "\(Self.padded(year, 4))-\(Self.padded(month, 2))-\(Self.padded(day, 2))"
        return "\(date)T\(Self.padded(second / 3600, 2)):\(Self.padded(second / 60 % 60, 2)):\(Self.padded(second % 60, 2))Z"
    }

    private static func padded(_ number: Int64, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}

/// How patient IDs of the hospital come to be written otherwise: zeros lost in front, a prefix, the check digit of a card behind.
///
/// Each text stands for one number only, so that the texts that stand for one number are a family of their own.
public struct PatientIDSpelling: Hashable, Sendable {
    /// The check digit that cards have behind the number: the weighted sum of its digits modulo ``modulus``.
    public struct CheckDigit: Hashable, Sendable {
        /// The weight of each digit, the first one's first; from the start again where the number is longer.
        public var weights: [Int]
        /// What the sum is divided by; the remainder is the check digit.
        public var modulus: Int

        /// A check digit of these values.
        public init(weights: [Int], modulus: Int) {
            self.weights = weights
            self.modulus = modulus
        }

        /// The check digit of `digits`; nil when the remainder is no digit, or there is no weight.
        func digit(of digits: some Collection<UInt8>) -> UInt8? {
            guard !weights.isEmpty, modulus > 0 else { return nil }
            let sum = digits.enumerated().reduce(0) { $0 + weights[$1.offset % weights.count] * Int($1.element - UInt8(ascii: "0")) }
            let digit = sum % modulus
            return (0...9).contains(digit) ? UInt8(ascii: "0") + UInt8(digit) : nil
        }
    }

    /// How many digits the hospital's numbers have, zeros in front included; nil: spellings are not known.
    public var length: Int?
    /// What departments write before a number.
    public var prefixes: [String]
    /// The check digit of cards; nil: there is none.
    public var checkDigit: CheckDigit?

    /// Spellings of these kinds; none: an ID stands for itself alone.
    public init(length: Int? = nil, prefixes: [String] = [], checkDigit: CheckDigit? = nil) {
        self.length = length
        self.prefixes = prefixes
        self.checkDigit = checkDigit
    }

    /// The number that `text`, without the spaces around it, stands for; the text itself where it is no spelling of one.
    public func canonical(_ text: String) -> String {
        let text = trimmed(text)
        guard let length else { return text }
        for start in [""] + prefixes where text.hasPrefix(start) {
            if let number = number(Array(text.utf8.dropFirst(start.utf8.count)), length) { return number }
        }
        return text
    }

    private func number(_ digits: [UInt8], _ length: Int) -> String? {
        guard !digits.isEmpty, digits.count <= length + 1, digits.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        if digits.count <= length { return String(repeating: "0", count: length - digits.count) + String(decoding: digits, as: UTF8.self) }
        guard let checkDigit, checkDigit.digit(of: digits.dropLast()) == digits.last else { return nil }
        return String(decoding: digits.dropLast(), as: UTF8.self)
    }

    /// All texts that stand for the number that `text` stands for, itself among them, in growing order.
    public func family(of text: String) -> [String] {
        let number = canonical(text)
        guard let length, number.utf8.count == length, self.number(Array(number.utf8), length) == number else { return [number] }
        var written = [number]
        var rest = Substring(number)
        while rest.first == "0", rest.count > 1 {
            rest = rest.dropFirst()
            written.append(String(rest))
        }
        if let digit = checkDigit?.digit(of: number.utf8) { written.append(number + String(Unicode.Scalar(digit))) }
        let all = written + prefixes.flatMap { prefix in written.map { prefix + $0 } }
        return Set(all.filter { canonical($0) == number }).sorted()
    }
}

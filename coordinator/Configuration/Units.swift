import Migration

/// Lengths of time as people write them: a number, a unit, an optional space between.
enum Units {
    private static let milliseconds: [(unit: String, factor: Int64)] = [
        ("ms", 1), ("s", 1000), ("min", 60_000), ("h", 3_600_000), ("d", 86_400_000),
    ]

    /// Reads `30 s`, `2min`, `1 h`; nil without a number or a unit, or beyond what 64 bits hold.
    static func interval(_ text: String) -> Interval? {
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        let unit = text.dropFirst(digits.count).drop { $0 == " " }
        guard let number = Int64(digits), let factor = milliseconds.first(where: { $0.unit == unit })?.factor else { return nil }
        let (product, isTooLarge) = number.multipliedReportingOverflow(by: factor)
        return isTooLarge ? nil : Interval(milliseconds: product)
    }
}

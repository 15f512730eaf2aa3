/// A number of bytes with its unit, as configurations write it: `8 GiB`, `650 MB`.
enum ByteSize {
    private static let units: [(name: String, factor: Int64)] = [
        ("B", 1), ("kB", 1_000), ("MB", 1_000_000), ("GB", 1_000_000_000), ("TB", 1_000_000_000_000),
        ("KiB", 1 << 10), ("MiB", 1 << 20), ("GiB", 1 << 30), ("TiB", 1 << 40),
    ]

    /// The bytes; nil when there is no whole number, no unit, or more than 64 bits hold.
    static func parse(_ text: String) -> Int64? {
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        let unit = text.dropFirst(digits.count).drop { $0 == " " }
        guard let number = Int64(digits), let factor = units.first(where: { $0.name == unit })?.factor else { return nil }
        let (product, isTooLarge) = number.multipliedReportingOverflow(by: factor)
        return isTooLarge ? nil : product
    }

    /// The bytes in the largest decimal unit that leaves a number of at least one: `1.5 GB`.
    static func text(_ count: Int64) -> String {
        guard let unit = units[1...4].last(where: { count >= $0.factor }) else { return "\(count) B" }
        let tenths = (count * 10 / unit.factor)
        return "\(tenths / 10).\(tenths % 10) \(unit.name)"
    }
}

/// Numbers with their unit, as configurations write them: `30 s`, `8 GiB`, the space optional.
public enum Quantity {
    /// Reads a whole number and its unit.
    ///
    /// - Parameter units: how much one of each unit is.
    /// - Returns: the number times its unit; nil without a number or a unit, or beyond what 64 bits hold.
    public static func parse(_ text: String, units: KeyValuePairs<String, Int64>) -> Int64? {
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        let name = text.dropFirst(digits.count).drop { $0 == " " }
        guard let number = Int64(digits), let unit = units.first(where: { $0.key == name })?.value else { return nil }
        let (product, isTooLarge) = number.multipliedReportingOverflow(by: unit)
        return isTooLarge ? nil : product
    }
}

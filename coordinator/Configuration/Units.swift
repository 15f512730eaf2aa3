import ConfigurationFile
import Migration

/// Lengths of time as people write them: a number, a unit, an optional space between.
enum Units {
    /// Reads `30 s`, `2min`, `1 h`; nil without a number or a unit, or beyond what 64 bits hold.
    static func interval(_ text: String) -> Interval? {
        Quantity.parse(text, units: ["ms": 1, "s": 1000, "min": 60_000, "h": 3_600_000, "d": 86_400_000])
            .map(Interval.init(milliseconds:))
    }
}

import ConfigurationFile

/// A number of bytes with its unit, as configurations write it: `8 GiB`, `650 MB`.
enum ByteSize {
    /// The bytes; nil when there is no whole number, no unit, or more than 64 bits hold.
    static func parse(_ text: String) -> Int64? {
        Quantity.parse(
            text,
            units: [
                "B": 1, "kB": 1_000, "MB": 1_000_000, "GB": 1_000_000_000, "TB": 1_000_000_000_000,
                "KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30, "TiB": 1 << 40,
            ])
    }
}

/// Amounts as people read them.
public enum Amount {
    private static let units: [(name: String, size: Double)] = [
        ("TB", 1e12), ("GB", 1e9), ("MB", 1e6), ("kB", 1e3),
    ]

    /// Bytes with a decimal unit: `1.5 GB`.
    public static func bytes(_ count: Int64) -> String {
        guard let unit = units.first(where: { Double(count) >= $0.size }) else { return "\(count) B" }
        let tenths = Int64((Double(count) / unit.size * 10).rounded())
        return "\(tenths / 10).\(tenths % 10) \(unit.name)"
    }

    /// Seconds as the two largest units: `2 h 5 min`.
    public static func time(_ seconds: Int64) -> String {
        switch seconds {
        case ..<60: "\(seconds) s"
        case ..<3600: "\(seconds / 60) min \(seconds % 60) s"
        case ..<86_400: "\(seconds / 3600) h \(seconds % 3600 / 60) min"
        default: "\(seconds / 86_400) d \(seconds % 86_400 / 3600) h"
        }
    }
}

internal import Foundation

/// The zone of moments that are written without one.
public struct HL7TimeZone: Hashable, Sendable {
    private let zone: TimeZone

    /// The zone of this name in the IANA database (`Asia/Seoul`); nil when there is none.
    public init?(_ name: String) {
        guard TimeZone.knownTimeZoneIdentifiers.contains(name) || name == "UTC", let zone = TimeZone(identifier: name) else { return nil }
        self.zone = zone
    }

    private init(_ zone: TimeZone) { self.zone = zone }

    /// UTC.
    public static let utc = HL7TimeZone(.gmt)

    /// Seconds east of UTC when the clocks of the zone show `seconds`, counted as if they showed UTC. Of an hour that they show twice the second one is meant, so that what
    /// is said in it never looks older than it is; one that they leave out is read as if they had been put on later.
    func offset(atLocal seconds: Int64) -> Int64 {
        let candidates = [-86_400, 86_400].map { Int64(zone.secondsFromGMT(for: Date(timeIntervalSince1970: TimeInterval(seconds + $0)))) }
        let fitting = candidates.filter { Int64(zone.secondsFromGMT(for: Date(timeIntervalSince1970: TimeInterval(seconds - $0)))) == $0 }
        return fitting.min() ?? candidates[0]
    }
}

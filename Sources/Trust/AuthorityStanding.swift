internal import Foundation
import Migration

/// Which authorities of a folder count, by their generations: written down in `authorities.json`, so that a change of authority is whole or did not
/// happen. Without that file there is the first authority alone.
struct AuthorityStanding: Hashable, Sendable, Codable {
    /// The one whose certificate the coordinator shows.
    var acting: Int
    /// The one that is trusted beside it: the next one (greater), or the former one (smaller).
    var other: Int?
    /// Since when the acting one acts; nil for the first one.
    var since: Instant?

    static var initial: AuthorityStanding { AuthorityStanding(acting: 1) }
    private static func path(_ folder: String) -> String { folder + "/authorities.json" }

    static func load(from folder: String) throws(TrustError) -> AuthorityStanding {
        guard SecretFile.exists(path(folder)) else { return initial }
        let text = try SecretFile.read(path(folder))
        guard let standing = try? JSONDecoder().decode(Self.self, from: Data(text.utf8)), standing.acting > 0,
            standing.other.map({ abs($0 - standing.acting) == 1 && $0 > 0 }) ?? true
        else { throw TrustError(.file, "\(path(folder)) does not say which authority acts, such as {\"acting\":1}") }
        return standing
    }

    func store(in folder: String) throws(TrustError) {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        guard let data = try? encoder.encode(self) else { throw TrustError(.file, "\(Self.path(folder)) cannot be written") }
        try SecretFile.write(String(decoding: data, as: UTF8.self) + "\n", to: Self.path(folder), mode: SecretFile.privateMode)
    }
}

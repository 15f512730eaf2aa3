import Media
import Migration
import Synchronization

/// Media that stay reachable, opened when an object of theirs is first needed.
final class OnlineMedia: Sendable {
    private struct Opened {
        let medium: any Medium
        let files: [String: MediumFile]
    }

    // One lock: opening a medium reads its directories once; who comes second waits for that.
    private let opened = Mutex<[String: Opened]>([:])

    /// The file at `path` of the medium, up to `end`.
    ///
    /// - Throws: ``GatewayError`` when another medium is there now or the file is gone; ``MediumError`` when it cannot be opened.
    func object(at path: String, end: Int64, on source: MediumSource) throws -> ObjectSource {
        let medium = try opened.withLock { opened in
            if let known = opened[source.fingerprint] { return known }
            let medium = try openMedium(at: source.path)
            guard medium.fingerprint.hexadecimal == source.fingerprint else {
                throw GatewayError(.file, "what is reached as \(source.label) is not the medium that was read under that label")
            }
            let known = Opened(medium: medium, files: Dictionary(medium.files.map { ($0.path, $0) }, uniquingKeysWith: { first, _ in first }))
            opened[source.fingerprint] = known
            return known
        }
        guard let file = medium.files[path] else { throw GatewayError(.file, "a file of \(source.label) is not there any more") }
        return .online(medium.medium, file, byteCount: min(end, file.byteCount))
    }
}

internal import Foundation
internal import X509

/// The identity of one enrolment of a gateway: a random UUID, so that a worker enrolled again under an old name is another one.
public struct GatewayIdentity: Hashable, Sendable, CustomStringConvertible {
    /// The UUID in lower case (RFC 9562 §4).
    public let uuid: String

    /// A new random identity.
    public init() { uuid = UUID().uuidString.lowercased() }

    /// The identity with this UUID; nil when `uuid` is none.
    public init?(_ uuid: String) {
        guard let parsed = UUID(uuidString: uuid) else { return nil }
        self.uuid = parsed.uuidString.lowercased()
    }

    public var description: String { uuid }
}

/// Who a certificate of the migration's authority says its holder is: URIs in the subject alternative name (RFC 5280 §4.2.1.6).
public enum PeerRole: Hashable, Sendable {
    /// `urn:skein:role:coordinator`.
    case coordinator
    /// `urn:skein:role:worker`, `urn:skein:worker:NAME` and `urn:uuid:IDENTITY`.
    case worker(name: String, identity: GatewayIdentity)

    private static var rolePrefix: String { "urn:skein:role:" }
    private static var workerPrefix: String { "urn:skein:worker:" }
    private static var identityPrefix: String { "urn:uuid:" }

    /// The role in a certificate that TLS has verified.
    ///
    /// - Throws: ``TrustError`` with `role-wrong` when it names none, two, or a worker without name or identity.
    init(of certificate: Certificate) throws(TrustError) {
        let uris = Self.uris(of: certificate)
        let roles = uris.compactMap { Self.rest(of: $0, after: Self.rolePrefix) }
        switch roles {
        case ["coordinator"]: self = .coordinator
        case ["worker"]:
            let names = uris.compactMap { Self.rest(of: $0, after: Self.workerPrefix) }
            let identities = uris.compactMap { Self.rest(of: $0, after: Self.identityPrefix).flatMap(GatewayIdentity.init) }
            guard names.count == 1, identities.count == 1 else {
                throw TrustError(.roleWrong, "the certificate has a worker's role, but not one name and one identity")
            }
            self = .worker(name: names[0], identity: identities[0])
        default: throw TrustError(.roleWrong, "the certificate names no role of a migration")
        }
    }

    /// The URIs that a certificate of this role carries.
    var uris: [String] {
        switch self {
        case .coordinator: [Self.rolePrefix + "coordinator"]
        case .worker(let name, let identity):
            [Self.rolePrefix + "worker", Self.workerPrefix + name, Self.identityPrefix + identity.uuid]
        }
    }

    private static var numberPrefix: String { "urn:skein:certificate:" }

    /// The URI with a certificate's number.
    static func uri(ofNumber number: Int64) -> String { "\(numberPrefix)\(number)" }

    /// The number in a certificate; 0 where it names none.
    static func number(of certificate: Certificate) -> Int64 {
        uris(of: certificate).lazy.compactMap { rest(of: $0, after: numberPrefix).flatMap { Int64($0) } }.first ?? 0
    }

    private static func uris(of certificate: Certificate) -> [String] {
        guard let names = try? certificate.extensions.subjectAlternativeNames else { return [] }
        return names.compactMap { name in
            if case .uniformResourceIdentifier(let uri) = name { uri } else { nil }
        }
    }

    private static func rest(of text: String, after prefix: String) -> String? {
        text.hasPrefix(prefix) ? String(text.dropFirst(prefix.count)) : nil
    }
}

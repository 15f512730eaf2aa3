internal import Foundation
internal import NIOCore
public import NIOSSL
internal import X509

/// TLS of the line: 1.3 at both ends, certificates of the migration's own authority.
public enum TransportSecurity {
    /// The coordinator's context. A client certificate is asked for but optional, so that `AUTHORITY` and `ENROL` are answered on the
    /// same port; one that is presented must verify.
    public static func coordinatorContext(_ identity: Identity) throws -> NIOSSLContext {
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: try chain(identity), privateKey: try key(identity))
        configuration.certificateVerification = .optionalVerification
        configuration.trustRoots = .certificates(try NIOSSLCertificate.fromPEMBytes(Array(identity.authorityPEM.utf8)))
        configuration.sendCANameList = true
        return try context(configuration)
    }

    /// A worker's context, with its certificate. To be used with ``clientHandler(_:trusting:)``.
    public static func workerContext(_ identity: Identity) throws -> NIOSSLContext {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.certificateChain = try chain(identity)
        configuration.privateKey = try key(identity)
        return try context(verifying(configuration, identity.authorityPEM))
    }

    /// The context of a worker without a certificate that knows its authority. To be used with ``clientHandler(_:trusting:)``.
    public static func enrollingContext(trusting authority: String) throws -> NIOSSLContext {
        try context(verifying(.makeClientConfiguration(), authority))
    }

    /// The context of a worker that does not know its authority yet: nothing but `AUTHORITY` may be said over it.
    public static func strangerContext() throws -> NIOSSLContext {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.certificateVerification = .none
        return try context(configuration)
    }

    /// The client's TLS handler: the handshake succeeds only with a coordinator of `authority` (PEM). Host names do not matter: an
    /// authority serves one migration, and its coordinator may move.
    public static func clientHandler(_ context: NIOSSLContext, trusting authority: String) throws -> NIOSSLClientHandler {
        try NIOSSLClientHandler(
            context: context, serverHostname: nil, customVerificationCallback: { certificates, promise in
                promise.completeWithTask { await verifyCoordinator(certificates, authority) }
            })
    }

    /// The coordinator's TLS handler.
    public static func serverHandler(_ context: NIOSSLContext) -> NIOSSLServerHandler { NIOSSLServerHandler(context: context) }

    private static func verifyCoordinator(_ presented: [NIOSSLCertificate], _ authority: String) async -> NIOSSLVerificationResult {
        guard let first = presented.first, let der = try? first.toDERBytes(),
            let leaf = try? Certificate(derEncoded: der)
        else { return .failed }
        do throws(TrustError) {
            try await Chain.verify(leaf, against: authority)
            return try PeerRole(of: leaf) == .coordinator ? .certificateVerified : .failed
        } catch {
            return .failed
        }
    }

    private static func verifying(_ configuration: TLSConfiguration, _ authority: String) throws -> TLSConfiguration {
        var configuration = configuration
        configuration.certificateVerification = .noHostnameVerification
        configuration.trustRoots = .certificates(try NIOSSLCertificate.fromPEMBytes(Array(authority.utf8)))
        return configuration
    }

    private static func context(_ configuration: TLSConfiguration) throws -> NIOSSLContext {
        var configuration = configuration
        configuration.minimumTLSVersion = .tlsv13
        configuration.maximumTLSVersion = .tlsv13
        return try NIOSSLContext(configuration: configuration)
    }

    private static func chain(_ identity: Identity) throws -> [NIOSSLCertificateSource] {
        try NIOSSLCertificate.fromPEMBytes(Array(identity.certificatePEM.utf8)).map { .certificate($0) }
    }

    private static func key(_ identity: Identity) throws -> NIOSSLPrivateKeySource {
        .privateKey(try NIOSSLPrivateKey(bytes: Array(identity.keyPEM.utf8), format: .pem))
    }
}

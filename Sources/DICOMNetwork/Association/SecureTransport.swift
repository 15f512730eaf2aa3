internal import NIOCore
internal import NIOSSL

/// TLS below an association: PS3.15 §B.12, which follows BCP 195, with or without a certificate of our own.
public struct SecureTransport: Sendable {
    private let configuration: TLSConfiguration
    private let client: NIOSSLContext
    /// Whether certificates of chosen authorities only are trusted.
    private let hasOwnAuthority: Bool

    /// What is trusted, and who we are.
    ///
    /// - Parameters:
    ///   - authorityPath: PEM file with the certificates that are trusted; nil: those that the system trusts.
    ///   - certificatePath: PEM file with our own certificate and what leads to its authority; nil: we show none.
    ///   - keyPath: PEM file with its private key, not encrypted.
    ///   - checksHostName: Whether a peer that we connect to must have a certificate for the name, or address, that we connect to.
    /// - Throws: `NetworkError.untrusted`, naming the file that cannot be used.
    public init(
        authorityPath: String? = nil, certificatePath: String? = nil, keyPath: String? = nil, checksHostName: Bool = true
    ) throws(NetworkError) {
        var configuration = TLSConfiguration.makeClientConfiguration()
        // BCP 195 (RFC 9325 §3.1.1) forbids what is older.
        configuration.minimumTLSVersion = .tlsv12
        configuration.certificateVerification = checksHostName ? .fullVerification : .noHostnameVerification
        if let authorityPath {
            configuration.trustRoots = .certificates(try Self.certificates(authorityPath))
        }
        switch (certificatePath, keyPath) {
        case (let certificatePath?, let keyPath?):
            configuration.certificateChain = try Self.certificates(certificatePath).map { .certificate($0) }
            configuration.privateKey = .privateKey(try Self.read(keyPath) { try NIOSSLPrivateKey(file: $0, format: .pem) })
        case (nil, nil): break
        default: throw NetworkError(.untrusted, "TLS: a certificate and its private key are given together, or none of them")
        }
        self.configuration = configuration
        hasOwnAuthority = authorityPath != nil
        do {
            client = try NIOSSLContext(configuration: configuration)
        } catch {
            throw NetworkError(.untrusted, "TLS cannot be set up: \(error)")
        }
    }

    /// The handler of a connection to `host`.
    func clientHandler(for host: String) throws(NetworkError) -> NIOSSLClientHandler {
        do {
            // RFC 6066 §3: an address is no server name; the certificate is then checked against the address itself.
            let isAddress = (try? SocketAddress(ipAddress: host, port: 0)) != nil
            return try NIOSSLClientHandler(context: client, serverHostname: isAddress ? nil : host)
        } catch {
            throw NetworkError(.untrusted, "TLS to \(host) cannot be set up: \(error)")
        }
    }

    /// How a port of our own is secured: peers must show a certificate of the authority that was named. Those that the system trusts give
    /// everybody one who has a domain.
    func serverContext() throws(NetworkError) -> NIOSSLContext {
        guard !configuration.certificateChain.isEmpty, let key = configuration.privateKey else {
            throw NetworkError(.untrusted, "TLS: a port of our own needs a certificate and its private key")
        }
        guard hasOwnAuthority else {
            throw NetworkError(.untrusted, "TLS: a port of our own needs the authority whose certificates it trusts")
        }
        var server = TLSConfiguration.makeServerConfiguration(certificateChain: configuration.certificateChain, privateKey: key)
        server.minimumTLSVersion = .tlsv12
        server.certificateVerification = .noHostnameVerification
        server.trustRoots = configuration.trustRoots
        do {
            return try NIOSSLContext(configuration: server)
        } catch {
            throw NetworkError(.untrusted, "TLS cannot be set up: \(error)")
        }
    }

    /// A failure of TLS in our words; nil when the error is about something else.
    static func failure(of error: any Error) -> NetworkError? {
        switch error {
        case NIOSSLError.uncleanShutdown: NetworkError(.closed, "the peer closed the connection, and TLS was not told")
        case is NIOSSLError, is NIOSSLExtraError, is BoringSSLError: NetworkError(.untrusted, "TLS: \(error)")
        default: nil
        }
    }

    private static func certificates(_ path: String) throws(NetworkError) -> [NIOSSLCertificate] {
        let certificates = try read(path) { try NIOSSLCertificate.fromPEMFile($0) }
        guard !certificates.isEmpty else { throw NetworkError(.untrusted, "TLS: \(path) has no certificate") }
        return certificates
    }

    private static func read<Value>(_ path: String, _ body: (String) throws -> Value) throws(NetworkError) -> Value {
        do {
            return try body(path)
        } catch {
            throw NetworkError(.untrusted, "TLS: \(path) cannot be used: \(error)")
        }
    }
}

internal import Glibc
internal import NIOCore
public import NIOSSL

/// TLS below an association: PS3.15 §B.12, which follows BCP 195, with or without a certificate of our own.
public struct SecureTransport: Sendable {
    private let configuration: TLSConfiguration
    private let client: NIOSSLContext
    /// The authorities whose certificates alone are trusted; nil: the system's.
    let authorityPath: String?
    /// Our own certificate.
    let certificatePath: String?

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
            configuration.privateKey = .privateKey(try Self.key(keyPath))
        case (nil, nil): break
        default: throw NetworkError(.untrusted, "TLS: a certificate and its private key are given together, or none of them")
        }
        self.configuration = configuration
        self.authorityPath = authorityPath
        self.certificatePath = certificatePath
        do {
            client = try NIOSSLContext(configuration: configuration)
        } catch NIOSSLError.failedToLoadPrivateKey {
            throw NetworkError(.untrusted, "TLS: the private key \(keyPath ?? "") is not that of the certificate \(certificatePath ?? "")")
        } catch {
            throw NetworkError(.untrusted, "TLS cannot be set up with \(authorityPath ?? "the system's authorities")")
        }
    }

    /// The handler of a connection to `host`.
    public func clientHandler(for host: String) throws(NetworkError) -> NIOSSLClientHandler {
        do {
            // RFC 6066 §3: an address is no server name; the certificate is then checked against the address itself.
            let isAddress = (try? SocketAddress(ipAddress: host, port: 0)) != nil
            return try NIOSSLClientHandler(context: client, serverHostname: isAddress ? nil : host)
        } catch {
            throw NetworkError(.untrusted, "TLS to \(host) cannot be set up: it is no name that TLS can ask for")
        }
    }

    /// How a port of our own is secured: peers must show a certificate of the authority that was named. Those that the system trusts give
    /// everybody one who has a domain.
    func serverContext() throws(NetworkError) -> NIOSSLContext {
        guard authorityPath != nil else {
            throw NetworkError(.untrusted, "TLS: a port of our own needs the authority whose certificates it trusts")
        }
        return try openServerContext()
    }

    /// The same for a port whose peers are known by other things too: only where an authority was named must they show a certificate.
    public func openServerContext() throws(NetworkError) -> NIOSSLContext {
        guard !configuration.certificateChain.isEmpty, let key = configuration.privateKey else {
            throw NetworkError(.untrusted, "TLS: a port of our own needs a certificate and its private key")
        }
        var server = TLSConfiguration.makeServerConfiguration(certificateChain: configuration.certificateChain, privateKey: key)
        server.minimumTLSVersion = .tlsv12
        server.certificateVerification = authorityPath == nil ? .none : .noHostnameVerification
        server.trustRoots = configuration.trustRoots
        do {
            return try NIOSSLContext(configuration: server)
        } catch {
            throw NetworkError(.untrusted, "TLS cannot be set up for a port with \(certificatePath ?? "")")
        }
    }

    private static func certificates(_ path: String) throws(NetworkError) -> [NIOSSLCertificate] {
        try look(at: path)
        guard let certificates = try? NIOSSLCertificate.fromPEMFile(path), !certificates.isEmpty else {
            throw NetworkError(.untrusted, "TLS: \(path) has no certificate in PEM form that can be read")
        }
        return certificates
    }

    private static func key(_ path: String) throws(NetworkError) -> NIOSSLPrivateKey {
        try look(at: path)
        var isLocked = false
        do {
            return try NIOSSLPrivateKey(file: path, format: .pem) { (_: NIOSSLPassphraseSetter<[UInt8]>) in
                isLocked = true
                throw NIOSSLError.failedToLoadPrivateKey
            }
        } catch {
            let reason = isLocked ? "has a passphrase, and nobody is there to give it: an unlocked one is needed" : "has no private key in PEM form that can be read"
            throw NetworkError(.untrusted, "TLS: \(path) \(reason)")
        }
    }

    /// Throws where there is nothing to read.
    private static func look(at path: String) throws(NetworkError) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw NetworkError(.untrusted, "TLS: \(path) cannot be read: \(String(cString: strerror(errno)))") }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT != S_IFDIR else {
            throw NetworkError(.untrusted, "TLS: \(path) is a folder, and no PEM file")
        }
    }
}

internal import DICOMNetwork
public import Migration
internal import NIOSSL

/// The port at which messages come in.
public struct MLLPSettings: Sendable {
    /// The address to listen at.
    public var host: String
    /// The port to listen at; 0 for any free one.
    public var port: Int
    /// Whose connections are taken.
    public var peers: MLLPPeers
    /// How connections are secured; nil: no TLS.
    private(set) var security: SecureTransport?
    /// Connections at one time.
    public var connections = MLLPLimits.connections
    /// Bytes of a message at most.
    public var messageByteCount = HL7Limits.messageByteCount
    /// From one message to the next, after which a connection is closed.
    public var idle = Interval.minutes(60)

    /// A port for this machine's own programs, unless `peers` says otherwise.
    public init(host: String = "127.0.0.1", port: Int = MLLPLimits.defaultPort, peers: MLLPPeers = .thisMachine) {
        self.host = host
        self.port = port
        self.peers = peers
    }

    /// Lets TLS be spoken (1.2 and later), with the certificate and the key in these PEM files.
    ///
    /// - Parameter authorityPath: PEM file with the authorities whose certificates senders must show; nil: they need show none.
    /// - Throws: ``MLLPError``, naming the file that cannot be used.
    public mutating func secure(certificatePath: String, keyPath: String, authorityPath: String?) throws(MLLPError) {
        do throws(NetworkError) {
            security = try SecureTransport(authorityPath: authorityPath, certificatePath: certificatePath, keyPath: keyPath)
        } catch {
            throw MLLPError(error.message)
        }
    }
}

/// Why the port could not be opened, or a connection was closed.
public struct MLLPError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What is wrong, naming the address or the limit.
    public let message: String

    init(_ message: String) { self.message = message }

    public var description: String { message }
}

extension MLLPSettings {
    /// What TLS is spoken with; nil: none is.
    func serverContext() throws(MLLPError) -> NIOSSLContext? {
        do throws(NetworkError) {
            return try security?.openServerContext()
        } catch {
            throw MLLPError(error.message)
        }
    }
}

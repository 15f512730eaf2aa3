import DICOMNetwork
import Destinations
import Logging

/// How destinations are reached, and how they reach this worker.
extension Gateway {
    static func security(_ files: GatewayConfiguration.DestinationSecurity) throws(GatewayError) -> SecureTransport {
        do {
            return try SecureTransport(
                authorityPath: files.authorityPath, certificatePath: files.certificatePath, keyPath: files.keyPath,
                checksHostName: files.checksHostName)
        } catch {
            throw GatewayError(.configuration, "destination-tls: \(error.message)")
        }
    }

    /// Opens the port on which destinations reach this worker, where there is to be one; the task answers them until it is cancelled.
    ///
    /// With a certificate of our own the port speaks TLS: a destination that is reached so comes back so.
    func openReturnPort() async throws -> Task<Void, Never>? {
        guard let port = configuration.returnPort else { return nil }
        var settings = AssociationAcceptor.Settings()
        if configuration.destinationSecurity.certificatePath != nil { settings.security = security }
        let opened: ReturnPort
        do {
            opened = try await ReturnPort.open(port: port, settings) { [logger] in logger.notice("\($0)") }
        } catch {
            throw GatewayError(.configuration, "receiving: \(reason(of: error))")
        }
        returnPort = opened
        return Task { [logger] in
            do {
                try await opened.serve()
            } catch {
                logger.error("destinations cannot reach this worker any more: \(reason(of: error))")
            }
        }
    }

    /// The destination at an address of a lease.
    func destination(at address: ApplicationEntityAddress) -> CStoreDestination {
        CStoreDestination(address: address, security: security, returnPort: returnPort, transcoder: transcoder)
    }
}

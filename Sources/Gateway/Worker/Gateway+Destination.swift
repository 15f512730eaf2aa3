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

    /// The destination at an address of a lease. From now on it reaches us at our port by the title that it knows us by.
    ///
    /// - Throws: ``GatewayError`` for one that would be reached in the clear where the configuration forbids it. Where it does not, one worker may have
    ///   destinations of both sorts, and those in the clear are told.
    func destination(at address: ApplicationEntityAddress) throws(GatewayError) -> CStoreDestination {
        if configuration.destinationSecurity.isInTheClear(address) {
            guard configuration.destinationSecurity.allowsPlain else {
                throw GatewayError(.configuration, "the destination \(address) is not dicoms://, and destination-tls says that plain is refused")
            }
            if !plainDestinations.contains(address), plainDestinations.count < Self.maximumPlainDestinations {
                plainDestinations.insert(address)
                logger.warning("the destination \(address) is not dicoms://: its objects go in the clear, and destination-tls is not used for it")
            }
        }
        returnPort?.answer(to: address.callingAETitle)
        return CStoreDestination(address: address, security: security, returnPort: returnPort, transcoder: transcoder)
    }

    /// Destinations that are told to be reached in the clear, once each.
    private static var maximumPlainDestinations: Int { 64 }
}

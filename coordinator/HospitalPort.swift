import Coordination
import LineServer
import Logging
import Orders
import Terminal

/// The port at which the hospital's systems tell of orders and patients: what they say goes to the engine, and is acknowledged after its commit.
enum HospitalPort {
    /// Opens the port that the configuration asks for; nil: it asks for none.
    static func open(_ configuration: CoordinatorConfiguration, _ engine: EngineThread, _ logger: Logger) async throws(CommandFailure) -> MLLPServer? {
        guard let hl7 = configuration.hl7 else { return nil }
        let inlet = HL7Inlet(hl7.conventions) { message, whenDone in
            engine.submit(.message(message)) { whenDone(refusal(in: $0)) }
        }
        var settings = hl7.settings
        do {
            if let tls = hl7.tls {
                try settings.secure(certificatePath: tls.certificate, keyPath: tls.key, authorityPath: tls.clientAuthority)
            }
            let server = try await MLLPServer.start(settings, inlet: inlet, logger: logger)
            logger.info("listening for HL7", metadata: ["host": "\(settings.host)", "port": "\(server.port)", "tls": "\(hl7.tls != nil)"])
            return server
        } catch {
            throw CommandFailure(.failed, "hl7: \(error)")
        }
    }

    /// Why a message was not taken, without patient data; nil when it is durable.
    static func refusal(in answer: Answer) -> HL7Inlet.Refusal? {
        switch answer {
        case .done: nil
        case .refused(let error): HL7Inlet.Refusal(cause(of: error.code), error.message)
        case .reply(.error(let error)): HL7Inlet.Refusal(.unavailable, error.message)
        case .reply, .enrolled, .renewed, .nothing: HL7Inlet.Refusal(.unavailable, "the coordinator answered a message with something else")
        }
    }

    private static func cause(of code: ActionError.Code) -> HL7Inlet.Refusal.Cause {
        switch code {
        // Our own fault says nothing against the message: once it is mended the message may be taken.
        case .ledgerUnavailable, .internal: .unavailable
        case .ambiguousPatient: .patient
        case .unknown, .badValue, .taken, .outdated, .notNow, .tooMany: .content
        }
    }
}

import ArgumentParser
import DICOMNetwork
import Foundation
import Terminal

/// `worker echo`: C-ECHO, to learn whether a destination answers.
struct EchoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "echo",
        abstract: "Ask a destination whether it answers (C-ECHO).",
        discussion: "Exit status 0 if it answers with Success, 1 if not, 2 for a wrong address.")

    @OptionGroup var destination: DestinationOption

    @Flag(help: "Print one JSON document.")
    var json = false

    func run() async throws {
        let address = try destination.address()
        let start = ContinuousClock.now
        do {
            let security = try destination.security()
            let status = try await Association.with(address, proposing: [Association.verificationContext], security: security) {
                try await $0.echo()
            }
            let milliseconds = (ContinuousClock.now - start) / .milliseconds(1)
            try tell(address, status: status.description, milliseconds: milliseconds)
            if status != .success { throw CommandFailure(.failed) }
        } catch let error as NetworkError {
            throw CommandFailure(.failed, error.description)
        }
    }

    private func tell(_ address: ApplicationEntityAddress, status: String, milliseconds: Double) throws {
        struct Answer: Encodable {
            let destination: String
            let status: String
            let milliseconds: Double
        }
        if json {
            try Standard.json(Answer(destination: "\(address)", status: status, milliseconds: (milliseconds * 10).rounded() / 10))
        } else {
            try Standard.output("\(address.calledAETitle) answered with status \(status) after \(Int(milliseconds.rounded(.up))) ms")
        }
    }
}

/// `--to`, as in every command that speaks to a destination.
struct DestinationOption: ParsableArguments {
    @Option(help: ArgumentHelp("The destination; dicoms:// with TLS.", valueName: "dicom://CALLED@host:port?calling=AET"))
    var to: String

    @Option(help: ArgumentHelp("TLS: whose certificates are trusted; without it those that the system trusts.", valueName: "PEM file"))
    var tlsAuthority: String?

    @Option(help: ArgumentHelp("TLS: our own certificate.", valueName: "PEM file"))
    var tlsCertificate: String?

    @Option(help: ArgumentHelp("TLS: its private key.", valueName: "PEM file"))
    var tlsKey: String?

    @Flag(help: "TLS: the destination's certificate may be for another name than the one it is called by.")
    var tlsAnyHostName = false

    /// The address.
    ///
    /// - Throws: ``CommandFailure`` with status 2 for a wrong one, and for one without TLS beside options that are for TLS: who gives them does not
    ///   want objects to go in the clear.
    func address() throws(CommandFailure) -> ApplicationEntityAddress {
        let address: ApplicationEntityAddress
        do {
            address = try ApplicationEntityAddress(parsing: to)
        } catch {
            throw CommandFailure(.usage, "--to: \(error.message)")
        }
        if !address.isSecure, let option = securityOption {
            throw CommandFailure(.usage, "\(option) is for TLS, and --to is not dicoms://: nothing was sent, as it would have gone in the clear")
        }
        return address
    }

    /// The first option that says something about TLS.
    private var securityOption: String? {
        if tlsAuthority != nil { return "--tls-authority" }
        if tlsCertificate != nil { return "--tls-certificate" }
        if tlsKey != nil { return "--tls-key" }
        return tlsAnyHostName ? "--tls-any-host-name" : nil
    }

    /// How an address of `dicoms://` is secured.
    ///
    /// - Throws: ``CommandFailure`` with status 2 for files that cannot be used.
    func security() throws(CommandFailure) -> SecureTransport {
        do {
            return try SecureTransport(
                authorityPath: tlsAuthority, certificatePath: tlsCertificate, keyPath: tlsKey, checksHostName: !tlsAnyHostName)
        } catch {
            throw CommandFailure(.usage, error.message)
        }
    }
}

import ArgumentParser
import Foundation
import Gateway
import Terminal
import Trust

/// `worker join`: enrols this gateway.
struct JoinCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "join",
        abstract: "Enrol this gateway by an invitation.",
        discussion: """
            Makes a key, checks that the coordinator is the invitation's, gets a certificate, and writes a commented \
            configuration, worker.yaml. A configuration that is there already stays; a folder in which a gateway is enrolled \
            already is refused with status 2.
            """)

    @Argument(help: "The line that `coordinator invite` printed.")
    var invitation: String

    @Option(help: ArgumentHelp("The folder for key, certificates and configuration.", valueName: "dir"))
    var dir = "."

    func run() async throws {
        let parsed: Invitation
        do {
            parsed = try Invitation(parsing: invitation)
        } catch {
            throw CommandFailure(.usage, "\(error)")
        }
        do {
            let name = try await Join.run(parsed, into: dir)
            let file = "\(dir)/\(WorkerConfiguration.fileName)"
            if !FileManager.default.fileExists(atPath: file) {
                let address = LineAddress(host: parsed.host, port: parsed.port)
                try WorkerConfiguration.template(coordinator: "\(address)").write(toFile: file, atomically: true, encoding: .utf8)
            }
            Standard.error("joined as \(name); the configuration is \(file)")
        } catch let error as GatewayError where error.code == .unreachable {
            throw CommandFailure(.unreachable, "\(error)")
        } catch let error as GatewayError where error.code == .configuration {
            throw CommandFailure(.usage, "\(error)")
        } catch {
            throw CommandFailure(.failed, "\(error)")
        }
    }
}

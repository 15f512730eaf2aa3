import Foundation
import Testing

@testable import coordinator

@Suite(.serialized, .timeLimit(.minutes(5))) struct CommandTests {
    private func row(_ accession: String, _ date: String) -> String {
        "P1,,DOE^JANE,19700101,F,\(accession),,\(date),,CT,,,,completed"
    }

    private let header =
        "patient_id,issuer,patient_name,birth_date,sex,accession_number,study_instance_uid,exam_date,exam_time,modality,procedure_code,procedure_description,department,status"

    @Test("A second serve on one ledger is refused, and the first serves on")
    func secondServe() async throws {
        let program = try CoordinatorProgram()
        try program.initialise()
        let first = try await program.serve()
        let second = try program.run("serve", "--config", program.configuration)
        #expect(second.status == 1)
        #expect(second.messages.contains("is served already, by process"))
        #expect(try program.run("status", "--config", program.configuration).status == 0)
        #expect(first.end(by: SIGTERM) == 0)
    }

    @Test("serve says which process has the ledger without serving it, waits for it, and then serves")
    func serveAfterCommand() async throws {
        let program = try CoordinatorProgram()
        try program.initialise()
        var lock = try LedgerLock.take(MigrationFolder(path: program.folder + "/m"))
        #expect(lock != nil)
        let serving = try await program.serve(until: "waiting for process \(getpid()), which has the ledger")
        #expect(serving.said.contains("which has the ledger"))
        lock = nil
        #expect(await serving.hear("serving").contains("serving"))
        #expect(serving.end(by: SIGTERM) == 0)
    }

    @Test("A port that is in use is named, and the ledger is free afterwards")
    func portInUse() async throws {
        let one = try CoordinatorProgram()
        try one.initialise()
        let first = try await one.serve()
        let port = try #require(first.port)
        let other = try CoordinatorProgram()
        try other.initialise()
        let text = try String(contentsOfFile: other.configuration, encoding: .utf8)
        try text.replacing("port: 0", with: "port: \(port)").write(toFile: other.configuration, atomically: true, encoding: .utf8)
        let refused = try other.run("serve", "--config", other.configuration)
        #expect(refused.status == 1)
        #expect(refused.messages.contains("127.0.0.1:\(port) is in use by another program"))
        #expect(try other.run("invite", "gateway1", "--config", other.configuration).status == 0)
        #expect(first.end(by: SIGINT) == 0)
    }

    @Test("A coordinator that listens at all addresses invites nobody before it says how it is reached")
    func invitationHost() throws {
        let program = try CoordinatorProgram()
        try program.initialise()
        let text = try String(contentsOfFile: program.configuration, encoding: .utf8)
        let open = text.replacing("host: 127.0.0.1, port: 0", with: "host: 0.0.0.0, port: 7420")
        try open.write(toFile: program.configuration, atomically: true, encoding: .utf8)
        let refused = try program.run("invite", "gateway1", "--config", program.configuration)
        #expect(refused.status == 1)
        #expect(refused.messages.contains("invitation-host"))
        let named = open.replacing("host: 0.0.0.0", with: "host: 0.0.0.0, invitation-host: skein.example")
        try named.write(toFile: program.configuration, atomically: true, encoding: .utf8)
        let invited = try program.run("invite", "gateway1", "--config", program.configuration)
        #expect(invited.status == 0)
        #expect(invited.output.hasPrefix("skein1:skein.example:"))
    }

    @Test("After a kill the coordinator serves again, with what was entered before")
    func afterKill() async throws {
        let program = try CoordinatorProgram()
        try program.initialise()
        let first = try await program.serve()
        try "label,kind\n1999-CT-003,cd\n".write(toFile: program.folder + "/media.csv", atomically: true, encoding: .utf8)
        #expect(try program.run("media", "import", program.folder + "/media.csv", "--config", program.configuration).status == 0)
        _ = first.end(by: SIGKILL)
        let second = try await program.serve()
        let media = try program.run("media", "--json", "--config", program.configuration)
        #expect(media.output.contains("\"label\" : \"1999-CT-003\""))
        #expect(media.output.contains("\"copyOf\" : null"))
        #expect(second.end(by: SIGTERM) == 0)
    }

    @Test("A broken row and an unclosed quote are named by their lines; the other orders are imported, and the status is 1", arguments: [true, false])
    func brokenOrders(isServed: Bool) async throws {
        let program = try CoordinatorProgram()
        try program.initialise()
        let serving = isServed ? try await program.serve() : nil
        let rows = [header, row("A1", "19990102"), row("A2", "19990231"), row("A3", "\"19990104"), row("A4", "19990105")]
        try rows.joined(separator: "\r\n").write(toFile: program.folder + "/orders.csv", atomically: true, encoding: .utf8)
        let result = try program.run("orders", "import", program.folder + "/orders.csv", "--json", "--config", program.configuration)
        #expect(result.status == 1)
        #expect(result.output.contains("\"imported\" : 2"))
        #expect(result.messages.contains("line 3: "))
        #expect(result.messages.contains("quote opened in line 4"))
        #expect(!result.messages.contains("DOE"))
        if let serving { #expect(serving.end(by: SIGTERM) == 0) }
    }

    @Test("A file's moment needs a time zone, and may not lie ahead; an import that is not under way cannot be given up")
    func moments() async throws {
        let program = try CoordinatorProgram()
        try program.initialise()
        let file = program.folder + "/orders.csv"
        try [header, row("A1", "19990102")].joined(separator: "\n").write(toFile: file, atomically: true, encoding: .utf8)
        func run(_ moment: String) throws -> CoordinatorProgram.Outcome {
            try program.run("orders", "import", file, "--as-of", moment, "--config", program.configuration)
        }
        for moment in ["yesterday", "2004-03-01", "2004-03-01T08:15:00"] { #expect(try run(moment).messages.contains("time zone")) }
        #expect(try run("2004-03-01T08:15:00+09:00").status == 0)
        let ahead = try run("2994-03-01T08:15:00Z")
        #expect(ahead.status == 1 && ahead.messages.contains("2994-03-01T08:15:00Z"))
        // That one broke off.
        #expect(try program.run("status", "--config", program.configuration).output.contains("the import of orders orders.csv began at "))
        #expect(try program.run("orders", "end-import", "orders.csv", "--config", program.configuration).status == 0)
        #expect(try !program.run("status", "--config", program.configuration).output.contains("orders.csv"))
        let over = try program.run("orders", "end-import", "orders.csv", "--config", program.configuration)
        #expect(over.status == 1 && over.messages.contains("no import of orders of this name"))
    }

    @Test("Only the coordinator's own user can read the keys and open the socket")
    func modes() async throws {
        let program = try CoordinatorProgram()
        try program.initialise()
        let serving = try await program.serve()
        for name in ["authority-key.pem", "ledger.sqlite", "coordinator.sock", "coordinator.lock"] {
            let attributes = try FileManager.default.attributesOfItem(atPath: program.folder + "/m/" + name)
            #expect(attributes[.posixPermissions] as? Int == 0o600, "\(name)")
        }
        #expect(serving.end(by: SIGTERM) == 0)
    }

    @Test("A worker's standing is changed, and what is not there is refused", arguments: [true, false])
    func standing(isServed: Bool) async throws {
        let program = try CoordinatorProgram()
        try program.initialise()
        let serving = isServed ? try await program.serve() : nil
        let refused = try program.run("workers", "drain", "gateway9", "--config", program.configuration)
        #expect(refused.status == 1)
        #expect(refused.messages.contains("gateway9"))
        if let serving { #expect(serving.end(by: SIGTERM) == 0) }
    }

    @Test("The authority is rotated and retired, and what cannot be is refused", arguments: [true, false])
    func authority(isServed: Bool) async throws {
        struct Shape: Decodable { var acting: String, next: String?, former: String? }
        let program = try CoordinatorProgram()
        try program.initialise()
        let serving = isServed ? try await program.serve() : nil
        func standing() throws -> Shape {
            try JSONDecoder().decode(Shape.self, from: Data(program.run("authority", "--json", "--config", program.configuration).output.utf8))
        }
        let first = try standing()
        #expect(first.next == nil && first.former == nil)
        #expect(try program.run("authority", "retire", "--config", program.configuration).status == 1)
        #expect(try program.run("authority", "rotate", "--config", program.configuration).status == 0)
        let second = try program.run("authority", "rotate", "--config", program.configuration)
        #expect(second.status == 1)
        #expect(try program.run("authority", "retire", "--force", "--config", program.configuration).status == 0)
        let last = try standing()
        #expect(last.acting != first.acting && last.next == nil && last.former == nil)
        if let serving { #expect(serving.end(by: SIGTERM) == 0) }
    }

    @Test("Wrong usage and wrong configuration end with status 2")
    func usage() throws {
        let program = try CoordinatorProgram()
        #expect(try program.run("dance").status == 2)
        #expect(try program.run("--help").status == 0)
        #expect(try program.run("init", program.folder + "/m", "--destination", "http://x").status == 2)
        #expect(try program.run("status", "--config", program.folder + "/none.yaml").status == 2)
        try program.initialise()
        #expect(try program.run("init", program.folder + "/m", "--destination", "dicom://A@h:1?calling=B").status == 2)
        #expect(try program.run("studies", "--state", "lost", "--config", program.configuration).status == 2)
        let text = try String(contentsOfFile: program.configuration, encoding: .utf8) + "sped: 3\n"
        try text.write(toFile: program.configuration, atomically: true, encoding: .utf8)
        let refused = try program.run("serve", "--config", program.configuration)
        #expect(refused.status == 2)
        #expect(refused.messages.contains("unknown key sped"))
    }
}

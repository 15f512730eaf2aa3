import Foundation
import Testing

@Suite(.serialized, .timeLimit(.minutes(5))) struct RestoreTests {
    private func importMedium(_ label: String, _ program: CoordinatorProgram) throws {
        try "label,kind\n\(label),cd\n".write(toFile: program.folder + "/media.csv", atomically: true, encoding: .utf8)
        #expect(try program.run("media", "import", program.folder + "/media.csv", "--config", program.configuration).status == 0)
    }

    @Test("A damaged ledger is refused with the way back, the copy made at the start is put in its place, and the damaged one is kept")
    func wayBack() async throws {
        let program = try CoordinatorProgram()
        try program.initialise()
        try importMedium("1999-CT-001", program)
        let first = try await program.serve(until: "ledger copied")
        let refused = try program.run("restore", "--config", program.configuration)
        #expect(refused.status == 1)
        #expect(refused.messages.contains("stop the coordinator before restoring"))
        let status = try program.run("status", "--config", program.configuration)
        #expect(status.output.contains("1 of the ledger, the newest of 20"))
        try importMedium("1999-CT-002", program)
        #expect(first.end(by: SIGTERM) == 0)

        let ledger = program.folder + "/m/ledger.sqlite"
        let file = try #require(FileHandle(forWritingAtPath: ledger))
        try file.write(contentsOf: Data(repeating: 0, count: 64))
        try file.close()
        for command in ["serve", "status"] {
            let outcome = try program.run(command, "--config", program.configuration)
            #expect(outcome.status == 1)
            #expect(outcome.messages.contains("\(ledger) is no SQLite file"))
            #expect(outcome.messages.contains("The way back: coordinator restore"))
        }

        let restored = try program.run("restore", "--config", program.configuration)
        #expect(restored.status == 0)
        #expect(restored.output.contains("/m/copies/ledger-"))
        let media = try program.run("media", "--json", "--config", program.configuration)
        #expect(media.output.contains("1999-CT-001"))
        #expect(!media.output.contains("1999-CT-002"))
        let aside = try FileManager.default.subpathsOfDirectory(atPath: program.folder + "/m/set-aside")
        #expect(aside.contains { $0.hasSuffix("/ledger.sqlite") })
        let second = try await program.serve()
        #expect(second.end(by: SIGTERM) == 0)
    }

    @Test("An old copy that a person moves into the ledger's place by hand is refused: numbers would be given out twice")
    func byHand() async throws {
        let program = try CoordinatorProgram()
        try program.initialise()
        let serving = try await program.serve(until: "ledger copied")
        try importMedium("1999-CT-001", program)
        #expect(serving.end(by: SIGKILL) != 0)
        let folder = program.folder + "/m/"
        let copy = try #require(try FileManager.default.contentsOfDirectory(atPath: folder + "copies").first)
        for ending in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: folder + "ledger.sqlite" + ending) }
        try FileManager.default.copyItem(atPath: folder + "copies/" + copy, toPath: folder + "ledger.sqlite")
        let refused = try program.run("serve", "--config", program.configuration)
        #expect(refused.status == 1)
        #expect(refused.messages.contains("an older file was put in its place"))
        #expect(try program.run("restore", "--from", folder + "copies/" + copy, "--config", program.configuration).status == 0)
        #expect(try program.run("status", "--config", program.configuration).status == 0)
    }

    @Test("Where no copies are made status says so, and there is no way back but another copy")
    func noCopies() async throws {
        let program = try CoordinatorProgram()
        try program.initialise()
        let text = try String(contentsOfFile: program.configuration, encoding: .utf8)
        try text.replacing("every: 60 min", with: "every: never").replacing("every: 1 h", with: "every: never")
            .write(toFile: program.configuration, atomically: true, encoding: .utf8)
        let serving = try await program.serve()
        let status = try program.run("status", "--config", program.configuration)
        #expect(status.output.contains("none are made of the ledger"))
        #expect(serving.end(by: SIGTERM) == 0)
        let refused = try program.run("restore", "--config", program.configuration)
        #expect(refused.status == 1)
        #expect(refused.messages.contains("there is no copy of the ledger in \(program.folder)/m/copies that is whole"))
    }
}

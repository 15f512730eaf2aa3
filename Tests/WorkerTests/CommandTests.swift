import Foundation
import Testing

@Suite(.serialized, .timeLimit(.minutes(5))) struct CommandTests {
    @Test("Wrong usage ends with status 2, help with 0")
    func usage() throws {
        let program = try WorkerProgram()
        #expect(try program.run("dance").status == 2)
        #expect(try program.run("join", "no invitation").status == 2)
        #expect(try program.run("send", "--to", "http://x", program.folder).status == 2)
        #expect(try program.run("--help").status == 0)
    }

    @Test("An option for TLS beside a destination without it is refused: nothing goes in the clear that was to be secured")
    func plainDestination() throws {
        let program = try WorkerProgram()
        for command in ["send", "find", "echo"] {
            for option in [["--tls-authority", "a.pem"], ["--tls-certificate", "c.pem"], ["--tls-key", "k.pem"], ["--tls-any-host-name"]] {
                let paths = command == "send" ? [program.folder] : []
                let refused = try program.run("worker", [command, "--to", "dicom://A@127.0.0.1:1"] + option + paths, nil, nil)
                #expect(refused.status == 2)
                #expect(refused.messages.contains("\(option[0]) is for TLS"))
            }
        }
    }

    @Test("An unknown key of the configuration is named, with status 2")
    func unknownKey() throws {
        let program = try WorkerProgram()
        try program.configure("sped: 3\n")
        let refused = try program.run("run", "--dir", program.dir)
        #expect(refused.status == 2)
        #expect(refused.messages.contains("unknown key sped"))
    }

    @Test("insert without a running worker says so")
    func insertAlone() throws {
        let program = try WorkerProgram()
        try program.configure()
        let refused = try program.run("insert", "1999-CT-003", "--drive", "drive1", "--dir", program.dir)
        #expect(refused.status == 1)
        #expect(refused.messages.contains("no worker listens at"))
        #expect(refused.output.isEmpty)
    }

    @Test("join to a host where nobody answers ends with status 3 and leaves nothing behind")
    func joinNobody() throws {
        let program = try WorkerProgram()
        let invitation = "skein1:127.0.0.1:1:" + String(repeating: "a", count: 64) + ":" + String(repeating: "a", count: 32)
        #expect(try program.run("join", invitation, "--dir", program.dir).status == 3)
        #expect(!FileManager.default.fileExists(atPath: program.dir))
    }

    @Test("A join that cannot write its folder leaves the invitation good; a second join of one folder is refused and keeps the key")
    func join() async throws {
        let program = try WorkerProgram()
        let (coordinator, invitation) = try await program.serveAndInvite()
        defer { coordinator.process.terminate() }
        #expect(try program.run("join", invitation, "--dir", program.folder + "/no/such").status == 1)
        #expect(try program.run("join", invitation, "--dir", program.dir).status == 0)
        let key = try String(contentsOfFile: program.dir + "/worker-key.pem", encoding: .utf8)
        let again = try program.run("join", invitation, "--dir", program.dir)
        #expect(again.status == 2)
        #expect(again.messages.contains("is enrolled in \(program.dir) already"))
        #expect(try String(contentsOfFile: program.dir + "/worker-key.pem", encoding: .utf8) == key)
    }

    @Test("send of a folder without objects, and of a path that is not there, ends with status 1")
    func sendNothing() throws {
        let program = try WorkerProgram()
        try "no object".write(toFile: program.folder + "/readme.txt", atomically: true, encoding: .utf8)
        let nothing = try program.run("send", "--to", "dicom://A@127.0.0.1:1?calling=B", program.folder + "/readme.txt")
        #expect(nothing.status == 1)
        #expect(nothing.messages.contains("nothing to send"))
        #expect(try program.run("send", "--to", "dicom://A@127.0.0.1:1?calling=B", program.folder + "/none").status == 1)
    }

    @Test("A reader that is gone ends a command quietly; a full disk at stdout is told, one at stderr is borne")
    func streams() throws {
        let program = try WorkerProgram()
        try "no object".write(toFile: program.folder + "/readme.txt", atomically: true, encoding: .utf8)
        let closed = try program.run("inspect", program.folder + "/readme.txt", output: try WorkerProgram.closedPipe())
        #expect(closed.status == 0)
        #expect(closed.messages.isEmpty)
        let full = try program.run("inspect", program.folder + "/readme.txt", output: FileHandle(forWritingAtPath: "/dev/full"))
        #expect(full.status == 1)
        #expect(full.messages.contains("cannot write to stdout"))
        #expect(try program.run("dance", messages: FileHandle(forWritingAtPath: "/dev/full")).status == 2)
    }

    @Test("A file's name cannot drive the terminal")
    func terminal() throws {
        let program = try WorkerProgram()
        let name = program.folder + "/\u{1B}[31m\u{202E}gnp.dcm"
        try "no object".write(toFile: name, atomically: true, encoding: .utf8)
        let shown = try program.run("inspect", name)
        #expect(shown.output.contains("gnp.dcm"))
        let missing = try program.run("inspect", name + "x")
        #expect(missing.status == 1)
        for text in [shown.output, missing.messages] { #expect(!text.unicodeScalars.contains { $0 == "\u{1B}" || $0 == "\u{202E}" }) }
    }

    @Test("A key of find that names no element, or one that was named already, is refused by name")
    func keys() throws {
        let program = try WorkerProgram()
        let refusals = [
            (["-k", "=4MR1"], "-k: “=4MR1” names no element"), (["-k", ""], "-k: “” names no element"),
            (["-k", "Foo=1"], "-k: “Foo” is neither a keyword"), (["-k", "+008,0050=1"], "-k: “+008,0050” is neither a keyword"),
            (["-k", "PatientID=1", "-k", "PatientID"], "-k: PatientID (0010,0020) is given twice"),
        ]
        for (words, sentence) in refusals {
            let refused = try program.run("worker", ["find", "--to", "dicom://A@127.0.0.1:1"] + words, nil, nil)
            #expect(refused.status == 2)
            #expect(refused.messages.contains(sentence), "\(refused.messages)")
        }
    }
}

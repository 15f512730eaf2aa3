import DICOM
import Foundation
import Testing

/// What commands tell of the paths that they are given: nothing is passed over without a word.
@Suite(.timeLimit(.minutes(5))) struct PathTests {
    private func write(_ instance: String, to path: String) throws {
        var dataSet = DataSet()
        try dataSet.set(.sopClassUID, "1.2.840.10008.5.1.4.1.1.7")
        try dataSet.set(.sopInstanceUID, instance)
        try FileManager.default.createDirectory(atPath: (path as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
        try Data(dataSet.encode(as: .explicitVRLittleEndian)).write(to: URL(fileURLWithPath: path))
    }

    /// A disc of these objects.
    private func disc(_ program: WorkerProgram, of names: [String] = ["top", "sub/below"]) throws -> Data {
        for (index, name) in names.enumerated() { try write("1.3.\(index + 1)", to: program.folder + "/in/" + name) }
        let image = program.folder + "/disc.iso"
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/xorriso")
        process.arguments = ["-as", "mkisofs", "-quiet", "-R", "-o", image, program.folder + "/in"]
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        return try Data(contentsOf: URL(fileURLWithPath: image))
    }

    /// The disc, whose lower folder has no record of its file: none has a length of 1 (ECMA-119 9.1).
    private func damagedDisc(_ program: WorkerProgram) throws -> String {
        var bytes = try disc(program)
        let name = try #require(bytes.range(of: Data("BELOW.;1".utf8)))
        // To the record's end: what Rock Ridge notes behind the name are times, which may look like a record.
        let start = name.lowerBound - 33
        for place in start..<start + Int(bytes[start]) { bytes[place] = 1 }
        let path = program.folder + "/damaged.iso"
        try bytes.write(to: URL(fileURLWithPath: path))
        return path
    }

    @Test("A folder of a disc that is damaged is told by rewrite and inspect, which end with 1; what is whole is written")
    func damagedFolder() throws {
        let program = try WorkerProgram()
        let path = try damagedDisc(program)
        let rewritten = try program.run("rewrite", "--into", program.folder + "/to", path)
        #expect(rewritten.status == 1)
        #expect(rewritten.messages.contains("\(path): damaged-record in sub"))
        #expect(rewritten.output.contains("top: written"))
        let inspected = try program.run("inspect", path)
        #expect(inspected.status == 1)
        #expect(inspected.messages == rewritten.messages)
    }

    @Test("A disc that was cut before its folders has perhaps objects, and no command says that it has none")
    func cutDisc() throws {
        let program = try WorkerProgram()
        let path = program.folder + "/cut.iso"
        try disc(program, of: ["sub/below"]).prefix(20 * 2048).write(to: URL(fileURLWithPath: path))
        for words in [["rewrite", "--into", program.folder + "/to"], ["send", "--to", "dicom://A@127.0.0.1:1?calling=B"]] {
            let outcome = try program.run("worker", words + [path], nil, nil)
            #expect(outcome.status == 1)
            #expect(outcome.messages.contains("\(path): unreadable-directory"))
            #expect(outcome.messages.contains("nothing to \(words[0]): what is there could not all be read"))
        }
    }

    @Test("A file behind the end of a disc that was cut has the code beyond-end")
    func cutFiles() throws {
        let program = try WorkerProgram()
        let path = program.folder + "/cut.iso"
        let bytes = try disc(program)
        // Both objects lie behind the folders.
        let places = try ["1.3.1\0", "1.3.2\0"].map { try #require(bytes.range(of: Data($0.utf8))).lowerBound / 2048 }
        try bytes.prefix(min(places[0], places[1]) * 2048).write(to: URL(fileURLWithPath: path))
        let inspected = try program.run("inspect", "--json", path)
        #expect(inspected.status == 1)
        #expect(inspected.messages.contains("files-beyond-end: 2 files"))
        let lines = inspected.output.split(separator: "\n")
        #expect(lines.count == 2 && lines.allSatisfy { $0.contains("\"errorCode\":\"beyond-end\"") })
    }

    @Test("A disc that was cut in the padding behind its files is told, and is whole all the same")
    func cutPadding() throws {
        let program = try WorkerProgram()
        let path = program.folder + "/cut.iso"
        try disc(program).dropLast(2048).write(to: URL(fileURLWithPath: path))
        for words in [["inspect"], ["rewrite", "--into", program.folder + "/to"]] {
            let outcome = try program.run("worker", words + [path], nil, nil)
            #expect(outcome.status == 0)
            #expect(outcome.messages.contains("image-cut-short: 1 sector"))
        }
    }

    @Test("A path that cannot be opened costs no other: it is told, in the documents too, and the end is 1")
    func unopened() throws {
        let program = try WorkerProgram()
        let (missing, object) = (program.folder + "/none", program.folder + "/object")
        try write("1.3.1", to: object)
        let inspected = try program.run("inspect", "--json", "--digests", missing, object)
        #expect(inspected.status == 1)
        let lines = try inspected.output.split(separator: "\n").map { try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any] ?? [:] }
        try #require(lines.count == 2)
        #expect(lines[0]["path"] as? String == missing)
        #expect(lines[0]["status"] as? String == "damaged" && lines[0]["errorCode"] as? String == "cannot-open")
        #expect(lines[0].keys.sorted() == lines[1].keys.sorted())
        #expect(lines[1]["sopInstanceUID"] as? String == "1.3.1")
        let rewritten = try program.run("rewrite", "--json", "--into", program.folder + "/to", missing, object)
        #expect(rewritten.status == 1)
        #expect(rewritten.output.contains("\"path\":\"\(missing)\",\"status\":\"failed\""))
        #expect(FileManager.default.fileExists(atPath: program.folder + "/to/object"))
        let sent = try program.run("send", "--json", "--to", "dicom://A@127.0.0.1:1?calling=B", missing, object)
        #expect(sent.status == 1)
        let report = try #require(try JSONSerialization.jsonObject(with: Data(sent.output.utf8)) as? [String: Any])
        let finding = try #require((report["findings"] as? [[String: Any]])?.first)
        #expect(finding["path"] as? String == missing && finding["code"] as? String == "cannot-open" && finding["meansLoss"] as? Bool == true)
        #expect((report["files"] as? [[String: Any]])?.map { $0["path"] as? String } == [object])
        for outcome in [inspected, rewritten, sent] { #expect(outcome.messages.contains("\(missing): cannot be opened")) }
    }

    @Test("An empty folder is nothing to send or to rewrite, and no fault of the folder")
    func emptyFolder() throws {
        let program = try WorkerProgram()
        let path = program.folder + "/empty"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        #expect(try program.run("inspect", path).status == 0)
        let rewritten = try program.run("rewrite", "--into", program.folder + "/to", path)
        #expect(rewritten.status == 1)
        #expect(rewritten.messages.contains("nothing to rewrite: no DICOM object is there"))
    }

    @Test("A link that an operator names is followed, by inspect too")
    func link() throws {
        let program = try WorkerProgram()
        let (object, link) = (program.folder + "/object", program.folder + "/link")
        try write("1.3.1", to: object)
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: object)
        let inspected = try program.run("inspect", link)
        #expect(inspected.status == 0)
        #expect(inspected.output.contains("sopInstanceUID: 1.3.1"))
    }
}

import DICOM
import Foundation
import Testing

@Suite(.timeLimit(.minutes(5))) struct RewriteTests {
    /// An explicit object without meta header.
    private func object() throws -> [UInt8] {
        var dataSet = DataSet()
        try dataSet.set(.sopClassUID, "1.2.840.10008.5.1.4.1.1.7")
        try dataSet.set(.sopInstanceUID, "1.3")
        try dataSet.set(.accessionNumber, vr: .SH, value: Array("A1\0\0".utf8))
        try dataSet.set(.patientID, "7")
        return try dataSet.encode(as: .explicitVRLittleEndian)
    }

    @Test("What is not changed is written as it was read, what is changed is declared, and nothing is overwritten")
    func rewrite() throws {
        let program = try WorkerProgram()
        let bytes = try object()
        try Data(bytes).write(to: URL(fileURLWithPath: program.folder + "/in.dcm"))
        #expect(try program.run("rewrite", "--into", program.folder + "/same", program.folder + "/in.dcm").status == 0)
        #expect(FileManager.default.contents(atPath: program.folder + "/same/in.dcm") == Data(bytes))
        let again = try program.run("rewrite", "--into", program.folder + "/same", program.folder + "/in.dcm")
        #expect(again.status == 1)
        #expect(again.output.contains("failed"))
        let edited = try program.run(
            "rewrite", "--json", "--into", program.folder + "/edited", "--set", "AccessionNumber=B2", program.folder + "/in.dcm")
        #expect(edited.output.contains("\"changed\":[\"(0008,0050)\"]"))
        let written = Array(try #require(FileManager.default.contents(atPath: program.folder + "/edited/in.dcm")))
        let after = try DataSet(parsing: written, as: .explicitVRLittleEndian)
        #expect(after.string(.accessionNumber) == "B2")
        let item = try #require(try after.items(.originalAttributesSequence).first)
        #expect(try item.items(.modifiedAttributesSequence).first?[.accessionNumber]?.value.map { Array($0) } == Array("A1\0\0".utf8))
    }

    @Test("An assumed character set is declared where it is used, and an object that is written in UTF-8 says what it was")
    func characterSets() throws {
        let program = try WorkerProgram()
        var dataSet = try DataSet(parsing: object(), as: .explicitVRLittleEndian)
        try dataSet.set(.patientName, vr: .PN, value: [0xC8, 0xAB, 0x5E, 0xB1, 0xE6])
        let path = program.folder + "/korean.dcm"
        try Data(dataSet.encode(as: .explicitVRLittleEndian)).write(to: URL(fileURLWithPath: path))
        try Data(object()).write(to: URL(fileURLWithPath: program.folder + "/ascii.dcm"))
        let (option, korean) = ("--character-set", "ISO 2022 IR 149")
        let inspected = try program.run("inspect", "--json", option, korean, path, program.folder + "/ascii.dcm")
        let lines = inspected.output.split(separator: "\n")
        try #require(lines.count == 2)
        #expect(lines[0].contains("\"patientName\":\"홍^길\"") && lines[0].contains("\"assumedCharacterSet\":\"ISO 2022 IR 149\""))
        #expect(lines[1].contains("\"assumedCharacterSet\":null"))
        #expect(try program.run("inspect", option, "KOREAN", path).status == 2)
        #expect(try program.run("inspect", "--wrong-character-set", "ISO_IR 100", path).status == 2)
        let (into, change) = (program.folder + "/utf8", "SpecificCharacterSet=ISO_IR 192")
        #expect(try program.run("rewrite", "--set", change, "--into", into, path).status == 1)
        #expect(try program.run("rewrite", option, korean, "--set", change, "--into", into, path).status == 0)
        let written = Array(try #require(FileManager.default.contents(atPath: program.folder + "/utf8/korean.dcm")))
        #expect(try DataSet(parsing: written, as: .explicitVRLittleEndian).string(.patientName) == "홍^길")
    }

    @Test("The meta header names what the data set is said to be")
    func metaHeader() throws {
        let program = try WorkerProgram()
        var meta = DataSet()
        try meta.set(Tag(0x0002, 0x0000), UInt32(0))
        try meta.set(.mediaStorageSOPClassUID, "1.2.840.10008.5.1.4.1.1.7")
        try meta.set(.mediaStorageSOPInstanceUID, "1.3")
        try meta.set(.transferSyntaxUID, TransferSyntax.explicitVRLittleEndian.uid)
        try meta.correctGroupLengths([0x0002])
        let front = [UInt8](repeating: 9, count: 128) + Array("DICM".utf8)
        try Data(front + meta.encode(as: .explicitVRLittleEndian) + object()).write(to: URL(fileURLWithPath: program.folder + "/in.dcm"))
        #expect(try program.run("rewrite", "--into", program.folder + "/to", "--set", "SOPInstanceUID=1.3.4567", program.folder + "/in.dcm").status == 0)
        let written = Array(try #require(FileManager.default.contents(atPath: program.folder + "/to/in.dcm")))
        #expect(Array(written.prefix(132)) == front)
        var reader = ObjectHeaderReader(byteCount: Int64(written.count))
        _ = try reader.feed(written)
        let header = try #require(try reader.finish())
        #expect(header.dataSet.string(.sopInstanceUID) == "1.3.4567")
        #expect(header.metaInformation?.string(.mediaStorageSOPClassUID) == "1.2.840.10008.5.1.4.1.1.7")
        #expect(header.metaInformation?.string(.mediaStorageSOPInstanceUID) == "1.3.4567")
        #expect(header.metaInformation?.integer(Tag(0x0002, 0x0000)) == Int(header.dataSetOffset) - 132 - 12)
    }

    @Test("Of a file that cannot be written nothing is left, and the error names it")
    func failedWrite() throws {
        let program = try WorkerProgram()
        var dataSet = try DataSet(parsing: object(), as: .explicitVRLittleEndian)
        try dataSet.set(.pixelData, vr: .OB, value: [UInt8](repeating: 1, count: 1 << 20))
        try Data(dataSet.encode(as: .explicitVRLittleEndian)).write(to: URL(fileURLWithPath: program.folder + "/in.dcm"))
        let below = try program.run("rewrite", "--into", program.folder + "/in.dcm/x", program.folder + "/in.dcm")
        #expect(below.status == 1)
        #expect(below.output.contains("/in.dcm/x cannot be written: Not a directory"))
        let short = try program.runWithFilesUpTo(64, "rewrite", "--into", program.folder + "/to", program.folder + "/in.dcm")
        #expect(short.status == 1)
        #expect(short.output.contains("/to/in.dcm cannot be written: File too large"))
        #expect(try FileManager.default.contentsOfDirectory(atPath: program.folder + "/to").isEmpty)
    }

    @Test("A keyword that is none is wrong usage; a damaged object is told, and nothing of it is written")
    func refusals() throws {
        let program = try WorkerProgram()
        let bytes = try object()
        try Data(bytes.dropLast()).write(to: URL(fileURLWithPath: program.folder + "/cut.dcm"))
        try Data("no object".utf8).write(to: URL(fileURLWithPath: program.folder + "/readme.txt"))
        #expect(try program.run("rewrite", "--into", program.folder, "--set", "Number=1", program.folder + "/cut.dcm").status == 2)
        let cut = try program.run("rewrite", "--into", program.folder + "/rewritten", program.folder + "/cut.dcm", program.folder + "/readme.txt")
        #expect(cut.status == 1)
        #expect(cut.output.contains("ends beyond the file's"))
        #expect(cut.output.contains("readme.txt: not-dicom"))
        #expect(!FileManager.default.fileExists(atPath: program.folder + "/rewritten"))
    }

    @Test("What no object can be changed to is wrong usage: one sentence that names it, and nothing is read or written")
    func usage() throws {
        let program = try WorkerProgram()
        let path = program.folder + "/in.dcm"
        try Data(object()).write(to: URL(fileURLWithPath: path))
        let refusals: [([String], String)] = [
            (["--at", "yesterday"], "--at: “yesterday” is no DT value"),
            (["--set", "Foo=A1"], "--set: “Foo” is neither a keyword of PS3.6 nor a number"),
            (["--set", "=A1"], "--set: “=A1” names no element"),
            (["--set", "AccessionNumber"], "--set: AccessionNumber has no value"),
            (["--set", "AccessionNumber=A1", "--set", "0008,0050=A2"], "0008,0050 (0008,0050) is given twice"),
            (["--set", "SpecificCharacterSet=ISO_IR 100"], "can be set to ISO_IR 192 only"),
            (["--set", "AccessionNumber=12345678901234567"], "--set AccessionNumber: A value is not what SH allows"),
            (["--set", "Rows=5"], "--set Rows: The element cannot be set to a text"),
            (["--set", "MediaStorageSOPInstanceUID=1.2"], "--set MediaStorageSOPInstanceUID: The element cannot be set to a text"),
        ]
        for (words, sentence) in refusals {
            let refused = try program.run("worker", ["rewrite", "--into", program.folder + "/to"] + words + [path], nil, nil)
            #expect(refused.status == 2, "\(words)")
            #expect(refused.messages.contains(sentence), "\(refused.messages)")
            #expect(refused.output.isEmpty)
        }
        #expect(!FileManager.default.fileExists(atPath: program.folder + "/to"))
        let longest = ["--set", "AccessionNumber=1234567890123456", "--set", "PatientName=홍^길", "--set", "SpecificCharacterSet=ISO_IR 192"]
        #expect(try program.run("worker", ["rewrite", "--into", program.folder + "/to", "--at", "2026"] + longest + [path], nil, nil).status == 0)
    }
}

import DICOM
import Foundation
import Testing

@Suite(.timeLimit(.minutes(3))) struct RewriteTests {
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
}

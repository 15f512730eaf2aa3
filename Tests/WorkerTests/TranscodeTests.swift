import DICOM
import Foundation
import Testing

@Suite(.timeLimit(.minutes(3))) struct TranscodeTests {
    /// Four pixels of 8 bits.
    private func image() throws -> Data {
        var dataSet = DataSet()
        try dataSet.set(.sopClassUID, "1.2.840.10008.5.1.4.1.1.7")
        try dataSet.set(.sopInstanceUID, "1.3")
        try dataSet.set(.samplesPerPixel, UInt16(1))
        try dataSet.set(.photometricInterpretation, "MONOCHROME2")
        for tag in [Tag.rows, .columns] { try dataSet.set(tag, UInt16(2)) }
        try dataSet.set(.bitsAllocated, UInt16(8))
        for (element, value) in [(0x0101, 8), (0x0102, 7), (0x0103, 0)] as [(UInt16, UInt16)] {
            // Bits Stored, High Bit, Pixel Representation.
            try dataSet.set(Tag(0x0028, element), value)
        }
        try dataSet.set(.pixelData, vr: .OB, value: [1, 2, 3, 4])
        return Data(try dataSet.encode(as: .explicitVRLittleEndian))
    }

    @Test("A file that is called like a part of the output is none of it: the input itself, or a stranger's")
    func namesOfOthers() throws {
        let program = try WorkerProgram()
        let image = try image()
        let (input, stranger) = (program.folder + "/a.dcm.part", program.folder + "/b.dcm.part")
        try image.write(to: URL(fileURLWithPath: input))
        try Data("notes".utf8).write(to: URL(fileURLWithPath: stranger))
        #expect(try program.run("transcode", "--to", "rle", input, program.folder + "/a.dcm").status == 0)
        #expect(try program.run("transcode", "--to", "rle", input, program.folder + "/b.dcm").status == 0)
        #expect(try program.run("preview", stranger, program.folder + "/b.dcm").status == 1)
        #expect(try program.run("preview", stranger, program.folder + "/c.png").status == 1)
        #expect(FileManager.default.contents(atPath: input) == image)
        #expect(FileManager.default.contents(atPath: stranger) == Data("notes".utf8))
        let names = try FileManager.default.contentsOfDirectory(atPath: program.folder).filter { $0 != "out" && $0 != "err" }
        #expect(names.sorted() == ["a.dcm", "a.dcm.part", "b.dcm", "b.dcm.part"])
    }

    @Test("A name that another has is not taken: neither that of a file nor that of a link that leads nowhere")
    func takenNames() throws {
        let program = try WorkerProgram()
        let input = program.folder + "/a.dcm"
        try image().write(to: URL(fileURLWithPath: input))
        let link = program.folder + "/link.dcm"
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: program.folder + "/nowhere.dcm")
        for name in [input, link] {
            let outcome = try program.run("transcode", "--to", "rle", input, name)
            #expect(outcome.status == 1)
            #expect(outcome.messages.contains("\(name) is there already"))
        }
        #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link) == program.folder + "/nowhere.dcm")
        #expect(try FileManager.default.contents(atPath: input) == image())
    }
}

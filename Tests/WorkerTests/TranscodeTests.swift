import DICOM
import Foundation
import Testing

@Suite(.timeLimit(.minutes(5))) struct TranscodeTests {
    /// Frames of 8 bits, of four pixels if nothing else is said.
    private func image(edge: UInt16 = 2, frames: Int = 1, cells: [UInt8] = [1, 2, 3, 4]) throws -> Data {
        var dataSet = DataSet()
        try dataSet.set(.sopClassUID, "1.2.840.10008.5.1.4.1.1.7")
        try dataSet.set(.sopInstanceUID, "1.3")
        try dataSet.set(.samplesPerPixel, UInt16(1))
        try dataSet.set(.photometricInterpretation, "MONOCHROME2")
        for tag in [Tag.rows, .columns] { try dataSet.set(tag, edge) }
        try dataSet.set(.numberOfFrames, "\(frames)")
        try dataSet.set(.bitsAllocated, UInt16(8))
        for (element, value) in [(0x0101, 8), (0x0102, 7), (0x0103, 0)] as [(UInt16, UInt16)] {
            // Bits Stored, High Bit, Pixel Representation.
            try dataSet.set(Tag(0x0028, element), value)
        }
        try dataSet.set(.pixelData, vr: .OB, value: cells)
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

    @Test("Killed in the middle of its output, nothing of it stays in the folder")
    func killed() async throws {
        let program = try WorkerProgram()
        let (input, folder) = (program.folder + "/a.dcm", program.folder + "/new")
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        // Noise, which takes JPEG 2000 longest.
        var state: UInt32 = 1
        let noise = (0..<1 << 20).map { _ in
            state = state &* 1_664_525 &+ 1_013_904_223
            return UInt8(truncatingIfNeeded: state >> 24)
        }
        try image(edge: 1024, frames: 100, cells: (0..<100).flatMap { _ in noise }).write(to: URL(fileURLWithPath: input))
        let running = try program.start("worker", ["transcode", "--to", "jpeg-2000", input, folder + "/b.dcm"])
        while running.process.isRunning, !Self.hasOpened(running.process.processIdentifier, in: folder) { await Task.yield() }
        #expect(kill(running.process.processIdentifier, SIGKILL) == 0)
        running.process.waitUntilExit()
        #expect(running.process.terminationReason == .uncaughtSignal)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder).isEmpty)
    }

    /// Whether a process has a file of this folder open into which it has written.
    private static func hasOpened(_ process: Int32, in folder: String) -> Bool {
        let manager = FileManager.default
        return (try? manager.contentsOfDirectory(atPath: "/proc/\(process)/fd"))?.contains { number in
            let path = "/proc/\(process)/fd/\(number)"
            var status = stat()
            return (try? manager.destinationOfSymbolicLink(atPath: path))?.hasPrefix(folder + "/") == true && stat(path, &status) == 0 && status.st_size > 0
        } ?? false
    }

    @Test("--decompress-lossy beside a compressed syntax is a wrong command, and native pixels that stay are no frames")
    func wishes() throws {
        let program = try WorkerProgram()
        let input = program.folder + "/a.dcm"
        try image().write(to: URL(fileURLWithPath: input))
        let wrong = try program.run("transcode", "--to", "jpeg-ls", "--decompress-lossy", input, program.folder + "/b.dcm")
        #expect(wrong.status == 2)
        #expect(wrong.messages.contains("--decompress-lossy goes with --to implicit and explicit only"))
        let native = try program.run("transcode", "--to", "implicit", "--decompress-lossy", input, program.folder + "/b.dcm")
        #expect(native.status == 0)
        #expect(native.output == "1.2.840.10008.1.2.1 → 1.2.840.10008.1.2, pixels as they were\n")
    }

    @Test("What is no object, and a frame that is not there, have codes of their own")
    func codes() throws {
        let program = try WorkerProgram()
        let (input, notes) = (program.folder + "/a.dcm", program.folder + "/notes.txt")
        try image(frames: 2, cells: [1, 2, 3, 4, 5, 6, 7, 8]).write(to: URL(fileURLWithPath: input))
        try Data("notes".utf8).write(to: URL(fileURLWithPath: notes))
        let text = try program.run("preview", notes, program.folder + "/b.png")
        #expect(text.messages.contains("\(notes): not-dicom: The file is no DICOM object"))
        let third = try program.run("preview", "--frame", "3", input, program.folder + "/b.png")
        #expect(third.status == 1)
        #expect(third.messages.contains("no-frame: Frame 3 was asked for, and the object has frames 1 to 2"))
    }
}

import Foundation
import Testing

@testable import PixelCodec

/// The child process: what it breaks is itself.
@Suite(.timeLimit(.minutes(10))) struct CodecProcessTests {
    private let good = FrameShape(columns: 20, rows: 20, samples: 1, sampleByteCount: 1, precision: 8, isSigned: false, colour: .gray)
    private let cells = [UInt8](repeating: 9, count: 400)

    @Test func `a frame that crashes the codec costs that frame, and the next one is done`() async throws {
        let workshop = try Workshop()
        let folder = workshop.folder
        // The first child dies of SIGABRT as soon as it has the frame, as GDCM does at an assertion; the second is the codec.
        let script = "if [ -e \(folder)/died ]; then exec \(Workshop.worker) codec; fi; : > \(folder)/died; head -c 1 > \(folder)/frame; kill -ABRT $$"
        let codec = CodecProcess(program: "/bin/sh", arguments: ["-c", script], limits: .standard)
        #expect(await code { _ = try await codec.run(.encode, .jpeg, good, cells) } == .codecCrashed)
        let stream = try await codec.run(.encode, .jpeg, good, cells)
        #expect(try await codec.run(.decode, .jpeg, good, stream) == cells)
        #expect(!workshop.isEmpty)
    }

    @Test func `a stream that is no stream is refused or crashes the child, and nothing else`() async throws {
        let codec = Workshop.codec()
        for family in [Compression.Family.jpeg, .jpegLS, .jpeg2000, .rle] {
            let stream = try await codec.run(.encode, family, FrameShape(
                columns: 40, rows: 40, samples: 1, sampleByteCount: 1, precision: 8, isSigned: false, colour: .gray),
                (0..<1600).map { UInt8(truncatingIfNeeded: $0 * $0) })
            var larger = good
            (larger.columns, larger.rows) = (50, 50)
            // Half a stream of JPEG 2000 decodes to something: `FrameCoder` looks for its end.
            let half = family == .jpeg2000 ? [] : Array(stream.prefix(stream.count / 2))
            for broken in [[], half, [UInt8](repeating: 0xFF, count: 100)] {
                let found = await code { _ = try await codec.run(.decode, family, larger, broken) }
                #expect(found == .codecFailed || found == .codecCrashed, "\(family)")
            }
        }
        #expect(try await codec.run(.decode, .rle, good, codec.run(.encode, .rle, good, cells)) == cells)
    }

    @Test func `more memory than the limit is refused by the child`() async throws {
        var limits = CodecLimits.standard
        limits.memoryByteCount = 768 << 20
        let codec = Workshop.codec(limits)
        let huge = FrameShape(columns: 12_000, rows: 8_000, samples: 1, sampleByteCount: 1, precision: 8, isSigned: false, colour: .gray)
        let found = await code { _ = try await codec.run(.encode, .jpeg2000, huge, [UInt8](repeating: 1, count: huge.byteCount)) }
        #expect(found == .codecFailed || found == .codecCrashed)
        #expect(try await codec.run(.encode, .rle, good, cells).count > 64)
    }

    @Test func `a child that does not answer, or computes for ever, is ended`() async throws {
        var limits = CodecLimits.standard
        limits.wait = .milliseconds(200)
        let silent = CodecProcess(program: "/bin/sleep", arguments: ["1000"], limits: limits)
        #expect(await code { _ = try await silent.run(.encode, .rle, good, cells) } == .codecTimeout)
        // The codec itself, which is given a second for what takes it many.
        limits = .standard
        limits.processorSeconds = 0
        let large = FrameShape(columns: 8_000, rows: 8_000, samples: 1, sampleByteCount: 1, precision: 8, isSigned: false, colour: .gray)
        let busy = Workshop.codec(limits)
        let noise = (0..<large.byteCount).map { UInt8(truncatingIfNeeded: $0 &* $0 &* 2_654_435_761 >> 13) }
        let found = await code { _ = try await busy.run(.encode, .jpeg2000, large, noise) }
        #expect(found == .codecTimeout)
        #expect(try await busy.run(.encode, .rle, good, cells).count > 64)
    }

    @Test func `the codec's process has the limits that it was called with, and can write no file`() throws {
        let process = Process()
        let (input, output) = (Pipe(), Pipe())
        process.executableURL = URL(fileURLWithPath: Workshop.worker)
        process.arguments = ["codec", "--memory", "1073741824"]
        (process.standardInput, process.standardOutput) = (input, output)
        try process.run()
        let request = CodecRequest(.encode, .rle, good, payloadByteCount: cells.count)
        try input.fileHandleForWriting.write(contentsOf: request.bytes + cells)
        // It has answered, so its limits are set.
        _ = try output.fileHandleForReading.read(upToCount: CodecReply.byteCount)
        let limits = try String(contentsOfFile: "/proc/\(process.processIdentifier)/limits", encoding: .utf8).split(separator: "\n")
        func words(_ name: String) -> [Substring]? {
            limits.first { $0.hasPrefix(name) }?.dropFirst(name.count).split(separator: " ")
        }
        #expect(words("Max address space")?.prefix(2) == ["1073741824", "1073741824"])
        #expect(words("Max core file size")?.prefix(2) == ["0", "0"])
        #expect(words("Max file size")?.prefix(2) == ["0", "0"])
        try input.fileHandleForWriting.close()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
    }

    @Test func `a process whose limits cannot be set does no work`() throws {
        // More than the hard limit that it was started with, which only root could raise; of root the capability is taken.
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/setpriv")
        process.arguments = ["--bounding-set", "-sys_resource", "--inh-caps", "-sys_resource", "/bin/sh", "-c", "ulimit -v 3000000; exec \(Workshop.worker) codec </dev/null"]
        let messages = Pipe()
        process.standardError = messages
        try process.run()
        process.waitUntilExit()
        #expect(process.terminationStatus == 1)
        #expect(String(decoding: messages.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self).contains("cannot be set"))
    }

    @Test func `a program that is not there, and one that answers nonsense, are told`() async throws {
        let absent = CodecProcess(program: "/no/such/program", arguments: [])
        #expect(await code { _ = try await absent.run(.encode, .rle, good, cells) } == .codecUnavailable)
        let nonsense = CodecProcess(program: "/bin/sh", arguments: ["-c", "head -c 424 >/dev/null; printf '\\0\\0\\0\\0\\377\\377\\377\\377'"])
        #expect(await code { _ = try await nonsense.run(.encode, .rle, good, cells) } == .codecCrashed)
    }

    @Test func `requests say what they said when they are read again, and nonsense is none`() throws {
        let request = CodecRequest(.encode, .jpeg2000, good, payloadByteCount: 400)
        #expect(CodecRequest(request.bytes) == request)
        #expect(CodecRequest([UInt8](repeating: 0, count: 24)) == nil)
        var large = request
        (large.shape.columns, large.shape.rows) = (65_535, 65_535)
        #expect(CodecRequest(large.bytes) == nil)
    }
}

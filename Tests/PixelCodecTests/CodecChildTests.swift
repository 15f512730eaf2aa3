import Foundation
import Testing

@testable import PixelCodec

/// How long a child process lives, what it has, and what is told of its end.
@Suite(.timeLimit(.minutes(10))) struct CodecChildTests {
    private let shape = FrameShape(columns: 20, rows: 20, samples: 1, sampleByteCount: 1, precision: 8, isSigned: false, colour: .gray)
    private let cells = [UInt8](repeating: 9, count: 400)
    private let shop: Workshop

    init() throws { shop = try Workshop() }

    /// A codec whose children write their process IDs down, and go on as the script says.
    private func codec(_ script: String, _ limits: CodecLimits = .standard) -> CodecProcess {
        CodecProcess(program: "/bin/sh", arguments: ["-c", "echo $$ >> \(shop.path("children")); \(script)"], limits: limits)
    }

    private func encode(_ codec: CodecProcess) async throws -> [UInt8] { try await codec.run(.encode, .rle, shape, cells) }

    /// The children so far; those that have written their whole line.
    private var children: [pid_t] {
        let text = (try? String(contentsOfFile: shop.path("children"), encoding: .utf8)) ?? ""
        return text.split(separator: "\n", omittingEmptySubsequences: false).dropLast().compactMap { pid_t($0) }
    }

    private static func isThere(_ child: pid_t) -> Bool { kill(child, 0) == 0 }

    private static func awaitEnd(of child: pid_t) async {
        while isThere(child) { await Task.yield() }
    }

    private func words(_ file: String) throws -> [[Substring]] {
        try String(contentsOfFile: shop.path(file), encoding: .utf8).split(separator: "\n").map { $0.split(whereSeparator: \.isWhitespace) }
    }

    @Test func `the child has the connection, what it needs to find its libraries, all signals by default, and nothing else`() async throws {
        // Without FD_CLOEXEC: whoever starts a child would give it away.
        let mine = open("/dev/zero", O_RDONLY)
        defer { close(mine) }
        // Each in a shell of its own: the child itself opens none of the files.
        let script = "(cat /proc/$$/status >\(shop.path("status"))); (tr '\\0' '\\n' </proc/$$/environ >\(shop.path("environment"))); "
            + "(ls -l /proc/$$/fd >\(shop.path("files"))); exec \(Workshop.worker) codec"
        let codec = codec(script)
        _ = try await encode(codec)
        let files = try words("files").filter { $0.contains("->") }.map { $0.suffix(3) }
        #expect(files.map(\.first) == ["0", "1", "2"])
        #expect(files.first?.last?.hasPrefix("socket:") == true && files.first?.last == files.dropFirst().first?.last)
        #expect(files.last?.last == "/dev/null")
        let status = try words("status")
        for name in ["SigBlk:", "SigIgn:"] {
            let signals = try #require(status.first { $0.first == name[...] }?.last.flatMap { UInt64($0, radix: 16) })
            // But for 32 and 33, which are glibc's own.
            #expect(signals & ~(3 << 31) == 0, "\(name)")
        }
        let names = try words("environment").compactMap { $0.first?.split(separator: "=").first }
        #expect(names.contains("PATH") && Set(names).isSubset(of: ["LD_LIBRARY_PATH", "PATH"]), "\(names)")
    }

    @Test func `many frames in turn have one child, and one that is refused does not change that`() async throws {
        let codec = codec("exec \(Workshop.worker) codec")
        for _ in 0..<100 { #expect(try await codec.run(.decode, .rle, shape, encode(codec)) == cells) }
        #expect(await code { _ = try await codec.run(.decode, .rle, shape, [1, 2, 3]) } == .codecFailed)
        _ = try await encode(codec)
        #expect(children.count == 1)
    }

    @Test func `a child that ends between two frames costs neither`() async throws {
        let codec = codec("exec \(Workshop.worker) codec")
        let stream = try await encode(codec)
        let first = try #require(children.first)
        kill(first, SIGKILL)
        await Self.awaitEnd(of: first)
        #expect(try await codec.run(.decode, .rle, shape, stream) == cells)
        #expect(children.count == 2)
    }

    @Test func `a child that never takes a frame costs that frame, and is not tried for ever`() async throws {
        let codec = codec("exit 3")
        for count in 1...2 {
            #expect(await sentence { _ = try await encode(codec) } == "The codec's process ended with status 3")
            #expect(children.count == count)
        }
    }

    @Test func `it is told how a child ended, and why one could not be started`() async throws {
        let crash = codec("head -c 424 >/dev/null; kill -ABRT $$")
        #expect(await sentence { _ = try await encode(crash) } == "The codec's process ended by signal 6")
        let half = codec("head -c 424 >/dev/null; printf '\\0\\0\\0'; exit 7")
        #expect(await sentence { _ = try await encode(half) } == "The codec's process ended with status 7")
        let absent = CodecProcess(program: "/no/such/program", arguments: [])
        #expect(await sentence { _ = try await encode(absent) } == "The codec's program cannot be started: error 2")
    }

    @Test func `a child that is late is gone when that is told`() async throws {
        var limits = CodecLimits.standard
        limits.wait = .seconds(3)
        let codec = codec("exec sleep 1000", limits)
        #expect(await code { _ = try await encode(codec) } == .codecTimeout)
        #expect(!Self.isThere(try #require(children.first)))
    }

    @Test func `a task that is cancelled ends the child, and the codec goes on with another`() async throws {
        let script = "if [ -e \(shop.path("second")) ]; then exec \(Workshop.worker) codec; fi; : >\(shop.path("second")); exec sleep 1000"
        let task = Task {
            let codec = codec(script)
            await #expect(throws: CancellationError.self) { _ = try await encode(codec) }
            #expect(!Self.isThere(try #require(children.first)))
            // This task stays cancelled.
            return try await Task { try await encode(codec) }.value
        }
        while children.isEmpty { await Task.yield() }
        task.cancel()
        #expect(try await task.value.count > 64)
        #expect(children.count == 2)
    }

    @Test func `a task that was cancelled before starts no child`() async throws {
        let task = Task {
            while !Task.isCancelled { await Task.yield() }
            await #expect(throws: CancellationError.self) { _ = try await encode(codec("exec sleep 1000")) }
        }
        task.cancel()
        await task.value
        #expect(children.isEmpty)
    }

    @Test func `a codec that is ended has no child, and the next frame has another`() async throws {
        let codec = codec("\(Workshop.worker) codec; exec sleep 1000")
        let stream = try await encode(codec)
        await codec.end()
        #expect(!Self.isThere(try #require(children.first)))
        #expect(try await codec.run(.decode, .rle, shape, stream) == cells)
        #expect(children.count == 2)
    }

    @Test func `the child is gone with the codec, whatever it does when its connection ends`() async throws {
        do {
            let codec = codec("\(Workshop.worker) codec; exec sleep 1000")
            _ = try await encode(codec)
        }
        await Self.awaitEnd(of: try #require(children.first))
    }
}

/// The whole sentence of what is thrown, where it is one of this room's errors.
private func sentence(_ body: () async throws -> Void) async -> String? {
    do {
        try await body()
        return nil
    } catch {
        return (error as? PixelCodecError)?.description
    }
}

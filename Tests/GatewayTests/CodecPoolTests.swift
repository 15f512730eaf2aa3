import Foundation
@testable import Gateway
import Testing

/// Codecs that are lent: never more at a time than there are, and never to who has gone.
@Suite(.timeLimit(.minutes(5))) struct CodecPoolTests {
    @Test("No more works at a time than codecs, and all of them in the end")
    func turns() async throws {
        let pool = CodecPool(program: "/bin/false", count: 2)
        let presence = Presence()
        let done = await withTaskGroup(of: Int.self) { group in
            for _ in 0..<20 {
                group.addTask {
                    let count = try? await pool.withCodec { _ in
                        await presence.enter()
                        for _ in 0..<50 { await Task.yield() }
                        await presence.leave()
                        return 1
                    }
                    return count ?? 0
                }
            }
            return await group.reduce(0, +)
        }
        #expect(done == 20)
        #expect(await presence.most == 2)
    }

    @Test("Who is cancelled while waiting goes without a codec, and the next one gets his")
    func cancelled() async throws {
        let pool = CodecPool(program: "/bin/false", count: 1)
        let (isIn, entered) = AsyncStream.makeStream(of: Void.self)
        let (mayLeave, leave) = AsyncStream.makeStream(of: Void.self)
        let first = Task {
            try await pool.withCodec { _ in
                entered.finish()
                for await _ in mayLeave {}
            }
        }
        for await _ in isIn {}
        let second = Task { try await pool.withCodec { _ in Issue.record("a cancelled task has a codec") } }
        let third = Task { try await pool.withCodec { _ in 3 } }
        second.cancel()
        await #expect(throws: CancellationError.self) { try await second.value }
        leave.finish()
        try await first.value
        #expect(try await third.value == 3)
    }

    @Test("A work that fails gives its codec back")
    func failed() async throws {
        struct Fault: Error {}
        let pool = CodecPool(program: "/bin/false", count: 1)
        await #expect(throws: Fault.self) { try await pool.withCodec { _ in throw Fault() } }
        #expect(try await pool.withCodec { _ in 1 } == 1)
    }

    @Test("Works that compute on every codec hold up no other task")
    func threads() async throws {
        let count = ProcessInfo.processInfo.activeProcessorCount
        let pool = CodecPool(program: "/bin/false", count: count)
        let pipe = Pipe()
        let (isIn, entered) = AsyncStream.makeStream(of: Void.self)
        let works = (0..<count).map { _ in
            Task {
                try await pool.withCodec { _ in
                    entered.yield()
                    // As long as a large frame's cells take: until the test has gone on.
                    var byte: UInt8 = 0
                    return read(pipe.fileHandleForReading.fileDescriptor, &byte, 1)
                }
            }
        }
        for await _ in isIn.prefix(count) {}
        try pipe.fileHandleForWriting.write(contentsOf: [UInt8](repeating: 1, count: count))
        for work in works { #expect(try await work.value == 1) }
    }
}

/// How many are in at a time.
private actor Presence {
    private var count = 0
    private(set) var most = 0

    func enter() {
        count += 1
        most = max(most, count)
    }

    func leave() { count -= 1 }
}

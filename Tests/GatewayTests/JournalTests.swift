import DICOM
import Foundation
@testable import Gateway
import Migration
import NIOPosix
import Testing

@Suite struct JournalTests {
    private let key = PartKey(mediumGrant: GrantNumber(1), studyInstanceUID: "1.2", digest: "d")
    private let threads = NIOThreadPool.singleton

    private func open(_ path: String, custody: [Int64] = [1]) throws -> Journal {
        try Journal(at: path, custody: custody.map { GrantNumber($0) }, threads: threads)
    }

    @Test func `what was acknowledged, there before and lost is known after a restart`() async throws {
        let scratch = try Scratch()
        let journal = try open(scratch("journal"))
        try await journal.append(JournalRecord(key, presence: ["9"], dateTime: "2004"))
        try await journal.append(JournalRecord(key, acknowledged: InstanceRanges([0, 1, 2])))
        try await journal.append(JournalRecord(key, lost: InstanceRanges([1])))
        let again = await (try open(scratch("journal"))).history(of: key)
        #expect(again.presence == ["9"])
        #expect(again.dateTime == "2004")
        #expect(again.acknowledged.positions == [0, 2])
        #expect(await journal.history(of: key) == again)
    }

    @Test func `elements that changed with the transfer syntax are known after a restart, but for what was lost`() async throws {
        let scratch = try Scratch()
        let journal = try open(scratch("journal"))
        try await journal.append(JournalRecord(key, acknowledged: InstanceRanges([0, 1]), transcoded: [0: [.photometricInterpretation, .rows], 1: [.rows]]))
        try await journal.append(JournalRecord(key, acknowledged: InstanceRanges([2]), transcoded: [2: [.rows]]))
        try await journal.append(JournalRecord(key, lost: InstanceRanges([1])))
        let again = await (try open(scratch("journal"))).history(of: key)
        #expect((0...2).map { again.transcoded(at: $0) } == [[.photometricInterpretation, .rows], [], [.rows]])
        #expect(await journal.history(of: key) == again)
    }

    private let line = #"5026ca71 {"acknowledged":[[0,2]],"part":{"digest":"d","mediumGrant":1,"studyInstanceUID":"1.2"}}"#

    @Test func `acknowledgements of what went as it is say nothing of transcoding`() throws {
        for unchanged in [[:], [0: [], 1: [], 2: []]] as [[Int: [DICOM.Tag]]] {
            let record = JournalRecord(key, acknowledged: InstanceRanges([0, 1, 2]), transcoded: unchanged)
            #expect(String(decoding: try record.line(), as: UTF8.self) == line + "\n")
        }
    }

    @Test func `a journal of an older worker is read`() async throws {
        let scratch = try Scratch()
        try FileSystem.write(Array("\(line)\n\(line)\n".utf8), to: scratch("journal"))
        let history = await (try open(scratch("journal"))).history(of: key)
        #expect(history.acknowledged.positions == [0, 1, 2])
        #expect(history.transcoded(at: 0).isEmpty)
    }

    @Test func `other coercions are another part`() async throws {
        let scratch = try Scratch()
        let journal = try open(scratch("journal"))
        try await journal.append(JournalRecord(key, acknowledged: InstanceRanges([0])))
        var other = key
        other.digest = "e"
        #expect(await journal.history(of: other) == PartHistory())
    }

    @Test func `many records at once are all there afterwards`() async throws {
        let scratch = try Scratch()
        let journal = try open(scratch("journal"))
        let key = key
        try await withThrowingTaskGroup(of: Void.self) { group in
            for position in 0..<500 {
                group.addTask { try await journal.append(JournalRecord(key, acknowledged: InstanceRanges([position]))) }
            }
            try await group.waitForAll()
        }
        #expect(await (try open(scratch("journal"))).history(of: key).acknowledged.ranges == [0...499])
    }

    @Test func `a record torn anywhere is dropped, those before it hold`() async throws {
        let scratch = try Scratch()
        let journal = try open(scratch("journal"))
        try await journal.append(JournalRecord(key, acknowledged: InstanceRanges([0])))
        let first = try FileSystem.contents(scratch("journal")).count
        try await journal.append(JournalRecord(key, acknowledged: InstanceRanges([1])))
        let bytes = try FileSystem.contents(scratch("journal"))
        for end in first..<bytes.count {
            try FileSystem.write(bytes.prefix(end), to: scratch("torn"))
            #expect(await (try open(scratch("torn"))).history(of: key).acknowledged.positions == [0])
        }
        // A last line whose bytes were not all written, though its length was.
        var flipped = bytes
        flipped[first + 20] ^= 1
        try FileSystem.write(flipped, to: scratch("torn"))
        #expect(await (try open(scratch("torn"))).history(of: key).acknowledged.positions == [0])
    }

    @Test func `damage before the last record is named by its line`() async throws {
        let scratch = try Scratch()
        let journal = try open(scratch("journal"))
        for position in 0..<3 { try await journal.append(JournalRecord(key, acknowledged: InstanceRanges([position]))) }
        var bytes = try FileSystem.contents(scratch("journal"))
        bytes[20] ^= 1
        try FileSystem.write(bytes, to: scratch("damaged"))
        #expect { _ = try open(scratch("damaged")) } throws: {
            let error = $0 as? GatewayError
            return error?.code == .journal && error?.message.contains("line 1 ") == true
        }
    }

    @Test func `records about media that are gone are left out at the next start`() async throws {
        let scratch = try Scratch()
        let journal = try open(scratch("journal"))
        try await journal.append(JournalRecord(key, acknowledged: InstanceRanges([0])))
        _ = try open(scratch("journal"), custody: [])
        #expect(try FileSystem.contents(scratch("journal")).isEmpty)
    }
}

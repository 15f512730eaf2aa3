import Destinations
import DICOM
import Foundation
@testable import Gateway
import LineProtocol
import Media
import Migration
import NIOCore
import Testing

@Suite struct SendingTests {
    @Test(arguments: [(false, false), (true, false), (false, true)])
    func `a part is coerced, sent and verified, from the spool, from an online medium or from an encrypted spool`(
        isOnline: Bool, isSealed: Bool
    ) async throws {
        let office = try await Office(isOnline: isOnline, isSealed: isSealed)
        let result = await office.send(office.item())
        #expect(positions(result, .verified) == [0, 1, 2])
        #expect(result.beyond == ["1.9.9"])
        #expect(result.changed.map(\.tag) == ["00080050"])
        #expect(result.changed.map(\.instances) == [3])
        for instance in office.pacs.state.withLock(\.stored) {
            var buffer = ByteBuffer()
            try instance.content.read(from: 0, count: Int(instance.content.byteCount), into: &buffer)
            let dataSet = try DataSet(parsing: Array(buffer.readableBytesView), as: TransferSyntax(uid: instance.transferSyntaxUID))
            #expect(dataSet.string(.accessionNumber) == "A1")
            #expect(dataSet.contains(.originalAttributesSequence))
            // Any stretch of the content is the same as that stretch of the whole.
            var middle = ByteBuffer()
            let count = Int(instance.content.byteCount) - 200
            try instance.content.read(from: 100, count: count, into: &middle)
            #expect(Array(middle.readableBytesView) == Array(buffer.readableBytesView.dropFirst(100).prefix(count)))
        }
    }

    @Test func `the resume point is what the journal has, and grows from there`() async throws {
        let office = try await Office()
        office.pacs.state.withLock { $0.fence = office.fence }
        _ = await office.send(office.item())
        #expect(office.progress.resumePoint == InstanceRanges([0]))
        office.fence = SendFence(until: SteadyClock().now + .minutes(10), clock: SteadyClock())
        office.pacs.state.withLock { $0.fence = nil }
        _ = await office.send(office.item())
        #expect(office.progress.resumePoint == InstanceRanges(upTo: 3))
    }

    @Test func `a resume point has as many pairs as a beat may carry`() {
        let progress = ProgressCounter()
        for position in 0..<100 { progress.record([2 * position]) }
        #expect(progress.resumePoint == InstanceRanges((0..<LineLimits.resumePairs).map { 2 * $0 }))
    }

    @Test func `the level acknowledged believes the C-STORE responses`() async throws {
        let office = try await Office()
        let result = await office.send(office.item(level: .acknowledged))
        #expect(positions(result, .acknowledged) == [0, 1, 2])
    }

    @Test func `at the level committed what the destination commits to is verified, what it refuses failed, and the rest is asked for again`() async throws {
        let office = try await Office()
        let uids = office.records.map(\.sopInstanceUID)
        office.pacs.state.withLock { state in
            state.commitment.committed = [uids[0]]
            state.commitment.refused = [uids[1]: "no such object instance (0112)"]
        }
        let result = await office.send(office.item(level: .committed))
        #expect(positions(result, .verified) == [0])
        #expect(positions(result, .failed(.verificationFailed)) == [1])
        #expect(positions(result, .acknowledged) == [2])
        #expect(result.verdicts.contains { $0.detail.contains("0112") })
        #expect(result.verdicts.contains { $0.detail.contains("no word on storage commitment yet") })
    }

    @Test func `a destination that answers no C-FIND gets its objects where acknowledgements count, and nowhere else`() async throws {
        let office = try await Office()
        office.pacs.state.withLock { $0.presenceError = DestinationError(.notAccepted, "no context for C-FIND") }
        #expect(positions(await office.send(office.item()), .failed(.notAccepted)) == [0, 1, 2])
        #expect(office.pacs.state.withLock { $0.stored.isEmpty })
        #expect(positions(await office.send(office.item(level: .acknowledged)), .acknowledged) == [0, 1, 2])
        #expect(office.pacs.state.withLock { $0.stored.count } == 3)
    }

    @Test func `what was acknowledged is not sent again under the same coercions, and is under others`() async throws {
        let office = try await Office()
        _ = await office.send(office.item())
        let again = await office.send(office.item())
        #expect(positions(again, .verified) == [0, 1, 2])
        #expect(office.pacs.state.withLock { $0.stored.count } == 3)
        _ = await office.send(office.item(accession: "A2"))
        #expect(office.pacs.state.withLock { $0.stored.count } == 6)
    }

    @Test func `an acknowledged instance that is not listed failed, and is sent again at the next attempt`() async throws {
        let office = try await Office()
        office.pacs.state.withLock { $0.unlisted = [office.records[2].sopInstanceUID] }
        let first = await office.send(office.item())
        #expect(positions(first, .failed(.verificationFailed)) == [2])
        office.pacs.state.withLock { $0.unlisted = [] }
        let second = await office.send(office.item())
        #expect(positions(second, .verified) == [0, 1, 2])
        #expect(office.pacs.state.withLock { $0.stored.count } == 4)
    }

    @Test func `a destination that cannot be reached fails the whole part with its category`() async throws {
        let office = try await Office()
        office.pacs.state.withLock { $0.presenceError = DestinationError(.destinationUnreachable, "nobody answers") }
        let result = await office.send(office.item())
        #expect(positions(result, .failed(.destinationUnreachable)) == [0, 1, 2])
        #expect(office.pacs.state.withLock { $0.stored.isEmpty })
    }

    @Test func `a fence in the middle leaves the rest untried, and nothing unproved is claimed`() async throws {
        let office = try await Office()
        office.pacs.state.withLock { $0.fence = office.fence }
        let result = await office.send(office.item())
        #expect(result.verdicts.isEmpty)
        #expect(office.pacs.state.withLock { $0.stored.count } == 1)
        #expect(await office.journal.history(of: PartSender.key(of: office.item())).acknowledged.count == 1)
    }

    @Test func `a staged file that is gone costs itself only`() async throws {
        let office = try await Office()
        try FileSystem.remove(office.station.spool.stagedPath(office.records[0].sha256))
        let result = await office.send(office.item())
        #expect(positions(result, .failed(.unreadable)) == [0])
        #expect(positions(result, .verified) == [1, 2])
    }

    @Test func `a value that the objects' character set cannot write is its own category`() async throws {
        let office = try await Office()
        var item = office.item()
        item.coercions = [Migration.Coercion(tag: "00100010", value: "김^희중", rule: .order)]
        #expect(positions(await office.send(item), .failed(.characterSet)) == [0, 1, 2])
        #expect(office.pacs.state.withLock(\.stored).isEmpty)
    }

    @Test func `with the rule for it the objects are sent in UTF-8 then, which is declared, and only then`() async throws {
        let office = try await Office()
        #expect(await office.send(office.item(), reencodes: true).changed.map(\.tag) == ["00080050"])
        var item = office.item()
        item.coercions = [Migration.Coercion(tag: "00100010", value: "김^희중", rule: .order)]
        let result = await office.send(item, reencodes: true)
        #expect(positions(result, .verified) == [0, 1, 2])
        #expect(result.changed.map(\.tag).sorted().starts(with: ["00080005", "00100010"]))
    }

    @Test func `verdicts that do not fit one line are cut, never the line`() throws {
        var ledger = VerdictLedger()
        for position in 0..<20_000 {
            ledger.set([position], position % 2 == 0 ? .verified : .failed(.destinationRefused), "status \(position)")
        }
        let groups = try ledger.groups()
        let line = try LineCodec().encode(
            .result(
                ResultRequest(items: [
                    ResultItem(grant: GrantNumber(1), verdicts: groups, beyond: (0..<100).map { "2.25.\(String(repeating: "1", count: 50))\($0)" })
                ])))
        #expect(line.count < LineLimits.lineByteCount)
        #expect(groups.reduce(0) { $0 + $1.instances.count } > 1_000)
    }

    @Test func `an object whose bytes have changed since they were read is not sent`() async throws {
        let office = try await Office()
        let record = office.records[1]
        let path = office.station.spool.stagedPath(record.sha256)
        var bytes = try FileSystem.contents(path)
        bytes[bytes.count - 1] ^= 1
        try FileSystem.write(bytes, to: path)
        let result = await office.send(office.item())
        #expect(positions(result, .failed(.unreadable)) == [1])
        #expect(positions(result, .verified) == [0, 2])
        #expect(result.verdicts.first { $0.verdict == .failed(.unreadable) }?.detail.contains("SHA-256 differs") == true)
        #expect(office.pacs.state.withLock { $0.stored.contains { $0.sopInstanceUID == record.sopInstanceUID } } == false)
    }

    @Test func `an encrypted object that was changed or is another one's is not sent`() async throws {
        let office = try await Office(isSealed: true)
        let paths = office.records.map { office.station.spool.stagedPath($0.sha256) }
        var bytes = try FileSystem.contents(paths[0])
        bytes[bytes.count / 2] ^= 1
        try FileSystem.write(bytes, to: paths[0])
        try FileSystem.write(try FileSystem.contents(paths[2]), to: paths[1])
        let result = await office.send(office.item())
        #expect(positions(result, .failed(.unreadable)) == [0, 1])
        #expect(positions(result, .verified) == [2])
        #expect(result.verdicts.first { $0.verdict == .failed(.unreadable) }?.detail.contains("cannot be decrypted") == true)
        #expect(office.pacs.state.withLock { $0.stored.map(\.sopInstanceUID) } == [office.records[2].sopInstanceUID])
    }

    @Test func `a patient's name in a path on the medium gets into no result`() async throws {
        let office = try await Office(isOnline: true)
        let name = "MUSTERFRAU"
        let file = MediumFile(path: "\(name)/IMG1", byteCount: 100)
        let record = { (position: Int) in
            var record = office.records[position]
            record.path = file.path
            return record
        }
        let part = PreparedPart(
            office.item(), [record(0), record(1), record(2)], acknowledged: InstanceRanges(), dateTime: "20260101", isStopped: { false }
        ) { _ in .online(try openMedium(at: office.station.scratch("content")), file, byteCount: 100) }
        #expect(part.instances.isEmpty)
        let groups = try part.verdicts.groups()
        #expect(groups.count == 1)
        #expect(groups.allSatisfy { $0.verdict == .failed(.unreadable) && !$0.detail.isEmpty && !$0.detail.contains(name) })
    }

    @Test func `a patient's name in a path gets into no word of an object that fails while it is sent`() async throws {
        let office = try await Office(isOnline: true)
        _ = await office.send(office.item())
        let instance = try #require(office.pacs.state.withLock(\.stored).first)
        let path = try #require(office.records.first { $0.sopInstanceUID == instance.sopInstanceUID }).path
        try FileSystem.remove(office.station.scratch("content/\(path)"))
        #expect {
            var buffer = ByteBuffer()
            try instance.content.read(from: 0, count: Int(instance.content.byteCount), into: &buffer)
        } throws: { error in
            let reason = (error as? UnreadableContent)?.reason ?? ""
            return !reason.isEmpty && !reason.contains(path)
        }
    }
}

import Destinations
import DICOM
import Foundation
@testable import Gateway
import LineProtocol
import Migration
import NIOCore
import Testing

@Suite("Parts that are sent again") struct RenewedSendingTests {
    private static let generation = UIDGeneration(migration: "0123456789abcdef0123456789abcdef", round: 1)!

    private func new(_ uid: String) -> String { UIDRenewal.uid(of: uid, generation: Self.generation.rawValue) }

    private func members(_ office: Office) -> Set<String> {
        Set(office.records.flatMap { [$0.sopInstanceUID, $0.seriesInstanceUID] } + [office.study])
    }

    private func item(_ office: Office, round: Int, uids: UIDGeneration? = nil) -> LeaseItem {
        var item = office.item()
        item.round = round
        item.uids = uids
        return item
    }

    private func dataSet(_ instance: OutgoingInstance) throws -> DataSet {
        var buffer = ByteBuffer()
        try instance.content.read(from: 0, count: Int(instance.content.byteCount), into: &buffer)
        return try DataSet(parsing: Array(buffer.readableBytesView), as: TransferSyntax(uid: instance.transferSyntaxUID))
    }

    @Test func `objects go out under new UIDs, with the same pixels, and are verified under them`() async throws {
        let office = try await Office()
        let members = members(office)
        let result = await office.send(item(office, round: 1, uids: Self.generation), members: { members })
        #expect(positions(result, .verified) == [0, 1, 2])
        let plain = try await Office()
        _ = await plain.send(plain.item())
        let (sent, before) = (office.pacs.state.withLock(\.stored), plain.pacs.state.withLock(\.stored))
        #expect(sent.count == 3)
        for (now, then) in zip(sent, before) {
            #expect(now.sopInstanceUID == new(then.sopInstanceUID) && now.seriesInstanceUID == new(then.seriesInstanceUID))
            #expect(now.studyInstanceUID == new(office.study))
            let (data, former) = (try dataSet(now), try dataSet(then))
            #expect(data.string(.sopInstanceUID) == now.sopInstanceUID && data.string(.studyInstanceUID) == now.studyInstanceUID)
            #expect(data.string(.seriesInstanceUID) == now.seriesInstanceUID && data.string(.accessionNumber) == "A1")
            #expect(data[.pixelData]?.value == former[.pixelData]?.value)
            #expect(try data.items(.originalAttributesSequence).last?.items(.modifiedAttributesSequence)[0].string(.sopInstanceUID) == then.sopInstanceUID)
        }
        #expect(Set(result.changed.map(\.tag)).isSuperset(of: ["00080018", "0020000d", "0020000e", "00080050"]))
    }

    @Test func `what was sent and acknowledged before counts for nothing when the study is sent again`() async throws {
        let office = try await Office()
        _ = await office.send(office.item())
        _ = await office.send(office.item())
        #expect(office.pacs.state.withLock(\.stored).count == 3)
        _ = await office.send(item(office, round: 1))
        #expect(office.pacs.state.withLock(\.stored).count == 6)
        _ = await office.send(item(office, round: 1))
        #expect(office.pacs.state.withLock(\.stored).count == 6)
    }

    @Test func `without the coordinator's list nothing is sent, and nothing was tried`() async throws {
        let office = try await Office()
        let result = await office.send(item(office, round: 1, uids: Self.generation), members: { throw CancellationError() })
        #expect(result.verdicts.isEmpty && office.pacs.state.withLock(\.stored).isEmpty)
    }

    @Test func `an object that the coordinator's list lacks is not sent`() async throws {
        let office = try await Office()
        let members = members(office).subtracting([office.records[1].sopInstanceUID])
        let result = await office.send(item(office, round: 1, uids: Self.generation), members: { members })
        #expect(positions(result, .failed(.worker)) == [1])
        #expect(positions(result, .verified) == [0, 2])
    }
}

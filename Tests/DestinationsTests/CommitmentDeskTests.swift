import DICOM
import Testing

@testable import DICOMNetwork
@testable import Destinations

/// Reports as they come: late, in parts, contradictory, of others.
@Suite struct CommitmentDeskTests {
    private let references = ["1.1", "1.2"].map { InstanceReference(sopClassUID: "1.2.3", sopInstanceUID: $0) }

    private func report(_ transaction: String, committed: [Int] = [], failed: [Int] = []) throws -> CommitmentReport {
        var dataSet = try CommitmentRequest(transactionUID: transaction, references: committed.map { references[$0] }).dataSet()
        let request = try CommitmentRequest(transactionUID: transaction, references: failed.map { references[$0] }).dataSet()
        try dataSet.set(DICOM.Tag(0x0008, 0x1198), items: request.items(DICOM.Tag(0x0008, 0x1199)))
        return try CommitmentReport(dataSet)
    }

    @Test("Parts of a verdict are put together; a refusal outweighs")
    func parts() async throws {
        let desk = CommitmentDesk()
        await desk.begin(CommitmentRequest(transactionUID: "2.25.1", references: references))
        #expect(await desk.take(try report("2.25.1", committed: [0])))
        #expect(await !desk.standing(of: "2.25.1").isSettled)
        #expect(await desk.take(try report("2.25.1", committed: [1], failed: [1])))
        let standing = await desk.standing(of: "2.25.1")
        #expect(standing.isSettled)
        #expect(standing.outcome.committed == ["1.1"])
        #expect(standing.outcome.refused == ["1.2": "no reason given"])
    }

    @Test("A report that comes when nobody waits any more counts when the same is asked again")
    func late() async throws {
        let desk = CommitmentDesk()
        await desk.begin(CommitmentRequest(transactionUID: "2.25.1", references: references))
        #expect(await desk.transaction(for: references) == "2.25.1")
        #expect(await desk.transaction(for: [references[0]]) == nil)
        _ = await desk.take(try report("2.25.1", committed: [0, 1]))
        for await _ in await desk.settling(of: "2.25.1") {}
        #expect(await desk.standing(of: "2.25.1").outcome.committed == ["1.1", "1.2"])
        await desk.end("2.25.1")
        #expect(await desk.transaction(for: references) == nil)
    }

    @Test("A report on a transaction that is not ours is not taken, and the oldest transactions are forgotten")
    func strangersAndBound() async throws {
        let desk = CommitmentDesk()
        #expect(await !desk.take(try report("2.25.9", committed: [0])))
        for number in 0...256 { await desk.begin(CommitmentRequest(transactionUID: "2.25.\(number)", references: references)) }
        #expect(await !desk.take(try report("2.25.0", committed: [0])))
        #expect(await desk.take(try report("2.25.256", committed: [0])))
    }
}

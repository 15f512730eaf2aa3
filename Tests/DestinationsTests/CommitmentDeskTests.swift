import DICOM
import Testing

@testable import DICOMNetwork
@testable import Destinations

/// Reports as they come: late, in parts, contradictory, of others.
@Suite struct CommitmentDeskTests {
    private let pacs: ApplicationEntityAddress
    private let other: ApplicationEntityAddress

    init() throws {
        pacs = try ApplicationEntityAddress(parsing: "dicom://PACS@pacs.example")
        other = try ApplicationEntityAddress(parsing: "dicom://OTHER@pacs.example")
    }

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
        await desk.begin(CommitmentRequest(transactionUID: "2.25.1", references: references), to: pacs)
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
        await desk.begin(CommitmentRequest(transactionUID: "2.25.1", references: references), to: pacs)
        #expect(await desk.transaction(for: references, at: pacs) == "2.25.1")
        #expect(await desk.transaction(for: [references[0]], at: pacs) == nil)
        _ = await desk.take(try report("2.25.1", committed: [0, 1]))
        for await _ in await desk.settling(of: "2.25.1") {}
        #expect(await desk.standing(of: "2.25.1").outcome.committed == ["1.1", "1.2"])
        await desk.end("2.25.1")
        #expect(await desk.transaction(for: references, at: pacs) == nil)
    }

    @Test("What was not asked about is passed over, and another SOP class is no commitment")
    func strangeInstances() async throws {
        let desk = CommitmentDesk()
        await desk.begin(CommitmentRequest(transactionUID: "2.25.1", references: references), to: pacs)
        let more = (0..<1_000).map { InstanceReference(sopClassUID: "1.2.3", sopInstanceUID: "1.9.\($0)") }
        var dataSet = try CommitmentRequest(
            transactionUID: "2.25.1", references: [InstanceReference(sopClassUID: "1.2.4", sopInstanceUID: "1.1"), references[1]] + more
        ).dataSet()
        let failed = try CommitmentRequest(transactionUID: "2.25.1", references: more).dataSet()
        try dataSet.set(DICOM.Tag(0x0008, 0x1198), items: failed.items(DICOM.Tag(0x0008, 0x1199)))
        #expect(await desk.take(try CommitmentReport(dataSet)))
        let outcome = await desk.standing(of: "2.25.1").outcome
        #expect(outcome.committed == ["1.2"])
        #expect(outcome.refused == ["1.1": "committed to as another SOP class"])
    }

    @Test("What is stored anew is asked for anew, and one destination does not answer for another")
    func storedAnew() async throws {
        let desk = CommitmentDesk()
        await desk.begin(CommitmentRequest(transactionUID: "2.25.1", references: references), to: pacs)
        #expect(await desk.transaction(for: references, at: other) == nil)
        await desk.forget(["1.1"], at: other)
        await desk.forget(["1.9"], at: pacs)
        #expect(await desk.transaction(for: references, at: pacs) == "2.25.1")
        await desk.forget(["1.2"], at: pacs)
        #expect(await desk.transaction(for: references, at: pacs) == nil)
        #expect(await !desk.take(try report("2.25.1", committed: [0])))
    }

    @Test("A report on a transaction that is not ours is not taken, and the oldest transactions are forgotten")
    func strangersAndBound() async throws {
        let desk = CommitmentDesk()
        #expect(await !desk.take(try report("2.25.9", committed: [0])))
        for number in 0...256 { await desk.begin(CommitmentRequest(transactionUID: "2.25.\(number)", references: references), to: pacs) }
        #expect(await !desk.take(try report("2.25.0", committed: [0])))
        #expect(await desk.take(try report("2.25.256", committed: [0])))
    }
}

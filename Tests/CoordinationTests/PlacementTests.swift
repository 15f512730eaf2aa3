import Ledger
import Migration
import Testing

@testable import Coordination

@Suite struct PlacementTests {
    @Test func `what can be read again comes before what was erased because another part had the same`() {
        let parts = [part(1, .released), part(2, .evicted), part(3, .lost), part(4, .held)]
        #expect(Placement.order(parts).map(\.id.number) == [4, 2, 3, 1])
    }

    private func part(_ number: Int64, _ custody: Custody) -> PartRecord {
        var part = PartRecord(
            id: PartID(number), study: StudyID(1), medium: MediumID(1), worker: WorkerID(1), mediumGrant: GrantNumber(number), instanceCount: 1,
            byteCount: 1, wanted: InstanceRanges())
        part.custody = custody
        return part
    }
}

@testable import Coordination
import LineProtocol
import Migration
import Testing

@Suite("The verdicts of one result")
struct VerdictsTests {
    private func item(_ groups: [VerdictGroup]) -> ResultItem { ResultItem(grant: GrantNumber(1), verdicts: groups) }

    @Test("Verdicts are sorted by kind, what none names was not tried, and what arrived with a remark has it")
    func sorted() throws {
        let verdicts = try Verdicts(
            item([
                VerdictGroup(instances: InstanceRanges([4, 0]), verdict: .verified, detail: "status B000"),
                VerdictGroup(instances: InstanceRanges([1]), verdict: .acknowledged),
                VerdictGroup(instances: InstanceRanges([2, 6]), verdict: .failed(.unreadable), detail: "gone"),
                VerdictGroup(instances: InstanceRanges([5]), verdict: .verified),
            ]), granted: InstanceRanges(upTo: 8))
        #expect(verdicts.verified == InstanceRanges([0, 4, 5]))
        #expect(verdicts.acknowledged == InstanceRanges([1]))
        #expect(verdicts.failedCount == 2)
        #expect(verdicts.untried == InstanceRanges([3, 7]))
        #expect(verdicts.remarks.map(\.count) == [2])
        #expect(verdicts.hasUnreadable)
    }

    @Test("Two verdicts on an instance, or one on what was not granted, are refused", arguments: [[[0, 1], [1, 2]], [[0], [9]], [[3], [3]]])
    func refused(groups: [[Int]]) {
        let groups = groups.map { VerdictGroup(instances: InstanceRanges($0), verdict: .verified) }
        #expect(throws: LineError.self) { try Verdicts(item(groups), granted: InstanceRanges(upTo: 8)) }
    }

    @Test("As many groups as nobody sends are sorted at once", .timeLimit(.minutes(5)))
    func many() throws {
        let groups = (0..<200_000).map { VerdictGroup(instances: InstanceRanges([2 * $0]), verdict: $0 % 2 == 0 ? .verified : .acknowledged) }
        let verdicts = try Verdicts(item(groups), granted: InstanceRanges(upTo: 400_000))
        #expect(verdicts.untried.count == 200_000)
        #expect(verdicts.verified.count == 100_000)
    }
}

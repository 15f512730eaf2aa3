@testable import Gateway
import LineProtocol
import Migration
import Synchronization
import Testing

@Suite struct PartWorkTests {
    private let ended = Ended()

    /// What has ended, in its order.
    private final class Ended: Sendable {
        let names = Mutex<[String]>([])
        func append(_ name: String) { names.withLock { $0.append(name) } }
    }

    private func item(_ grant: Int64, of study: String) -> LeaseItem {
        LeaseItem(
            grant: GrantNumber(grant), mediumGrant: GrantNumber(1), studyInstanceUID: study, instances: InstanceRanges(upTo: 1), coercions: [],
            expected: ExpectedStudy(patientID: "P", accessionNumber: "A"), destination: "dicom://PACS@127.0.0.1:104", level: .listed,
            mayHaveBeenSent: false)
    }

    private func begin(_ grant: Int64, of study: String, after others: [PartWork], until gate: AsyncStream<Void>? = nil) -> PartWork {
        let fence = SendFence(until: SteadyClock().now + .minutes(10), clock: SteadyClock())
        return PartWork.begin(item(grant, of: study), fence, ProgressCounter(), after: others) { [ended] in
            if let gate { for await _ in gate {} }
            ended.append("\(study) under \(grant)")
        }
    }

    @Test func `a part that is leased again waits for what is on its way under its older lease; other parts do not`() async {
        let (gate, opened) = AsyncStream.makeStream(of: Void.self)
        let older = begin(2, of: "1.2", after: [], until: gate)
        let newer = begin(3, of: "1.2", after: [older])
        let other = begin(4, of: "1.3", after: [older, newer])
        await other.task.value
        #expect(ended.names.withLock { $0 } == ["1.3 under 4"])
        #expect(older.fence.isStopped)
        #expect(!newer.fence.isStopped)
        opened.finish()
        await newer.task.value
        #expect(ended.names.withLock { $0 } == ["1.3 under 4", "1.2 under 2", "1.2 under 3"])
    }
}

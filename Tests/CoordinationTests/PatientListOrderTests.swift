import Coordination
import Ledger
import Migration
import Testing

@Suite("What lists and messages say of a patient, and what the patient's orders say: it makes no difference which comes first")
struct PatientListOrderTests {
    private enum Step {
        /// An order of this patient, name and birth date from a file.
        case order(String, String, String = "19600101")
        /// A row of a list of this name and birth date, said so many minutes after noon; nil: it has no moment.
        case list(String, birthDate: String = "", after: Int64? = nil)
        /// A message of noon.
        case message(HospitalNotice)
        /// A disc with a study of this name and birth date.
        case disc(String, birthDate: String = "")
    }

    private static let noon = Instant(milliseconds: 1_000_000_000)
    private static let key = PatientKey(patientID: "P1")

    /// What the ledger has after `steps`: the orders' patients, what is kept of them, and what becomes of the study.
    private struct Outcome: Hashable {
        var orders: [PatientIdentity] = []
        var identities: [IdentityRecord] = []
        var study: [String] = []
    }

    private static func permutations(_ count: Int) -> [[Int]] {
        guard count > 1 else { return [[0]] }
        return permutations(count - 1).flatMap { rest in (0..<count).map { rest.prefix($0) + [count - 1] + rest.dropFirst($0) } }
    }

    private static func stated(_ value: String) -> Stated<Identifying> { value.isEmpty ? .unsaid : .value(Identifying(value)) }

    private func take(_ step: Step, _ bench: inout Bench, by worker: WorkerID) {
        switch step {
        case .order(let patient, let name, let birthDate):
            bench.act(.importOrders([Bench.order("A1", patient: patient, name: name, birthDate: birthDate)]))
        case .list(let name, let birthDate, let minutes):
            let identity = IdentityNotice(key: Self.key, name: Self.stated(name), birthDate: Self.stated(birthDate))
            bench.act(.importPatients([PatientNotice(identity: identity, saidAt: minutes.map { Self.noon + .minutes($0) })]))
        case .message(let notice):
            _ = bench.process(.message(HospitalMessage(sender: "ADT", saidAt: Self.noon, notices: [notice])))
        case .disc(let name, let birthDate):
            bench.read("A", [Bench.study("1.1", name: name, birthDate: birthDate, sex: "")], by: worker)
        }
    }

    private func outcome(of steps: [Step]) throws -> Outcome {
        var bench = try Bench()
        bench.now = Self.noon + .minutes(600)
        bench.expect("A")
        let worker = bench.enrol("gateway1")
        for step in steps { take(step, &bench, by: worker) }
        var outcome = Outcome()
        outcome.orders = try bench.ledger.read { try $0.orders(page: Page()) }.map(\.order.patient)
        outcome.identities = try bench.ledger.read { ledger in try ["P1", "P2"].flatMap { try ledger.identities(ofPatient: $0) } }
        if let row = try bench.ledger.read({ try $0.studyRow(uid: "1.1") })?.study {
            let values = row.plan?.coercions.map { "\($0.tag) \($0.value.reveal())" } ?? []
            outcome.study = ["\(row.progress.state)", "\(row.outcome)", row.holdReason.map { "\($0)" } ?? "sent"] + values.sorted() // unordered: it is sorted
        }
        return outcome
    }

    /// What `steps` come to, which is one thing in whatever order they come.
    private func outcome(inAnyOrder steps: Step...) throws -> Outcome {
        let first = try outcome(of: steps)
        for order in Self.permutations(steps.count) {
            #expect(try outcome(of: order.map { steps[$0] }) == first, "\(order.map { steps[$0] })")
        }
        return first
    }

    private func renaming(_ name: String = "", birthDate: String = "") -> Step {
        .message(.identity(IdentityNotice(key: Self.key, name: Self.stated(name), birthDate: Self.stated(birthDate))))
    }

    @Test("What gives no name takes none from orders: their studies are known by it", arguments: [nil, 5] as [Int64?])
    func withoutName(minutes: Int64?) throws {
        let listed = try outcome(inAnyOrder: .order("P1", "Kim^Chulsoo"), .list("", birthDate: "19600101", after: minutes), .disc("Kim^Chulsoo"))
        #expect(listed.identities.map(\.formerNames) == [[]])
        #expect(listed.study[2] == "sent")
        let told = try outcome(inAnyOrder: .order("P1", "Kim^Chulsoo"), renaming(birthDate: "19600101"), .disc("Kim^Chulsoo"))
        #expect(told.identities.map(\.formerNames) == [[]])
        #expect(told.study == listed.study)
        let merge = Step.message(.merge(former: PatientKey(patientID: "P0"), survivor: IdentityNotice(key: Self.key)))
        #expect(try outcome(inAnyOrder: .order("P1", "Kim^Chulsoo"), merge, .disc("Kim^Chulsoo")).study == listed.study)
    }

    @Test("A list changes no order, and is what a patient is called by where a message is not newer", arguments: [nil, -5, 5] as [Int64?])
    func listed(minutes: Int64?) throws {
        let list = Step.list("Kim^Listed", birthDate: "19500505", after: minutes)
        let alone = try outcome(inAnyOrder: .order("P1", "Kim^Chulsoo", ""), list, .disc("Kim^Chulsoo"))
        #expect(alone.orders.map { [$0.name, $0.birthDate] } == [["Kim^Chulsoo", ""]])
        #expect(alone.study[2] == "sent")
        #expect(alone.study.allSatisfy { !$0.contains("Listed") && !$0.contains("19500505") })
        let renamed = try outcome(inAnyOrder: .order("P1", "Kim^Chulsoo"), list, renaming("Lee^Told"), .disc("Lee^Told"))
        #expect(renamed.orders.map { [$0.name, $0.birthDate] } == [["Lee^Told", "19600101"]])
        #expect(renamed.study[2] == "sent")
        #expect(renamed.identities.map(\.notice.name) == [.value((minutes ?? 0) > 0 ? "Kim^Listed" : "Lee^Told")])
        #expect(renamed.identities.map(\.formerNames) == [["Kim^Chulsoo", "Kim^Listed", "Lee^Told"]])
    }

    @Test("Objects that say what the list says, and not what the order says, wait for a person")
    func contradiction() throws {
        let steps: [Step] = [.order("P1", "Kim^Chulsoo"), .list("Park^Minsu", birthDate: "19500505"), .disc("Park^Minsu", birthDate: "19500505")]
        let held = try outcome(inAnyOrder: steps[0], steps[1], steps[2])
        #expect(held.study[2] == "contradiction")
    }

    @Test("A message about an order that leaves the name out has the one that messages told, and not a list's", arguments: [nil, 5] as [Int64?])
    func orderMessage(minutes: Int64?) throws {
        var notice = OrderNotice(patient: IdentityNotice(key: Self.key), accessionNumber: "A1")
        notice.modality = .value("CT")
        let order = Step.message(.order(notice))
        let list = Step.list("Kim^Listed", birthDate: "19500505", after: minutes)
        #expect(try outcome(inAnyOrder: order, list).orders.map { [$0.name, $0.birthDate] } == [["", ""]])
        #expect(try outcome(inAnyOrder: order, list, renaming("Lee^Told")).orders.map { [$0.name, $0.birthDate] } == [["Lee^Told", ""]])
    }

    @Test("A name that a message or a merge takes from an order is a former one, also where the order comes later")
    func takenLater() throws {
        let renamed = try outcome(inAnyOrder: .order("P1", "Kim^Chulsoo"), renaming("Lee^Told"), .disc("Kim^Chulsoo", birthDate: "19600101"))
        #expect(renamed.study[2] == "sent")
        let merge = Step.message(.merge(former: Self.key, survivor: IdentityNotice(key: PatientKey(patientID: "P2"), name: .value("Lee^Told"))))
        let merged = try outcome(inAnyOrder: .order("P1", "Kim^Chulsoo"), merge, .disc("Kim^Chulsoo", birthDate: "19600101"))
        #expect(merged.study[2] == "sent")
        #expect(merged.orders.map { [$0.patientID, $0.name] } == [["P2", "Lee^Told"]])
    }
}

import Coordination
import Ledger
import LineProtocol
import Matching
import Migration
import Testing

@Suite("Another patient of the birth date, whoever comes first") struct ContemporaryTests {
    private static let other = Bench.order("ACC9", patient: "P9", name: "김^순영", date: "20030101")

    /// What tells of the other patient: an order, a message, the list of patients.
    private static var tidings: [Event] {
        let identity = IdentityNotice(key: PatientKey(patientID: "P9"), name: .value("김^순영"), birthDate: .value("19600101"), sex: .value("M"))
        return [
            .action(.importOrders([other]), by: "operator"), .message(HospitalMessage(sender: "ADT", notices: [.identity(identity)])),
            .action(.importPatients([PatientNotice(identity: identity)]), by: "operator"),
        ]
    }

    private func bench(_ evidence: Bool) throws -> Bench { evidence ? try Bench(try EvidenceTests.configuration()) : try Bench() }

    private static func order(_ date: String = "20030210") -> Order {
        var order = Bench.order("ACC1", name: "김^선영", date: date)
        order.procedureDescription = "Chest PA"
        return order
    }

    private static var study: StudyInventory {
        var study = Bench.study("1.1", name: "KIM^SUNYOUNG")
        study.header.studyDescription = "CXR"
        return study
    }

    @Test("A study waits for a person whether its patient's twin is told of before or behind it, and by what", arguments: [true, false])
    func anyOrder(evidence: Bool) throws {
        for event in Self.tidings {
            for isFirst in [true, false] {
                var bench = try bench(evidence)
                bench.expect("A")
                bench.act(.importOrders([Self.order()]))
                let worker = bench.enrol("gateway1")
                if isFirst { _ = bench.process(event) }
                bench.read("A", [Self.study], by: worker)
                #expect(try bench.study("1.1").progress.state == (isFirst ? .held : .ready))
                if !isFirst { _ = bench.process(event) }
                let study = try bench.study("1.1")
                #expect(study.progress.state == .held && study.holdReason == .namesake && study.plan == nil)
            }
        }
    }

    @Test("What was sent is flagged, under an order or as an unspecified exam", arguments: [true, false])
    func sent(evidence: Bool) throws {
        for date in ["20030210", "20020101"] {
            for event in Self.tidings {
                var bench = try bench(evidence)
                bench.expect("A")
                bench.act(.importOrders([Self.order(date)]))
                let worker = bench.enrol("gateway1")
                bench.read("A", [Self.study], by: worker)
                bench.sendAll(worker)
                #expect(try bench.study("1.1").progress.state == .verified && bench.study("1.1").flags.isEmpty)
                _ = bench.process(event)
                #expect(try bench.study("1.1").flags == ["namesake"] && bench.study("1.1").progress.state == .verified)
            }
        }
    }

    @Test("Nothing is filed under a number where the twin may be meant", arguments: [true, false])
    func filed(evidence: Bool) throws {
        var bench = try bench(evidence)
        bench.expect("A")
        bench.act(.importOrders([Self.order("20020101"), Self.other]))
        let worker = bench.enrol("gateway1")
        bench.read("A", [Self.study], by: worker)
        #expect(try bench.study("1.1").outcome == .examLevelFailed && bench.study("1.1").holdReason == .namesake)
    }

    @Test("When the other one is called otherwise, merged with the patient, or of another day, the study goes", arguments: [0, 1, 2])
    func freed(way: Int) throws {
        let key = PatientKey(patientID: "P9")
        let notices: [HospitalNotice] = [
            .identity(IdentityNotice(key: key, name: .value("김^영희"))), .merge(former: key, survivor: IdentityNotice(key: PatientKey(patientID: "P1"))),
            .identity(IdentityNotice(key: key, birthDate: .value("19600102"))),
        ]
        var bench = try bench(true)
        bench.expect("A")
        bench.act(.importOrders([Self.order(), Self.other]))
        let worker = bench.enrol("gateway1")
        bench.read("A", [Self.study], by: worker)
        #expect(try bench.study("1.1").holdReason == .namesake)
        _ = bench.process(.message(HospitalMessage(sender: "ADT", notices: [notices[way]])))
        #expect(try bench.study("1.1").progress.state == .ready)
    }

    @Test("A study whose objects have no birth date that is one is looked at again as well", arguments: ["", "  "], ["P1", "P0"])
    func withoutBirthDate(birthDate: String, patient: String) throws {
        var bench = try bench(true)
        bench.expect("A")
        bench.act(.importOrders([Self.order()]))
        let worker = bench.enrol("gateway1")
        let merge = HospitalNotice.merge(former: PatientKey(patientID: "P0"), survivor: IdentityNotice(key: PatientKey(patientID: "P1")))
        if patient == "P0" { _ = bench.process(.message(HospitalMessage(sender: "ADT", notices: [merge]))) }
        var study = Self.study
        study.header.patient.birthDate = Identifying(birthDate)
        study.header.patient.patientID = Identifying(patient)
        bench.read("A", [study], by: worker)
        #expect(try bench.study("1.1").progress.state == .ready)
        bench.act(.importOrders([Self.other]))
        #expect(try bench.study("1.1").holdReason == .namesake)
    }

    @Test("A birth date that too many have confirms nobody from the patient on who makes it so")
    func crowd() throws {
        var bench = try bench(true)
        bench.expect("A")
        bench.act(.importOrders([Self.order()]))
        let worker = bench.enrol("gateway1")
        var study = Self.study
        study.header.patient.name = ""
        bench.read("A", [study], by: worker)
        #expect(try bench.study("1.1").progress.state == .ready)
        let others = (1..<Contemporaries.limit).map { Bench.order("B\($0)", patient: "Q\($0)", name: "LEE^\($0)", sex: "F", date: "20030101") }
        bench.act(.importOrders(others))
        #expect(try bench.study("1.1").progress.state == .ready)
        bench.act(.importOrders([Bench.order("B0", patient: "Q0", name: "LEE^0", sex: "F", date: "20030101")]))
        // It is looked at in its time, and not leased before.
        #expect(bench.lease(worker).items.isEmpty)
        #expect(try bench.study("1.1").progress.state == .held)
        let former = IdentityNotice(key: PatientKey(patientID: "Q0"), birthDate: .value("19600102"))
        _ = bench.process(.message(HospitalMessage(sender: "ADT", notices: [.identity(former)])))
        bench.tick()
        #expect(try bench.study("1.1").progress.state == .ready)
    }

    @Test("A person may assign the study all the same")
    func decided() throws {
        var bench = try bench(false)
        bench.expect("A")
        bench.act(.importOrders([Self.order(), Self.other]))
        let worker = bench.enrol("gateway1")
        bench.read("A", [Self.study], by: worker)
        bench.act(.assign(studyInstanceUID: "1.1", accessionNumber: "ACC1", use: OrderUse(), terms: DecisionTerms()))
        #expect(try bench.study("1.1").progress.state == .ready)
        bench.act(.importOrders([Bench.order("ACC8", patient: "P8", name: "김^순영")]))
        #expect(try bench.study("1.1").progress.state == .ready)
    }

    // MARK: What was told without an order

    private static func told(_ patient: String, _ name: String) -> PatientNotice {
        PatientNotice(identity: IdentityNotice(
            key: PatientKey(patientID: Identifying(patient)), name: .value(Identifying(name)), birthDate: .value("19600101"), sex: .value("M")))
    }

    private func filing(_ evidence: Bool) throws -> (Bench, WorkerID) {
        var configuration = evidence ? try EvidenceTests.configuration() : Bench.standard
        configuration.policies = Policies(examLevelFailed: .unspecifiedExam, patientLevelFailed: .unspecifiedExam)
        configuration.issuerOfUnknownPatients = "LEGACY"
        var bench = try Bench(configuration)
        bench.expect("A")
        bench.act(.importPatients([Self.told("P1", "김^선영")]))
        let worker = bench.enrol("gateway1")
        return (bench, worker)
    }

    @Test("What was filed and sent under a patient without orders is flagged when the twin is told of", arguments: [true, false])
    func sentAsTold(evidence: Bool) throws {
        var (bench, worker) = try filing(evidence)
        bench.read("A", [Self.study], by: worker)
        bench.sendAll(worker)
        #expect(try bench.study("1.1").progress.state == .verified && bench.study("1.1").flags.isEmpty)
        bench.act(.importPatients([Self.told("P8", "박^철수")]))
        #expect(try bench.study("1.1").flags.isEmpty)
        bench.act(.importPatients([Self.told("P9", "김^순영")]))
        #expect(try bench.study("1.1").flags == ["namesake"] && bench.study("1.1").progress.state == .verified)
    }

    @Test("A birth date that too many have does not confirm a patient without orders either")
    func crowdAsTold() throws {
        var (bench, worker) = try filing(true)
        bench.act(.importPatients((1...Contemporaries.limit).map { Self.told("Q\($0)", "LEE^\($0)") }))
        var study = Self.study
        study.header.patient.name = ""
        bench.read("A", [study], by: worker)
        #expect(try bench.study("1.1").holdReason == .patientUnconfirmed)
    }

    @Test("Whoever decides is told who the others are, and sees their orders of the day", arguments: [true, false])
    func named(evidence: Bool) throws {
        var bench = try bench(evidence)
        bench.expect("A")
        bench.act(.importOrders([Self.order(), Bench.order("ACC9", patient: "P9", name: "김^순영"), Bench.order("ACC8", patient: "P9", name: "김^순영", date: "20030101")]))
        bench.read("A", [Self.study], by: bench.enrol("gateway1"))
        let study = try bench.study("1.1")
        #expect(study.progress.sentence == Sentence(.namesake, [.patient("P9")]))
        let item = try bench.ledger.read { try WorklistItem(study, by: bench.configuration.matching, in: $0) }
        #expect(item.choices.map(\.order.order.accessionNumber) == ["ACC1", "ACC9"])
    }
}

import Coordination
import Ledger
import LineProtocol
import Matching
import Migration
import Testing

@Suite("Evidence in the engine") struct EvidenceTests {
    /// Evidence with the words of four procedures, and with the numbers of images that `images` gives for these words.
    static func configuration(images: [String: Int] = [:]) throws -> MigrationConfiguration {
        var learner = VocabularyLearner(mapping: ModalityMapping())
        for round in 1...2 {
            for number in 0..<400 {
                let patient = "7\(number)"
                let procedure = [("CXR", "Chest PA"), ("SKULL", "Skull AP"), ("KUB", "Abdomen"), ("PNS", "PNS series")][number % 4]
                var header = Bench.study("9.\(number)", patient: patient, birthDate: birthDate(patient).reveal()).header
                header.studyDescription = procedure.0
                learner.add(
                    studies: [MatchableStudy(id: StudyID(1), header: header, images: images[procedure.0])],
                    orders: [MatchableOrder(id: OrderID(1), order: order("Z", procedure.1, patient: patient))])
            }
            if round == 1 { learner.beginNextRound() }
        }
        #expect(learner.studies == 400)
        var configuration = MigrationConfiguration(destination: "dicom://PACS@127.0.0.1:4242")
        configuration.evidence = EvidencePolicy(spelling: PatientIDSpelling(length: 4))
        configuration.vocabulary = learner.vocabulary()
        return configuration
    }

    private static func order(_ accession: String, _ procedure: String, patient: String = "0012") -> Order {
        var order = Bench.order(accession)
        order.patient.patientID = Identifying(patient)
        order.patient.birthDate = Self.birthDate(patient)
        order.procedureDescription = procedure
        return order
    }

    private static func study(_ uid: String, _ written: String, patient: String = "0012") -> StudyInventory {
        var study = Bench.study(uid, patient: patient, birthDate: birthDate(patient).reveal())
        study.header.studyDescription = written
        return study
    }

    /// Each patient's own; all have one name.
    private static func birthDate(_ patient: String) -> Identifying { Identifying("1960010\(patient.suffix(1))") }

    @Test("Exams of one day are sent under their own orders once no unread medium could hold more of that day; a misspelt ID is written right")
    func several() throws {
        var bench = try Bench(try Self.configuration())
        bench.expect("A", "B")
        bench.act(.importOrders([Self.order("ACC1", "Chest PA"), Self.order("ACC2", "Skull AP")]))
        let worker = bench.enrol("gateway1")
        bench.read("A", [Self.study("1.1", "SKULL"), Self.study("1.2", "CXR", patient: "12")], by: worker)
        #expect(try bench.study("1.1").holdReason == .waitingForMedia)
        #expect(try bench.study("1.2").holdReason == .waitingForMedia)
        bench.act(.excludeMedium(label: "B", reason: "not needed"))
        bench.tick()
        #expect(try bench.study("1.1").plan?.accessionNumber == "ACC2")
        let misspelt = try bench.study("1.2")
        #expect(misspelt.progress.state == .ready)
        #expect(misspelt.plan?.accessionNumber == "ACC1" && misspelt.plan?.patientID.reveal() == "0012")
        #expect(misspelt.progress.sentence?.code == SentenceCode.matchedByEvidence.rawValue)
    }

    @Test("What comes under another spelling, or is ordered later, matches its whole family anew")
    func families() throws {
        var bench = try Bench(try Self.configuration())
        bench.expect("A", "B")
        let worker = bench.enrol("gateway1")
        bench.read("A", [Self.study("1.1", "CXR", patient: "12")], by: worker)
        #expect(try bench.study("1.1").outcome == .patientLevelFailed)
        bench.act(.importOrders([Self.order("ACC1", "Chest PA")]))
        #expect(try bench.study("1.1").outcome == .matched)
        // Another disc has the same exam under the right number: neither is matched any more.
        bench.read("B", [Self.study("1.2", "CXR")], by: worker)
        #expect(try bench.study("1.1").outcome != .matched)
        #expect(try bench.study("1.2").outcome == .manualMatch)
        #expect(try bench.study("1.2").holdReason == .doubtful)
    }

    @Test("A number that the hospital knows without an order, by a list, a message or a merge, is nobody else's spelling, whichever comes first")
    func known() throws {
        let short = PatientKey(patientID: "12")
        let told: [Event] = [
            .action(.importPatients([PatientNotice(identity: IdentityNotice(key: short))]), by: "operator"),
            .message(HospitalMessage(sender: "ADT", notices: [.identity(IdentityNotice(key: short, sex: .value("M")))])),
            .action(.importPatients([
                PatientNotice(identity: IdentityNotice(key: PatientKey(patientID: "12", issuer: "HOSP")), mergedInto: PatientKey(patientID: "9001", issuer: "HOSP")),
                PatientNotice(identity: IdentityNotice(key: PatientKey(patientID: "12", issuer: "LAB")), mergedInto: PatientKey(patientID: "9002", issuer: "LAB")),
            ]), by: "operator"),
        ]
        for event in told {
            for isFirst in [true, false] {
                var bench = try Bench(try Self.configuration())
                bench.expect("A")
                bench.act(.importOrders([Self.order("ACC1", "Chest PA")]))
                let worker = bench.enrol("gateway1")
                if isFirst { _ = bench.process(event) }
                bench.read("A", [Self.study("1.1", "CXR", patient: "12")], by: worker)
                #expect(try bench.study("1.1").outcome == (isFirst ? .patientLevelFailed : .matched))
                if !isFirst { _ = bench.process(event) }
                #expect(try bench.study("1.1").outcome == .patientLevelFailed)
                #expect(try bench.study("1.1").plan == nil)
            }
        }
    }

    @Test("What was sent under another spelling of its number is flagged when the hospital has somebody of the number itself")
    func knownLater() throws {
        var bench = try Bench(try Self.configuration())
        bench.expect("A")
        bench.act(.importOrders([Self.order("ACC1", "Chest PA")]))
        let worker = bench.enrol("gateway1")
        bench.read("A", [Self.study("1.1", "CXR", patient: "12")], by: worker)
        bench.sendAll(worker)
        #expect(try bench.study("1.1").flags.isEmpty)
        bench.act(.importOrders([Self.order("ACC2", "Skull AP", patient: "12")]))
        #expect(try bench.study("1.1").flags == ["doubtful-match", "order-changed"])
    }

    @Test("What was read before evidence was turned on is decided by it before anything more is leased")
    func turnedOn() throws {
        var bench = try Bench()
        bench.expect("A")
        bench.act(.importOrders([
            Self.order("ACC1", "Chest PA"), Self.order("ACC2", "Skull AP"), Self.order("ACC3", "Chest PA", patient: "0013"), Self.order("ACC4", "Chest PA", patient: "0014"),
        ]))
        let worker = bench.enrol("gateway1")
        bench.read("A", [
            Self.study("1.1", "SKULL"), Self.study("1.2", "CXR"), Self.study("1.3", "SKULL", patient: "0013"), Self.study("1.4", "CXR", patient: "0014"),
        ], by: worker)
        #expect(try bench.study("1.1").holdReason == .severalOrders)
        #expect(try bench.study("1.3").progress.state == .ready)
        bench.configuration = try Self.configuration()
        bench.restart()
        // Before the first tick: what is asked for now is looked at first.
        bench.sendAll(worker)
        bench.pass(.seconds(10), beating: [worker: []])
        bench.sendAll(worker)
        #expect(try bench.study("1.3").holdReason == .doubtful)
        #expect(try bench.study("1.4").plan?.accessionNumber == "ACC4")
        #expect(try bench.study("1.1").plan?.accessionNumber == "ACC2")
        #expect(try bench.study("1.2").plan?.accessionNumber == "ACC1")
        #expect(try bench.ledger.write { try $0.setting(.review) } == nil)
    }
}

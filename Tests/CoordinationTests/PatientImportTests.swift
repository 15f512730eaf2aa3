import Coordination
import Ledger
import LineProtocol
import Migration
import Testing

@Suite("Identities, issuers and merges from before the migration")
struct PatientImportTests {
    private func key(_ patient: String, _ issuer: String = "") -> PatientKey { PatientKey(patientID: Identifying(patient), issuer: Identifying(issuer)) }

    private func patient(_ key: PatientKey, name: String = "", birthDate: String = "", into survivor: PatientKey? = nil, at saidAt: Instant? = nil) -> PatientNotice {
        var identity = IdentityNotice(key: key)
        if !name.isEmpty { identity.name = .value(Identifying(name)) }
        if !birthDate.isEmpty { identity.birthDate = .value(Identifying(birthDate)) }
        return PatientNotice(identity: identity, mergedInto: survivor, saidAt: saidAt)
    }

    private func counts(_ answer: Answer) -> [Int64]? {
        guard case .done(let sentence) = answer, sentence.code == SentenceCode.patientsImported.rawValue else { return nil }
        return sentence.arguments.compactMap { if case .count(let count) = $0 { count } else { nil } }
    }

    private func say(_ bench: inout Bench, _ notice: HospitalNotice, at moment: Instant) {
        _ = bench.process(.message(HospitalMessage(sender: "ADT", saidAt: moment, notices: [notice])))
    }

    @Test("Imported again, it changes nothing; what another file says otherwise is updated")
    func again() throws {
        var bench = try Bench()
        let list = [patient(key("1", "HOSP"), name: "Kim^A"), patient(key("2", "HOSP")), patient(key("2", "HOSP"), into: key("1", "HOSP"))]
        #expect(counts(bench.act(.importPatients(list))) == [2, 1, 0])
        let known = try bench.ledger.read { try ($0.identities(ofPatient: "1"), $0.merges(ofPatient: "2")) }
        #expect(counts(bench.act(.importPatients(list))) == [0, 0, 3])
        #expect(try bench.ledger.read { try $0.identities(ofPatient: "1") } == known.0)
        #expect(known.1.map(\.survivor) == [key("1", "HOSP")])
        #expect(counts(bench.act(.importPatients([patient(key("1", "HOSP"), name: "Kim^B")]))) == [0, 1, 0])
        let identity = try #require(try bench.ledger.read { try $0.identities(ofPatient: "1") }.first)
        #expect(identity.notice.name == .value("Kim^B"))
        #expect(identity.formerNames.contains("Kim^A"))
        #expect(try bench.eventCodes().filter { $0 == "patients-merged" }.count == 1)
    }

    @Test("A study under a number that was merged away goes out under the survivor, whatever came first: orders, patients or discs")
    func merged() throws {
        let order = Bench.order("ACC1", patient: "P3")
        let list = [patient(key("P1"), into: key("P2")), patient(key("P2"), into: key("P3"))]
        for turn in 0..<6 {
            var bench = try Bench()
            bench.expect("A")
            let worker = bench.enrol("gateway1")
            for step in [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]][turn] {
                switch step {
                case 0: bench.act(.importOrders([order]))
                case 1: bench.act(.importPatients(turn % 2 == 0 ? list : list.reversed()))
                default: bench.read("A", [Bench.study("1.1")], by: worker)
                }
            }
            let study = try bench.study("1.1")
            #expect(study.outcome == .matched)
            #expect(study.progress.state == .ready)
            #expect(study.plan?.patientID.reveal() == "P3")
        }
    }

    @Test("Orders that are known under a merged number become the survivor's, in whatever order the file tells of the chain")
    func ordersMove() throws {
        let chain = (1..<5).map { patient(key("\($0)"), into: key("\($0 + 1)")) }
        for list in [chain, chain.reversed(), [chain[2], chain[0], chain[3], chain[1]]] {
            var bench = try Bench()
            bench.act(.importOrders((1...5).map { Bench.order("A\($0)", patient: "\($0)") }))
            bench.act(.importPatients([patient(key("5"), name: "Lee^Younghee")] + list))
            let orders = try bench.ledger.read { try $0.orders(page: Page()) }.map(\.order)
            #expect(orders.allSatisfy { $0.patient.patientID == "5" })
            // The survivor's own order says itself how the patient is called.
            #expect(orders.map(\.patient.name.trimmed) == ["Lee^Younghee", "Lee^Younghee", "Lee^Younghee", "Lee^Younghee", "Kim^Chulsoo"])
        }
    }

    @Test("What messages said later stays, and what the file said later counts, by the moment")
    func moments() throws {
        let noon = Instant(milliseconds: 900_000_000)
        var bench = try Bench()
        say(&bench, .identity(IdentityNotice(key: key("1"), name: .value("Kim^Later"))), at: noon)
        bench.act(.importPatients([patient(key("1"), name: "Kim^Before", birthDate: "19500312")]))
        func identity() throws -> IdentityNotice? { try bench.ledger.read { try $0.identities(ofPatient: "1") }.first?.notice }
        // Without a moment the file comes before all messages: it tells what they left open.
        #expect(try identity()?.name == .value("Kim^Later"))
        #expect(try identity()?.birthDate == .value("19500312"))
        bench.act(.importPatients([patient(key("1"), name: "Kim^Newest", at: noon + .minutes(1))]))
        #expect(try identity()?.name == .value("Kim^Newest"))
        say(&bench, .identity(IdentityNotice(key: key("1"), name: .value("Kim^Older"))), at: noon)
        #expect(try identity()?.name == .value("Kim^Newest"))

        say(&bench, .merge(former: key("7"), survivor: IdentityNotice(key: key("8"))), at: noon)
        bench.act(.importPatients([patient(key("7"), into: key("9"))]))
        #expect(try bench.ledger.read { try $0.merges(ofPatient: "7") }.map(\.survivor) == [key("8")])
        bench.act(.importPatients([patient(key("7"), into: key("9"), at: noon + .minutes(1))]))
        #expect(try bench.ledger.read { try $0.merges(ofPatient: "7") }.map(\.survivor) == [key("9")])
        // A merge that the file turned round is turned round by a message.
        bench.act(.importPatients([patient(key("5"), into: key("6"))]))
        say(&bench, .merge(former: key("6"), survivor: IdentityNotice(key: key("5"))), at: noon)
        #expect(try bench.ledger.read { try $0.merges(ofPatient: "5") }.isEmpty)
        bench.act(.importPatients([patient(key("5"), into: key("6"))]))
        #expect(try bench.ledger.read { try $0.merges(ofPatient: "5") }.isEmpty)
    }

    @Test("What is said in days to come, of a number whose issuer is unclear, or of nobody, is refused and changes nothing")
    func refused() throws {
        var bench = try Bench()
        bench.act(.importPatients([patient(key("1", "HOSP")), patient(key("1", "LAB"))]))
        let before = try bench.ledger.read { try $0.verifyChain() }
        func code(_ patients: [PatientNotice]) -> ActionError.Code? {
            guard case .refused(let error) = bench.act(.importPatients(patients)) else { return nil }
            return error.code
        }
        #expect(code([patient(key("2")), patient(key("1"))]) == .ambiguousPatient)
        #expect(code([patient(key("2"), at: bench.now + .minutes(3 * 24 * 60))]) == .badValue)
        #expect(code([patient(key(" "))]) == .badValue)
        #expect(code((0...OperatorAction.importLimit).map { patient(key("\($0)")) }) == .tooMany)
        #expect(try bench.ledger.read { try $0.verifyChain() } == before)
        #expect(try bench.ledger.read { try $0.identities(ofPatient: "2") }.isEmpty)
    }

    @Test("Too many merges behind one another, or into one another, are refused, wherever the one more stands")
    func limits() throws {
        var bench = try Bench()
        bench.act(.importPatients((0..<64).map { patient(key("\($0)"), into: key("\($0 + 1)")) }))
        for (former, survivor) in [("64", "65"), ("x", "0")] {
            guard case .refused(let error) = bench.act(.importPatients([patient(key(former), into: key(survivor))])) else { return #expect(Bool(false)) }
            #expect(error.code == .tooMany)
        }
        bench.act(.importPatients((0..<255).map { patient(key("m\($0)"), into: key("m")) }))
        guard case .refused(let error) = bench.act(.importPatients([patient(key("m255"), into: key("m"))])) else { return #expect(Bool(false)) }
        #expect(error.code == .tooMany)
    }

    @Test("An unspecified exam of a patient without orders has the identity of the list")
    func withoutOrders() throws {
        var bench = try Bench(MigrationConfiguration(destination: "dicom://PACS@127.0.0.1:4242", policies: Policies(patientLevelFailed: .unspecifiedExam)))
        bench.expect("A")
        bench.act(.importPatients([patient(key("P1", "HOSP"), name: "Kim^Chulsoo=金^哲洙")]))
        let worker = bench.enrol("gateway1")
        bench.read("A", [Bench.study("1.1")], by: worker)
        let coercions = try #require(try bench.study("1.1").plan?.coercions)
        #expect(coercions.contains { $0.tag == "00100010" && $0.value.reveal() == "Kim^Chulsoo=金^哲洙" })
        #expect(coercions.contains { $0.tag == "00100021" && $0.value.reveal() == "HOSP" })
    }

    @Test("An open request follows its patient")
    func request() throws {
        var bench = try Bench()
        bench.act(.request(.patient(key("P1")), reason: "clinic"))
        bench.act(.importPatients([patient(key("P1"), into: key("P2"))]))
        #expect(try bench.ledger.read { try $0.request(RequestID(1))?.patient } == key("P2"))
    }
}

import Coordination
import Ledger
import LedgerSQLite
import LineProtocol
import Migration
import Testing

@Suite("What a clinician asks for goes ahead of all else")
struct RequestTests {
    /// Eight CT studies of eight patients, the newest of the first; read from disc A by one worker.
    private func bench(
        _ configuration: MigrationConfiguration = Bench.standard, birthDate: (Int) -> String = { _ in "19600101" }
    ) throws -> (bench: Bench, worker: WorkerID) {
        var bench = try Bench(configuration)
        bench.expect("A")
        bench.act(.importOrders((1...8).map { Bench.order("ACC\($0)", patient: "P\($0)", birthDate: birthDate($0), date: Self.day($0)) }))
        let worker = bench.enrol("gateway1")
        bench.read("A", (1...8).map { Bench.study("1.\($0)", patient: "P\($0)", birthDate: birthDate($0), date: Self.day($0)) }, by: worker)
        return (bench, worker)
    }

    private static func day(_ number: Int) -> String { "200302\(28 - number)" }

    @discardableResult
    private func ask(_ bench: inout Bench, _ subject: RequestSubject, reason: String = "in the emergency room") -> Answer {
        bench.act(.request(subject, reason: reason))
    }

    private func patient(_ number: String, issuer: String = "") -> RequestSubject {
        .patient(PatientKey(patientID: Identifying(number), issuer: Identifying(issuer)))
    }

    private func next(_ bench: inout Bench, _ worker: WorkerID, _ count: Int = 1) -> [String] { bench.lease(worker, count).items.map(\.studyInstanceUID) }

    private func standing(_ bench: Bench, _ number: Int64 = 1) throws -> RequestStanding {
        try bench.ledger.read { reader in
            try RequestStanding(#require(try reader.request(RequestID(number))), among: UnreadMedia(in: reader), in: reader)
        }
    }

    @Test("By patient, study or accession number: it is the next to be leased, and the rest keeps its order", arguments: [
        RequestSubject.patient(PatientKey(patientID: "P6")), .study("1.6"), .exam("ACC6"),
    ])
    func next(subject: RequestSubject) throws {
        var (bench, worker) = try bench()
        #expect(next(&bench, worker) == ["1.1"])
        guard case .done(let sentence) = ask(&bench, subject) else { return #expect(Bool(false)) }
        #expect(sentence.text(showsPatients: true).hasSuffix("says operator: in the emergency room"))
        #expect(!sentence.text().contains("emergency"))
        #expect(next(&bench, worker, 3) == ["1.6", "1.2", "1.3"])
        #expect(try bench.eventCodes().filter { $0.hasSuffix("-requested") }.count == 1)
        #expect(try standing(bench).state == .underWay)
    }

    @Test("What persons ask for goes before what they asked for later only by the order of work; cancelled, it is where it was")
    func cancelled() throws {
        var (bench, worker) = try bench()
        ask(&bench, .study("1.7"))
        ask(&bench, .study("1.5"))
        bench.restart()
        #expect(next(&bench, worker, 1) == ["1.5"])
        guard case .done = bench.act(.cancelRequest(RequestID(1), reason: "the wrong patient")) else { return #expect(Bool(false)) }
        #expect(try standing(bench).state == .ended)
        #expect(next(&bench, worker, 8) == ["1.1", "1.2", "1.3", "1.4", "1.6", "1.7", "1.8"])
        guard case .refused(let again) = bench.act(.cancelRequest(RequestID(1), reason: "twice")) else { return #expect(Bool(false)) }
        #expect(again.code == .notNow)
        guard case .refused(let unknown) = bench.act(.cancelRequest(RequestID(9), reason: "none")) else { return #expect(Bool(false)) }
        #expect(unknown.code == .unknown)
    }

    @Test("Its retry goes ahead as well")
    func retry() throws {
        var (bench, worker) = try bench()
        ask(&bench, .study("1.8"))
        let item = try #require(bench.lease(worker, 1).items.first)
        #expect(item.studyInstanceUID == "1.8")
        bench.fail(item, .destinationRefused, worker)
        #expect(next(&bench, worker) == ["1.1"])
        #expect(try standing(bench).state == .underWay)
        bench.tick(after: .seconds(6))
        #expect(next(&bench, worker) == ["1.8"])
    }

    @Test("It counts for what is read after it, of the patient's other numbers too")
    func readLater() throws {
        var (bench, worker) = try bench()
        let merge = HospitalNotice.merge(former: PatientKey(patientID: "OLD"), survivor: IdentityNotice(key: PatientKey(patientID: "P9")))
        _ = bench.process(.message(HospitalMessage(sender: "ADT", notices: [merge])))
        ask(&bench, patient("P9"))
        #expect(try standing(bench).state == .nothingKnown)
        bench.expect("B")
        bench.act(.importOrders([Bench.order("ACC9", patient: "P9", date: "20030101"), Bench.order("ACC10", patient: "P9", date: "20030102")]))
        bench.read("B", [Bench.study("2.1", patient: "P9", date: "20030101"), Bench.study("2.2", patient: "OLD", date: "20030102")], by: worker)
        bench.act(.assign(studyInstanceUID: "2.2", accessionNumber: "ACC10"))
        #expect(next(&bench, worker, 3) == ["2.2", "2.1", "1.1"])
        #expect(try standing(bench).studies.map(\.header.studyInstanceUID) == ["2.1", "2.2"])
    }

    @Test("A request follows its patient when the number is merged into another")
    func merged() throws {
        var (bench, worker) = try bench { "1960010\($0)" }
        ask(&bench, patient("P7"))
        let merge = HospitalNotice.merge(former: PatientKey(patientID: "P7"), survivor: IdentityNotice(key: PatientKey(patientID: "P4")))
        _ = bench.process(.message(HospitalMessage(sender: "ADT", notices: [merge])))
        #expect(try bench.ledger.read { try $0.request(RequestID(1)) }?.patient == PatientKey(patientID: "P4"))
        #expect(next(&bench, worker) == ["1.4"])
    }

    @Test("It is finished when all has arrived; what a person must settle is told with its reason")
    func states() throws {
        var (bench, worker) = try bench()
        ask(&bench, patient("P3"))
        bench.sendAll(worker)
        #expect(try standing(bench).state == .finished)
        bench.expect("B")
        bench.read("B", [Bench.study("2.1", patient: "P3", name: "Lee^Younghee", date: "20030225")], by: worker)
        let standing = try standing(bench)
        #expect(standing.state == .waitingForPerson)
        #expect(standing.studies.map(\.holdReason) == [nil, .competingStudies])
    }

    @Test("What cannot be meant is refused and changes nothing", arguments: [
        (RequestSubject.patient(PatientKey(patientID: " ")), "reason", "1 to 64 characters"), (.study("1 2"), "reason", "printable"), (.exam(""), "reason", "1 to 16"),
        (.exam("NOBODY"), "reason", "none of the legacy index"), (.study("1.1"), " ", "1 to 1000"), (.study("1.1"), String(repeating: "x", count: 1001), "1 to 1000"),
    ])
    func refused(subject: RequestSubject, reason: String, words: String) throws {
        var (bench, _) = try bench()
        let events = try bench.eventCodes().count
        guard case .refused(let error) = ask(&bench, subject, reason: reason) else { return #expect(Bool(false)) }
        #expect(error.message.contains(words))
        #expect(try bench.eventCodes().count == events)
        #expect(try bench.ledger.read { try $0.requests(.all, page: Page()) }.isEmpty)
    }

    @Test("A patient ID of several issuers needs the issuer; one that stands for many patients is refused")
    func ambiguous() throws {
        var (bench, worker) = try bench()
        var orders = [Bench.order("X1", patient: "P50"), Bench.order("X2", patient: "P50")]
        orders[0].patient.issuer = "HOSP"
        orders[1].patient.issuer = "LAB"
        bench.act(.importOrders(orders))
        guard case .refused(let error) = ask(&bench, patient("P50")) else { return #expect(Bool(false)) }
        #expect(error.code == .ambiguousPatient)
        guard case .done = ask(&bench, patient("P50", issuer: "LAB")) else { return #expect(Bool(false)) }
        bench.expect("B", "C")
        bench.read("C", [Bench.study("2.1", patient: "P50", date: "20030210")], by: worker)
        bench.act(.assign(studyInstanceUID: "2.1", accessionNumber: "X1"))
        #expect(try standing(bench).studies.isEmpty)
        bench.read("B", (0...1000).map { Bench.study("3.\($0)", patient: "0", instances: 1) }, by: worker)
        guard case .refused(let many) = ask(&bench, patient("0")) else { return #expect(Bool(false)) }
        #expect(many.code == .tooMany)
    }

    // MARK: Media

    @Test("Media to be inserted are told in their order: what is needed again, what the legacy index names, what may hold an exam")
    func media() throws {
        var (bench, worker) = try bench()
        let dated = { (label: String, from: String, to: String) in ExpectedMedium(label: label, kind: .cd, dateFrom: CalendarDate(from), dateTo: CalendarDate(to), shelf: "R1") }
        bench.act(.importMedia([dated("F", "20010101", "20011231"), dated("E", "20030101", "20031231"), dated("C", "19990101", "19991231"), dated("U", "", "")]))
        bench.act(.importMedia([ExpectedMedium(label: "COPY", kind: .cd, dateFrom: CalendarDate("20010101"), dateTo: CalendarDate("20011231"), copyOf: "F")]))
        var orders = [Bench.order("OLD1", patient: "P2", date: "20010305"), Bench.order("OLD2", patient: "P2", date: "19980305"), Bench.order("OLD3", patient: "P2", date: "20010306", status: "CA")]
        orders.append(Bench.order("OTHER", patient: "P3", date: "19990401"))
        bench.act(.importOrders(orders))
        let header = { (uid: String, date: String) in StudyHeader(studyInstanceUID: uid, patient: PatientIdentity(patientID: "P2"), studyDate: date) }
        bench.act(.importLegacyStudies([
            LegacyStudy(header: header("5.1", "20030305"), mediumLabel: "E"), LegacyStudy(header: header("5.2", "20030306"), mediumLabel: "E"),
            LegacyStudy(header: header("5.3", "19970306"), mediumLabel: "LOST"), LegacyStudy(header: header("1.2", "20030226"), mediumLabel: "A"),
        ]))
        _ = bench.hello(worker, spool: "another", custody: [])
        ask(&bench, patient("P2"))
        let standing = try standing(bench)
        #expect(standing.state == .waitingForMedia)
        #expect(standing.media.map(\.medium.label) == ["A", "E", "F"])
        #expect(standing.media.map(\.reason) == [.neededAgain, .listed, .possible])
        #expect(standing.media.map(\.count) == [1, 2, 1])
        #expect(standing.missing == 1)
        #expect(standing.undatedMedia == 1)
        #expect(standing.unknownAmong == 0)
        // The disc is inserted: what was asked for goes first, and the disc is no longer told.
        bench.read("A", (1...8).map { Bench.study("1.\($0)", patient: "P\($0)", date: Self.day($0)) }, by: worker)
        #expect(next(&bench, worker, 2) == ["1.2", "1.1"])
        #expect(try self.standing(bench).media.map(\.medium.label) == ["E", "F"])
        #expect(try self.standing(bench).state == .underWay)
    }

    @Test("Where nothing says on which medium a study lies, that is said; a study that waits for media names them")
    func unknownMedia() throws {
        var (bench, worker) = try bench()
        bench.act(.importMedia([ExpectedMedium(label: "B", kind: .cd, dateFrom: CalendarDate("20030301"), dateTo: CalendarDate("20030331")), ExpectedMedium(label: "C", kind: .cd)]))
        ask(&bench, .study("9.9"))
        #expect(try standing(bench).unknownAmong == 2)
        #expect(try standing(bench).state == .nothingKnown)
        bench.act(.importOrders([Bench.order("Q", patient: "Q", name: "", birthDate: "", date: "20030310")]))
        bench.expect("D")
        bench.read("D", [Bench.study("4.1", patient: "Q", name: "", birthDate: "", date: "20030310")], by: worker)
        ask(&bench, patient("Q"))
        let standing = try standing(bench, 2)
        #expect(standing.state == .waitingForMedia)
        #expect(standing.media.map(\.medium.label) == ["B"])
        #expect(standing.media.map(\.reason) == [.awaited])
        #expect(standing.studies.map(\.holdReason) == [.waitingForMedia])
    }
}

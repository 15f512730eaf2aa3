import Coordination
import Ledger
import LineProtocol
import Migration
import Testing

@Suite("Damaged and asked for: film that is to be digitised")
struct FilmTests {
    private static let day = CalendarDate("20030210")

    /// A bench with an order of P1's exam, whose disc A gave two of three files of study 1.1.
    private func bench(asking: Bool = true, copy: Bool = false) throws -> (Bench, WorkerID) {
        var bench = try Bench()
        bench.expect("A")
        if copy { bench.act(.importMedia([ExpectedMedium(label: "A2", kind: .cd, copyOf: "A")])) }
        bench.act(.importOrders([Bench.order("ACC1")]))
        let worker = bench.enrol("gateway1")
        bench.read("A", [Bench.study("1.1", instances: 2)], unreadable: [Bench.cut("IMAGES/3", study: "1.1", instance: "1.1.1.3")], by: worker)
        if asking { bench.act(.request(.patient(PatientKey(patientID: "P1")), reason: "clinic")) }
        bench.tick()
        return (bench, worker)
    }

    private func films(_ bench: Bench, all: Bool = false) throws -> [FilmRecord] {
        try bench.ledger.read { try $0.films(includingClosed: all, page: Page()) }
    }

    private func refusal(_ bench: inout Bench, _ action: OperatorAction) -> ActionError.Code? {
        guard case .refused(let error) = bench.act(action) else { return nil }
        return error.code
    }

    @Test("What is damaged and asked for makes one work item, whatever comes first, and it stays one; what nobody asks for makes none")
    func made() throws {
        var (bench, worker) = try bench()
        let film = try #require(try films(bench).first)
        #expect(film.reason == Sentence(.filmOfDamage, [.count(1), .count(1), .count(1), .study("1.1")]))
        #expect(film.order != nil)
        #expect(try bench.eventCodes().contains("film-of-damage"))
        bench.act(.request(.study("1.1"), reason: "again"))
        bench.tick()
        bench.restart()
        bench.expect("B")
        bench.read("B", [Bench.study("9.1", patient: "P9")], by: worker)
        bench.tick()
        #expect(try films(bench, all: true) == [film])
        let standing = try bench.ledger.read { reader in
            try RequestStanding(try #require(try reader.request(RequestID(1))), among: UnreadMedia(in: reader), in: reader)
        }
        #expect(standing.films == [film])

        let (quiet, _) = try self.bench(asking: false)
        #expect(try films(quiet).isEmpty)
    }

    @Test("It ends when a study that came later is linked to the exam's order, by a person's decision")
    func linked() throws {
        var (bench, worker) = try bench()
        bench.expect("FILM")
        // The digitiser's study claims the same order as what is left of the damaged one.
        bench.read("FILM", [Bench.study("7.1")], by: worker)
        #expect(try bench.study("7.1").holdReason == .competingStudies)
        #expect(try films(bench).count == 1)
        bench.act(.assign(studyInstanceUID: "7.1", accessionNumber: "ACC1"))
        #expect(try films(bench).isEmpty)
        let film = try #require(try films(bench, all: true).first)
        #expect(film.digitised == "7.1")
        #expect(film.closing == Sentence(.filmLinked, [.count(1), .study("7.1")]))
        // What is left of the damaged study, let go by a person, is not taken for film.
        var (other, _) = try self.bench()
        other.act(.assign(studyInstanceUID: "1.1", accessionNumber: "ACC1"))
        #expect(try films(other).count == 1)
    }

    @Test("A study of another modality, filed without the order, ends it when a person says so; the damaged one itself, one that is held and one that is not there do not")
    func done() throws {
        var (bench, worker) = try bench()
        bench.expect("FILM")
        bench.read("FILM", [Bench.study("7.1", modality: "OT"), Bench.study("7.2", patient: "P7", modality: "OT")], by: worker)
        #expect(try films(bench).count == 1)
        #expect(refusal(&bench, .doneFilm(FilmID(1), studyInstanceUID: "1.1")) == .badValue)
        #expect(refusal(&bench, .doneFilm(FilmID(1), studyInstanceUID: "7.2")) == .notNow)
        #expect(refusal(&bench, .doneFilm(FilmID(1), studyInstanceUID: "7.3")) == .unknown)
        #expect(refusal(&bench, .doneFilm(FilmID(2), studyInstanceUID: "7.1")) == .unknown)
        #expect(refusal(&bench, .doneFilm(FilmID(1), studyInstanceUID: "7.1")) == nil)
        #expect(try films(bench, all: true).map(\.digitised) == ["7.1"])
        #expect(refusal(&bench, .doneFilm(FilmID(1), studyInstanceUID: "7.1")) == .notNow)
    }

    @Test("It is open again when what ended it is taken back, or is another exam's after sending; linked once more, it ends once more")
    func linkGone() throws {
        var (bench, worker) = try bench()
        bench.act(.importOrders([Bench.order("ACC2", date: "20030301")]))
        bench.expect("FILM")
        bench.read("FILM", [Bench.study("7.1")], by: worker)
        bench.act(.assign(studyInstanceUID: "7.1", accessionNumber: "ACC1"))
        #expect(try films(bench).isEmpty)
        bench.act(.worklist(.undo, studyInstanceUID: "7.1"))
        #expect(try films(bench).map(\.digitised) == [""])
        #expect(try bench.eventCodes().contains("film-open-again"))
        bench.act(.assign(studyInstanceUID: "7.1", accessionNumber: "ACC1"))
        #expect(try films(bench).isEmpty)
        bench.sendAll(worker)
        bench.act(.assign(studyInstanceUID: "7.1", accessionNumber: "ACC2"))
        #expect(try films(bench).count == 1)
        bench.act(.assign(studyInstanceUID: "7.1", accessionNumber: "ACC1"))
        #expect(try films(bench).isEmpty && films(bench, all: true).map(\.digitised) == ["7.1"])
    }

    @Test("It is open again when the study with which a person ended it is left out, or what linked that is taken back; reassigned, it stays ended", arguments: [true, false])
    func doneGone(isLeftOut: Bool) throws {
        var (bench, worker) = try bench()
        bench.act(.importOrders([Bench.order("ACC9", date: "20030301", modality: "OT")]))
        bench.expect("FILM")
        bench.read("FILM", [Bench.study("7.1", name: "Kim", modality: "OT")], by: worker)
        bench.act(.assign(studyInstanceUID: "7.1", accessionNumber: "ACC9"))
        #expect(refusal(&bench, .doneFilm(FilmID(1), studyInstanceUID: "7.1")) == nil)
        #expect(try films(bench).isEmpty)
        if isLeftOut {
            bench.act(.worklist(.postpone(until: bench.now + .minutes(5)), studyInstanceUID: "7.1", terms: DecisionTerms(reason: "later")))
            bench.fail(try #require(bench.lease(worker).items.first { $0.studyInstanceUID == "7.1" }), .notAccepted, worker)
            bench.pass(.seconds(100), beating: [worker: []])
            #expect(bench.refusal(.worklist(.exclude, studyInstanceUID: "7.1", terms: DecisionTerms(reason: "another's film")), by: "ann") == nil)
        } else {
            #expect(bench.refusal(.worklist(.undo, studyInstanceUID: "7.1"), by: "ann") == nil)
        }
        #expect(try films(bench).map(\.digitised) == [""] && films(bench, all: true).count == 1)
    }

    @Test("It is open again when the order by which matching linked it is cancelled before the digitised study was sent")
    func orderCancelled() throws {
        var bench = try Bench()
        bench.act(.importMedia([ExpectedMedium(label: "L", kind: .dlt, dateFrom: CalendarDate("20030101"), dateTo: CalendarDate("20031231"))]))
        bench.act(.importOrders([Bench.order("ACC1")]))
        bench.act(.request(.patient(PatientKey(patientID: "P1")), reason: "clinic"))
        bench.act(.excludeMedium(label: "L", reason: "lost"))
        bench.tick()
        #expect(try films(bench).map(\.reason.code) == ["film-of-exam"])
        bench.expect("FILM")
        let worker = bench.enrol("gateway1")
        bench.read("FILM", [Bench.study("7.1")], by: worker)
        #expect(try films(bench).isEmpty)
        bench.act(.importOrders([Bench.order("ACC1", status: "cancelled")]))
        #expect(try films(bench).count == 1)
    }

    @Test("It ends when the study is left out, and is open again when that is taken back; one that a person ended stays so")
    func leftOut() throws {
        let exclude = OperatorAction.worklist(.exclude, studyInstanceUID: "1.1", terms: DecisionTerms(reason: "a phantom"))
        var (bench, _) = try bench()
        bench.act(.importOrders([Bench.order("ACC2")]))
        #expect(try bench.study("1.1").holdReason == .severalOrders && films(bench).count == 1)
        #expect(bench.refusal(exclude, by: "ann") == nil)
        #expect(try films(bench).isEmpty && films(bench, all: true).first?.closing == Sentence(.filmLeftOut, [.count(1), .study("1.1")]))
        bench.tick()
        #expect(try films(bench).isEmpty)
        bench.act(.worklist(.undo, studyInstanceUID: "1.1"))
        #expect(try films(bench).count == 1)
        bench.act(.cancelFilm(FilmID(1), reason: "the film is lost"))
        bench.act(exclude)
        bench.act(.worklist(.undo, studyInstanceUID: "1.1"))
        #expect(try films(bench).isEmpty)
    }

    @Test("One that a person cancels is not made again for the same request, and is for another")
    func cancelled() throws {
        var (bench, _) = try bench()
        #expect(refusal(&bench, .cancelFilm(FilmID(1), reason: " ")) == .badValue)
        #expect(refusal(&bench, .cancelFilm(FilmID(1), reason: "the film is lost")) == nil)
        bench.restart()
        bench.tick()
        #expect(try films(bench).isEmpty)
        bench.act(.request(.study("1.1"), reason: "found"))
        bench.tick()
        #expect(try films(bench).map(\.request) == [RequestID(2)])
    }

    @Test("While a copy of the disc is to be read there is hope: no item; one that it makes good ends, and one that it does not is made")
    func copies() throws {
        var (bench, worker) = try bench(copy: true)
        #expect(try films(bench).isEmpty)
        bench.read(
            "A2", [Bench.study("1.1", instances: 2)], unreadable: [Bench.cut("IMAGES/3", study: "1.1", instance: "1.1.1.3")], fingerprint: Bench.hex("A2"), by: worker)
        bench.tick()
        #expect(try films(bench).count == 1)
        bench.act(.importMedia([ExpectedMedium(label: "A3", kind: .cd, copyOf: "A")]))
        bench.read("A3", [Bench.study("1.1")], fingerprint: Bench.hex("A3"), by: worker)
        #expect(try films(bench).isEmpty)
        #expect(try films(bench, all: true).first?.closing?.code == "film-not-needed")
    }

    @Test("So are studies that the legacy index lists on a medium that is left out or gave nothing of them, and exams of a damaged medium's days")
    func unread() throws {
        var bench = try Bench()
        bench.act(.importMedia([
            ExpectedMedium(label: "L", kind: .dlt, dateFrom: CalendarDate("20010101"), dateTo: CalendarDate("20011231")), ExpectedMedium(label: "X", kind: .dlt),
        ]))
        bench.act(.importOrders([Bench.order("ACC1"), Bench.order("ACC2", date: "20010303"), Bench.order("ACC3", date: "20020303")]))
        let header = StudyHeader(studyInstanceUID: "5.1", patient: PatientIdentity(patientID: "P1"), studyDate: "20030210", modalities: ["CT"])
        bench.act(.importLegacyStudies([LegacyStudy(header: header, mediumLabel: "X")]))
        bench.act(.request(.patient(PatientKey(patientID: "P1")), reason: "clinic"))
        bench.tick()
        #expect(try films(bench).isEmpty)
        bench.act(.excludeMedium(label: "X", reason: "eaten by the drive"))
        bench.tick()
        #expect(try films(bench).map(\.studyInstanceUID) == ["5.1"])
        bench.act(.excludeMedium(label: "L", reason: "lost"))
        bench.tick()
        let made = try films(bench)
        #expect(made.map(\.reason.code) == ["film-of-missing", "film-of-exam"])
        #expect(made.last?.reason.arguments.last == .label("L"))
        // The order of the exam is linked to what comes.
        bench.expect("FILM")
        let worker = bench.enrol("gateway1")
        bench.read("FILM", [Bench.study("7.1"), Bench.study("7.2", date: "20010303")], by: worker)
        #expect(try films(bench).isEmpty)
        #expect(try films(bench, all: true).map(\.digitised) == ["7.1", "7.2"])
    }
}

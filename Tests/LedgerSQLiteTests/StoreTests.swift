import Foundation
import Ledger
@testable import LedgerSQLite
import Migration
import Testing

@Suite("The stores: what is written is read back")
struct StoreTests {
    private let ledger: SQLiteLedger

    init() throws { ledger = try SQLiteLedger() }

    private func header(_ uid: String, patient: String = "P1") -> StudyHeader {
        StudyHeader(studyInstanceUID: uid, patient: PatientIdentity(patientID: Identifying(patient)), studyDate: "20030210", modalities: ["CT"])
    }

    private func instance(_ number: Int, _ study: String = "1.2.840.113619.2.1") -> InstanceRecord {
        let digest = String(format: "%064x", number &* 2_654_435_761)
        return InstanceRecord(
            sopInstanceUID: "\(study).\(number)", sopClassUID: "1.2.840.10008.5.1.4.1.1.2", seriesInstanceUID: "\(study).9",
            transferSyntaxUID: "1.2.840.10008.1.2.4.70", sha256: digest, contentDigest: String(digest.reversed()),
            byteCount: Int64(525_000 + number), path: "DICOM/ST0/SE\(number / 100)/영상\(number)")
    }

    private func insertPart(_ tx: any LedgerTransaction, study: StudyID, instances: [InstanceRecord]) throws -> PartRecord {
        let medium = try tx.insertMedium(ExpectedMedium(label: "A\(study)", kind: .cd))
        let part = PartRecord(
            id: PartID(0), study: study, medium: medium.id, worker: WorkerID(1), mediumGrant: GrantNumber(1),
            instanceCount: instances.count, byteCount: 1, wanted: InstanceRanges(upTo: instances.count))
        return try tx.insertPart(part, instances: instances)
    }

    @Test("What SQLite refuses inside a savepoint is an error of the ledger there and then, and what was before it remains")
    func savepointTranslates() throws {
        try ledger.write { tx in
            _ = try tx.insertMedium(ExpectedMedium(label: "A", kind: .cd))
            let error = #expect(throws: LedgerError.self) {
                try tx.savepoint { _ = try tx.insertMedium(ExpectedMedium(label: "A", kind: .cd)) }
            }
            #expect(error?.code == .contradiction)
        }
        #expect(try ledger.write { try $0.medium(label: "A") } != nil)
    }

    @Test("An event that was undone with its savepoint is no link of the chain")
    func chainGoesOnAfterUndoing() throws {
        struct Undone: Error {}
        try ledger.write { tx in
            try tx.append(Sentence("first"), about: EventSubject(), at: Instant(milliseconds: 1))
            #expect(throws: Undone.self) {
                try tx.savepoint {
                    try tx.append(Sentence("undone"), about: EventSubject(), at: Instant(milliseconds: 2))
                    throw Undone()
                }
            }
            try tx.append(Sentence("second"), about: EventSubject(), at: Instant(milliseconds: 3))
        }
        try ledger.read { reader throws in
            #expect(try reader.verifyChain() == .whole(count: 2))
            #expect(try reader.events(about: EventSubject(), page: Page(limit: 9)).map(\.sentence.code) == ["first", "second"])
        }
    }

    @Test("A counter that went on in an undone savepoint goes back with it, and is written with the commit")
    func countersGoBack() throws {
        struct Undone: Error {}
        try ledger.write { tx in
            #expect(try tx.next(.grant) == 1)
            #expect(throws: Undone.self) {
                try tx.savepoint {
                    #expect(try tx.next(.grant) == 2)
                    #expect(try tx.next(.erasure) == 1)
                    throw Undone()
                }
            }
            #expect(try tx.value(of: .grant) == 1)
            #expect(try tx.savepoint { try tx.next(.grant) } == 2)
            try tx.raise(.trial, to: 9)
            try tx.raise(.trial, to: 5)
        }
        #expect(throws: Undone.self) {
            try ledger.write { tx in
                #expect(try tx.next(.grant) == 3)
                throw Undone()
            }
        }
        try ledger.write { tx throws in
            #expect(try tx.value(of: .grant) == 2)
            #expect(try tx.value(of: .erasure) == 0)
            #expect(try tx.next(.trial) == 10)
        }
    }

    @Test("A decision that was kept with one hold by its name is read as one that settled that hold; it is written as a list, always the same")
    func settledOnce() throws {
        let old = try Coding.decode(PersonalDecision.self, #"{"by":"ann","kind":"assigned","settled":"no-order"}"#)
        #expect(old == PersonalDecision(by: "ann", kind: .assigned, settled: [.noOrder]))
        #expect(try Coding.decode(PersonalDecision.self, #"{"by":"ann","kind":"assigned"}"#).settled.isEmpty)
        let new = try Coding.json(PersonalDecision(by: "ann", kind: .assigned, settled: [.uidConflict, .noOrder]))
        #expect(new == #"{"by":"ann","kind":"assigned","settled":["no-order","uid-conflict"]}"#)
    }

    @Test("A study's record comes back as it was written")
    func studyRoundTrip() throws {
        try ledger.write { tx in
            var study = try tx.insertStudy(header("1.1"))
            study.progress.state = .exception
            study.progress.attempts = 3
            study.progress.retryAt = Instant(milliseconds: 42)
            study.progress.category = .presentBefore
            study.progress.detail = "differs"
            study.progress.wasGranted = true
            study.progress.doneCount = 2
            study.progress.sentence = Sentence(.gaveUp, [.text("present-before"), .count(3), .text("differs")])
            study.outcome = .examLevelFailed
            study.holdReason = .noOrder
            study.order = OrderID(7)
            study.isCorroborated = true
            study.decision = PersonalDecision(by: "operator", kind: .assigned, settled: [.noOrder])
            study.plan = SendPlan(
                coercions: [Coercion(tag: "00080050", value: "UX00000001", rule: .unspecifiedExam)], patientID: "P1 ",
                accessionNumber: "UX00000001")
            study.reservedAccession = "UX00000001"
            study.flags = ["competing-studies", "uid-conflict"]
            study.conflicts.hasTwoPatients = true
            study.conflicts.hasInstanceConflict = true
            study.size.instances = 3
            study.size.bytes = 1 << 40
            study.size.unreadable = 1
            study.beyond = ["9.9"]
            try tx.updateStudy(study)
            #expect(try tx.study(study.id) == study)
            #expect(try tx.study(uid: "1.1") == study)
            #expect(try tx.plannedPatients(accessionNumber: "UX00000001") == ["P1"])
            #expect(try tx.plannedPatients(accessionNumber: "UX00000002").isEmpty)
            #expect(try tx.studies(under: OrderID(7)) == [study])
            #expect(try tx.studiesToRetry(at: Instant(milliseconds: 41), limit: 9).isEmpty)
            #expect(try tx.studiesToRetry(at: Instant(milliseconds: 42), limit: 9) == [study])
        }
    }

    @Test("Patient IDs are found without the spaces around them")
    func patientKeys() throws {
        try ledger.write { tx in
            _ = try tx.insertStudy(header("1.1", patient: " P1 "))
            _ = try tx.insertStudy(header("1.2", patient: "P 1"))
            #expect(try tx.studies(ofPatient: "P1").map(\.header.studyInstanceUID) == ["1.1"])
        }
    }

    @Test("A part of which each second instance is done is read as fast as any", .timeLimit(.minutes(5)))
    func manyRanges() throws {
        let done = InstanceRanges((0..<300_000).map { 2 * $0 })
        try ledger.write { tx in
            var part = try insertPart(tx, study: try tx.insertStudy(header("1.1")).id, instances: [instance(0)])
            part.done = done
            try tx.updatePart(part)
            #expect(try tx.part(part.id)?.done == done)
        }
    }

    @Test(
        "Ranges out of order, cut off, or of anything but positions are damage",
        arguments: ["1", "1-", "-1", "2-1", "0-1,", ",0-1", "0-1,1-2", "a-b", "0-1;", "0-99999999999999999999"])
    func damagedRanges(text: String) {
        #expect(throws: LedgerError.self) { try Coding.ranges(text) }
    }

    @Test("Only parts that an unanswered grant may still be sending are fenced, the first to end first")
    func fencedParts() throws {
        let plan = SendPlan(coercions: [], patientID: "P1", accessionNumber: "ACC1")
        try ledger.write { tx in
            let ends: [Int64?] = [30, 10, 20, nil]
            let parts = try ends.enumerated().map { place, end in
                let study = try tx.insertStudy(header("1.\(place)"))
                var part = try insertPart(tx, study: study.id, instances: [instance(0)])
                part.fence = end.map { Fence(until: Instant(milliseconds: $0), plan: plan) }
                try tx.updatePart(part)
                return part
            }
            #expect(try tx.fencedParts(after: Instant(milliseconds: 10)) == [parts[2], parts[0]])
        }
    }

    @Test("A part's record and its instances come back as they were written", arguments: [0, 1, 3, 1500])
    func partRoundTrip(count: Int) throws {
        let instances = (0..<count).map { instance($0) }
        try ledger.write { tx in
            let study = try tx.insertStudy(header("1.1"))
            var part = try insertPart(tx, study: study.id, instances: instances)
            part.custody = .lost
            part.done = InstanceRanges([0, 2])
            part.grant = GrantNumber(9)
            let plan = SendPlan(coercions: [], patientID: "P1", accessionNumber: "ACC1")
            part.fence = Fence(until: Instant(milliseconds: 77), plan: plan)
            part.queue.isOpen = true
            part.queue.notBefore = Instant(milliseconds: 5)
            part.queue.workClass = 0
            part.queue.workOrder = -20_030_210
            part.erasure = 3
            try tx.updatePart(part)
            #expect(try tx.part(part.id) == part)
            #expect(try tx.parts(of: study.id) == [part])
            #expect(try tx.instances(of: part.id) == instances)
            // A lease changes no more of a part than this.
            part.grant = GrantNumber(10)
            part.queue.isOpen = false
            try tx.updatePart(part)
            #expect(try tx.part(part.id) == part)
            // One that is leased may move all the same.
            part.custody = .lost
            try tx.updatePart(part)
            #expect(try tx.part(part.id) == part)
        }
    }

    @Test("A manifest of 1,500 instances takes less than 100 bytes an instance")
    func manifestSize() throws {
        let path = NSTemporaryDirectory() + "skein-\(UUID().uuidString).sqlite"
        defer { for suffix in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + suffix) } }
        let ledger = try SQLiteLedger(path: path)
        func size() throws -> Int {
            try ledger.checkpoint()
            return try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int ?? 0
        }
        let study = try ledger.write { try $0.insertStudy(header("1.1")) }
        let before = try size()
        try ledger.write { tx in _ = try insertPart(tx, study: study.id, instances: (0..<1500).map { instance($0) }) }
        #expect(try size() - before < 150_000)
    }

    @Test("Studies that may hold an instance are found by its UID, never the study itself")
    func instanceKeys() throws {
        try ledger.write { tx in
            let studies = try (1...3).map { try tx.insertStudy(header("1.\($0)")).id }
            try tx.insertInstanceKeys(["a", "b"], of: studies[2])
            try tx.insertInstanceKeys(["a"], of: studies[0])
            try tx.insertInstanceKeys(["a", "c"], of: studies[1])
            #expect(try tx.studiesMayHold("a", except: studies[1]) == [studies[0], studies[2]])
            #expect(try tx.studiesMayHold("c", except: studies[1]).isEmpty)
        }
    }

    @Test("A page goes on after the last row of the one before it, and is never longer than its bound")
    func paging() throws {
        try ledger.write { tx in for number in 1...5 { _ = try tx.insertStudy(header("1.\(number)")) } }
        let first = try ledger.read { try $0.studies(StudyFilter(), page: Page(limit: 2)) }
        let second = try ledger.read { try $0.studies(StudyFilter(), page: Page(after: first.last?.study.id, limit: 10)) }
        #expect((first + second).map(\.study.header.studyInstanceUID) == ["1.1", "1.2", "1.3", "1.4", "1.5"])
        #expect(first.count == 2)
        #expect(Page<StudyID>(limit: 1_000_000).limit == Page<StudyID>.limitBound)
    }

    @Test("Filters restrict the list of studies, and sums add up")
    func filtersAndSums() throws {
        try ledger.write { tx in
            for number in 1...4 {
                var study = try tx.insertStudy(header("1.\(number)", patient: "P\(number % 2)"))
                study.progress.state = number < 3 ? .held : .verified
                study.holdReason = number == 1 ? .noOrder : number == 2 ? .severalOrders : nil
                study.outcome = number == 1 ? .examLevelFailed : .matched
                study.size.instances = 10
                study.progress.doneCount = number < 3 ? 0 : 10
                study.flags = number == 4 ? ["uid-conflict"] : []
                try tx.updateStudy(study)
            }
            _ = try tx.insertMedium(ExpectedMedium(label: "A", kind: .cd))
        }
        func list(_ filter: StudyFilter) throws -> [String] {
            try ledger.read { try $0.studies(filter, page: Page()) }.map(\.study.header.studyInstanceUID)
        }
        #expect(try list(StudyFilter(state: .held)) == ["1.1", "1.2"])
        #expect(try list(StudyFilter(outcome: .matched)) == ["1.2", "1.3", "1.4"])
        #expect(try list(StudyFilter(holdReason: .noOrder)) == ["1.1"])
        #expect(try list(StudyFilter(state: .held, patientID: "P0")) == ["1.2"])
        #expect(try list(StudyFilter(isFlagged: true)) == ["1.4"])
        let progress = try ledger.read { try $0.progress() }
        #expect(progress.studies.map(\.state) == [.held, .verified])
        #expect(progress.studies.map(\.count) == [2, 2])
        #expect(progress.held.map(\.reason) == [.severalOrders, .noOrder])
        #expect(progress.doneInstances == 20)
        #expect(progress.media == [MediumTally(state: .expected, count: 1)])
    }

    @Test("A medium that was read in part is open while studies may lie on it of which nothing is known, and nobody gave it up")
    func openMedia() throws {
        try ledger.write { tx in
            var medium = try tx.insertMedium(ExpectedMedium(label: "A", kind: .cd))
            func isOpen(_ state: MediumState, findings: [Sentence] = [], isGivenUp: Bool = false) throws -> Bool {
                medium.state = state
                medium.closedGrant = GrantNumber(1)
                medium.contents = MediumContents(volumeIdentifier: "", byteCount: 1, fileCount: 1, findings: findings, isOnline: false)
                medium.isGivenUp = isGivenUp
                try tx.updateMedium(medium)
                let isOpen = try tx.openMedium(covering: nil) != nil
                #expect(try tx.openMedium(labelled: "A") == (isOpen ? medium : nil))
                #expect(try tx.openMedia(covering: nil, limit: 9).isEmpty != isOpen)
                #expect(try tx.mediaReadInPart(limit: 9).isEmpty != (isOpen && state == .partlyRead))
                #expect(try tx.unreadMedia().isEmpty)
                return isOpen
            }
            let damage = [Sentence("folder-unreadable")]
            #expect(try !isOpen(.partlyRead))
            #expect(try isOpen(.partlyRead, findings: damage))
            #expect(try isOpen(.reading, findings: damage))
            #expect(try isOpen(.expected, findings: damage))
            #expect(try !isOpen(.partlyRead, findings: damage, isGivenUp: true))
            #expect(try !isOpen(.excluded, findings: damage))
            let file = UnreadableFile(path: "IMAGES/1", code: "cut", detail: "", studyInstanceUID: "1.1", sopInstanceUID: "1.1.1")
            try tx.insertUnreadable(file, on: medium.id, grant: GrantNumber(1), isResolved: false)
            #expect(try isOpen(.partlyRead))
            _ = try tx.insertStudy(StudyHeader(studyInstanceUID: "1.1", patient: PatientIdentity(patientID: "P1")))
            #expect(try !isOpen(.partlyRead))
        }
    }

    @Test("An unread medium covers a day when its range holds it or says nothing; copies of read media do not count")
    func unreadMedia() throws {
        func day(_ text: String) -> CalendarDate? { CalendarDate(text) }
        func days(_ text: String) throws -> ClosedRange<CalendarDate> {
            let day = try #require(CalendarDate(text))
            return day...day
        }
        try ledger.write { tx in
            _ = try tx.insertMedium(ExpectedMedium(label: "B", kind: .cd, dateFrom: day("20030101"), dateTo: day("20031231")))
            var original = try tx.insertMedium(ExpectedMedium(label: "A", kind: .cd))
            _ = try tx.insertMedium(ExpectedMedium(label: "A2", kind: .cd, copyOf: "A"))
            #expect(try tx.openMedium(covering: days("19990101"))?.label == "A")
            original.state = .read
            original.closedGrant = GrantNumber(1)
            try tx.updateMedium(original)
            #expect(try tx.openMedium(covering: days("19990101")) == nil)
            #expect(try tx.openMedium(covering: days("20030210"))?.label == "B")
            #expect(try tx.openMedium(covering: days("20021231").lowerBound...days("20030101").upperBound)?.label == "B")
            #expect(try tx.openMedium(covering: days("20031231").lowerBound...days("20040105").upperBound)?.label == "B")
            #expect(try tx.openMedium(covering: days("20021201").lowerBound...days("20021231").upperBound) == nil)
            #expect(try tx.openMedium(covering: nil)?.label == "B")
            _ = try tx.insertMedium(ExpectedMedium(label: "X", kind: .cd, dateFrom: day("20050101"), dateTo: day("20040101")))
            #expect(try tx.openMedium(covering: days("19990101"))?.label == "X")
        }
    }
}

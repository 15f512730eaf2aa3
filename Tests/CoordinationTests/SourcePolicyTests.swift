@testable import Coordination
import Ledger
import LineProtocol
import Migration
import Testing

@Suite("Policies by outcome and source")
struct SourcePolicyTests {
    private static func medium(_ label: String, _ kind: MediumKind, _ shelf: String, copyOf: String = "") -> ExpectedMedium {
        ExpectedMedium(label: label, kind: kind, dateFrom: CalendarDate("20030101"), dateTo: CalendarDate("20031231"), shelf: shelf, copyOf: copyOf)
    }

    private static let media = [
        medium("T1", .dlt, "jukebox"), medium("T2", .dlt, "shelf 4"), medium("CD-1", .cd, "shelf 4"), medium("CD-2", .cd, "shelf 4"),
        medium("COPY", .cd, "shelf 5", copyOf: "T2"),
    ]

    /// A bench that has read `studies` from the media that they are named after, in that order, and knows no others.
    private func bench(_ policies: Policies, _ orders: [Order], _ studies: [(String, StudyInventory)], ask: String? = nil) throws -> Bench {
        var bench = try Bench(Bench.configuration(policies))
        bench.act(.importMedia(Self.media.filter { medium in studies.contains { $0.0 == medium.label } }))
        bench.act(.importOrders(orders))
        let worker = bench.enrol("gateway1")
        if let ask { bench.act(.request(.patient(PatientKey(patientID: "P1")), reason: ask)) }
        for (label, study) in studies { bench.read(label, [study], by: worker) }
        bench.pass(.seconds(2))
        return bench
    }

    @Test("Each outcome may be left out, held or let go, but for what it must not come to", arguments: [
        (Policies(matched: .hold), [Bench.order("ACC1")], StudyState.held, HoldReason.policy as HoldReason?),
        (Policies(matched: .exclude), [Bench.order("ACC1")], .excluded, nil),
        (Policies(manualMatch: .exclude), [Bench.order("ACC1"), Bench.order("ACC2")], .excluded, nil),
        (Policies(examLevelFailed: .exclude), [Bench.order("ACC1", date: "20020101")], .excluded, nil),
        (Policies(patientLevelFailed: .exclude), [], .excluded, nil),
        (Policies(patientLevelFailed: .unspecifiedExam), [], .ready, nil),
        // What contradicts is for a person, whatever the policies say.
        (Policies(manualMatch: .exclude, examLevelFailed: .exclude), [Bench.order("ACC1", birthDate: "19700101")], .held, .contradiction),
        (Policies(manualMatch: .exclude, examLevelFailed: .exclude), [Bench.order("ACC1", birthDate: "19700101", date: "20020101")], .held, .contradiction),
        // One accession number of two patients, too.
        (Policies(matched: .exclude), [Bench.order("ACC1"), Bench.order("ACC1", patient: "P2")], .held, .accessionTwoPatients),
    ])
    func outcomes(policies: Policies, orders: [Order], state: StudyState, reason: HoldReason?) throws {
        let study = try bench(policies, orders, [("T1", Bench.study("1.1"))]).study("1.1")
        #expect(study.progress.state == state)
        #expect(study.holdReason == reason)
        #expect((study.plan != nil) == (state == .ready))
        #expect((study.progress.sentence?.code == "excluded-by-policy") == (state == .excluded))
    }

    @Test("A study of two patients, or with an object of two contents, is held where its outcome is left out")
    func conflicts() throws {
        let policies = Policies(matched: .exclude, manualMatch: .exclude, examLevelFailed: .exclude, patientLevelFailed: .exclude)
        let other = try bench(policies, [], [("T1", Bench.study("1.1")), ("T2", Bench.study("1.1", patient: "P9", instances: 2, from: 8))])
        #expect(try other.study("1.1").holdReason == .studyTwoPatients)
    }

    @Test("A rule is for media of a kind, a label or a shelf; the first that names the outcome counts")
    func sources() throws {
        let policies = Policies(sources: [
            SourcePolicy(kind: .dlt, shelf: "juke*", outcomes: [.matched: .hold]), SourcePolicy(kind: .dlt, outcomes: [.matched: .exclude, .examLevelFailed: .exclude]),
        ])
        for (label, state) in [("T1", StudyState.held), ("T2", .excluded), ("CD-1", .ready)] {
            #expect(try bench(policies, [Bench.order("ACC1")], [(label, Bench.study("1.1"))]).study("1.1").progress.state == state, "\(label)")
        }
        #expect(try bench(policies, [Bench.order("ACC1", date: "20020101")], [("T1", Bench.study("1.1"))]).study("1.1").progress.state == .excluded)
    }

    @Test("A study on media with different policies is held, whichever was read first; what a person requests is held at least")
    func different() throws {
        let policies = Policies(sources: [SourcePolicy(kind: .dlt, outcomes: [.matched: .exclude])])
        let parts = [("T1", Bench.study("1.1")), ("CD-1", Bench.study("1.1", instances: 2, from: 4))]
        for order in [parts, parts.reversed()] {
            #expect(try bench(policies, [Bench.order("ACC1")], order).study("1.1").holdReason == .policy)
        }
        let both = [("T1", Bench.study("1.1")), ("T2", Bench.study("1.1", instances: 2, from: 4))]
        #expect(try bench(policies, [Bench.order("ACC1")], both).study("1.1").progress.state == .excluded)
        var asked = try bench(policies, [Bench.order("ACC1")], both, ask: "clinic")
        #expect(try asked.study("1.1").holdReason == .policy)
        asked.act(.cancelRequest(RequestID(1), reason: "by mistake"))
        asked.pass(.seconds(3))
        #expect(try asked.study("1.1").progress.state == .excluded)
    }

    @Test("A copy has the policy of what it is a copy of: which of them is read makes no difference")
    func copies() throws {
        let policies = Policies(sources: [SourcePolicy(kind: .dlt, outcomes: [.matched: .exclude])])
        var bench = try Bench(Bench.configuration(policies))
        bench.act(.importMedia(Self.media))
        bench.act(.importOrders([Bench.order("ACC1")]))
        bench.read("COPY", [Bench.study("1.1")], by: bench.enrol("gateway1"))
        #expect(try bench.study("1.1").progress.state == .excluded)
    }

    @Test("What would go waits while an unread medium with another policy could hold more of it")
    func waiting() throws {
        let policies = Policies(sources: [SourcePolicy(kind: .dlt, outcomes: [.matched: .hold])])
        var bench = try Bench(Bench.configuration(policies))
        bench.act(.importMedia([Self.media[0], Self.media[2], Self.media[3]]))
        bench.act(.importOrders([Bench.order("ACC1"), Bench.order("ACC2", patient: "P2")]))
        let worker = bench.enrol("gateway1")
        bench.read("CD-1", [Bench.study("1.1"), Bench.study("2.1", patient: "P2")], by: worker)
        #expect(try bench.study("1.1").holdReason == .waitingForMedia)
        #expect(try bench.study("1.1").progress.sentence == Sentence(.waitingForPolicy, [.label("T1")]))
        #expect(bench.lease(worker).items.isEmpty)
        bench.read("T1", [Bench.study("1.1", instances: 2, from: 4)], by: worker)
        bench.pass(.seconds(2))
        #expect(try bench.study("1.1").holdReason == .policy)
        // CD-2 is not read yet, and has no other policy.
        #expect(try bench.study("2.1").progress.state == .ready)
    }

    @Test("Other policies count after a restart for what waits, and a person lets go what a policy holds")
    func restart() throws {
        var bench = try bench(Policies(matched: .exclude), [Bench.order("ACC1")], [("T1", Bench.study("1.1"))])
        bench.configuration.policies = Policies(matched: .hold)
        bench.restart()
        bench.pass(.seconds(9))
        #expect(try bench.study("1.1").holdReason == .policy)
        bench.act(.assign(studyInstanceUID: "1.1", accessionNumber: "ACC1"))
        #expect(try bench.study("1.1").progress.state == .ready)
    }

    @Test("A medium that stands elsewhere in a later list has that place's policy")
    func otherPlace() throws {
        var bench = try bench(Policies(sources: [SourcePolicy(shelf: "bin", outcomes: [.matched: .exclude])]), [Bench.order("ACC1")], [("CD-1", Bench.study("1.1"))])
        #expect(try bench.study("1.1").progress.state == .ready)
        bench.act(.importMedia([Self.medium("CD-1", .cd, "bin")]))
        bench.pass(.seconds(8))
        #expect(try bench.study("1.1").progress.state == .excluded)
    }

    @Test("An asterisk stands for any text", arguments: [
        ("RAID-1", "RAID*", true), ("RAID", "RAID*", true), ("XRAID", "RAID*", false), ("a-b-c", "a*b*c", true), ("abc", "*", true), ("", "*", true),
        ("aba", "ab*ba", false), ("T1", "T1", true), ("T1", "T2", false), ("x1y2z", "x*2*z", true), ("x1y2z", "x*3*z", false),
    ])
    func patterns(text: String, pattern: String, fits: Bool) { #expect(SourcePolicy.matches(text, pattern) == fits) }
}

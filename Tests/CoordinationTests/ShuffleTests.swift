import Coordination
import Ledger
import LineProtocol
import Migration
import Testing

/// A small generator of numbers, the same on every machine for the same seed (SplitMix64, Steele et al. 2014).
struct SeededNumbers: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

@Suite("No outcome depends on which disc was read first (law 13)")
struct ShuffleTests {
    struct Disc {
        var label: String
        var studies: [StudyInventory]
        var unreadable: [UnreadableFile] = []
    }

    /// Discs with every kind of trouble between them.
    private static let discs = [
        Disc(label: "A", studies: [Bench.study("1.1"), Bench.study("2.1", patient: "P2"), Bench.study("8.1", patient: "P8", name: "")]),
        Disc(label: "B", studies: [Bench.study("2.2", patient: "P2"), Bench.study("3.1", patient: "P3", instances: 2)]),
        Disc(label: "C", studies: [Bench.study("3.1", patient: "P3", instances: 4), Bench.study("4.1", patient: "P4")]),
        Disc(
            label: "D", studies: [Bench.study("5.1", patient: "P5", instances: 2)],
            unreadable: [Bench.cut("IMAGES/5", study: "5.1", instance: "5.1.1.3"), Bench.cut("IMAGES/6", study: "6.1", instance: "6.1.1.3")]),
        Disc(label: "E", studies: [Bench.study("5.1", patient: "P5", instances: 3), Bench.study("6.1", patient: "P6", instances: 2)]),
        Disc(label: "F", studies: [Bench.study("7.1", patient: "P7"), Bench.study("4.1", patient: "P9", instances: 1, from: 9)]),
        Disc(label: "G", studies: [conflicting, Bench.study("8.2", patient: "P8", name: "", date: "20030211")]),
    ]

    private static var conflicting: StudyInventory {
        var study = Bench.study("9.1", patient: "P9", instances: 1)
        study.instances.append(Bench.instance("7.1.1.1", content: "other"))
        return study
    }

    private static let orders =
        (1...9).map { Bench.order("ACC\($0)", patient: "P\($0)", name: $0 == 8 ? "" : "Kim^Chulsoo", birthDate: $0 == 8 ? "" : "19600101") }

    /// What matters of all studies after the discs were read in this order, before anything is sent; and after all is sent.
    private static func outcomes(_ discs: [Disc]) throws -> (decided: [String], sent: [String]) {
        var bench = try Bench()
        bench.act(.importMedia(discs.sorted { $0.label < $1.label }.map { ExpectedMedium(label: $0.label, kind: .cd) }))
        bench.act(.importOrders(orders))
        let workers = [bench.enrol("gateway1"), bench.enrol("gateway2")]
        for (index, disc) in discs.enumerated() {
            bench.read(disc.label, disc.studies, unreadable: disc.unreadable, by: workers[index % 2])
        }
        bench.tick()
        let decided = try summary(bench)
        for worker in workers { bench.sendAll(worker) }
        return (decided, try summary(bench))
    }

    private static func summary(_ bench: Bench) throws -> [String] {
        let rows = try bench.ledger.read { try $0.studies(StudyFilter(), page: Page()) }
        let studies = rows.map { row in
            let study = row.study
            return [
                study.header.studyInstanceUID, study.outcome?.rawValue ?? "", study.progress.state.rawValue,
                study.holdReason?.rawValue ?? "", study.plan?.accessionNumber ?? "", "\(study.size)", "\(row.labels)",
                "\(study.progress.doneCount)",
            ].joined(separator: " | ")
        }
        let media = try bench.ledger.read { try $0.media(state: nil, page: Page()) }
        return studies.sorted() + media.map { "\($0.medium.label) \($0.medium.state.rawValue)" }
    }

    private static let expected = Result { try outcomes(discs) }

    @Test("Discs in any of sixteen orders end in the same states", arguments: 1...16)
    func anyOrder(seed: UInt64) throws {
        let expected = try Self.expected.get()
        var numbers = SeededNumbers(state: seed)
        let found = try Self.outcomes(Self.discs.shuffled(using: &numbers))
        for (one, other) in zip(found.decided + found.sent, expected.decided + expected.sent) where one != other {
            Issue.record("seed \(seed): \(one) instead of \(other)")
        }
        #expect(found.decided.count == expected.decided.count)
    }

    @Test("The discs hold what they were made for")
    func kinds() throws {
        let decided = try Self.expected.get().decided.joined(separator: "\n")
        for word in ["competing-studies", "study-two-patients", "uid-conflict", "incomplete", "matched", "ready"] {
            #expect(decided.contains(word), "\(word) is missing in \(decided)")
        }
    }
}

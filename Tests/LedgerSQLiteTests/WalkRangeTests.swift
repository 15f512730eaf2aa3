import Foundation
import Ledger
import LedgerSQLite
import Matching
import Migration
import Synchronization
import Testing

@Suite("A walk over patients in ranges, side by side")
struct WalkRangeTests {
    @Test("In ranges, side by side, it counts what it counts as a whole", arguments: 1...10 as ClosedRange<UInt64>)
    func ranges(seed: UInt64) throws {
        let folder = LedgerFolder()
        for ledger in [try SQLiteLedger(), try SQLiteLedger(path: folder.ledger)] {
            try WalkHospital(seed: seed).enter(into: ledger)
            let whole = try WalkHospital.tally(ledger).result
            for count in [1, 2, 4, 64] {
                let ranges = try ledger.read { try $0.patientRanges(count) }
                #expect(ranges.count <= count && ranges.count >= min(count, 3))
                #expect(ranges.first?.start == "" && ranges.last?.end == nil)
                #expect(zip(ranges, ranges.dropFirst()).allSatisfy { $0.end == $1.start && Array($0.start.reveal().utf8).lexicographicallyPrecedes($1.start.reveal().utf8) })
                let tallies = try ledger.read(inParts: ranges) { reader, range in
                    var tally = SimulationTally()
                    try reader.walkPatients(range) { patient in tally.add(patient) { _, _ in Contemporaries() } }
                    return tally
                }
                #expect(SimulationTally.cells(of: tallies) == whole)
            }
            try ledger.close()
        }
    }

    @Test("Ranges hold about as many orders each; of a ledger without orders there is one")
    func evenRanges() throws {
        let ledger = try SQLiteLedger()
        #expect(try ledger.read { try $0.patientRanges(4) } == [PatientRange()])
        try ledger.write { tx in
            for number in 0..<4000 {
                let patient = PatientIdentity(patientID: Identifying("P\(number * 7919 % 4000 + 1000)"))
                _ = try tx.insertOrder(Order(patient: patient, accessionNumber: "A\(number)", examDate: nil, modality: "CT"), saidAt: nil)
            }
        }
        let ranges = try ledger.read { try $0.patientRanges(4) }
        let starts = ranges.compactMap { Int($0.start.reveal().dropFirst()) }
        #expect(starts.count == 3)
        for (number, start) in starts.enumerated() { #expect(abs(start - 1000 - 1000 * (number + 1)) < 400, "\(starts)") }
    }

    @Test("All parts of a read see one state of the ledger, whatever is written meanwhile", .timeLimit(.minutes(1)))
    func oneSnapshot() throws {
        let folder = LedgerFolder()
        let ledger = try SQLiteLedger(path: folder.ledger)
        let isOver = Atomic(false)
        let writer = Thread {
            for number in 0..<100_000 where !isOver.load(ordering: .relaxed) {
                _ = try? ledger.write { try $0.insertStudy(StudyHeader(studyInstanceUID: "1.\(number)", patient: PatientIdentity(patientID: "P1"))) }
            }
        }
        writer.start()
        var counts = Set<Int>()
        repeat {
            let parts = try ledger.read(inParts: [1, 2, 3, 4]) { reader, _ in
                var count = 0
                try reader.walkPatients { count += $0.studies.count }
                return count
            }
            #expect(Set(parts).count == 1)
            counts.formUnion(parts)
        } while counts.count < 20
        isOver.store(true, ordering: .relaxed)
        while !writer.isFinished { sched_yield() }
        try ledger.close()
    }

    @Test("When a part fails the read throws what it threw")
    func failingPart() throws {
        struct Failure: Error {}
        let folder = LedgerFolder()
        let ledger = try SQLiteLedger(path: folder.ledger)
        #expect(throws: Failure.self) { _ = try ledger.read(inParts: [1, 2, 3]) { _, part in if part == 2 { throw Failure() } } }
        try ledger.close()
    }
}

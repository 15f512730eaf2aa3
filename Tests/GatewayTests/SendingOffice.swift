import Destinations
import DICOM
import Foundation
@testable import Gateway
import LineProtocol
import Media
import Migration
import Synchronization
import Testing

/// A PACS as the test wants it: what it lists, gives back and refuses.
final class FakePACS: Destination {
    struct State {
        var present: Set<String> = []
        var stored: [OutgoingInstance] = []
        var verdicts: [String: InstanceVerdict] = [:]
        var comparison = Comparison.equal
        var readBackError: DestinationError?
        var presenceError: DestinationError?
        var unlisted: Set<String> = []
        var readBack: [String] = []
        var commitment = CommitmentOutcome()
        var fence: SendFence?
    }

    let state = Mutex(State())

    func presence(ofStudy studyInstanceUID: String, series seriesInstanceUIDs: [String]) async throws -> Set<String> {
        try state.withLock { state in
            if let error = state.presenceError { throw error }
            return state.present
        }
    }

    func store(
        _ instances: [OutgoingInstance], associations: Int, mayStart: @escaping SendPermission, report: @escaping VerdictReport
    ) async throws {
        for (place, instance) in instances.enumerated() {
            guard await mayStart() else { return }
            let (verdict, fence) = state.withLock { state in
                state.stored.append(instance)
                return (state.verdicts[instance.sopInstanceUID] ?? .acknowledged(warning: ""), state.fence)
            }
            await report(place, verdict)
            // The lease is taken away after the first instance.
            fence?.stop()
        }
    }

    func commit(_ instances: [OutgoingInstance]) async throws -> CommitmentOutcome { state.withLock { $0.commitment } }

    func verify(_ study: Destinations.ExpectedStudy) async throws -> VerificationReport {
        state.withLock { state in
            var report = VerificationReport()
            for instance in study.instances {
                if state.unlisted.contains(instance.sopInstanceUID) {
                    report.missing.append(instance.sopInstanceUID)
                } else {
                    report.verified.append(instance.sopInstanceUID)
                }
            }
            report.beyond = ["1.9.9"]
            return report
        }
    }

    func readBack(_ instance: OutgoingInstance, into folder: String) async throws -> Comparison {
        try state.withLock { state in
            if let error = state.readBackError { throw error }
            state.readBack.append(instance.sopInstanceUID)
            return state.comparison
        }
    }
}

/// A spool with one study of three instances, and what sends it.
final class Office {
    let station: Station
    let pacs = FakePACS()
    let journal: Journal
    let records: [InstanceRecord]
    let study: String
    /// What the last send said of itself.
    private(set) var progress = ProgressCounter()

    init(isOnline: Bool = false, isSealed: Bool = false) async throws {
        station = try Station(isSealed: isSealed)
        let content = station.scratch("content")
        // Three series of one study, one instance each.
        for (folder, name) in [("CR1", "6154"), ("CR2", "6247"), ("CR3", "6278")] {
            try FileManager.default.createDirectory(atPath: content, withIntermediateDirectories: true)
            try FileManager.default.copyItem(
                atPath: "\(try Wheel.folder())/dicomdirtests/77654033/\(folder)/\(name)", toPath: "\(content)/\(name)")
        }
        let medium = try openMedium(at: content)
        _ = try await station.reader(of: medium, grant: 1, isOnline: isOnline, path: content).read()
        guard case .inventory(let line) = try LineCodec().decodeRequest(try station.spool.line(of: GrantNumber(1), 0)),
            case .piece(_, let piece) = line.matter, let first = piece.studies.first
        else { throw Wheel.Absent() }
        records = first.instances
        study = first.header.studyInstanceUID
        journal = try Journal(at: station.scratch("journal"), custody: [GrantNumber(1)], threads: station.threads)
    }

    var fence = SendFence(until: SteadyClock().now + .minutes(10), clock: SteadyClock())

    func item(_ positions: InstanceRanges? = nil, level: VerificationLevel = .listed, accession: String = "A1") -> LeaseItem {
        LeaseItem(
            grant: GrantNumber(9), mediumGrant: GrantNumber(1), studyInstanceUID: study,
            instances: positions ?? InstanceRanges(upTo: records.count),
            coercions: [Migration.Coercion(tag: "00080050", value: Identifying(accession), rule: .order)],
            expected: LineProtocol.ExpectedStudy(patientID: "P", accessionNumber: accession), destination: "dicom://PACS@127.0.0.1:104",
            level: level, mayHaveBeenSent: false)
    }

    /// As a worker that was started again reads it.
    func reopenedJournal() throws -> Journal {
        try Journal(at: station.scratch("journal"), custody: [GrantNumber(1)], threads: station.threads)
    }

    func send(
        _ item: LeaseItem, reencodes: Bool = false, journal: Journal? = nil, members: @escaping @Sendable () async throws -> Set<String> = { [] }
    ) async -> ResultItem {
        progress = ProgressCounter()
        return await PartSender(
            item: item, members: members, spool: station.spool, journal: journal ?? self.journal, online: OnlineMedia(), destination: pacs, associations: 2, fence: fence,
            threads: station.threads, progress: progress, reencodes: reencodes
        ).run()
    }
}

/// The positions with this verdict, ascending.
func positions(_ result: ResultItem, _ verdict: VerdictGroup.Verdict) -> [Int] {
    result.verdicts.filter { $0.verdict == verdict }.flatMap(\.instances.positions).sorted()
}

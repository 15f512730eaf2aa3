import Coordination
import Ledger
import LedgerSQLite
import LineProtocol
import Migration

/// A migration to play with: an engine over a real ledger, workers that say lines, and a clock that tests move.
struct Bench {
    var ledger: any Ledger
    var driver: EngineDriver
    var configuration: MigrationConfiguration
    var now = Instant(milliseconds: 1_000_000_000)
    private var secrets: UInt8 = 0
    private var pieces: [GrantNumber: [[UInt8]]] = [:]

    init(ledger: any Ledger, configuration: MigrationConfiguration = Bench.standard) {
        let ledger = CheckedLedger(ledger)
        self.ledger = ledger
        self.configuration = configuration
        driver = EngineDriver(engine: Engine(configuration: configuration), ledger: ledger)
    }

    init(_ configuration: MigrationConfiguration = Bench.standard) throws {
        self.init(ledger: try SQLiteLedger(), configuration: configuration)
    }

    static var standard: MigrationConfiguration { configuration() }

    /// A migration that files unknown patients under an issuer of their own, where `policies` say that they are filed.
    static func configuration(_ policies: Policies = Policies()) -> MigrationConfiguration {
        var configuration = MigrationConfiguration(destination: "dicom://PACS@127.0.0.1:4242?calling=SKEIN", policies: policies)
        configuration.issuerOfUnknownPatients = "LEGACY"
        return configuration
    }

    /// A coordinator that stopped and starts again over the same ledger.
    mutating func restart() {
        driver = EngineDriver(engine: Engine(configuration: configuration), ledger: ledger)
    }

    func close() throws { try (ledger as? CheckedLedger)?.close() }

    mutating func process(_ event: Event) -> Answer { driver.process([event], now: now)[0] }

    mutating func tick(after interval: Interval = .seconds(1)) {
        now = now + interval
        _ = process(.tick)
    }

    /// Ticks second by second, as the shell does, while `workers` beat with the grants that they hold.
    mutating func pass(_ interval: Interval, beating workers: [WorkerID: [GrantNumber]] = [:]) {
        for second in 0..<(interval.milliseconds / 1000) {
            tick()
            guard second % 5 == 0 else { continue }
            for worker in workers.keys.sorted() { _ = beat(worker, workers[worker] ?? []) }
        }
    }

    // MARK: What operators do

    @discardableResult
    mutating func act(_ action: OperatorAction) -> Answer { process(.action(action, by: "operator")) }

    mutating func expect(_ labels: String...) {
        act(.importMedia(labels.map { ExpectedMedium(label: $0, kind: .cd) }))
    }

    mutating func enrol(_ name: String, spool: String = "spool") -> WorkerID {
        secrets += 1
        let digest = [UInt8](repeating: secrets, count: 32)
        act(.invite(name: name, site: "", secretDigest: digest, expires: now + .minutes(30)))
        guard case .enrolled(_, let worker) = process(.enrolment(secretDigest: digest, identity: "identity-\(secrets)")) else {
            fatalError("the bench could not enrol \(name)")
        }
        _ = hello(worker, spool: spool)
        return worker
    }

    // MARK: What workers say

    mutating func say(_ request: Request, _ worker: WorkerID, digest: [UInt8]? = nil) -> Reply {
        guard case .reply(let reply) = process(.line(worker, request, payloadDigest: digest ?? Bench.digest(of: request))) else {
            fatalError("a line is answered by a reply")
        }
        return reply
    }

    mutating func hello(_ worker: WorkerID, spool: String = "spool", custody: [GrantNumber] = []) -> Reply {
        say(.hello(HelloRequest(versions: [1], program: "bench 1", spool: spool, custody: custody)), worker)
    }

    mutating func beat(_ worker: WorkerID, _ grants: [GrantNumber]) -> BeatReply? {
        let progress = grants.map { GrantProgress(grant: $0, items: 1, bytes: 1) }
        let request = BeatRequest(grants: progress, drives: [], spoolBytes: 0, spoolLimit: 1 << 30)
        guard case .beat(let reply) = say(.beat(request), worker) else { return nil }
        return reply
    }

    mutating func insert(_ label: String, fingerprint: String? = nil, isOnline: Bool = false, into worker: WorkerID) -> MediumReply {
        let request = MediumRequest(
            drive: "drive1", label: label, fingerprint: fingerprint ?? Bench.hex(label), volumeIdentifier: "CDROM", byteCount: 650_000_000,
            fileCount: 100, isOnline: isOnline)
        guard case .medium(let reply) = say(.medium(request), worker) else { fatalError("MEDIUM is answered by a grant or a word") }
        return reply
    }

    mutating func piece(_ number: Int, of grant: GrantNumber, _ piece: InventoryPiece, from worker: WorkerID) -> Reply {
        let request = Request.inventory(InventoryRequest(grant: grant, matter: .piece(number: number, piece)))
        pieces[grant, default: []].append(Bench.digest(of: request))
        return say(request, worker)
    }

    mutating func end(
        _ grant: GrantNumber, findings: [Sentence] = [], assumed: InventoryEnd.AssumedText? = nil, from worker: WorkerID
    ) -> Reply {
        let digests = pieces[grant] ?? []
        let end = InventoryEnd(
            pieces: digests.count, digest: Bench.sha256(digests.flatMap { $0 }), fileCount: 100, notDICOMCount: 3,
            findings: findings, assumed: assumed)
        return say(.inventory(InventoryRequest(grant: grant, matter: .end(end))), worker)
    }

    /// Reads a whole disc: in its drive, inventory, end. The medium's grant.
    @discardableResult
    mutating func read(
        _ label: String, _ studies: [StudyInventory], unreadable: [UnreadableFile] = [], findings: [Sentence] = [],
        fingerprint: String? = nil, isOnline: Bool = false, by worker: WorkerID
    ) -> GrantNumber {
        guard let grant = insert(label, fingerprint: fingerprint, isOnline: isOnline, into: worker).grant else { fatalError("\(label) was refused") }
        for (number, study) in studies.enumerated() {
            let unreadable = number == 0 ? unreadable : []
            _ = piece(number, of: grant, InventoryPiece(studies: [study], unreadable: unreadable), from: worker)
        }
        if studies.isEmpty, !unreadable.isEmpty {
            _ = piece(0, of: grant, InventoryPiece(studies: [], unreadable: unreadable), from: worker)
        }
        guard case .inventory(let reply) = end(grant, findings: findings, from: worker), reply.isClosed else {
            fatalError("the inventory of \(label) was not closed")
        }
        return grant
    }

    mutating func lease(_ worker: WorkerID, _ count: Int = 16) -> LeaseReply {
        guard case .lease(let reply) = say(.lease(LeaseRequest(count: count)), worker) else { fatalError("LEASE failed") }
        return reply
    }

    mutating func report(_ item: ResultItem, _ worker: WorkerID) -> ResultItemReply.Word? {
        guard case .result(let reply) = say(.result(ResultRequest(items: [item])), worker) else { return nil }
        return reply.items.first?.word
    }

    @discardableResult
    mutating func verify(_ item: LeaseItem, _ worker: WorkerID) -> ResultItemReply.Word? {
        report(ResultItem(grant: item.grant, verdicts: [VerdictGroup(instances: item.instances, verdict: .verified)]), worker)
    }

    @discardableResult
    mutating func fail(_ item: LeaseItem, _ category: ExceptionCategory, _ worker: WorkerID) -> ResultItemReply.Word? {
        let group = VerdictGroup(instances: item.instances, verdict: .failed(category), detail: "status A700")
        return report(ResultItem(grant: item.grant, verdicts: [group]), worker)
    }

    /// Leases and verifies until there is no work.
    mutating func sendAll(_ workers: WorkerID...) {
        for worker in workers {
            while case let items = lease(worker).items, !items.isEmpty {
                for item in items { verify(item, worker) }
            }
        }
    }

    // MARK: What the ledger says

    func study(_ uid: String) throws -> StudyRecord {
        guard let row = try ledger.read({ try $0.studyRow(uid: uid) }) else { fatalError("no study \(uid)") }
        return row.study
    }

    func medium(_ label: String) throws -> MediumRecord {
        let rows = try ledger.read { try $0.media(state: nil, page: Page()) }
        guard let row = rows.first(where: { $0.medium.label == label }) else { fatalError("no medium \(label)") }
        return row.medium
    }

    func eventCodes(of subject: EventSubject = EventSubject()) throws -> [String] {
        try ledger.read { try $0.events(about: subject, page: Page()) }.map(\.sentence.code)
    }
}

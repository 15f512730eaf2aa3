import Coordination
import Ledger
import LineProtocol
import Migration
import Testing

@Suite("Held parts leave a full spool")
struct EvictionTests {
    /// A gateway whose spool holds, from disc A, a study that waits for a person (two orders) and one that is ready.
    private func bench(hasHoldingStore: Bool = false) throws -> (bench: Bench, worker: WorkerID, medium: GrantNumber) {
        var bench = try Bench()
        bench.expect("A")
        bench.act(.importOrders([Bench.order("ACC1"), Bench.order("ACC2"), Bench.order("ACC3", patient: "P2")]))
        let worker = bench.enrol("gateway1")
        let medium = bench.read("A", [Bench.study("1.1"), Bench.study("1.2", patient: "P2")], by: worker)
        if hasHoldingStore {
            _ = bench.say(
                .hello(HelloRequest(versions: [1], program: "bench 1", spool: "spool", custody: [medium], hasHoldingStore: true)), worker)
        }
        return (bench, worker, medium)
    }

    /// The spool's bound in bytes; each study of the bench has three instances of 525,000 bytes.
    private static let limit: Int64 = 3_200_000

    private func orders(_ bench: inout Bench, _ worker: WorkerID, isFull: Bool = true, code: SentenceCode = .spoolFull) -> [WorkerOrder] {
        let request = BeatRequest(
            grants: [], drives: [], spoolBytes: 3_150_000, spoolLimit: Self.limit, paused: isFull ? Sentence(code, [.bytes(Self.limit)]) : nil)
        guard case .beat(let reply) = bench.say(.beat(request), worker) else { return [] }
        return reply.orders.filter { $0 != .resume }
    }

    private func part(_ bench: Bench, _ uid: String) throws -> PartRecord {
        let study = try bench.study(uid).id
        return try #require(try bench.ledger.write { try $0.parts(of: study) }.first)
    }

    @Test("While there is room nothing leaves the spool")
    func room() throws {
        var (bench, worker, _) = try bench()
        _ = orders(&bench, worker, isFull: false)
        bench.tick()
        #expect(try part(bench, "1.1").custody == .held)
    }

    @Test("Without a holding store a held part leaves custody, a ready one stays, and the medium is not asked for while the study is held")
    func toTheDisc() throws {
        var (bench, worker, medium) = try bench()
        _ = orders(&bench, worker)
        bench.tick()
        #expect(try part(bench, "1.1").custody == .evicted)
        #expect(try part(bench, "1.2").custody == .held)
        #expect(orders(&bench, worker) == [.erase(mediumGrant: medium, studyInstanceUID: "1.1")])
        bench.sendAll(worker)
        #expect(try bench.study("1.2").progress.state == .verified)
        #expect(try bench.medium("A").state == .read)
        #expect(try bench.ledger.read { try $0.progress() }.studiesWithoutCustody == 0)
    }

    @Test("What has arrived leaves a full spool before the rest of its study has, so that the disc with the rest can be read")
    func arrivedBeforeTheRest() throws {
        var bench = try Bench()
        bench.expect("A")
        bench.expect("B")
        bench.act(.importOrders([Bench.order("ACC1")]))
        let worker = bench.enrol("gateway1")
        let medium = bench.read("A", [Bench.study("1.1", instances: 3)], by: worker)
        _ = bench.read("B", [Bench.study("1.1", instances: 3, from: 4)], by: bench.enrol("gateway2"))
        bench.sendAll(worker)
        #expect(try bench.study("1.1").progress.state != .verified)
        #expect(try part(bench, "1.1").custody == .held)
        _ = orders(&bench, worker)
        bench.tick()
        #expect(try part(bench, "1.1").custody == .evicted)
        #expect(orders(&bench, worker) == [.erase(mediumGrant: medium, studyInstanceUID: "1.1")])
        #expect(try bench.medium("A").state != .expected)
    }

    @Test("The medium of an evicted study is asked for again, with a sentence, when the study is ready; read again, it is sent")
    func onDemand() throws {
        var (bench, worker, _) = try bench()
        _ = orders(&bench, worker)
        bench.tick()
        bench.sendAll(worker)
        bench.act(.assign(studyInstanceUID: "1.1", accessionNumber: "ACC2"))
        #expect(try bench.medium("A").state == .expected)
        #expect(try bench.medium("A").sentence == Sentence(.neededAgain, [.label("A"), .worker("gateway1")]))
        #expect(try bench.ledger.read { try $0.progress() }.studiesWithoutCustody == 1)
        #expect(bench.lease(worker).items.isEmpty)
        let other = bench.enrol("gateway2")
        bench.read("A", [Bench.study("1.1"), Bench.study("1.2", patient: "P2")], by: other)
        let item = try #require(bench.lease(other).items.first)
        #expect(item.studyInstanceUID == "1.1")
        bench.verify(item, other)
        #expect(bench.lease(other).items.isEmpty)
        #expect(try bench.study("1.1").progress.state == .verified)
        #expect(try bench.medium("A").state == .drained)
    }

    @Test("A reading that is given up leaves a medium expected as long as an evicted study of it is ready")
    func abandoned() throws {
        var (bench, worker, _) = try bench()
        _ = orders(&bench, worker)
        bench.tick()
        bench.act(.assign(studyInstanceUID: "1.1", accessionNumber: "ACC2"))
        let grant = try #require(bench.insert("A", into: worker).grant)
        let abandoned = Request.inventory(InventoryRequest(grant: grant, matter: .abandoned(Sentence(.ejectedWhileReading))))
        _ = bench.say(abandoned, worker)
        #expect(try bench.medium("A").state == .expected)
    }

    @Test("Into a holding store a held part is ordered in the reply to the beat, stays in custody, and is leased from there when it is ready")
    func intoTheStore() throws {
        var (bench, worker, medium) = try bench(hasHoldingStore: true)
        let events = try bench.eventCodes().count
        #expect(orders(&bench, worker) == [.evict(mediumGrant: medium, studyInstanceUID: "1.1")])
        bench.tick()
        #expect(try part(bench, "1.1").custody == .held)
        #expect(try bench.eventCodes().count == events)
        bench.act(.assign(studyInstanceUID: "1.1", accessionNumber: "ACC2"))
        #expect(bench.lease(worker).items.map(\.studyInstanceUID).sorted() == ["1.1", "1.2"])
    }

    @Test("Room is made again only after the worker had a term to show what came of it; a store that failed is tried again")
    func patience() throws {
        var (bench, worker, medium) = try bench(hasHoldingStore: true)
        #expect(!orders(&bench, worker).isEmpty)
        #expect(orders(&bench, worker).isEmpty)
        bench.pass(.seconds(31), beating: [worker: []])
        // The list was gone through to its end: it is begun anew.
        _ = orders(&bench, worker, code: .holdingStoreFailed)
        bench.pass(.seconds(31), beating: [worker: []])
        #expect(orders(&bench, worker, code: .holdingStoreFailed) == [.evict(mediumGrant: medium, studyInstanceUID: "1.1")])
    }

    @Test("A part of a medium that stays online is not evicted")
    func online() throws {
        var bench = try Bench()
        bench.expect("O")
        bench.act(.importOrders([Bench.order("ACC1"), Bench.order("ACC2")]))
        let worker = bench.enrol("gateway1")
        let request = MediumRequest(
            drive: "O", label: "O", fingerprint: Bench.hex("O"), volumeIdentifier: "RAID", byteCount: 1, fileCount: 1, isOnline: true)
        guard case .medium(let reply) = bench.say(.medium(request), worker) else { fatalError("MEDIUM is answered by a grant or a word") }
        let grant = try #require(reply.grant)
        _ = bench.piece(0, of: grant, InventoryPiece(studies: [Bench.study("1.1")], unreadable: []), from: worker)
        _ = bench.end(grant, from: worker)
        #expect(try bench.study("1.1").progress.state == .held)
        _ = orders(&bench, worker)
        bench.tick()
        #expect(try part(bench, "1.1").custody == .held)
    }

    // MARK: What else may have happened to the medium

    private func parts(_ bench: Bench, _ uid: String) throws -> [PartRecord] {
        let study = try bench.study(uid).id
        return try bench.ledger.write { try $0.parts(of: study) }
    }

    @Test("A worker that comes back with the rest of a medium does not end the wish for it")
    func comesBack() throws {
        var (bench, worker, medium) = try bench()
        _ = orders(&bench, worker)
        bench.tick()
        bench.act(.assign(studyInstanceUID: "1.1", accessionNumber: "ACC2"))
        bench.pass(.minutes(30))
        #expect(try part(bench, "1.2").custody == .lost)
        _ = bench.hello(worker, custody: [medium])
        #expect(try part(bench, "1.2").custody == .held)
        bench.sendAll(worker)
        #expect(try bench.medium("A").state == .expected)
        #expect(bench.insert("A", into: worker).grant != nil)
    }

    @Test("A medium that was drained because another one had the evicted study too is asked for when that one is lost")
    func drained() throws {
        var (bench, worker, _) = try bench()
        bench.expect("A", "B")
        _ = orders(&bench, worker)
        bench.tick()
        let other = bench.enrol("gateway2", spool: "spool2")
        bench.read("B", [Bench.study("1.1")], by: other)
        bench.sendAll(worker)
        #expect(try bench.medium("A").state == .drained)
        bench.pass(.minutes(30), beating: [worker: []])
        bench.act(.assign(studyInstanceUID: "1.1", accessionNumber: "ACC2"))
        #expect(try [bench.medium("A").state, bench.medium("B").state].contains(.expected))
    }

    @Test("Readings of a damaged disc that bring a held study again do not fill the spool for good")
    func repeated() throws {
        var bench = try Bench()
        bench.expect("A")
        bench.act(.importOrders([Bench.order("ACC1"), Bench.order("ACC2")]))
        let worker = bench.enrol("gateway1")
        for _ in 0..<4 { bench.read("A", [Bench.study("1.1")], unreadable: [Bench.cut("X/1")], by: worker) }
        for _ in 0..<10 {
            _ = orders(&bench, worker)
            bench.pass(.seconds(31))
        }
        #expect(try parts(bench, "1.1").allSatisfy { $0.custody == .evicted })
    }

    @Test("A file that only the first reading got, and that a later one cannot read, is listed and no longer asked for", arguments: [true, false])
    func damagedMeanwhile(isNamed: Bool) throws {
        var (bench, worker, _) = try bench()
        _ = orders(&bench, worker)
        bench.tick()
        bench.act(.assign(studyInstanceUID: "1.1", accessionNumber: "ACC2"))
        let cut = isNamed ? Bench.cut("IMAGES/1.1.1.3", study: "1.1", instance: "1.1.1.3") : Bench.cut("IMAGES/1.1.1.3")
        bench.read("A", [Bench.study("1.1", instances: 2), Bench.study("1.2", patient: "P2")], unreadable: [cut], by: worker)
        bench.sendAll(worker)
        let open = try bench.ledger.read { try $0.unreadableFiles(includingResolved: false, page: Page()) }.map(\.record.file.path)
        #expect(open == ["IMAGES/1.1.1.3"])
        #expect(try bench.study("1.1").size.unreadable == 1)
        #expect(try bench.study("1.1").progress.state == .verifiedIncomplete)
        #expect(try bench.medium("A").state == .partlyRead)
    }

    @Test("A file that was lost with its worker, and that a later reading cannot read, is listed")
    func lostThenDamaged() throws {
        var bench = try Bench()
        bench.expect("A")
        bench.act(.importOrders([Bench.order("ACC1")]))
        let worker = bench.enrol("gateway1")
        bench.read("A", [Bench.study("1.1")], by: worker)
        _ = bench.hello(worker, spool: "new")
        let cut = Bench.cut("IMAGES/1.1.1.3", study: "1.1", instance: "1.1.1.3")
        bench.read("A", [Bench.study("1.1", instances: 2)], unreadable: [cut], by: worker)
        let open = try bench.ledger.read { try $0.unreadableFiles(includingResolved: false, page: Page()) }
        #expect(open.count == 1)
        #expect(try bench.medium("A").state == .partlyRead)
        #expect(try bench.study("1.1").size.unreadable == 1)
    }

    @Test("A file that only the first of two readings got is asked for again when its worker is lost")
    func firstReadingOnly() throws {
        var bench = try Bench()
        bench.expect("A")
        bench.act(.importOrders([Bench.order("ACC1")]))
        let worker = bench.enrol("gateway1")
        let other = bench.enrol("gateway2", spool: "spool2")
        bench.read("A", [Bench.study("1.1", instances: 3)], unreadable: [Bench.cut("X/9")], by: worker)
        bench.read("A", [Bench.study("1.1", instances: 2)], unreadable: [Bench.cut("X/9")], by: other)
        _ = bench.hello(worker, spool: "new")
        #expect(try bench.medium("A").state == .expected)
    }

    @Test("What a silent worker said last of its spool does not count for ever")
    func silent() throws {
        var bench = try Bench()
        bench.expect("A")
        bench.act(.importOrders([Bench.order("ACC1"), Bench.order("ACC2")]))
        let worker = bench.enrol("gateway1")
        bench.read("A", (1...8).map { Bench.study("1.\($0)") }, by: worker)
        let full = Sentence(.spoolFull, [.bytes(13_000_000)])
        _ = bench.say(.beat(BeatRequest(grants: [], drives: [], spoolBytes: 12_600_000, spoolLimit: 13_000_000, paused: full)), worker)
        bench.tick()
        let evicted = try (1...8).count { try part(bench, "1.\($0)").custody == .evicted }
        #expect((1...7).contains(evicted))
        bench.pass(.seconds(100))
        #expect(try (1...8).count { try part(bench, "1.\($0)").custody == .evicted } == evicted)
    }

    @Test("A drive that waits for room for one large file in a spool half full gets some")
    func largeFile() throws {
        var (bench, worker, _) = try bench()
        let full = Sentence(.spoolFull, [.bytes(Self.limit)])
        _ = bench.say(.beat(BeatRequest(grants: [], drives: [], spoolBytes: 1_575_000, spoolLimit: Self.limit, paused: full)), worker)
        bench.tick()
        #expect(try part(bench, "1.1").custody == .evicted)
    }
}

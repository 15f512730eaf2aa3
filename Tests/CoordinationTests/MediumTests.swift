import Coordination
import Ledger
import LineProtocol
import Migration
import Testing

@Suite("Media: which disc is read, by whom, and how often")
struct MediumTests {
    @Test("A label that is not expected is refused by name")
    func unknownLabel() throws {
        var bench = try Bench()
        let worker = bench.enrol("gateway1")
        let reply = bench.insert("Z", into: worker)
        #expect(reply.grant == nil)
        #expect(reply.sentence == Sentence(.labelUnknown, [.label("Z")]))
    }

    @Test("A disc under another disc's label is refused and named")
    func otherDisc() throws {
        var bench = try Bench()
        bench.expect("A", "B")
        let worker = bench.enrol("gateway1")
        bench.read("A", [Bench.study("1.1")], by: worker)
        let reply = bench.insert("B", fingerprint: Bench.hex("A"), into: worker)
        #expect(reply.grant == nil)
        #expect(reply.sentence == Sentence(.otherDisc, [.label("B"), .label("A")]))
    }

    @Test("A character set that was assumed while reading is on record, and takes nothing from the medium's being whole")
    func assumedCharacterSet() throws {
        var bench = try Bench()
        bench.expect("A")
        let worker = bench.enrol("gateway1")
        let grant = try #require(bench.insert("A", into: worker).grant)
        _ = bench.piece(0, of: grant, InventoryPiece(studies: [Bench.study("1.1")], unreadable: []), from: worker)
        _ = bench.end(grant, assumed: .init(characterSet: "ISO 2022 IR 149", objects: 7), from: worker)
        #expect(try bench.medium("A").state == .read)
        #expect(try bench.eventCodes().contains("character-set-assumed"))
    }

    @Test("A label is bound to the disc that was first read under it")
    func notTheExpectedDisc() throws {
        var bench = try Bench()
        bench.expect("A")
        let worker = bench.enrol("gateway1")
        bench.read("A", [Bench.study("1.1")], findings: [Sentence("sectors-unaccounted")], by: worker)
        let reply = bench.insert("A", fingerprint: Bench.hex("another"), into: worker)
        #expect(reply.grant == nil)
        #expect(reply.sentence.code == "not-the-expected-disc")
    }

    @Test("A disc that is being read is refused to another worker, and answered alike to its own")
    func beingRead() throws {
        var bench = try Bench()
        bench.expect("A")
        let one = bench.enrol("gateway1")
        let two = bench.enrol("gateway2")
        let first = bench.insert("A", into: one)
        #expect(bench.insert("A", into: two).sentence == Sentence(.beingRead, [.label("A"), .worker("gateway1")]))
        #expect(bench.insert("A", into: one) == first)
    }

    @Test("A worker that begins a disc anew gets a new grant, and the old pieces are void")
    func begunAnew() throws {
        var bench = try Bench()
        bench.expect("A")
        let worker = bench.enrol("gateway1")
        let first = try #require(bench.insert("A", into: worker).grant)
        _ = bench.piece(0, of: first, InventoryPiece(studies: [Bench.study("1.1")], unreadable: []), from: worker)
        let second = try #require(bench.insert("A", into: worker).grant)
        #expect(second > first)
        #expect(bench.end(first, from: worker) == .stale(first))
        bench.read("A", [Bench.study("1.2")], by: worker)
        #expect(try bench.ledger.read { try $0.studyRow(uid: "1.1") } == nil)
    }

    @Test("A disc met twice is refused: it was read already")
    func metTwice() throws {
        var bench = try Bench()
        bench.expect("A")
        let worker = bench.enrol("gateway1")
        bench.read("A", [Bench.study("1.1")], by: worker)
        let reply = bench.insert("A", into: worker)
        #expect(reply.grant == nil)
        #expect(reply.sentence == Sentence(.alreadyRead, [.label("A")]))
    }

    @Test("A declared copy of a disc that was read whole is refused and excluded with that reason")
    func copyOfReadMedium() throws {
        var bench = try Bench()
        bench.act(.importMedia([ExpectedMedium(label: "A", kind: .cd), ExpectedMedium(label: "A2", kind: .cd, copyOf: "A")]))
        let worker = bench.enrol("gateway1")
        bench.read("A", [Bench.study("1.1")], by: worker)
        let reply = bench.insert("A2", fingerprint: Bench.hex("A"), into: worker)
        #expect(reply.sentence == Sentence(.copyOfReadMedium, [.label("A2"), .label("A")]))
        #expect(try bench.medium("A2").state == .excluded)
        #expect(bench.insert("A2", fingerprint: Bench.hex("A"), into: worker).sentence.code == "medium-excluded")
    }

    @Test("A disc of which files could not be read is partly read and may be read again; what the second reading gets counts")
    func partlyRead() throws {
        var bench = try Bench(
            MigrationConfiguration(destination: "dicom://PACS@127.0.0.1:4242", policies: Policies(incomplete: .send)))
        bench.expect("A")
        bench.act(.importOrders([Bench.order("ACC1")]))
        let worker = bench.enrol("gateway1")
        let cut = Bench.cut("IMAGES/1.1.1.3", study: "1.1", instance: "1.1.1.3")
        bench.read("A", [Bench.study("1.1", instances: 2)], unreadable: [cut], by: worker)
        #expect(try bench.medium("A").state == .partlyRead)
        bench.sendAll(worker)
        #expect(try bench.study("1.1").progress.state == .verifiedIncomplete)
        bench.read("A", [Bench.study("1.1", instances: 3)], by: worker)
        #expect(try bench.medium("A").state == .read)
        let item = try #require(bench.lease(worker, 1).items.first)
        #expect(item.instances == InstanceRanges([2]))
        #expect(item.mayHaveBeenSent)
        bench.verify(item, worker)
        #expect(try bench.study("1.1").progress.state == .verified)
        #expect(try bench.medium("A").state == .drained)
    }

    /// A bench that has read disc A in part, where `files` or `damage` could not be read, and then B with a match that nothing corroborates.
    private func damaged(_ files: [UnreadableFile], _ damage: [Sentence] = []) throws -> (Bench, WorkerID) {
        var bench = try Bench()
        bench.expect("A", "B")
        bench.act(.importOrders([Bench.order("ACC1", name: "", birthDate: "")]))
        let worker = bench.enrol("gateway1")
        bench.read("A", [Bench.study("9.1", patient: "P9")], unreadable: files, findings: damage, by: worker)
        bench.read("B", [Bench.study("1.1")], by: worker)
        bench.tick()
        return (bench, worker)
    }

    private static let unknown = Bench.cut("IMAGES/X")

    @Test("A study waits for what a disc that was read in part may hold, until a person says that no more comes of it", arguments: [true, false])
    func givenUp(isFolder: Bool) throws {
        var (bench, worker) = try damaged(isFolder ? [] : [Self.unknown], isFolder ? [Sentence(.mediumUnreadable)] : [])
        #expect(try bench.study("1.1").holdReason == .waitingForMedia)
        #expect(try bench.study("1.1").progress.sentence == Sentence(.waitingForMedia, [.label("A")]))
        #expect(try bench.ledger.read { try $0.progress() }.mediaReadInPart == ["A"])
        bench.act(.excludeMedium(label: "A", reason: "no better drive"))
        bench.tick()
        #expect(try bench.study("1.1").progress.state == .ready)
        #expect(try bench.medium("A").state == .partlyRead)
        #expect(try bench.medium("A").sentence == Sentence(.mediumGivenUp, [.label("A"), .text("no better drive")]))
        #expect(try bench.ledger.read { try $0.progress() }.mediaReadInPart.isEmpty)
        // It may be read again all the same, and is then expected to give more.
        #expect(bench.insert("A", into: worker).grant != nil)
        #expect(try !bench.medium("A").isGivenUp)
        guard case .refused(let refusal) = bench.act(.excludeMedium(label: "A", reason: "again")) else { return #expect(Bool(false)) }
        #expect(refusal.message.contains("being read again"))
    }

    @Test("A disc of which only files of known studies are missing holds up nothing; another reading, or a good copy, ends the waiting too")
    func notWaited() throws {
        let known = Bench.cut("IMAGES/9.1.1.9", study: "9.1", instance: "9.1.1.9")
        #expect(try damaged([known]).0.study("1.1").progress.state == .ready)
        var (bench, worker) = try damaged([Self.unknown])
        bench.read("A", [Bench.study("9.1", patient: "P9"), Bench.study("1.2")], by: worker)
        bench.tick()
        #expect(try bench.study("1.1").holdReason == .competingStudies)
    }

    @Test("What a broken-off reading knew of a disc's damage stays known")
    func brokenOff() throws {
        var (bench, worker) = try damaged([], [Sentence(.mediumUnreadable)])
        _ = bench.insert("A", into: worker)
        bench.pass(.minutes(2))
        #expect(try bench.medium("A").state == .partlyRead)
        #expect(try bench.study("1.1").holdReason == .waitingForMedia)
    }

    @Test("An inventory whose count or digest does not add up is refused, and nothing of it counts")
    func inventoryMismatch() throws {
        var bench = try Bench()
        bench.expect("A")
        let worker = bench.enrol("gateway1")
        let grant = try #require(bench.insert("A", into: worker).grant)
        let piece = InventoryPiece(studies: [Bench.study("1.1")], unreadable: [])
        #expect(bench.piece(0, of: grant, piece, from: worker) == .inventory(InventoryReply(pieces: 1, isClosed: false)))
        #expect(bench.piece(0, of: grant, piece, from: worker) == .inventory(InventoryReply(pieces: 1, isClosed: false)))
        let other = InventoryPiece(studies: [Bench.study("1.2")], unreadable: [])
        guard case .error(let error) = bench.piece(0, of: grant, other, from: worker) else { return #expect(Bool(false)) }
        #expect(error.code == .inventoryMismatch)
        guard case .error(let closing) = bench.end(grant, from: worker) else { return #expect(Bool(false)) }
        #expect(closing.code == .inventoryMismatch)
        #expect(try bench.medium("A").state == .reading)
    }

    @Test("The end of an inventory said twice is answered alike and counts once")
    func endTwice() throws {
        var bench = try Bench()
        bench.expect("A")
        let worker = bench.enrol("gateway1")
        let grant = bench.read("A", [Bench.study("1.1")], by: worker)
        let events = try bench.eventCodes().count
        #expect(bench.end(grant, from: worker) == .inventory(InventoryReply(pieces: 1, isClosed: true)))
        #expect(try bench.eventCodes().count == events)
    }

    @Test("Reading that is abandoned, or not heard of for a term, leaves the medium expected")
    func abandonedAndExpired() throws {
        var bench = try Bench()
        bench.expect("A")
        let worker = bench.enrol("gateway1")
        let first = try #require(bench.insert("A", into: worker).grant)
        _ = bench.say(.inventory(InventoryRequest(grant: first, matter: .abandoned(Sentence("ejected")))), worker)
        #expect(try bench.medium("A").state == .expected)
        let second = try #require(bench.insert("A", into: worker).grant)
        bench.pass(.seconds(20), beating: [worker: [second]])
        #expect(try bench.medium("A").state == .reading)
        bench.pass(.seconds(32), beating: [worker: []])
        #expect(try bench.medium("A").state == .expected)
        #expect(bench.beat(worker, [second])?.stale == [second])
    }

    @Test("A medium may be left out before it was read, not after")
    func exclusion() throws {
        var bench = try Bench()
        bench.expect("A", "B")
        let worker = bench.enrol("gateway1")
        bench.read("A", [Bench.study("1.1")], by: worker)
        guard case .refused(let error) = bench.act(.excludeMedium(label: "A", reason: "broken")) else { return #expect(Bool(false)) }
        #expect(error.code == .notNow)
        let grant = try #require(bench.insert("B", into: worker).grant)
        bench.act(.excludeMedium(label: "B", reason: "broken"))
        #expect(try bench.medium("B").state == .excluded)
        #expect(bench.end(grant, from: worker) == .stale(grant))
        #expect(bench.insert("B", into: worker).sentence == Sentence(.mediumExcluded, [.label("B"), .text("broken")]))
    }
}

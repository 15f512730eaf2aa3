import Coordination
import Ledger
import LineProtocol
import Migration
import Testing

@Suite("Workers that start anew, stop in the middle, or say things twice")
struct RestartTests {
    @Test("A worker that starts anew while it reads may read the disc again at once; one that only reconnects goes on")
    func readingAcrossHello() throws {
        var bench = try Bench()
        bench.expect("A")
        let worker = bench.enrol("gateway1")
        let grant = try #require(bench.insert("A", into: worker).grant)
        _ = bench.piece(0, of: grant, InventoryPiece(studies: [Bench.study("1.1")], unreadable: []), from: worker)
        _ = bench.hello(worker, custody: [grant])
        #expect(try bench.medium("A").state == .reading)
        _ = bench.hello(worker, custody: [])
        #expect(try bench.medium("A").state == .expected)
        #expect(bench.end(grant, from: worker) == .stale(grant))
    }

    @Test("A worker that never heard that its inventory was closed hears so when it says a piece again, unless its custody has ended")
    func closedUnheard() throws {
        var bench = try Bench()
        bench.expect("A")
        bench.act(.importOrders([Bench.order("ACC1")]))
        let worker = bench.enrol("gateway1")
        let grant = bench.read("A", [Bench.study("1.1")], by: worker)
        _ = bench.hello(worker, custody: [grant])
        let piece = InventoryPiece(studies: [Bench.study("1.1")], unreadable: [])
        #expect(bench.piece(0, of: grant, piece, from: worker) == .inventory(InventoryReply(pieces: 1, isClosed: true)))
        #expect(bench.lease(worker).items.map(\.mediumGrant) == [grant])
        _ = bench.hello(worker, custody: [])
        #expect(bench.piece(0, of: grant, piece, from: worker) == .stale(grant))
        #expect(try bench.medium("A").state == .expected)
    }

    @Test("A worker stopped between sending and looking burns no attempt; one that looked and did not find does")
    func acknowledgedAtLevelListed() throws {
        var bench = try Bench()
        bench.expect("A")
        bench.act(.importOrders([Bench.order("ACC1")]))
        let worker = bench.enrol("gateway1")
        bench.read("A", [Bench.study("1.1")], by: worker)
        let first = try #require(bench.lease(worker).items.first)
        let some = VerdictGroup(instances: InstanceRanges([0, 1]), verdict: .acknowledged)
        #expect(bench.report(ResultItem(grant: first.grant, verdicts: [some]), worker) == .ok)
        #expect(try bench.study("1.1").progress.state == .ready)
        #expect(try bench.study("1.1").progress.attempts == 0)
        let second = try #require(bench.lease(worker).items.first)
        #expect(second.instances == InstanceRanges(upTo: 3))
        let all = VerdictGroup(instances: second.instances, verdict: .acknowledged)
        #expect(bench.report(ResultItem(grant: second.grant, verdicts: [all]), worker) == .ok)
        #expect(try bench.study("1.1").progress.state == .failed)
        #expect(try bench.study("1.1").progress.category == .verificationFailed)
    }

    @Test("A later disc that names a cut file of a verified study makes it incomplete, and a copy makes it whole again")
    func incompleteAfterwards() throws {
        var bench = try Bench()
        bench.expect("A", "B", "C")
        bench.act(.importOrders([Bench.order("ACC1")]))
        let worker = bench.enrol("gateway1")
        bench.read("A", [Bench.study("1.1")], by: worker)
        bench.sendAll(worker)
        bench.read("B", [], unreadable: [Bench.cut("IMAGES/4", study: "1.1", instance: "1.1.1.4")], by: worker)
        #expect(try bench.study("1.1").progress.state == .verifiedIncomplete)
        #expect(try bench.medium("B").state == .partlyRead)
        bench.read("C", [Bench.study("1.1", instances: 1, from: 4)], by: worker)
        bench.sendAll(worker)
        #expect(try bench.study("1.1").progress.state == .verified)
        #expect(try bench.medium("B").state == .drained)
        #expect(try bench.ledger.read { try $0.unreadableFiles(includingResolved: false, page: Page()) }.isEmpty)
        #expect(try bench.ledger.read { try $0.unreadableFiles(includingResolved: true, page: Page()) }.map(\.label) == ["B"])
    }

    @Test("A declared copy that is read whole makes up for a damaged disc, whichever comes first", arguments: [["A", "A2"], ["A2", "A"]])
    func wholeCopy(order: [String]) throws {
        var bench = try Bench()
        bench.act(.importMedia([ExpectedMedium(label: "A", kind: .cd), ExpectedMedium(label: "A2", kind: .cd, copyOf: "A")]))
        bench.act(.importOrders([Bench.order("ACC1")]))
        let worker = bench.enrol("gateway1")
        for label in order {
            let isDamaged = label == "A"
            bench.read(
                label, [Bench.study("1.1", instances: isDamaged ? 2 : 3)],
                unreadable: isDamaged ? [Bench.cut("IMAGES/3", study: "1.1", instance: "1.1.1.3")] : [], by: worker)
        }
        #expect(try bench.study("1.1").size.unreadable == 0)
        #expect(try bench.study("1.1").size.instances == 3)
        bench.sendAll(worker)
        #expect(try bench.study("1.1").progress.state == .verified)
        #expect(try bench.medium("A").state == .drained)
        #expect(try bench.medium("A2").state == .drained)
    }

    @Test("A declared copy proves nothing of a file without a UID, unless its directories are the same", arguments: [true, false])
    func copyWithoutProof(isSame: Bool) throws {
        var bench = try Bench()
        bench.act(.importMedia([ExpectedMedium(label: "A", kind: .cd), ExpectedMedium(label: "A2", kind: .cd, copyOf: "A")]))
        let worker = bench.enrol("gateway1")
        let cut = [Bench.cut("IMAGES/3", study: "1.1")]
        bench.read("A", [Bench.study("1.1", instances: 2)], unreadable: cut, fingerprint: Bench.hex("A"), by: worker)
        bench.read("A2", [Bench.study("1.1", instances: 2)], fingerprint: Bench.hex(isSame ? "A" : "A2"), by: worker)
        #expect(try bench.study("1.1").size.unreadable == (isSame ? 0 : 1))
        #expect(try bench.medium("A").state == (isSame ? .read : .partlyRead))
    }

    @Test("Of two damaged copies with the same directories each makes up for the files that it gave")
    func twoDamagedCopies() throws {
        var bench = try Bench()
        bench.act(.importMedia([ExpectedMedium(label: "A", kind: .cd), ExpectedMedium(label: "A2", kind: .cd, copyOf: "A")]))
        let worker = bench.enrol("gateway1")
        let studies = [Bench.study("1.1", instances: 2), Bench.study("1.1", instances: 2, from: 2)]
        for (label, study, lost) in [("A", studies[0], "1.1.1.3"), ("A2", studies[1], "1.1.1.1")] {
            bench.read(label, [study], unreadable: [Bench.cut("IMAGES/\(lost)")], fingerprint: Bench.hex("A"), by: worker)
        }
        #expect(try bench.ledger.read { try $0.unreadableFiles(includingResolved: false, page: Page()) }.isEmpty)
        #expect(try bench.medium("A").state == .read)
        #expect(try bench.medium("A2").state == .read)
    }

    @Test("A file that a second reading does not name at all stays on the list; one that it got or lists again does not stay twice")
    func secondReadingOfDamage() throws {
        var bench = try Bench()
        bench.expect("A")
        let worker = bench.enrol("gateway1")
        let cuts = ["1.1.1.3", "1.1.1.4", "1.1.1.5"].map { Bench.cut("IMAGES/\($0)", study: "1.1") }
        bench.read("A", [Bench.study("1.1", instances: 2)], unreadable: cuts, by: worker)
        bench.read("A", [Bench.study("1.1", instances: 3)], unreadable: [cuts[1]], by: worker)
        let open = try bench.ledger.read { try $0.unreadableFiles(includingResolved: false, page: Page()) }.map(\.record.file.path)
        #expect(open.sorted() == ["IMAGES/1.1.1.4", "IMAGES/1.1.1.5"])
        #expect(try bench.study("1.1").size.unreadable == 2)
        #expect(try bench.medium("A").state == .partlyRead)
        bench.read("A", [Bench.study("1.1", instances: 3)], by: worker)
        #expect(try bench.medium("A").state == .partlyRead)
        bench.read("A", [Bench.study("1.1", instances: 5)], by: worker)
        #expect(try bench.medium("A").state == .read)
    }

    @Test("A file of which no object is known leaves the list when a reading that opened every folder does not name it any more")
    func noObjectAfterAll() throws {
        var bench = try Bench()
        bench.expect("A")
        let worker = bench.enrol("gateway1")
        let (junk, object) = (Bench.cut("SETUP/DATA1"), Bench.cut("IMAGES/1.1.1.4", study: "1.1"))
        let open = { (bench: Bench) in
            try bench.ledger.read { try $0.unreadableFiles(includingResolved: false, page: Page()) }.map(\.record.file.path).sorted()
        }
        bench.read("A", [Bench.study("1.1")], unreadable: [junk, object], by: worker)
        bench.read("A", [Bench.study("1.1")], unreadable: [junk], by: worker)
        #expect(try open(bench) == ["IMAGES/1.1.1.4", "SETUP/DATA1"])
        bench.read("A", [Bench.study("1.1")], findings: [Sentence("unreadable-directory")], by: worker)
        #expect(try open(bench) == ["IMAGES/1.1.1.4", "SETUP/DATA1"])
        bench.read("A", [Bench.study("1.1")], by: worker)
        #expect(try open(bench) == ["IMAGES/1.1.1.4"])
        #expect(try bench.medium("A").state == .partlyRead)
        bench.read("A", [Bench.study("1.1", instances: 4)], by: worker)
        #expect(try bench.medium("A").state == .read)
    }

    @Test("A lease that a line grants for two parts of one study says of the second that something may have been sent")
    func twoPartsInOneLine() throws {
        var bench = try Bench()
        bench.expect("A", "B")
        bench.act(.importOrders([Bench.order("ACC1")]))
        let worker = bench.enrol("gateway1")
        bench.read("A", [Bench.study("1.1", instances: 2)], by: worker)
        bench.read("B", [Bench.study("1.1", instances: 2, from: 3)], by: worker)
        let items = bench.lease(worker).items
        #expect(items.map(\.mayHaveBeenSent) == [false, true])
        bench.verify(items[0], worker)
        #expect(try bench.study("1.1").progress.state == .leased)
        bench.verify(items[1], worker)
        #expect(try bench.study("1.1").progress.state == .verified)
    }

    @Test("A failed part waits for its delay also while another part of its study is under way")
    func delayOfOnePart() throws {
        var bench = try Bench()
        bench.expect("A", "B")
        bench.act(.importOrders([Bench.order("ACC1")]))
        let worker = bench.enrol("gateway1")
        bench.read("A", [Bench.study("1.1", instances: 2)], by: worker)
        bench.read("B", [Bench.study("1.1", instances: 2, from: 3)], by: worker)
        let items = bench.lease(worker).items
        bench.fail(items[0], .destinationRefused, worker)
        #expect(try bench.study("1.1").progress.state == .leased)
        #expect(bench.lease(worker).items.isEmpty)
        bench.tick(after: .seconds(5))
        let again = try #require(bench.lease(worker).items.first)
        #expect(again.mediumGrant == items[0].mediumGrant)
        bench.verify(again, worker)
        bench.verify(items[1], worker)
        #expect(try bench.study("1.1").progress.state == .verified)
    }

    @Test("A clock that goes back changes nothing")
    func clockGoesBack() throws {
        var bench = try Bench()
        bench.expect("A")
        let worker = bench.enrol("gateway1")
        let grant = try #require(bench.insert("A", into: worker).grant)
        let moment = bench.driver.snapshot.now
        bench.now = Instant(milliseconds: moment.milliseconds - 3_600_000)
        bench.tick()
        #expect(bench.driver.snapshot.now == moment)
        #expect(bench.beat(worker, [grant])?.live == [grant])
    }
}

import Holding
import LineProtocol
import Migration
import Testing

@Suite struct MediumTests {
    private let grant = GrantNumber(7)

    private func inventory(_ pieces: Int, isClosed: Bool = false) -> Reply {
        .inventory(InventoryReply(pieces: pieces, isClosed: isClosed))
    }

    @Test func `a disc is asked for, read, told piece by piece and closed`() {
        var bench = Bench.connected()
        #expect(bench.tell(.mediumPresented(Bench.medium("A"))) == [.say(.medium(Bench.medium("A")))])
        #expect(bench.reply(.medium(MediumReply(grant: grant, sentence: Sentence("x")))) == [.read(drive: "drive1", grant)])
        #expect(bench.tell(.piecesWritten(grant, count: 2)).said == [.piece(grant, 0), .piece(grant, 1)])
        #expect(bench.tell(.inventoryComplete(grant, pieces: 3)).said == [.piece(grant, 2)])
        #expect(bench.reply(inventory(1)).isEmpty)
        #expect(bench.reply(inventory(2)).isEmpty)
        #expect(bench.reply(inventory(3)) == [.say(.inventoryEnd(grant))])
        #expect(bench.reply(inventory(3, isClosed: true)) == [.enterCustody(grant)])
        #expect(bench.holder.readingGrants.isEmpty)
    }

    @Test func `the end is not said before the coordinator has every piece`() {
        var bench = Bench.connected()
        bench.read("A", grant: 7)
        #expect(!bench.tell(.inventoryComplete(grant, pieces: 2)).said.contains(.inventoryEnd(grant)))
        #expect(bench.reply(inventory(1)).said.isEmpty)
        #expect(bench.reply(inventory(2)).said == [.inventoryEnd(grant)])
    }

    @Test func `an empty disc is closed by its end alone`() {
        var bench = Bench.connected()
        bench.read("A", grant: 7)
        #expect(bench.tell(.inventoryComplete(grant, pieces: 0)).said == [.inventoryEnd(grant)])
    }

    @Test func `no more than the bound of pieces is on its way`() {
        var bench = Bench.connected()
        bench.read("A", grant: 7)
        let limit = HoldingConfiguration.piecesInFlight
        #expect(bench.tell(.piecesWritten(grant, count: 100)).said.count == limit)
        #expect(bench.reply(inventory(1)).said == [.piece(grant, limit)])
    }

    @Test func `a refused disc is told to its drive`() {
        var bench = Bench.connected()
        bench.tell(.mediumPresented(Bench.medium("A")))
        let sentence = Sentence("label-unknown", [.label("A")])
        #expect(bench.reply(.medium(MediumReply(grant: nil, sentence: sentence))) == [.refuseMedium(drive: "drive1", sentence)])
    }

    @Test func `a disc that is inserted while the coordinator is away is asked for when it is back`() {
        var bench = Bench()
        #expect(bench.tell(.mediumPresented(Bench.medium("A"))).isEmpty)
        bench.tell(.connected)
        let actions = bench.reply(.hello(HelloReply(version: 1, worker: "w", term: Bench.term, beat: Bench.beat)))
        #expect(actions.said.contains(.medium(Bench.medium("A"))))
    }

    @Test func `after a lost connection the pieces that were not taken are said again, and the grant is named in HELLO`() {
        var bench = Bench.connected()
        bench.read("A", grant: 7)
        bench.tell(.inventoryComplete(grant, pieces: 3))
        bench.reply(inventory(1))
        bench.tell(.disconnected)
        #expect(bench.tell(.connected) == [.say(.hello(reading: [grant]))])
        let said = bench.reply(.hello(HelloReply(version: 1, worker: "w", term: Bench.term, beat: Bench.beat))).said
        #expect(said == [.beat([grant]), .piece(grant, 1), .piece(grant, 2)])
    }

    @Test func `an end whose answer was lost is said again`() {
        var bench = Bench.connected()
        bench.read("A", grant: 7)
        bench.tell(.inventoryComplete(grant, pieces: 1))
        bench.reply(inventory(1))
        bench.tell(.disconnected)
        bench.tell(.connected)
        let said = bench.reply(.hello(HelloReply(version: 1, worker: "w", term: Bench.term, beat: Bench.beat))).said
        #expect(said == [.beat([grant]), .inventoryEnd(grant)])
    }

    @Test func `pieces that do not add up are said once more from the first on, then the disc is given up`() {
        var bench = Bench.connected()
        bench.read("A", grant: 7)
        bench.tell(.inventoryComplete(grant, pieces: 1))
        bench.reply(inventory(1))
        let mismatch = Reply.error(LineError(.inventoryMismatch, "digest"))
        #expect(bench.reply(mismatch).said == [.piece(grant, 0)])
        #expect(bench.reply(inventory(1)).said == [.inventoryEnd(grant)])
        let actions = bench.reply(mismatch)
        #expect(actions == [.dropMedium(grant), .say(.abandon(grant, Sentence("inventory-mismatch")))])
    }

    @Test func `a coordinator that cannot write now is told the same after a while`() {
        var bench = Bench.connected()
        bench.read("A", grant: 7)
        bench.tell(.piecesWritten(grant, count: 1))
        #expect(bench.reply(.error(LineError(.ledgerUnavailable, "disk full"))).isEmpty)
        #expect(bench.pass(.seconds(1)).isEmpty)
        #expect(bench.pass(HoldingConfiguration.retryDelay).said == [.piece(grant, 0)])
    }

    @Test func `a piece that was refused is said again although a later one was taken`() {
        var bench = Bench.connected()
        bench.read("A", grant: 7)
        bench.tell(.piecesWritten(grant, count: 3))
        bench.reply(inventory(1))
        #expect(bench.reply(.error(LineError(.ledgerUnavailable, "disk full"))).isEmpty)
        #expect(bench.reply(inventory(2)).isEmpty)
        #expect(bench.pass(HoldingConfiguration.retryDelay).said == [.piece(grant, 1), .piece(grant, 2)])
        bench.tell(.inventoryComplete(grant, pieces: 3))
        #expect(bench.reply(inventory(3)).isEmpty)
        #expect(bench.reply(inventory(3)).said == [.inventoryEnd(grant)])
    }

    @Test func `a stale grant stops the reading and what was staged is dropped`() {
        var byPiece = Bench.connected()
        byPiece.read("A", grant: 7)
        byPiece.tell(.piecesWritten(grant, count: 1))
        #expect(byPiece.reply(.stale(grant)) == [.dropMedium(grant)])
        var byBeat = Bench.connected()
        byBeat.read("A", grant: 7)
        byBeat.pass(Bench.beat)
        #expect(byBeat.answerBeat(stale: [grant]) == [.dropMedium(grant)])
        #expect(byBeat.holder.readingGrants.isEmpty)
    }

    @Test func `a disc that leaves its drive while it is read is given up`() {
        var bench = Bench.connected()
        bench.read("A", grant: 7)
        let sentence = Sentence("ejected-while-reading")
        #expect(bench.tell(.mediumWithdrawn(drive: "drive1")) == [.dropMedium(grant), .say(.abandon(grant, sentence))])
        #expect(bench.reply(inventory(0)).isEmpty)
        #expect(bench.holder.readingGrants.isEmpty)
    }

    @Test func `a disc whose inventory is complete may leave its drive`() {
        var bench = Bench.connected()
        bench.read("A", grant: 7)
        bench.tell(.inventoryComplete(grant, pieces: 1))
        #expect(bench.tell(.mediumWithdrawn(drive: "drive1")).isEmpty)
        bench.reply(inventory(1))
        #expect(bench.reply(inventory(1, isClosed: true)) == [.enterCustody(grant)])
    }

    @Test func `a grant for a disc that is gone already is given back`() {
        var bench = Bench.connected()
        bench.tell(.mediumPresented(Bench.medium("A")))
        bench.tell(.mediumWithdrawn(drive: "drive1"))
        let actions = bench.reply(.medium(MediumReply(grant: grant, sentence: Sentence("x"))))
        #expect(actions.said == [.abandon(grant, Sentence("ejected-while-reading"))])
    }

    @Test func `a disc that moves to another drive while it is asked for is asked for again after its first grant was given back`() {
        var bench = Bench.connected()
        let granted = MediumReply(grant: grant, sentence: Sentence("x"))
        bench.tell(.mediumPresented(Bench.medium("A")))
        bench.tell(.mediumWithdrawn(drive: "drive1"))
        let moved = Bench.medium("A", drive: "drive2")
        #expect(bench.tell(.mediumPresented(moved)).said == [.medium(moved)])
        #expect(bench.reply(.medium(granted)).said == [.abandon(grant, Sentence("ejected-while-reading"))])
        // Said before the coordinator knew: the same grant, which is over by now.
        #expect(bench.reply(.medium(granted)) == [.say(.medium(moved))])
        #expect(bench.reply(inventory(0)).isEmpty)
        let next = MediumReply(grant: GrantNumber(8), sentence: Sentence("x"))
        #expect(bench.reply(.medium(next)) == [.read(drive: "drive2", GrantNumber(8))])
    }

    @Test func `of two discs of one label in two drives one is read`() {
        var bench = Bench.connected()
        bench.read("A", drive: "drive1", grant: 7)
        bench.tell(.mediumPresented(Bench.medium("A", drive: "drive2")))
        let actions = bench.reply(.medium(MediumReply(grant: grant, sentence: Sentence("x"))))
        #expect(actions == [.refuseMedium(drive: "drive2", Sentence(.beingRead, [.label("A"), .worker("gateway1")]))])
        #expect(bench.holder.readingGrants == [grant])
        #expect(bench.tell(.piecesWritten(grant, count: 1)).said == [.piece(grant, 0)])
    }

    @Test func `an inventory that was complete before a restart is told wholly`() {
        var bench = Bench()
        bench.tell(.inventoryRestored(grant, pieces: 2))
        #expect(bench.tell(.connected) == [.say(.hello(reading: [grant]))])
        let said = bench.reply(.hello(HelloReply(version: 1, worker: "w", term: Bench.term, beat: Bench.beat))).said
        #expect(said == [.beat([grant]), .piece(grant, 0), .piece(grant, 1)])
    }

    @Test func `two drives are read at the same time`() {
        var bench = Bench.connected()
        bench.read("A", drive: "drive1", grant: 7)
        bench.read("B", drive: "drive2", grant: 8)
        #expect(bench.holder.readingGrants == [grant, GrantNumber(8)])
        #expect(bench.tell(.piecesWritten(GrantNumber(8), count: 1)).said == [.piece(GrantNumber(8), 0)])
    }

    @Test func `a MEDIUM that the coordinator cannot record is asked again, one that it calls wrong is refused`() {
        var bench = Bench.connected()
        bench.tell(.mediumPresented(Bench.medium("A")))
        #expect(bench.reply(.error(LineError(.ledgerUnavailable, "disk full"))).isEmpty)
        #expect(bench.pass(HoldingConfiguration.retryDelay).said == [.medium(Bench.medium("A"))])
        let actions = bench.reply(.error(LineError(.badValue, "label")))
        #expect(actions == [.refuseMedium(drive: "drive1", Sentence("line-error", [.text("label")]))])
    }

    @Test func `a beat that calls a wholly told disc stale drops nothing: its inventory's reply decides`() {
        var bench = Bench.connected()
        bench.read("A", grant: 7)
        bench.tell(.inventoryComplete(grant, pieces: 1))
        bench.reply(inventory(1))
        bench.tell(.disconnected)
        bench.tell(.connected)
        bench.reply(.hello(HelloReply(version: 1, worker: "w", term: Bench.term, beat: Bench.beat)))
        #expect(bench.answerBeat(stale: [grant]).isEmpty)
        #expect(bench.reply(inventory(1, isClosed: true)) == [.enterCustody(grant)])
    }

    @Test func `a piece that is answered as closed ends the telling: the disc is in custody`() {
        var bench = Bench()
        bench.tell(.inventoryRestored(grant, pieces: 2))
        bench.tell(.connected)
        bench.reply(.hello(HelloReply(version: 1, worker: "w", term: Bench.term, beat: Bench.beat)))
        bench.answerBeat(stale: [grant])
        #expect(bench.reply(inventory(2, isClosed: true)) == [.enterCustody(grant)])
        #expect(bench.reply(inventory(2, isClosed: true)).isEmpty)
        #expect(bench.holder.readingGrants.isEmpty)
    }

    @Test func `after a wholly told disc was dropped a new HELLO does not name it any more`() {
        var bench = Bench.connected()
        bench.read("A", grant: 7)
        bench.tell(.inventoryComplete(grant, pieces: 1))
        bench.reply(inventory(1))
        #expect(bench.reply(.stale(grant)) == [.dropMedium(grant), .reconnect])
        #expect(bench.tell(.connected) == [.say(.hello(reading: []))])
    }

    @Test func `a disc given up too late, closed already, is left out of a new HELLO`() {
        var bench = Bench.connected()
        bench.read("A", grant: 7)
        bench.tell(.inventoryComplete(grant, pieces: 0))
        bench.tell(.disconnected)
        bench.tell(.readingFailed(grant, Sentence("reading-failed")))
        bench.tell(.connected)
        bench.reply(.hello(HelloReply(version: 1, worker: "w", term: Bench.term, beat: Bench.beat)))
        bench.answerBeat(stale: [grant])
        #expect(bench.reply(.stale(grant)) == [.reconnect])
        #expect(bench.tell(.connected) == [.say(.hello(reading: []))])
    }
}

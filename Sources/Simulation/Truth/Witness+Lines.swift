import Ledger
import LineProtocol
import Migration

/// What the coordinator says must be so.
extension Witness {
    func check(_ said: Said, _ answer: Answered) {
        switch (said, answer) {
        case (.line(let worker, let request), .reply(let reply)): check(request, of: worker, reply)
        case (_, .other(let fault?)): report(.noFault, fault)
        default: break
        }
    }

    private func check(_ request: Request, of worker: WorkerID, _ reply: Reply) {
        if case .error(let error) = reply {
            let isOurFault = error.code == .internal || error.code == .malformedLine || error.code == .badValue || error.code == .unknownVerb
            return expect(!isOurFault, .noFault, "\(request.verb.rawValue) was answered \(error.code.rawValue): \(error.message)")
        }
        let isKnown = [workers[worker], before.workers[worker]].contains { $0 != nil && $0?.state != .revoked }
        expect(isKnown, .revoked, "\(request.verb.rawValue) of worker \(worker), which was revoked or never enrolled, was answered")
        switch (request, reply) {
        case (.hello(let hello), .hello): checkCustody(hello, of: worker)
        case (.beat(let beat), .beat(let answer)): check(beat, of: worker, answer)
        case (.medium, .medium(let answer)): checkMedium(answer, of: worker)
        case (.inventory(let inventory), .inventory(let answer)): check(inventory, of: worker, answer)
        case (.lease, .lease(let answer)): check(answer, of: worker)
        case (.result(let result), .result(let answer)): check(result, of: worker, answer)
        default: break
        }
    }

    /// The ledger believes nobody to have what he has just not named.
    private func checkCustody(_ hello: HelloRequest, of worker: WorkerID) {
        let named = Set(hello.custody)
        for grant in partsUnder.keys.sorted() where !named.contains(grant) {
            let isHeld = (partsUnder[grant] ?? []).contains { parts[$0]?.worker == worker && parts[$0]?.custody == .held && !before.parts.contains($0) }
            expect(!isHeld, .custodyIsReal, "parts of grant \(grant) are in the custody of worker \(worker), which greeted without it")
        }
    }

    private func check(_ beat: BeatRequest, of worker: WorkerID, _ answer: BeatReply) {
        for grant in answer.live {
            let isTrue = isLive(grant) && grants[grant]?.record.worker == worker
            expect(isTrue, .beatIsTrue, "worker \(worker) was told that grant \(grant) lives")
        }
        for grant in answer.stale {
            let isTrue = grants[grant]?.state == .live && grants[grant]?.record.worker == worker
            expect(!isTrue, .beatIsTrue, "worker \(worker) was told that its live grant \(grant) is stale")
        }
    }

    private func checkMedium(_ answer: MediumReply, of worker: WorkerID) {
        guard let grant = answer.grant else { return }
        let isDurable = isLive(grant) && grants[grant]?.record.worker == worker
        expect(isDurable, .acknowledgedIsDurable, "worker \(worker) was told of grant \(grant), which the ledger has not as its live one")
    }

    private func check(_ request: InventoryRequest, of worker: WorkerID, _ answer: InventoryReply) {
        guard let fact = grants[request.grant] else {
            return report(.acknowledgedIsDurable, "a line of the inventory of grant \(request.grant) was answered, which the ledger does not have")
        }
        expect(fact.record.worker == worker, .oldGrant, "worker \(worker) told of grant \(request.grant), which is another's, and was answered")
        if answer.isClosed {
            let isClosed = media.values.contains { $0.closedGrant == request.grant } || fact.state == .answered
            expect(isClosed, .acknowledgedIsDurable, "the inventory of grant \(request.grant) was called closed and is not")
        } else if case .piece = request.matter, fact.state == .live {
            let count = pieces[request.grant] ?? 0
            expect(answer.pieces <= count, .acknowledgedIsDurable, "\(answer.pieces) pieces of grant \(request.grant) were acknowledged, the ledger has \(count)")
        }
    }

    private func check(_ answer: LeaseReply, of worker: WorkerID) {
        guard !answer.items.isEmpty else { return }
        let isDraining = workers[worker]?.isDraining != false && before.workers[worker]?.isDraining != false
        expect(!isDraining, .drained, "worker \(worker), which is to drain, was granted \(answer.items.count) parts")
        for item in answer.items {
            // One transaction may grant a part and answer for it: what counts is that it was made, and for this worker.
            let isDurable = grants[item.grant].map { $0.record.worker == worker } ?? false
            expect(isDurable, .acknowledgedIsDurable, "worker \(worker) was told of grant \(item.grant), which the ledger does not have")
            checkTitle(of: item, for: worker)
        }
    }

    private func check(_ request: ResultRequest, of worker: WorkerID, _ answer: ResultReply) {
        for item in answer.items where item.word == .ok {
            guard let fact = grants[item.grant] else {
                report(.acknowledgedIsDurable, "a result of grant \(item.grant) was taken, which the ledger does not have")
                continue
            }
            let isRight = fact.state == .answered && fact.record.worker == worker
            expect(isRight || fact.state == .live, .oldGrant, "worker \(worker) reported under grant \(item.grant), which was \(fact.state.rawValue), and it counted")
            expect(fact.state != .live, .acknowledgedIsDurable, "the result of grant \(item.grant) was acknowledged, but the grant lives on")
        }
    }
}

import Ledger
import Migration

/// What came of telling the PACS or RIS of orders.
extension Engine {
    /// Takes what came of telling; nil: nothing follows, as it was settled before.
    func take(_ report: OutboundReport, in turn: Turn) throws -> Sentence? {
        switch report {
        case .begun(let ids): return try begin(ids, in: turn)
        case .acknowledged(let ids, let how):
            return try each(ids, in: turn) { try acknowledge($0, how, in: turn) }
        case .refused(let id, let what, let words, let isPassing):
            return try each([id], in: turn) { try refuse($0, what, words, isPassing: isPassing, in: turn) }
        case .unwritable(let id, let set):
            return try each([id], in: turn) { told in
                try giveUp(told, Sentence(.orderUnwritable, [.accession(told.order.accessionNumber), .text(set)]), in: turn)
            }
        case .failed(let ids, let why): return try each(ids, in: turn) { try note($0, why, in: turn) }
        }
    }

    private func each(_ ids: [OutboundID], in turn: Turn, _ body: (OutboundRecord) throws -> Sentence) throws -> Sentence? {
        var last: Sentence?
        for id in ids {
            guard let told = try turn.tx.outbound(id), told.state == .sending else { continue }
            last = try body(told)
        }
        return last
    }

    /// Those that were withdrawn meanwhile stay so.
    private func begin(_ ids: [OutboundID], in turn: Turn) throws -> Sentence? {
        var last: Sentence?
        for id in ids {
            guard var told = try turn.tx.outbound(id), told.state == .waiting else { continue }
            told.state = .sending
            try turn.tx.updateOutbound(told)
            last = Sentence(.orderNotAcknowledged, [.accession(told.order.accessionNumber)])
        }
        return last
    }

    private func acknowledge(_ told: OutboundRecord, _ how: String, in turn: Turn) throws -> Sentence {
        let code: SentenceCode = told.kind == .new ? .orderAcknowledged : .cancelAcknowledged
        let sentence = Sentence(code, [.accession(told.order.accessionNumber), .text(how)])
        try settle(told, as: .acknowledged, sentence, in: turn)
        try follow(told, nil, sentence, in: turn)
        return sentence
    }

    private func refuse(_ told: OutboundRecord, _ what: String, _ words: Identifying, isPassing: Bool, in turn: Turn) throws -> Sentence {
        if isPassing, told.attempts + 1 < configuration.retries.attempts {
            var again = told
            again.attempts += 1
            return try note(again, what, in: turn)
        }
        let code: SentenceCode = told.kind == .new ? .orderRefused : .cancelRefused
        return try giveUp(told, Sentence(code, [.accession(told.order.accessionNumber), .text(what), .patient(words)]), in: turn)
    }

    /// The receiver has not taken it and will not: a person is to look. A cancel that waits behind an order which was never taken is not needed either.
    private func giveUp(_ told: OutboundRecord, _ sentence: Sentence, in turn: Turn) throws -> Sentence {
        try settle(told, as: .refused, sentence, in: turn)
        guard told.kind == .new else { return sentence }
        var refused = told
        refused.sentence = sentence
        for cancel in try turn.tx.outbound(accessionNumber: told.order.accessionNumber) where cancel.kind == .cancel && cancel.state == .waiting {
            try settle(cancel, as: .withdrawn, Sentence(.orderWithdrawn, [.accession(told.order.accessionNumber)]), in: turn)
            try close(refused, because: "it is not needed any more", in: turn)
        }
        try follow(told, refused.holdReason, sentence, in: turn)
        return sentence
    }

    /// It is tried again; the same reason is in the chain of events once.
    private func note(_ told: OutboundRecord, _ why: String, in turn: Turn) throws -> Sentence {
        var told = told
        let sentence = Sentence(.orderNotTold, [.accession(told.order.accessionNumber), .text(why)])
        let isNews = told.sentence != sentence
        told.sentence = sentence
        try turn.tx.updateOutbound(told)
        if isNews { try turn.record(sentence, study: told.study) }
        return sentence
    }

    func settle(_ told: OutboundRecord, as state: OutboundState, _ sentence: Sentence, in turn: Turn) throws {
        var told = told
        told.state = state
        told.settledAt = turn.now
        told.sentence = sentence
        try turn.tx.updateOutbound(told)
        try turn.record(sentence, study: told.study)
    }

    /// The study of an order that was acknowledged, or held for `reason`, follows, where it waits for this one.
    private func follow(_ told: OutboundRecord, _ reason: HoldReason?, _ sentence: Sentence, in turn: Turn) throws {
        guard told.kind == .new, var study = try turn.tx.study(told.study), study.holdReason == .orderNotAcknowledged,
            study.plan?.accessionNumber == told.order.accessionNumber
        else { return }
        if reason == nil, live.review != nil, study.decision == nil {
            // It was held under rules that may hold no more.
            return try match([study.id], in: turn)
        }
        study.holdReason = reason
        study.progress.state = reason == nil ? .ready : .held
        study.progress.sentence = sentence
        var parts = try turn.tx.parts(of: study.id)
        try settle(&study, &parts, in: turn)
        try turn.tx.updateStudy(study)
    }
}

extension OutboundRecord {
    /// Why its study is held when it was refused.
    var holdReason: HoldReason { sentence?.code == SentenceCode.orderUnwritable.rawValue ? .characterSet : .orderRefused }
}

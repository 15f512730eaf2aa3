import Ledger
import Migration

/// Orders of unspecified exams: told to the PACS or RIS before the images, and cancelled there when they are not needed any more.
extension Engine {
    // MARK: What is told

    /// `clearance` of a study as far as its order lets it go: an unspecified exam waits, under its plan, until the order is acknowledged. An order that was told and
    /// is not the plan's any more is cancelled, before anything was leased or where the study is left out.
    ///
    /// - Parameter isAnew: a person wants it tried again, though it was refused.
    func awaitingOrder(_ clearance: Clearance, of study: inout StudyRecord, isAnew: Bool = false, in turn: Turn) throws -> Clearance {
        guard configuration.announcesOrders || study.reservedAccession != nil else { return clearance }
        var clearance = clearance
        let told = try turn.tx.outbound(of: study.id)
        if !study.progress.wasGranted || clearance.state == .excluded {
            for order in told.filter({ $0.kind == .new && !clearance.needs($0) }) { try takeBack(order, of: &study, in: turn) }
        }
        guard configuration.announcesOrders, var plan = clearance.plan, plan.isUnspecifiedExam else { return clearance }
        if study.reservedAccession == nil {
            // Its number is another patient's order now.
            guard let number = try reserveAccessionNumber(in: turn) else { return Clearance(held: .numbersUsedUp, numbersUsedUp) }
            study.reservedAccession = number
            plan = plan.renumbered(number)
            clearance.plan = plan
        }
        let own = told.last { $0.kind == .new && $0.order.accessionNumber == plan.accessionNumber }
        switch own?.state {
        case .acknowledged: return clearance
        case .waiting, .sending: return Clearance(plan: plan, held: .orderNotAcknowledged, Self.announced(plan))
        case .refused where !isAnew: return Clearance(plan: plan, held: own?.holdReason ?? .orderRefused, own?.sentence ?? Self.announced(plan))
        case nil, .refused, .withdrawn, .closed:
            if let own, own.state == .refused { try close(own, because: "it is told again as another message", in: turn) }
            try turn.record(clearance.sentence, study: study.id)
            try tell(.new, Order(of: study, under: plan), of: study.id, in: turn)
            return Clearance(plan: plan, held: .orderNotAcknowledged, Self.announced(plan))
        }
    }

    /// Holds a settled study that is to go until its order is acknowledged, or lets it go when that is not wanted any more.
    func holdForOrder(_ study: inout StudyRecord, isAnew: Bool = false, in turn: Turn) throws {
        let isWaiting = study.holdReason == .orderNotAcknowledged || study.holdReason == .orderRefused
        guard let plan = study.plan, study.holdReason == nil || isWaiting, Self.isOnItsWay(study.progress.state) else { return }
        let sentence = study.progress.sentence ?? Self.announced(plan)
        let clearance = try awaitingOrder(Clearance(plan: plan, sentence), of: &study, isAnew: isAnew, in: turn)
        study.plan = clearance.plan
        guard clearance.reason != study.holdReason else { return }
        study.holdReason = clearance.reason
        if clearance.reason != nil || study.progress.state == .held { study.progress.state = clearance.state }
        study.progress.sentence = clearance.sentence
        try turn.record(clearance.sentence, study: study.id)
    }

    /// As above, for a study whose parts are settled and that is written: both are once more, where that changes it.
    func holdForOrder(_ study: inout StudyRecord, _ parts: inout [PartRecord], isAnew: Bool = false, in turn: Turn) throws {
        let before = study
        try holdForOrder(&study, isAnew: isAnew, in: turn)
        guard study != before else { return }
        try settle(&study, &parts, in: turn)
        try turn.tx.updateStudy(study)
    }

    private static func isOnItsWay(_ state: StudyState) -> Bool {
        switch state {
        case .held, .ready, .leased, .failed: true
        case .inventoried, .matched, .sent, .verified, .verifiedIncomplete, .exception, .excluded: false
        }
    }

    private static func announced(_ plan: SendPlan) -> Sentence { Sentence(.orderNotAcknowledged, [.accession(plan.accessionNumber)]) }

    private func tell(_ kind: OutboundKind, _ order: Order, of study: StudyID, in turn: Turn) throws {
        let earlier = try turn.tx.outbound(accessionNumber: order.accessionNumber).count
        // With 16 characters of an accession number at most 20, as MSH-10 had before HL7 v2.7.
        let controlID = "\(order.accessionNumber)-\(earlier + 1)"
        _ = try turn.tx.insertOutbound(OutboundRecord(study: study, kind: kind, controlID: controlID, order: order, madeAt: turn.now))
    }

    /// An order is not needed any more. Its number is not used again: whoever was told of it may know it yet.
    private func takeBack(_ told: OutboundRecord, of study: inout StudyRecord, in turn: Turn) throws {
        if study.reservedAccession == told.order.accessionNumber { study.reservedAccession = nil }
        let number = SentenceArgument.accession(told.order.accessionNumber)
        switch told.state {
        case .waiting: try settle(told, as: .withdrawn, Sentence(.orderWithdrawn, [number]), in: turn)
        case .sending, .acknowledged:
            guard try !turn.tx.outbound(accessionNumber: told.order.accessionNumber).contains(where: { $0.kind == .cancel }) else { return }
            var order = told.order
            order.status = Order.cancelledStatus
            try tell(.cancel, order, of: study.id, in: turn)
            try turn.record(.orderNotNeeded, [number], study: study.id)
        case .refused: try close(told, because: "it is not needed any more", in: turn)
        case .withdrawn, .closed: return
        }
    }

    // MARK: What was refused

    /// Nothing is to be done any more about a message that was refused.
    func close(_ told: OutboundRecord, because why: String, in turn: Turn) throws {
        try settle(told, as: .closed, Sentence(.orderClosed, [.accession(told.order.accessionNumber), .text(why)]), in: turn)
    }

    /// A person has seen to what was refused; what a study waits for is told again, or decided on, instead.
    func closeOutbound(_ id: OutboundID, reason: String, by person: String, in turn: Turn) throws -> Sentence {
        try Self.check(reason)
        guard let told = try turn.tx.outbound(id) else { throw ActionError(.unknown, "there is no order or cancel \(id)") }
        guard told.state == .refused else { throw ActionError(.notNow, "order or cancel \(id) is \(told.state.rawValue): only what was refused is closed") }
        let study = try turn.tx.study(told.study)
        if told.kind == .new, let study, study.holdReason == told.holdReason, study.plan?.accessionNumber == told.order.accessionNumber {
            throw ActionError(
                .notNow, "study \(study.header.studyInstanceUID) waits for order \(id): let it be told again (exceptions retry), or decide otherwise on the study")
        }
        let sentence = Sentence(.orderClosedByPerson, [.accession(told.order.accessionNumber), .text(person), .patient(Identifying(reason))])
        try settle(told, as: .closed, sentence, in: turn)
        return sentence
    }

    // MARK: The last gate

    /// Whether a part may be leased: none of an unspecified exam goes before its order is acknowledged, also where orders are told since the study was cleared.
    func mayGoBeforeOrder(_ part: LeasablePart, in turn: Turn) throws -> Bool {
        guard configuration.announcesOrders, part.plan.isUnspecifiedExam, var study = try turn.tx.study(part.part.study) else { return true }
        var parts = try turn.tx.parts(of: study.id)
        try holdForOrder(&study, &parts, in: turn)
        return study.holdReason == nil
    }
}

extension Clearance {
    /// Whether an order that was told is this study's yet: it is held, or filed under it, for the same patient.
    fileprivate func needs(_ told: OutboundRecord) -> Bool {
        guard let plan else { return state != .excluded }
        return plan.accessionNumber == told.order.accessionNumber && plan.patientID.trimmed == told.order.patient.patientID.trimmed
    }
}

extension SendPlan {
    /// Whether it files a study as an unspecified exam.
    var isUnspecifiedExam: Bool { coercions.contains { $0.rule == .unspecifiedExam } }

    /// The same under another accession number.
    fileprivate func renumbered(_ accession: String) -> SendPlan {
        var plan = self
        for index in plan.coercions.indices where plan.coercions[index].value.reveal() == accessionNumber && plan.coercions[index].tag == Self.accessionTag {
            plan.coercions[index].value = Identifying(accession)
        }
        plan.accessionNumber = accession
        return plan
    }

    /// Accession Number (0008,0050).
    private static var accessionTag: String { "00080050" }
}

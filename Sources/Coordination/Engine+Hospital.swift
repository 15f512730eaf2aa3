import Ledger
import Migration

/// What the hospital's systems say.
extension Engine {
    /// Takes a message as a whole. Said again it changes nothing, and the chain of events has it once, unless it is outdated: that is told each time.
    func take(_ message: HospitalMessage, in turn: Turn) throws -> Sentence {
        try Self.checkCount(message.notices.count)
        var taking = Taking(message, in: turn)
        for notice in message.notices { try taking.take(notice) }
        try match(patients: taking.patients + taking.changes.concerned(by: matching, in: turn.tx), in: turn)
        try followMerges(of: message.notices.compactMap { if case .merge(let former, _) = $0 { former.patientID } else { nil } }, in: turn)
        try requestPriors(of: taking.newOrders, sender: message.sender, in: turn)
        guard let last = try taking.recordOrders() ?? taking.last else { return Sentence(.messageChangesNothing, [.text(message.sender)]) }
        return last
    }
}

/// The taking of one message: what it changed so far.
struct Taking {
    private let name: String
    private var sender: SentenceArgument { .text(name) }
    /// When the message was said, where that can be believed.
    let saidAt: Instant?
    /// See ``HospitalMessage/isAnswer``.
    private let isAnswer: Bool
    /// Whether a list says it, all at once: what it says of identities is recorded in sum, and orders keep what they say themselves.
    let isList: Bool
    let turn: Turn
    /// Whose studies are to be matched anew.
    private(set) var patients: [Identifying] = []
    /// Who is known otherwise now.
    var changes = IdentityChanges()
    /// The last sentence that was recorded; nil: nothing changed.
    private(set) var last: Sentence?
    /// Orders that the message itself has told of: what stands behind in it counts.
    private var told: Set<OrderID> = []
    /// Orders that nobody had told of before, and that hold.
    private(set) var newOrders: [NewOrder] = []
    private var orders = (added: Int64(0), updated: Int64(0), unchanged: Int64(0), ambiguous: Int64(0))

    /// How far the hospital's clock may be ahead of ours: a moment without time zone is read as UTC, and zones go up to 14 h east of it.
    /// What is further ahead would make every later message look outdated, and counts as not said.
    private static var clockLead: Interval { .minutes(24 * 60) }

    init(_ message: HospitalMessage, in turn: Turn) {
        name = message.sender
        isAnswer = message.isAnswer
        isList = false
        saidAt = message.saidAt.flatMap { $0 > turn.now + Self.clockLead ? nil : $0 }
        self.turn = turn
    }

    /// The taking of a row of the list of patients that `person` imports.
    ///
    /// - Throws: ``ActionError`` `bad-value` where it says that it was said in days to come.
    init(_ patient: PatientNotice, by person: String, in turn: Turn) throws {
        if let saidAt = patient.saidAt, saidAt > turn.now + Self.clockLead { throw ActionError(.badValue, "said_at lies more than a day ahead of the coordinator's clock") }
        name = "the list of patients, imported by \(person),"
        isAnswer = false
        isList = true
        saidAt = patient.saidAt ?? IdentityRecord.beforeMessages
        self.turn = turn
    }

    mutating func take(_ notice: HospitalNotice) throws {
        switch notice {
        case .order(let order): try take(order)
        case .cancel(let cancel): try take(cancel)
        case .identity(let identity): try take(identity)
        case .merge(let former, let survivor): try merge(former, into: survivor)
        }
    }

    /// Whether the message was said before what is known, which was said at `moment`.
    func isOutdated(by moment: Instant?) -> Bool {
        guard let saidAt, let moment else { return false }
        return saidAt < moment
    }

    mutating func record(_ code: SentenceCode, _ arguments: [SentenceArgument]) throws {
        let sentence = Sentence(code, [sender] + arguments)
        try turn.record(sentence)
        last = sentence
    }

    /// Records that the message says of something, told apart by `what`, what a newer one has said otherwise: once, however often it is sent again.
    mutating func recordOutdated(_ subject: SentenceArgument, _ what: String) throws {
        let words = "\(name) \(saidAt?.milliseconds ?? 0) \(what)"
        guard try turn.tx.noteOutdated(turn.tx.digest(of: Array(words.utf8))) else { return }
        try record(.messageOutdated, [subject])
    }

    /// Patients whose studies are to be matched anew.
    mutating func touch(_ touched: [Identifying]) { patients += touched.map { Identifying($0.trimmed) } }

    // MARK: Orders

    /// Adds an order, or changes the one of the same patient and accession number. What is older than what is known only fills what is empty, so that what
    /// comes late changes nothing that was said since, and what is said again makes no difference.
    private mutating func take(_ notice: OrderNotice) throws {
        let known = try turn.tx.orders(accessionNumber: notice.accessionNumber)
        let patient = try turn.tx.current(notice.patient.key)
        let own = turn.tx.orders(of: patient, among: known)
        guard own.issuers.count <= 1 else {
            throw ActionError(.ambiguousPatient, "an accession number is used for patients of \(own.issuers.count) issuers, and none is named")
        }
        guard var same = try turn.tx.kept(of: own) else {
            let order = try identified(notice.applied(to: blank(notice.accessionNumber, of: patient)), as: patient, saidAs: notice.patient.key)
            let new = try turn.tx.insertOrder(order, saidAt: saidAt ?? cancelMoment(of: notice, after: nil)).id
            told.insert(new)
            try turn.tx.noteNumbers(notice.numbers, of: new)
            noteNew(order)
            orders.added += 1
            orders.ambiguous += known.isEmpty ? 0 : 1
            try changes.note(nil, order.patient, in: turn.tx)
            return touch([order.patient.patientID] + known.map(\.order.patient.patientID))
        }
        let former = same
        try turn.tx.noteNumbers(notice.numbers, of: same.id)
        if isOutdated(by: same.saidAt) {
            same.order = notice.filling(same.order, isOfItsPatient: patient == notice.patient.key)
            if notice.applied(to: same.order) != same.order { try recordOutdated(.accession(notice.accessionNumber), "order \(notice.accessionNumber)") }
            return try change(former, to: same)
        }
        same.order = try identified(notice.applied(to: same.order), as: patient, saidAs: notice.patient.key)
        if staysCancelled(former) { same.order.status = former.order.status }
        told.insert(same.id)
        same.saidAt = saidAt ?? cancelMoment(of: notice, after: same.saidAt) ?? same.saidAt
        try change(former, to: same)
    }

    private mutating func noteNew(_ order: Order) {
        guard !order.isCancelled, !order.patient.patientID.isBlank else { return }
        let patient = PatientKey(patientID: order.patient.patientID, issuer: order.patient.issuer)
        newOrders.append(NewOrder(patient: patient, accessionNumber: order.accessionNumber, examDate: order.examDate))
    }

    /// Cancels the order of the patient that is known by one of these numbers.
    private mutating func take(_ cancel: OrderCancel) throws {
        let patient = try turn.tx.current(cancel.patient)
        let known = try turn.tx.orders(of: patient, among: cancel.numbers.flatMap { try turn.tx.orders(numbered: $0) })
        let accessions = Set(known.map(\.order.accessionNumber))
        guard let accession = accessions.first, accessions.count == 1, known.issuers.count <= 1 else { // unordered: there is one
            throw ActionError(.unknown, "the order has no accession number, and \(accessions.count) orders of the patient are known by its placer or filler number")
        }
        var notice = OrderNotice(patient: IdentityNotice(key: cancel.patient), accessionNumber: accession)
        notice.status = .value(cancel.status)
        try take(notice)
    }

    /// An order of which nothing is known but what messages said of its patient.
    private func blank(_ accessionNumber: String, of patient: PatientKey) throws -> Order {
        let known = try turn.tx.fittingIdentity(of: patient)?.told.notice.applied(to: PatientIdentity(patientID: ""))
        return Order(patient: known ?? PatientIdentity(patientID: ""), accessionNumber: accessionNumber, examDate: nil, modality: "")
    }

    /// Whether an order is cancelled, and the message does not let it hold again: only one does that was said later than what is known of the order, or says
    /// it behind the cancel. Otherwise a message that is sent again could bring an order back that was cancelled in the same second.
    private func staysCancelled(_ known: OrderRecord) -> Bool {
        guard known.order.isCancelled, !told.contains(known.id) else { return false }
        guard let saidAt else { return true }
        return known.saidAt.map { saidAt <= $0 } ?? false
    }

    /// The moment that counts for a cancel which names none; nil: the notice cancels nothing.
    private func cancelMoment(of notice: OrderNotice, after known: Instant?) -> Instant? {
        notice.applied(to: nil).isCancelled ? turn.cancelMoment(after: known) : nil
    }

    private mutating func change(_ former: OrderRecord, to order: OrderRecord) throws {
        if order != former { try turn.tx.updateOrder(order) }
        guard order.order != former.order else { return orders.unchanged += 1 }
        orders.updated += 1
        try changes.note(former.order.patient, order.order.patient, in: turn.tx)
        touch([former.order.patient.patientID, order.order.patient.patientID])
    }

    /// An order under the patient's present key, and with what a newer message says of the patient; under a merged number with all that was said of the survivor.
    private mutating func identified(_ given: Order, as patient: PatientKey, saidAs said: PatientKey) throws -> Order {
        var order = given
        if patient != said { order.patient.patientID = patient.patientID }
        if patient != said, !patient.issuer.isBlank { order.patient.issuer = patient.issuer }
        // A number whose authority is left out is that of the order, or of the only one who has such a patient.
        let key = patient.issuer.isBlank ? PatientKey(patientID: patient.patientID, issuer: order.patient.issuer) : patient
        guard let identity = try turn.tx.fittingIdentity(of: key), patient != said || isAnswer || isOutdated(by: identity.told.saidAt) else { return order }
        order.patient = (patient == said ? identity.told.notice : identity.notice).applied(to: order.patient)
        if try turn.tx.remember(given.patient.name, of: said, calledNow: order.patient.name) { touch([order.patient.patientID]) }
        return order
    }

    /// Records what became of the message's orders; nil when nothing did.
    mutating func recordOrders() throws -> Sentence? {
        guard orders.added + orders.updated > 0 else { return nil }
        try record(.ordersReceived, [orders.added, orders.updated, orders.unchanged, orders.ambiguous].map { .count($0) })
        return last
    }
}

extension Turn {
    /// The moment that counts for a cancel which names none, as those of files: the present one, so that only what is said after it lets the order hold again,
    /// and no old message that comes once more.
    func cancelMoment(after known: Instant?) -> Instant { max(now, known ?? now) }
}

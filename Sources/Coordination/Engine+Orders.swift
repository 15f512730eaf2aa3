import Ledger
import Migration

/// Orders from files.
extension Engine {
    /// An import begins: what is matched anew waits until it ends.
    mutating func beginOrderImport(_ name: String, by person: String, in turn: Turn) throws -> Sentence {
        guard (1...OrderImports.nameLimit).contains(name.count), !name.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) else {
            throw ActionError(.badValue, "the name of an import has 1 to \(OrderImports.nameLimit) characters and no control characters")
        }
        guard live.orderImports.contains(name) || live.orderImports.rows.count < OrderImports.countLimit else {
            throw ActionError(.tooMany, "\(OrderImports.countLimit) imports of orders have not ended: status tells which; end those that broke off")
        }
        live.orderImports.begin(name, at: turn.now)
        return try note(Sentence(.orderImportBegun, [.text(name), .text(person)]), in: turn)
    }

    /// An import has ended, or is given up.
    mutating func endOrderImport(_ name: String, by person: String, in turn: Turn) throws -> Sentence {
        guard live.orderImports.contains(name) else { throw ActionError(.unknown, "no import of orders of this name is under way") }
        live.orderImports.end(name)
        let sentence = try note(Sentence(.orderImportEnded, [.text(name), .text(person)]), in: turn)
        guard live.orderImports.isEmpty else { return sentence }
        // The first of those that waited go at once.
        live.ordersRound.begin()
        try lookAtWaitingForOrders(in: turn)
        return sentence
    }

    private func note(_ sentence: Sentence, in turn: Turn) throws -> Sentence {
        try turn.tx.writeSetting(live.orderImports.text, as: .orderImports)
        try turn.record(sentence)
        return sentence
    }

    /// Adds orders; one that is known by accession number and patient is updated. An accession number that comes with another patient is
    /// kept beside the first: what it would be written to is held (law 12).
    func importOrders(_ orders: [Order], asOf: Instant?, in turn: Turn) throws -> Sentence {
        try Self.checkCount(orders.count)
        if let asOf, asOf > turn.now { throw ActionError(.badValue, "orders as of \(asOf.text): it is \(turn.now.text)") }
        var entry = OrderEntry(in: turn, asOf: asOf)
        for order in orders { try entry.enter(order) }
        try match(patients: entry.patients + entry.changes.concerned(by: matching, in: turn.tx), in: turn)
        try turn.record(entry.sentence)
        return entry.sentence
    }
}

/// The entry of a file's orders: what it changed so far.
private struct OrderEntry {
    let turn: Turn
    /// When the file was written; nil: nobody knows.
    let asOf: Instant?
    private var added: Int64 = 0
    private var updated: Int64 = 0
    private var unchanged: Int64 = 0
    private var ambiguous: Int64 = 0
    /// Orders of which something newer is known.
    private var outdated: Int64 = 0
    /// Whose studies are to be matched anew.
    private(set) var patients: [Identifying] = []
    /// Who is known otherwise now.
    private(set) var changes = IdentityChanges()

    init(in turn: Turn, asOf: Instant?) {
        self.turn = turn
        self.asOf = asOf
    }

    /// What became of the orders.
    var sentence: Sentence {
        let counts = [added, updated, unchanged, ambiguous].map { SentenceArgument.count($0) }
        return outdated == 0 ? Sentence(.ordersImported, counts) : Sentence(.ordersGaveWay, counts + [.count(outdated)])
    }

    mutating func enter(_ said: Order) throws {
        let spoken = PatientKey(said.patient)
        let patient = try turn.tx.current(spoken)
        let order = try identified(said, as: patient)
        let known = try turn.tx.orders(accessionNumber: order.accessionNumber)
        let own = turn.tx.orders(of: PatientKey(order.patient), among: known)
        // Without an issuer it is none of those that several issuers have: it is kept beside them.
        guard own.issuers.count <= 1, let former = try turn.tx.kept(of: own) else {
            try add(order, said, besides: known)
            return try touch(order, known, formerly: nil)
        }
        let digest = said.digest
        let isRepeated = asOf == nil && former.fileDigest == digest
        var same = isRepeated ? former : after(former, order, isOfItsPatient: patient == spoken)
        same.fileDigest = digest
        if same != former { try turn.tx.updateOrder(same) }
        if !isRepeated, order.contradicts(same.order) { outdated += 1 } else if same.order == former.order { unchanged += 1 }
        guard same.order != former.order else { return }
        updated += 1
        try touch(order, known, formerly: former.order.patient)
    }

    /// An order under its patient's present key, and with what the hospital has said of the patient since.
    private mutating func identified(_ said: Order, as patient: PatientKey) throws -> Order {
        var order = said
        let spoken = PatientKey(said.patient)
        if patient != spoken {
            order.patient = (try turn.tx.identity(of: patient)?.notice ?? IdentityNotice(key: patient)).applied(to: order.patient)
        } else if let told = try turn.tx.fittingIdentity(of: patient)?.told, isOlder(than: told.saidAt) {
            order.patient = told.notice.applied(to: order.patient)
            // Who issued the number is the order's own to say.
            order.patient.issuer = said.patient.issuer
        }
        if try turn.tx.remember(said.patient.name, of: spoken, calledNow: order.patient.name) { patients.append(Identifying(order.patient.patientID.trimmed)) }
        return order
    }

    /// Whether the file says less than what was said at `moment`: without a moment of its own it always does.
    private func isOlder(than moment: Instant?) -> Bool {
        guard let asOf, let moment else { return true }
        return asOf < moment
    }

    private mutating func touch(_ order: Order, _ known: [OrderRecord], formerly former: PatientIdentity?) throws {
        try changes.note(former, order.patient, in: turn.tx)
        patients += [Identifying(order.patient.patientID.trimmed)] + known.map { Identifying($0.order.patient.patientID.trimmed) }
    }

    /// Adds an order. One that came before in a row whose accession number could not be used, and is as it otherwise, was mended.
    private mutating func add(_ order: Order, _ said: Order, besides known: [OrderRecord]) throws {
        let saidAt = asOf ?? (order.isCancelled ? turn.cancelMoment(after: nil) : nil)
        let broken = order.isAssignable ? try turn.tx.orders(accessionNumber: said.substituteNumber) : []
        if let mended = turn.tx.orders(of: PatientKey(order.patient), among: broken).first {
            try turn.tx.updateOrder(OrderRecord(id: mended.id, order: order, saidAt: saidAt, fileDigest: said.digest))
        } else {
            _ = try turn.tx.insertOrder(order, saidAt: saidAt, fileDigest: said.digest)
        }
        // A row that has to be mended is told as broken.
        guard order.isAssignable else { return }
        added += 1
        ambiguous += known.isEmpty ? 0 : 1
    }

    /// What a known order is after the file says that it is `order`.
    ///
    /// A file that names its moment counts as what the hospital said then. One that does not only fills what is open where a message named its moment; but a
    /// cancel without a moment counts as said when it comes, as all of them do.
    private func after(_ former: OrderRecord, _ order: Order, isOfItsPatient: Bool) -> OrderRecord {
        var same = former
        if former.saidAt != nil, isOlder(than: former.saidAt) {
            same.order = former.order.filled(from: order, isOfItsPatient: isOfItsPatient)
            guard asOf == nil, order.isCancelled else { return same }
            same.order.status = order.status
        } else {
            same.order = order
            // Only what was said later lets a cancelled order hold.
            if former.order.isCancelled, asOf == former.saidAt { same.order.status = former.order.status }
        }
        same.saidAt = asOf ?? (order.isCancelled ? turn.cancelMoment(after: former.saidAt) : nil)
        return same
    }
}

extension Order {
    /// Whether this says otherwise than `known`; what it leaves open says nothing, nor do the words of a status, but for a cancel.
    fileprivate func contradicts(_ known: Order) -> Bool {
        var filled = filled(from: known, isOfItsPatient: true)
        if filled.isCancelled == known.isCancelled { filled.status = known.status }
        return filled != known
    }
}

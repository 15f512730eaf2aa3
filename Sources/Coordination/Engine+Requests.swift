import Ledger
import Migration

/// Requests of clinicians, and those that new orders make: their studies go ahead of all others at the next lease.
extension Engine {
    /// Open requests of persons: a clinic asks for some tens a day.
    static var requestLimit: Int { 10_000 }
    /// Characters of a reason: a few sentences.
    static var reasonLength: Int { 1000 }

    /// Records what `person` asks for, and puts the studies of it that are known ahead of all others.
    mutating func request(_ subject: RequestSubject, reason: String, by person: String, in turn: Turn) throws -> Sentence {
        try Self.check(subject)
        try Self.check(reason)
        guard try turn.tx.openRequestCount(isAutomatic: false) < Self.requestLimit else {
            throw ActionError(.tooMany, "\(Self.requestLimit) requests are open; cancel those that are no longer needed")
        }
        let (patient, day) = try whose(subject, in: turn)
        let request = RequestRecord(
            subject: subject, patient: patient, day: day, isAutomatic: false, madeBy: person, reason: Identifying(reason), madeAt: turn.now)
        guard try !isTooMuch(request, in: turn) else {
            throw ActionError(
                .tooMany, "more than \(turn.tx.requestedStudiesLimit) studies are kept under that patient ID: request single studies or exams")
        }
        let made = try insert(request, in: turn)
        let sentence = Self.sentence(of: made)
        try turn.record(sentence)
        var left = Self.placesPerTurn
        try placeStudies(of: made, &left, in: turn)
        // It may be one whose film is to be digitised.
        if live.filmCursor == nil { live.filmCursor = RequestID(made.id.number - 1) }
        return sentence
    }

    /// Whether a request that is about to be made is for more studies than a patient has.
    func isTooMuch(_ request: RequestRecord, in turn: Turn) throws -> Bool {
        let limit = turn.tx.requestedStudiesLimit
        if case .exam(let number) = request.subject, try turn.tx.studies(accessionNumber: number, limit: limit + 1).count > limit { return true }
        guard let patient = request.patient else { return false }
        // A patient ID that stands for many patients may have most of an archive: not all of that is to be looked at.
        let tallies = try turn.tx.tallies(ofPatients: turn.tx.formerKeys(of: patient).map(\.patientID), limit: limit + 1)
        return tallies.reduce(0) { $0 + $1.studies } > limit
    }

    private static func sentence(of request: RequestRecord) -> Sentence {
        let number = SentenceArgument.count(request.id.number)
        let rest: [SentenceArgument] = [.text(request.madeBy), .patient(request.reason)]
        return switch request.subject {
        case .patient(let patient): Sentence(.patientRequested, [number, .patient(patient.patientID)] + rest)
        case .study(let uid): Sentence(.studyRequested, [number, .study(uid)] + rest)
        case .exam(let accession): Sentence(.examRequested, [number, .accession(accession)] + rest)
        }
    }

    private static func check(_ subject: RequestSubject) throws {
        switch subject {
        case .patient(let patient):
            guard !patient.patientID.isBlank, patient.patientID.reveal().count <= 64, patient.issuer.reveal().count <= 64 else {
                throw ActionError(.badValue, "a patient ID has 1 to 64 characters, and its issuer at most 64")
            }
        case .study(let uid):
            let isUID = (1...64).contains(uid.utf8.count) && uid.utf8.allSatisfy { (0x21...0x7E).contains($0) }
            guard isUID else { throw ActionError(.badValue, "a Study Instance UID has 1 to 64 printable characters") }
        case .exam(let accession):
            guard (1...16).contains(accession.count) else { throw ActionError(.badValue, "an accession number has 1 to 16 characters") }
        }
    }

    static func check(_ reason: String) throws {
        guard !Identifying(reason).isBlank, reason.count <= reasonLength else {
            throw ActionError(.badValue, "a reason has 1 to \(reasonLength) characters")
        }
    }

    // MARK: Whose studies

    /// The patient whose studies are asked for, under the present patient ID, and of which day; nil: unknown, or any.
    private func whose(_ subject: RequestSubject, in turn: Turn) throws -> (PatientKey?, CalendarDate?) {
        switch subject {
        case .study: return (nil, nil)
        case .patient(let said):
            let issuers = said.issuer.isBlank ? try turn.tx.issuers(ofPatient: said.patientID) : []
            guard issuers.count <= 1 else {
                throw ActionError(.ambiguousPatient, "\(issuers.count) issuers have a patient of that ID: say which with the issuer")
            }
            return (try turn.tx.current(said), nil)
        case .exam(let accession): return try exam(accession, in: turn)
        }
    }

    /// Whose exam has this accession number, as the hospital's orders say, or else the objects or the legacy archive's own index.
    private func exam(_ accession: String, in turn: Turn) throws -> (PatientKey?, CalendarDate?) {
        let orders = try turn.tx.orders(accessionNumber: accession).filter { !$0.order.isCancelled }
        guard orders.count <= 1 else {
            throw ActionError(.ambiguousPatient, "accession number \(accession) is used for \(orders.count) patients: request the study or the patient")
        }
        if let order = orders.first?.order {
            let key = PatientKey(patientID: order.patient.patientID, issuer: order.patient.issuer)
            // Without a day the patient's other studies would count as this exam.
            return (order.examDate == nil ? nil : try turn.tx.current(key), order.examDate)
        }
        let isKnown = try !turn.tx.studies(accessionNumber: accession, limit: 1).isEmpty
            || !turn.tx.legacyStudies(accessionNumber: accession, limit: 1).isEmpty
        guard isKnown else {
            throw ActionError(
                .unknown, "no order, no study that was read and none of the legacy index has accession number \(accession): request the patient")
        }
        return (nil, nil)
    }

    // MARK: What follows

    /// Ends a request before its time.
    func cancelRequest(_ id: RequestID, reason: String, by person: String, in turn: Turn) throws -> Sentence {
        try Self.check(reason)
        guard let request = try turn.tx.request(id) else { throw ActionError(.unknown, "there is no request \(id)") }
        guard request.endedAt == nil else { throw ActionError(.notNow, "request \(id) has ended already") }
        let sentence = Sentence(.requestCancelled, [.count(id.number), .text(person), .patient(Identifying(reason))])
        try end(request, sentence, in: turn)
        return sentence
    }

    private func end(_ request: RequestRecord, _ sentence: Sentence, in turn: Turn) throws {
        var ended = request
        ended.endedAt = turn.now
        ended = try update(ended, in: turn)
        try turn.record(sentence)
        var left = Self.placesPerTurn
        try placeStudies(of: ended, &left, in: turn)
    }

    /// Requests follow a patient whose number was merged into another.
    func followMerges(of formers: [Identifying], in turn: Turn) throws {
        var left = Self.placesPerTurn
        for former in formers {
            for request in try turn.tx.openRequests(ofPatient: former) {
                guard let patient = request.patient else { continue }
                let present = try turn.tx.current(patient)
                guard present != patient else { continue }
                var moved = request
                moved.patient = present
                try placeStudies(of: update(moved, in: turn), &left, in: turn)
            }
        }
    }
}

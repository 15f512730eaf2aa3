public import Ledger
public import Matching
internal import Migration

/// A study as a person sees it who is to decide on it: what it is, the orders that may be its own, and what speaks for each and against it.
///
/// The engine computes it anew when a decision comes that says what was looked at.
public struct WorklistItem: Sendable {
    /// An order that may be the study's.
    public struct Choice: Sendable {
        /// The order.
        public var order: OrderRecord
        /// What the matcher says of it.
        public var candidate: Candidate
        /// The other studies that have it or would get it, in the order of their numbers.
        public var rivals: [StudyRecord]
    }

    /// The study.
    public let study: StudyRecord
    /// What matching says of it, were it open.
    public let match: Match
    /// The orders, the most fitting first; at most ``choiceLimit``.
    public let choices: [Choice]
    /// Orders of the patient beyond those.
    public let more: Int
    /// The orders that it serves beside its own.
    public let served: [OrderRecord]
    /// What all of this comes to: another text when any of it is otherwise.
    public let revision: String

    /// Orders that one look shows: what a person can compare.
    public static var choiceLimit: Int { 20 }
    /// Orders of another patient that the objects' accession number names, and of other patients who may be meant; and those patients.
    private static var strangerLimit: Int { 8 }
    /// Rivals of one order that are told.
    private static var rivalLimit: Int { 8 }

    /// - Throws: what the ledger throws.
    public init(_ study: StudyRecord, by matching: MatchingPolicy, in ledger: any LedgerLookup) throws {
        let scene = try Self.scene(of: study, by: matching, in: ledger)
        let known = Set(scene.orders.map(\.id))
        let named = Identifying(study.header.accessionNumber).trimmed
        let strangers = try named.isEmpty ? [] : ledger.orders(accessionNumber: named).filter { !known.contains($0.id) }.prefix(Self.strangerLimit).map {
            MatchableOrder(id: $0.id, order: $0.order, usedBy: try ledger.users(of: $0, besides: []))
        }
        let others = try strangers + Self.orders(ofNamesakesOf: study, among: scene.contemporaries, scene.orders, besides: known.union(strangers.map(\.id)), in: ledger)
        guard let found = matching.assess(study.id, among: scene.studies, orders: scene.orders, known: scene.told, contemporaries: scene.contemporaries, others: others) else {
            throw LedgerError(.contradiction, "study \(study.id) is not among those of its own patient")
        }
        self.study = study
        match = found.match
        choices = try found.candidates.prefix(Self.choiceLimit).compactMap { candidate in
            guard let order = try ledger.order(candidate.order) else { return nil }
            return Choice(order: order, candidate: candidate, rivals: try candidate.claimants.prefix(Self.rivalLimit).compactMap { try ledger.study($0) })
        }
        more = found.candidates.count - choices.count
        served = try ledger.servedOrders(of: study.id).compactMap { try ledger.order($0) }
        revision = Self.revision(of: study, choices, more, served)
    }

    /// Orders of the study's day that other patients have who may be meant: the exam may be theirs.
    private static func orders(
        ofNamesakesOf study: StudyRecord, among contemporaries: Contemporaries, _ orders: [MatchableOrder], besides known: Set<OrderID>, in ledger: any LedgerLookup
    ) throws -> [MatchableOrder] {
        guard study.holdReason == .namesake || study.flags.contains(HoldReason.namesake.rawValue), let day = study.header.date else { return [] }
        let shown = try ledger.matchable(study).header
        let patients = try Set(orders.map(\.order.patient)).union([ledger.told(of: study.header)].compactMap(\.self))
        let namesakes = Set(patients.flatMap { contemporaries.namesakes(of: shown, beside: $0) }.map { Identifying($0.patientID.trimmed) })
        let found = try namesakes.sorted().prefix(strangerLimit).flatMap { try ledger.orders(ofPatient: $0) } // unordered: it is sorted
        return try found.filter { $0.order.examDate == day && !$0.order.isCancelled && !known.contains($0.id) }.prefix(strangerLimit).map {
            MatchableOrder(id: $0.id, order: $0.order, usedBy: try ledger.users(of: $0, besides: []))
        }
    }

    private static func scene(
        of study: StudyRecord, by matching: MatchingPolicy, in ledger: any LedgerLookup
    ) throws -> (studies: [MatchableStudy], orders: [MatchableOrder], told: Set<Identifying>, contemporaries: Contemporaries) {
        // Studies without a patient ID have nothing to do with each other.
        guard !study.header.patient.patientID.isBlank else { return ([try ledger.matchable(study)], [], [], Contemporaries()) }
        let patient = Identifying(study.header.patient.patientID.trimmed)
        do {
            let scene = try MatchingScene(of: patient, by: matching, in: ledger)
            return (scene.matchable, scene.orders, scene.told, scene.contemporaries)
        } catch let error as LedgerError where error.code == .limit {
            // Not matched by itself: a person sees some orders of its day.
            let orders = try ledger.orders(ofPatient: patient).filter { $0.order.examDate == study.header.date }.prefix(Self.choiceLimit)
            let choice = try orders.map { MatchableOrder(id: $0.id, order: $0.order, usedBy: try ledger.users(of: $0, besides: [])) }
            return ([try ledger.matchable(study)], choice, [], Contemporaries())
        }
    }
}

extension WorklistItem {
    /// Who has taken a study or put it off does not count, nor how far it is gathered: only what a decision goes by.
    fileprivate static func revision(of study: StudyRecord, _ choices: [Choice], _ more: Int, _ served: [OrderRecord]) -> String {
        var hash = StableHash()
        func add(_ texts: [String]) { for text in texts { hash.add(text + "\u{1F}") } }
        add([study.progress.state.rawValue, study.holdReason?.rawValue ?? "", study.progress.sentence?.code ?? "", "\(study.progress.doneCount)"])
        add([study.decision?.kind.rawValue ?? "", study.decision?.by ?? "", "\(study.decision?.at?.milliseconds ?? 0)", study.order?.description ?? ""])
        add([study.plan?.accessionNumber ?? "", "\(study.size.instances)", "\(study.size.unreadable)"] + study.flags)
        add(texts(of: study.header))
        add(["\(more)"] + served.map(\.id.description))
        for choice in choices {
            add(texts(of: choice.order) + ["\(choice.candidate.score ?? 0)", choice.candidate.bar?.rawValue ?? ""])
            add(choice.candidate.facts.flatMap { [$0.what, $0.bearing.rawValue, "\($0.weight ?? 0)"] } + choice.candidate.claimants.map(\.description))
        }
        return hash.text
    }

    private static func texts(of patient: PatientIdentity) -> [String] {
        [patient.patientID, patient.issuer, patient.name, patient.birthDate, patient.sex].map { $0.reveal() }
    }

    private static func texts(of header: StudyHeader) -> [String] {
        texts(of: header.patient) + [header.studyDate, header.studyTime, header.accessionNumber, header.studyDescription, header.otherNames.reveal()]
            + header.modalities + header.bodyParts + header.lateralities
    }

    private static func texts(of record: OrderRecord) -> [String] {
        let order = record.order
        return texts(of: order.patient) + [
            record.id.description, order.accessionNumber, order.studyInstanceUID, order.examDate?.description ?? "", order.examTime, order.modality,
            order.procedureCode, order.procedureDescription, order.department, order.status,
        ]
    }
}

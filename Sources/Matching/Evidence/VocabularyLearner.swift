import Glibc
public import Migration

/// Learns a ``ExamVocabulary`` from an archive's studies and the hospital's orders, one patient ID after the other, in ``rounds`` rounds over all of them.
///
/// The first round counts the studies whose order the paper's rule alone finds, with the birth date agreeing. Each further one adds to these the studies of days
/// with as many studies as orders, shared out among the orders as the round before makes likely: what is mostly ordered together is never alone.
public struct VocabularyLearner: Sendable {
    private let rule: Matcher
    private var learned = ExamVocabulary()
    /// What the first round came to, and what the last one did; nil during the first.
    private var first: ExamVocabulary?
    private var last: ExamVocabulary?
    /// Studies that were counted in the first round.
    public private(set) var studies = 0

    /// A learner with the hospital's modality codes.
    public init(mapping: ModalityMapping) { rule = Matcher(mapping: mapping) }

    /// Rounds after which what is learned hardly changes.
    public static var rounds: Int { 4 }

    /// Ends a round, and begins the next one.
    public mutating func beginNextRound() {
        learned.close()
        last = learned
        first = first ?? learned
        learned = first ?? ExamVocabulary()
    }

    /// What was learned.
    public func vocabulary() -> ExamVocabulary {
        var result = learned
        result.close()
        return result
    }

    /// Counts the studies of one patient ID, or of several; `orders` are all of theirs.
    public mutating func add(studies: [MatchableStudy], orders: [MatchableOrder]) {
        if let last { share(studies, orders, by: last) } else { count(studies, orders) }
    }

    private mutating func count(_ studies: [MatchableStudy], _ orders: [MatchableOrder]) {
        let byID = Dictionary(orders.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        var said: Set<Said> = []
        let headers = Dictionary(studies.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        for match in rule.match(studies: studies, orders: orders) {
            guard match.outcome == .matched, let order = match.order.flatMap({ byID[$0] }), let study = headers[match.study] else { continue }
            guard IdentityComparison(study: study.header.patient, order: order.order.patient).birthDate == .agrees else { continue }
            self.studies += 1
            learned.add(StudyTraits(study), OrderTraits(order, mapping: rule.mapping), 1, once: &said)
        }
    }

    private mutating func share(_ studies: [MatchableStudy], _ orders: [MatchableOrder], by last: ExamVocabulary) {
        let traits = orders.filter { !$0.order.isCancelled }.map { OrderTraits($0, mapping: rule.mapping) }
        var said: Set<Said> = []
        for group in Self.days(studies) {
            let theirs = traits.filter { $0.isOf(group) }
            guard theirs.count > 1, theirs.count == group.count, theirs.count <= Self.mostShared else { continue }
            for study in group {
                let chances = theirs.map { exp(Self.weight(of: study, $0, last)) }
                let sum = chances.reduce(0, +)
                for share in Self.shares(theirs, chances.map { $0 / sum }) { learned.add(study, share.order, share.chance, once: &said) }
            }
        }
    }

    /// The studies of one patient ID, day and modalities each, in the order of their numbers.
    private static func days(_ studies: [MatchableStudy]) -> [[StudyTraits]] {
        struct Key: Hashable {
            let patient: String
            let day: CalendarDate
            let modalities: [String]
        }
        var groups: [Key: Int] = [:]
        var result: [[StudyTraits]] = []
        for study in studies.sorted(by: { $0.id < $1.id }) {
            let traits = StudyTraits(study)
            guard let day = traits.day else { continue }
            let key = Key(patient: trimmed(study.header.patient.patientID.reveal()), day: day, modalities: study.header.modalities)
            if let known = groups[key] {
                result[known].append(traits)
            } else {
                groups[key] = result.count
                result.append([traits])
            }
        }
        return result
    }

    /// The chances of procedures, from those of their orders: both knees are one procedure.
    private static func shares(_ orders: [OrderTraits], _ chances: [Double]) -> [(order: OrderTraits, chance: Double)] {
        var shares: [(order: OrderTraits, chance: Double)] = []
        for (order, chance) in zip(orders, chances) {
            if let place = shares.firstIndex(where: { $0.order.procedures == order.procedures }) {
                shares[place].chance += chance
            } else {
                shares.append((order, chance))
            }
        }
        return shares
    }

    private static func weight(of study: StudyTraits, _ order: OrderTraits, _ vocabulary: ExamVocabulary) -> Double {
        guard let procedure = order.procedures.first, let gap = TimeGap(study, order) else { return farApart }
        let text = study.description.words
        let parts = study.header.bodyParts.map { vocabulary.weight(of: $0.uppercased(), .bodyPart, procedure) }
        return (text.isEmpty ? 0 : vocabulary.weight(of: text, .description, procedure)) + parts.reduce(0, +) + vocabulary.weight(of: study.images, .images, procedure)
            + (gap.isFar || gap.isClockFault ? farApart : 0)
    }

    private static var farApart: Double { -4 }
    /// Exams of one day beyond which it is hardly ever clear which is which.
    private static var mostShared: Int { 5 }
}

/// What was counted of a patient: once, however often the same exam was made of the same patient.
private struct Said: Hashable {
    let field: ExamVocabulary.Field
    let value: String
    let procedure: ExamVocabulary.Procedure
}

extension OrderTraits {
    /// Whether it is of the patient ID, day and modality of `studies`, which have all the same.
    fileprivate func isOf(_ studies: [StudyTraits]) -> Bool {
        guard let study = studies.first, study.day == order.examDate else { return false }
        return trimmed(order.patient.patientID.reveal()) == trimmed(study.header.patient.patientID.reveal())
            && study.header.modalities.contains { modalities.contains(ModalityMapping.normalised($0)) }
    }
}

extension ExamVocabulary {
    /// Counts what `study` says as often as `count` for the procedure of `order`, for the modality that they share; nothing twice that is in `said`.
    fileprivate mutating func add(_ study: StudyTraits, _ order: OrderTraits, _ count: Double, once said: inout Set<Said>) {
        func note(_ value: String, _ field: Field, _ procedure: Procedure) {
            if said.insert(Said(field: field, value: value, procedure: procedure)).inserted { add(value, to: field, of: procedure, count) }
        }
        let shown = Set(study.header.modalities.map(ModalityMapping.normalised))
        for procedure in order.procedures where shown.contains(procedure.modality) {
            let text = study.description.words
            if !text.isEmpty { note(text, .description, procedure) }
            for word in ExamText.parts(of: text) { note(word, .word, procedure) }
            if !study.images.isEmpty { note(study.images, .images, procedure) }
            for part in study.header.bodyParts { note(part.uppercased(), .bodyPart, procedure) }
        }
    }
}

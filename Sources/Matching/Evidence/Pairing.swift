import Migration

/// A study and an order that may be its own: what speaks for it, what against it, and what forbids it without a person.
struct Pairing {
    let order: OrderID
    /// The order's day.
    let day: CalendarDate?
    private(set) var evidence: [Evidence]
    /// The sum of what speaks for this exam and against it, in hundredths.
    private(set) var score: Int
    private(set) var bar: EvidenceBar?
    /// Whether the objects bear the order's own accession number or Study Instance UID.
    let hasNumber: Bool
    /// Whether name, birth date or sex contradict any order of that patient ID.
    let isContradicted: Bool
    /// Whether the study is of the order's modality, and of its day.
    let isUsual: Bool
    /// Whether the times lie too far apart for one exam.
    let isFarInTime: Bool

    /// What `study` says of `order`, and by `identity` of its patient. Nil when it is of another day.
    /// - Parameter identities: What the study says of the patients of all orders of that ID: where birth date or sex contradict one, it may stand for two.
    init?(_ study: StudyTraits, _ order: OrderTraits, _ identity: IdentityEvidence, among identities: [IdentityEvidence], vocabulary: ExamVocabulary) {
        guard let time = TimeGap(study, order) else { return nil }
        let exam = ExamEvidence(study, order, time: time, vocabulary: vocabulary)
        self.order = order.id
        day = order.order.examDate
        let number: Evidence? =
            Self.isSame(study.header.studyInstanceUID, order.order.studyInstanceUID) ? Evidence(.studyInstanceUID, Self.numberWeight)
            : Self.isSame(study.header.accessionNumber, order.order.accessionNumber) ? Evidence(.accessionNumber, Self.numberWeight) : nil
        let all = [number].compactMap(\.self) + exam.evidence
        evidence = identity.evidence + all
        hasNumber = number != nil
        isUsual = exam.isUsual
        isFarInTime = time.isFar
        score = all.reduce(0) { $0 + $1.weight }
        isContradicted = identities.contains { $0.contradicts }
        let isSure = identity.isConfirmed && !identities.contains { $0.isOfAnother } && (number != nil || !identity.hasNamesake)
        bar = isSure ? exam.bar(hasNumber: number != nil) : .identity
    }

    /// What this is where the number in the objects may be that of the exam before, left in place: it weighs nothing, and a person decides.
    var doubtingNumber: Pairing {
        var result = self
        result.evidence.removeAll { $0.kind == .accessionNumber }
        result.score = scoreWithoutNumber
        result.bar = bar ?? .unusual
        return result
    }

    /// The score without what the order's own accession number weighs. A Study Instance UID is never left in place.
    var scoreWithoutNumber: Int { score - evidence.reduce(0) { $0 + ($1.kind == .accessionNumber ? $1.weight : 0) } }

    /// Whether a study that is given no order, or whose order another study has, could be this order's as well.
    var mayBeRival: Bool { !isFarInTime && score >= Self.rivalScore }

    /// Whether the study may well be the order's, whoever has it by now.
    var claims: Bool { mayBeRival && bar != .identity && bar != .time && bar != .exam }

    private static var rivalScore: Int { -100 }

    /// A number that a worklist gave: nothing but a number left in place from the exam before could be wrong about it.
    private static var numberWeight: Int { 1000 }

    private static func isSame(_ left: String, _ right: String) -> Bool {
        let left = trimmed(left)
        return !left.isEmpty && left == trimmed(right)
    }
}

/// What of a study is compared with each order.
struct StudyTraits {
    let id: StudyID
    let header: StudyHeader
    /// Its names.
    let name: ShownName
    let day: CalendarDate?
    /// Minutes since midnight; nil when there is no time, or midnight: consoles that know the day alone write that.
    let minute: Int?
    let description: ExamText
    /// The side; nil when there is none, or two sides are said.
    let side: ExamText.Side?
    /// How many images it has (``ImageCount``); empty where that is not known.
    let images: String
    /// Whether what it says of the side contradicts itself.
    let hasTwoSides: Bool

    init(_ study: MatchableStudy) {
        id = study.id
        header = study.header
        day = study.header.date
        name = ShownName(study.header)
        minute = TimeGap.minute(study.header.studyTime).flatMap { $0 == 0 ? nil : $0 }
        description = ExamText(study.header.studyDescription)
        images = ImageCount.step(of: study.images ?? 0)
        let sides = study.header.lateralities.compactMap { ExamText.side($0.uppercased()) } + [description.side].compactMap(\.self)
        hasTwoSides = description.hasBothSides || (sides.contains(.right) && sides.contains(.left))
        side = hasTwoSides ? nil : sides.first
    }
}

/// What of an order is compared with each study.
struct OrderTraits {
    let id: OrderID
    let order: Order
    /// Minutes since midnight; nil when there is no time, or midnight: systems that note the day alone write that.
    let minute: Int?
    /// The modalities that it stands for.
    let modalities: [String]
    /// By each of them: the procedure.
    let procedures: [ExamVocabulary.Procedure]
    let side: ExamText.Side?

    init(_ order: MatchableOrder, mapping: ModalityMapping) {
        id = order.id
        self.order = order.order
        minute = TimeGap.minute(order.order.examTime).flatMap { $0 == 0 ? nil : $0 }
        let text = ExamText(order.order.procedureDescription.isEmpty ? order.order.procedureCode : order.order.procedureDescription)
        modalities = mapping.modalities(of: order.order.modality)
        procedures = modalities.map { ExamVocabulary.Procedure(modality: $0, words: text.words) }
        side = text.side
    }
}

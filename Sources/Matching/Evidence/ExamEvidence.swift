import Migration

/// What a study says of the exam that was ordered: when, what, which part, which side.
struct ExamEvidence {
    /// All that says something.
    let evidence: [Evidence]
    private let gap: TimeGap
    private let description: Int
    private let bodyPart: Int
    private let images: Int
    private let side: Int
    private let isOfModality: Bool
    private let isDistinct: Bool
    private let isExcused: Bool
    private let isOtherExam: Bool

    init(_ study: StudyTraits, _ order: OrderTraits, time gap: TimeGap, vocabulary: ExamVocabulary) {
        isOfModality = study.header.modalities.contains { order.modalities.contains(ModalityMapping.normalised($0)) }
        let words = order.procedures.map { Words(study, $0, vocabulary) }.max { $0.sum < $1.sum }
        self.gap = gap
        description = words?.description ?? 0
        bodyPart = words?.bodyPart ?? 0
        images = words?.images ?? 0
        side = Self.side(study, order)
        isDistinct = words?.isDistinct ?? false
        // Consoles write CHEST whatever is examined: where that is known of the procedure, the number of images can tell.
        isExcused = (words?.isKnownPart ?? false) && images >= Self.imagesSpeak
        let partContradicts = bodyPart < Self.partAgainst && description < Self.speaks && !isExcused
        isOtherExam = (words?.isForeign ?? false) || partContradicts || side < 0 || (study.hasTwoSides && order.side != nil)
        let weights: [(Evidence.Kind, Int)] = [
            (.time, gap.weight ?? 0), (.day, gap.isAcrossMidnight ? Self.acrossMidnight : 0), (.modality, isOfModality ? 0 : Self.otherModality),
            (.description, description), (.bodyPart, bodyPart), (.images, images), (.side, side),
        ]
        evidence = weights.compactMap { $0.1 == 0 ? nil : Evidence($0.0, $0.1) }
    }

    /// Why the order may not be the study's without a person; with `hasNumber` the objects bear the order's own number.
    func bar(hasNumber: Bool) -> EvidenceBar? {
        if gap.isFar { return .time }
        if isOtherExam { return .exam }
        if hasNumber { return nil }
        if gap.isClockFault { return .time }
        if !speaks, !timeConfirms { return .unconfirmed }
        // The part is that of many exams.
        if description < Self.speaks, bodyPart >= Self.partSpeaks, description + bodyPart + images < Self.partConfirms { return .unconfirmed }
        if images <= Self.imagesAgainst || images <= Self.imagesDoubt && description < Self.describes { return .unusual }
        let isDescribed = description >= Self.speaks && isDistinct
        let isConfirmed = isOfModality ? isUsual || isDescribed || bodyPart >= Self.speaks : isDescribed && images > 0
        return isConfirmed ? nil : .unusual
    }

    /// Whether it is of the order's modality, and on its day.
    var isUsual: Bool { isOfModality && !gap.isAcrossMidnight }

    /// Whether description or part say that it is this exam.
    private var speaks: Bool { description >= Self.speaks || bodyPart >= Self.partSpeaks }

    /// Whether the time alone confirms the exam: it is the usual one, and nothing else speaks for another exam.
    private var timeConfirms: Bool {
        (gap.weight ?? 0) >= Self.speaks && images >= 0 && description >= 0 && (bodyPart >= 0 || isExcused)
    }

    private static func side(_ study: StudyTraits, _ order: OrderTraits) -> Int {
        guard let shown = study.side, let wanted = order.side else { return 0 }
        return shown == wanted ? 70 : -500
    }

    private static var speaks: Int { 100 }
    private static var partSpeaks: Int { 50 }
    private static var partAgainst: Int { -100 }
    private static var imagesSpeak: Int { 70 }
    private static var imagesAgainst: Int { -250 }
    private static var imagesDoubt: Int { -100 }
    private static var describes: Int { 200 }
    private static var partConfirms: Int { 110 }
    private static var hardly: Int { -50 }
    private static var acrossMidnight: Int { -100 }
    private static var otherModality: Int { -150 }
}

/// What description, body part and number of images say of a procedure.
private struct Words {
    let description: Int
    let bodyPart: Int
    let images: Int
    /// Whether the description is this procedure's and not as well another one's of its modality.
    let isDistinct: Bool
    /// Whether a part was met with the procedure, though it be another one's.
    let isKnownPart: Bool
    /// Whether the words are hardly ever used for it, though others are often called so.
    let isForeign: Bool

    init(_ study: StudyTraits, _ procedure: ExamVocabulary.Procedure, _ vocabulary: ExamVocabulary) {
        let text = study.description.words
        let parts = study.header.bodyParts.map { $0.uppercased() }
        let isKnown = vocabulary.total(of: text, .description, procedure.modality) >= Self.often
        let words = isKnown || text.isEmpty ? [] : ExamText.parts(of: text)
        let weights = words.map { vocabulary.weight(of: $0, .word, procedure) }
        let ofText = text.isEmpty ? 0 : vocabulary.weight(of: text, .description, procedure)
        description = Self.hundredths(isKnown || text.isEmpty ? ofText : Self.joined(weights))
        bodyPart = Self.hundredths(parts.map { vocabulary.weight(of: $0, .bodyPart, procedure) }.max() ?? 0)
        isKnownPart = parts.contains { vocabulary.count(of: $0, .bodyPart, procedure) >= Self.some }
        let ofImages = vocabulary.weight(of: study.images, .images, procedure)
        images = Self.hundredths(min(max(ofImages, -Self.imagesBound), Self.imagesBound))
        isDistinct = !isKnown || vocabulary.lead(of: text, .description, procedure) >= Self.distinct
        let rarest = words.map { vocabulary.rareness(of: $0, .word, procedure, least: Self.often) }.min() ?? 0
        isForeign = min(vocabulary.rareness(of: text, .description, procedure, least: Self.some), rarest) < Self.foreign
    }

    /// One word that belongs elsewhere counts more than all that would do.
    private static func joined(_ weights: [Double]) -> Double {
        let least = weights.min() ?? 0
        return min(max(least < -2 ? least : weights.reduce(0, +), -ExamVocabulary.bound), ExamVocabulary.bound)
    }

    /// All that they say.
    var sum: Int { description + bodyPart + images }

    private static func hundredths(_ weight: Double) -> Int { Int((weight * 100).rounded()) }

    /// Times that a text must have been seen to be weighed as a whole, and a word to forbid.
    private static var often: Double { 20 }
    private static var some: Double { 5 }
    /// A study may have more images or fewer than planned, or not all of them.
    private static var imagesBound: Double { 3 }
    private static var distinct: Double { 1 }
    /// Twelve times rarer than with the procedure that is called so.
    private static var foreign: Double { -2.5 }
}

import Migration

/// Whether the modalities of studies and the hospital's codes of orders are one: each pair is looked up once, however many studies have it.
struct ModalityPairs: Sendable {
    private let mapping: ModalityMapping
    private var studies: Vocabulary
    private var orders: Vocabulary
    /// The modalities that the study words stand for, and the row under which they are counted.
    private var meanings: [(modalities: [String], row: Int)] = []
    private var codes: [String] = []
    /// By study word, then by order word; nil where nobody asked yet.
    private var pairs: [[Bool?]] = []
    private var labels = [SimulationCell.others]

    /// Objects that accompany images and have no order of their own: presentation states, key objects, structured reports (PS3.3 C.7.3.1.1.1).
    private static let accompanying = ["KO", "PR", "SR"]

    init(mapping: ModalityMapping, limit: Int) {
        self.mapping = mapping
        studies = Vocabulary(limit: limit)
        orders = Vocabulary(limit: limit)
    }

    /// The modality of the studies that are counted in `row`.
    func label(ofRow row: Int) -> String { labels[row] }

    /// The modalities of a study, looked up once for all orders that it is compared with.
    struct StudyWord {
        /// The number of the word; nil when there are too many.
        fileprivate var index: Int?
        /// The row in which the study is counted; that of all others when there are too many.
        var row: Int
    }

    /// The word that `study` has.
    mutating func word(of study: StudyFacts, in patient: PatientFacts) -> StudyWord {
        let index = patient.withBytes(of: study.modalities) { studies.index(of: $0, isMarked: study.isLegacy) }
        guard let index else { return StudyWord(index: nil, row: 0) }
        if index == meanings.count {
            let modalities = modalities(of: study, in: patient)
            meanings.append((modalities, row(for: modalities)))
            pairs.append(Array(repeating: nil, count: orders.limit))
        }
        return StudyWord(index: index, row: meanings[index].row)
    }

    /// Whether the code of `order` stands for a modality of `study`, whose word is `studyWord`.
    mutating func areOfOne(_ study: StudyFacts, _ studyWord: StudyWord, _ order: OrderFacts, in patient: PatientFacts) -> Bool {
        guard let studyIndex = studyWord.index, let orderIndex = word(of: order, in: patient) else {
            return mapping.code(patient.string(order.modality), standsForOneOf: modalities(of: study, in: patient))
        }
        if let known = pairs[studyIndex][orderIndex] { return known }
        let isOne = mapping.code(codes[orderIndex], standsForOneOf: meanings[studyIndex].modalities)
        pairs[studyIndex][orderIndex] = isOne
        return isOne
    }

    private mutating func word(of order: OrderFacts, in patient: PatientFacts) -> Int? {
        let index = patient.withBytes(of: order.modality) { orders.index(of: $0, isMarked: false) }
        guard let index else { return nil }
        if index == codes.count { codes.append(patient.string(order.modality)) }
        return index
    }

    /// A legacy index has the archive's codes, which may be the hospital's: they stand for DICOM's as those of its orders do.
    private func modalities(of study: StudyFacts, in patient: PatientFacts) -> [String] {
        let words = patient.string(study.modalities).split(separator: "\\").map { ModalityMapping.normalised(String($0)) }
        return study.isLegacy ? words.flatMap { mapping.modalities(of: $0) } : words
    }

    private mutating func row(for modalities: [String]) -> Int {
        let sorted = modalities.sorted()
        let label = sorted.first { !Self.accompanying.contains($0) } ?? sorted.first ?? ""
        if let row = labels.dropFirst().firstIndex(of: label) { return row }
        labels.append(label)
        return labels.count - 1
    }
}

/// Numbers the different words that it meets, in their order, up to a limit.
struct Vocabulary: Sendable {
    let limit: Int
    /// Where each word's bytes end in `bytes`, one word behind the other.
    private var words: [(end: Int, isMarked: Bool)] = []
    private var bytes: [UInt8] = []
    /// The word met last: most often it is the next one too.
    private var last = 0

    init(limit: Int) { self.limit = limit }

    /// The number of a word; nil for a new one when there are as many as may be. One with a mark is another word than one without.
    mutating func index(of word: UnsafeRawBufferPointer, isMarked: Bool) -> Int? {
        if last < words.count, isSame(last, word, isMarked) { return last }
        if let known = words.indices.first(where: { isSame($0, word, isMarked) }) {
            last = known
            return known
        }
        guard words.count < limit else { return nil }
        bytes.append(contentsOf: word)
        words.append((bytes.count, isMarked))
        return words.count - 1
    }

    private func isSame(_ index: Int, _ word: UnsafeRawBufferPointer, _ isMarked: Bool) -> Bool {
        let start = index == 0 ? 0 : words[index - 1].end
        guard words[index].isMarked == isMarked, words[index].end - start == word.count else { return false }
        return bytes.withUnsafeBytes { UnsafeRawBufferPointer(rebasing: $0[start..<start + word.count]).holdsSame(as: word) }
    }
}

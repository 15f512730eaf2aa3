import Glibc
internal import Migration

/// What the archive's consoles call each of the hospital's procedures, and which part of the body they name with it: counts, learned from studies whose
/// order the paper's rule alone finds and the birth date confirms.
///
/// It is learned once and kept: were it to grow while discs are read, their order would matter.
public struct ExamVocabulary: Hashable, Sendable {
    /// What is counted.
    public enum Field: String, CaseIterable, Hashable, Sendable, Codable {
        /// Study Description (0008,1030) without the side.
        case description
        /// The words of it, one by one.
        case word
        /// Body Part Examined (0018,0015).
        case bodyPart = "body-part"
        /// How many images there are (``ImageCount``).
        case images
    }

    /// A procedure of the hospital: its DICOM modality and its words without the side.
    public struct Procedure: Hashable, Sendable, Comparable, Codable {
        /// The DICOM modality.
        public var modality: String
        /// The words of the order, without the side; the procedure code where it has none.
        public var words: String

        public static func < (left: Self, right: Self) -> Bool { (left.modality, left.words) < (right.modality, right.words) }
    }

    /// The counts of one field for one procedure.
    struct Counts: Hashable, Sendable {
        var values: [String: Double] = [:]
        var sum = 0.0
    }

    private(set) var counts: [Field: [Procedure: Counts]] = [:]
    /// By field and modality: the counts over all its procedures, and how often a value stands with the procedure that has it most.
    private var totals: [Field: [String: Counts]] = [:]
    private var peaks: [Field: [String: [String: Double]]] = [:]
    /// How often it stands with the procedure that has it most but one.
    private var seconds: [Field: [String: [String: Double]]] = [:]

    /// No words.
    public init() {}

    /// Whether nothing was learned.
    public var isEmpty: Bool { counts.isEmpty }

    /// What tells one vocabulary from another: the same for the same counts.
    public var fingerprint: String {
        var hash = StableHash()
        for field in Field.allCases {
            for (procedure, counts) in (counts[field] ?? [:]).sorted(by: { $0.key < $1.key }) {
                for (value, count) in counts.values.sorted(by: { $0.key < $1.key }) {
                    hash.add("\(field) \(procedure.modality) \(procedure.words) \(value) \(count)\n")
                }
            }
        }
        return hash.text
    }

    /// Counts `value` for `procedure`.
    mutating func add(_ value: String, to field: Field, of procedure: Procedure, _ count: Double = 1) {
        counts[field, default: [:]][procedure, default: Counts()].add(value, count)
    }

    /// Sums up, once all is counted.
    mutating func close() {
        totals = [:]
        peaks = [:]
        seconds = [:]
        for field in Field.allCases {
            for (procedure, counts) in (counts[field] ?? [:]).sorted(by: { $0.key < $1.key }) {
                for (value, count) in counts.values.sorted(by: { $0.key < $1.key }) {
                    totals[field, default: [:]][procedure.modality, default: Counts()].add(value, count)
                    let share = count / (counts.sum + Self.rareness)
                    let peak = peaks[field]?[procedure.modality]?[value] ?? 0
                    seconds[field, default: [:]][procedure.modality, default: [:]][value, default: 0].raise(to: min(share, peak))
                    peaks[field, default: [:]][procedure.modality, default: [:]][value] = max(share, peak)
                }
            }
        }
    }

    /// How often `value` stands with exams of the procedure's modality.
    func total(of value: String, _ field: Field, _ modality: String) -> Double { totals[field]?[modality]?.values[value] ?? 0 }

    /// How often `value` stands with `procedure`.
    func count(of value: String, _ field: Field, _ procedure: Procedure) -> Double { counts[field]?[procedure]?.values[value] ?? 0 }

    /// How much more often `value` stands with `procedure` than with exams of its modality in general: the logarithm, within ``bound``; 0 for what is
    /// not known.
    func weight(of value: String, _ field: Field, _ procedure: Procedure) -> Double {
        guard let all = totals[field]?[procedure.modality], let total = all.values[value], all.sum > 0 else { return 0 }
        let own = counts[field]?[procedure]
        let expected = (own?.sum ?? 0) * total / all.sum
        return min(max(Self.ratio(own?.values[value] ?? 0, expected), -Self.bound), Self.bound)
    }

    /// How much rarer `value` stands with `procedure` than with the procedure that has it most: the logarithm, at most 0; 0 for what was seen fewer than
    /// `least` times.
    func rareness(of value: String, _ field: Field, _ procedure: Procedure, least: Double) -> Double {
        guard total(of: value, field, procedure.modality) >= least, let peak = peaks[field]?[procedure.modality]?[value] else { return 0 }
        let own = counts[field]?[procedure]
        return min(0, Self.ratio(own?.values[value] ?? 0, (own?.sum ?? 0) * peak))
    }

    /// How much more often `value` stands with `procedure` than with whichever other procedure of its modality has it most: the logarithm.
    func lead(of value: String, _ field: Field, _ procedure: Procedure) -> Double {
        let counts = counts[field]?[procedure]
        let own = (counts?.values[value] ?? 0) / ((counts?.sum ?? 0) + Self.rareness)
        let peak = peaks[field]?[procedure.modality]?[value] ?? 0
        let other = own < peak ? peak : seconds[field]?[procedure.modality]?[value] ?? 0
        return log((own + Self.hardly) / (other + Self.hardly))
    }

    private static func ratio(_ count: Double, _ expected: Double) -> Double { log((count + 1) / (expected + 1)) }

    /// One value proves nothing alone: e to the 5th is 148 times as likely.
    static var bound: Double { 5 }
    /// Exams that a procedure must have had, about, before its most frequent words are taken for its own.
    private static var rareness: Double { 10 }
    /// A share of a procedure's exams that proves nothing.
    private static var hardly: Double { 0.005 }
}

extension ExamVocabulary.Counts {
    fileprivate mutating func add(_ value: String, _ count: Double) {
        values[value, default: 0] += count
        sum += count
    }
}

extension Double {
    fileprivate mutating func raise(to other: Double) { self = Swift.max(self, other) }
}

public import Migration

/// What becomes of studies by what matching comes to, of incomplete ones, and of those that the legacy index lists otherwise.
public struct Policies: Hashable, Sendable {
    /// For `matched`.
    public var matched: OutcomePolicy
    /// For `manual match`.
    public var manualMatch: OutcomePolicy
    /// For `exam level failed`: the patient is known, the exam is not.
    public var examLevelFailed: OutcomePolicy
    /// For `patient level failed`.
    public var patientLevelFailed: OutcomePolicy
    /// For studies of which files could not be read.
    public var incomplete: IncompletePolicy
    /// For studies that the legacy archive's own index lists otherwise than they were read.
    public var legacyIndex: LegacyIndexPolicy
    /// What is otherwise for some media; of each outcome the first counts that fits the medium and names it.
    public var sources: [SourcePolicy]

    /// Policies; as in the paper, exams without an order are filed as unspecified and unknown patients are held.
    public init(
        matched: OutcomePolicy = .send, manualMatch: OutcomePolicy = .hold, examLevelFailed: OutcomePolicy = .unspecifiedExam,
        patientLevelFailed: OutcomePolicy = .hold, incomplete: IncompletePolicy = .hold, legacyIndex: LegacyIndexPolicy = .hold, sources: [SourcePolicy] = []
    ) {
        self.matched = matched
        self.manualMatch = manualMatch
        self.examLevelFailed = examLevelFailed
        self.patientLevelFailed = patientLevelFailed
        self.incomplete = incomplete
        self.legacyIndex = legacyIndex
        self.sources = sources
    }

    /// What becomes of `outcome` on media for which ``sources`` say nothing.
    public subscript(outcome: Outcome) -> OutcomePolicy {
        switch outcome {
        case .matched: matched
        case .manualMatch: manualMatch
        case .examLevelFailed: examLevelFailed
        case .patientLevelFailed: patientLevelFailed
        }
    }

    /// What becomes of `outcome` on `medium`.
    func policy(for outcome: Outcome, on medium: ExpectedMedium) -> OutcomePolicy {
        sources.first { $0.outcomes[outcome] != nil && $0.fits(medium) }?.outcomes[outcome] ?? self[outcome]
    }

    /// What becomes of a study with `outcome` that lies on `media`. The strictest counts, which is to hold: of what one medium lets go and another leaves out a
    /// person decides as well. So it makes no difference which of them is read first.
    func policy(for outcome: Outcome, on media: [ExpectedMedium]) -> OutcomePolicy {
        let said = media.map { policy(for: outcome, on: $0) }
        guard let first = said.first else { return self[outcome] }
        return said.allSatisfy { $0 == first } ? first : .hold
    }

    /// Whether `outcome` may become something else on some media than on others.
    func depends(onMediaOf outcome: Outcome) -> Bool { sources.contains { $0.outcomes[outcome] != nil } }

    /// Whether some studies are left out.
    var mayExclude: Bool { Outcome.allCases.contains { self[$0] == .exclude } || sources.contains { $0.outcomes.values.contains(.exclude) } }
}

extension Policies: CustomStringConvertible {
    /// What they are, by which a later start sees whether they are the same.
    public var description: String {
        let general = Outcome.allCases.map { self[$0].rawValue } + [incomplete.rawValue, legacyIndex.rawValue]
        return ([general.joined(separator: " ")] + sources.map(\.description)).joined(separator: " | ")
    }
}

/// What becomes of a study.
public enum OutcomePolicy: String, Hashable, Sendable, Codable, CaseIterable {
    /// Sent under its order.
    case send
    /// Held for a person.
    case hold
    /// Filed as an "Unspecified Exam" under an accession number of the reserved range.
    case unspecifiedExam = "unspecified-exam"
    /// Left out, and counted as such with its reason.
    case exclude
}

extension Outcome {
    /// What may become of a study of this outcome, the standard first. One for which a person must choose is never sent by a policy.
    public var policies: [OutcomePolicy] {
        switch self {
        case .matched: [.send, .hold, .exclude]
        case .manualMatch: [.hold, .exclude]
        case .examLevelFailed: [.unspecifiedExam, .hold, .exclude]
        case .patientLevelFailed: [.hold, .unspecifiedExam, .exclude]
        }
    }
}

/// What becomes of outcomes of studies on some media.
public struct SourcePolicy: Hashable, Sendable, CustomStringConvertible {
    /// Only media of this kind; nil: any.
    public var kind: MediumKind?
    /// Only media with such a label; `*` stands for any text. Nil: any.
    public var label: String?
    /// Only media that stand at such a place, likewise.
    public var shelf: String?
    /// What becomes of which outcome.
    public var outcomes: [Outcome: OutcomePolicy]

    /// A rule of these.
    public init(kind: MediumKind? = nil, label: String? = nil, shelf: String? = nil, outcomes: [Outcome: OutcomePolicy]) {
        self.kind = kind
        self.label = label
        self.shelf = shelf
        self.outcomes = outcomes
    }

    /// Rules of one configuration: more than an archive has kinds of media and shelves.
    public static var limit: Int { 1024 }

    func fits(_ medium: ExpectedMedium) -> Bool {
        (kind ?? medium.kind) == medium.kind && Self.matches(medium.label, label) && Self.matches(medium.shelf, shelf)
    }

    /// Whether `text` is as `pattern` says, in which `*` stands for any text.
    static func matches(_ text: String, _ pattern: String?) -> Bool {
        guard let pattern else { return true }
        let pieces = pattern.split(separator: "*", omittingEmptySubsequences: false)
        guard let first = pieces.first, let last = pieces.last, pieces.count > 1 else { return text == pattern }
        guard text.hasPrefix(first), text.hasSuffix(last), text.count >= first.count + last.count else { return false }
        var rest = text.dropFirst(first.count).dropLast(last.count)
        for piece in pieces.dropFirst().dropLast() where !piece.isEmpty {
            guard let found = rest.firstRange(of: piece) else { return false }
            rest = rest[found.upperBound...]
        }
        return true
    }

    /// What it is in words.
    public var description: String {
        let media = [kind.map { "kind \($0.rawValue)" }, label.map { "label \($0)" }, shelf.map { "shelf \($0)" }].compactMap(\.self)
        return (media + Outcome.allCases.compactMap { outcome in outcomes[outcome].map { "\(outcome.rawValue): \($0.rawValue)" } }).joined(separator: ", ")
    }
}

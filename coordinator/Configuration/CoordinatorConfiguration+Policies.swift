import ConfigurationFile
import Coordination
import Migration

/// The reader of `policies`: what becomes of studies by outcome, and by the media that they lie on.
extension CoordinatorConfiguration {
    mutating func readPolicies(_ section: ConfigurationSection?) throws(ConfigurationError) {
        guard var section else { return }
        let given = try Self.outcomes(&section)
        migration.policies.matched = given[.matched] ?? migration.policies.matched
        migration.policies.manualMatch = given[.manualMatch] ?? migration.policies.manualMatch
        migration.policies.examLevelFailed = given[.examLevelFailed] ?? migration.policies.examLevelFailed
        migration.policies.patientLevelFailed = given[.patientLevelFailed] ?? migration.policies.patientLevelFailed
        migration.policies.incomplete =
            try section.value("incomplete", Self.words(IncompletePolicy.self), IncompletePolicy.init(rawValue:))
            ?? migration.policies.incomplete
        let sources = try section.sections("sources")
        guard sources.count <= SourcePolicy.limit else {
            throw section.contradiction("sources", "has \(sources.count) rules; at most \(SourcePolicy.limit) are allowed")
        }
        for source in sources { migration.policies.sources.append(try Self.sourcePolicy(source)) }
        try section.finish()
    }

    /// What becomes of the outcomes that `section` names, by their words with hyphens.
    private static func outcomes(_ section: inout ConfigurationSection) throws(ConfigurationError) -> [Outcome: OutcomePolicy] {
        var found: [Outcome: OutcomePolicy] = [:]
        for outcome in Outcome.allCases {
            let words = outcome.policies.map(\.rawValue).joined(separator: " or ")
            found[outcome] = try section.value(outcome.rawValue.replacing(" ", with: "-"), words) { text in
                OutcomePolicy(rawValue: text).flatMap { outcome.policies.contains($0) ? $0 : nil }
            }
        }
        return found
    }

    private static func sourcePolicy(_ given: ConfigurationSection) throws(ConfigurationError) -> SourcePolicy {
        var section = given
        let kind = try section.value("kind", words(MediumKind.self), MediumKind.init(rawValue:))
        let pattern = "a text, in which * stands for any other"
        let label = try section.value("label", pattern) { $0.isEmpty ? nil : $0 }
        let shelf = try section.value("shelf", pattern) { $0.isEmpty ? nil : $0 }
        let outcomes = try outcomes(&section)
        guard kind != nil || label != nil || shelf != nil else {
            throw section.contradiction("kind", "is missing, and so are label and shelf: one of them says of which media")
        }
        guard !outcomes.isEmpty else { throw section.contradiction("matched", "is missing, and so are the other outcomes: one of them says what is otherwise") }
        try section.finish()
        return SourcePolicy(kind: kind, label: label, shelf: shelf, outcomes: outcomes)
    }
}

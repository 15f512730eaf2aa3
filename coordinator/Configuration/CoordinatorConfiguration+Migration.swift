import ConfigurationFile
import Coordination
import Migration

/// Readers of the sections that the engine decides by.
extension CoordinatorConfiguration {
    /// A term shorter than a few beats over a bad link would expire leases of living workers; one of hours keeps a dead worker's work.
    static var termRange: ClosedRange<Interval> { .seconds(1)...(.minutes(60)) }
    /// A worker whose machine is being restarted is not lost; a week without a sign is.
    static var lostRange: ClosedRange<Interval> { .seconds(1)...(.minutes(7 * 24 * 60)) }
    /// Delays between attempts.
    static var delayRange: ClosedRange<Interval> { Interval(milliseconds: 1)...(.minutes(7 * 24 * 60)) }

    mutating func readLeases(_ section: ConfigurationSection?) throws(ConfigurationError) {
        guard var section else { return }
        migration.terms.grant =
            try section.value("term", Self.phrase(Self.termRange), Self.interval(Self.termRange)) ?? migration.terms.grant
        migration.terms.workerLostAfter =
            try section.value("lost-after", Self.phrase(Self.lostRange), Self.interval(Self.lostRange))
            ?? migration.terms.workerLostAfter
        guard migration.terms.workerLostAfter >= migration.terms.grant else {
            throw section.contradiction("lost-after", "is shorter than the term of a lease, \(migration.terms.grant.text)")
        }
        try section.finish()
    }

    mutating func readRetries(_ section: ConfigurationSection?) throws(ConfigurationError) {
        guard var section else { return }
        migration.retries.delays =
            try section.values("delays", Self.phrase(Self.delayRange), Self.interval(Self.delayRange)) ?? migration.retries.delays
        migration.retries.attempts = try section.number("attempts", 1...1000) ?? migration.retries.attempts
        guard !migration.retries.delays.isEmpty else { throw section.contradiction("delays", "has no delay") }
        try section.finish()
    }

    /// Application entities of the largest PACS have some hundreds; a fleet's workers need one each at most.
    private static var titleLimit: Int { 1024 }

    /// A PACS grants some tens, a cluster of them some thousands.
    private static var associationRange: ClosedRange<Int> { 1...10_000 }
    /// As many as a worker opens where its own configuration says nothing.
    private static var usualAssociationsPerLease: Int { 2 }

    mutating func readDestinationLimits(_ top: inout ConfigurationSection) throws(ConfigurationError) {
        let titles = try top.values("calling-titles", "an AE title: 1 to 16 ASCII characters without spaces") { title in
            DestinationAddress.titleFault(title[...], "calling") == nil ? title : nil
        }
        migration.callingTitles = titles ?? []
        guard Set(migration.callingTitles).count == migration.callingTitles.count, migration.callingTitles.count <= Self.titleLimit else {
            throw top.contradiction("calling-titles", "names a title twice, or more than \(Self.titleLimit)")
        }
        try readAssociations(top.section("associations"))
    }

    private mutating func readAssociations(_ section: ConfigurationSection?) throws(ConfigurationError) {
        guard var section else { return }
        let atDestination = try section.number("at-destination", Self.associationRange)
        let perLease = try section.number("per-lease", Self.associationRange)
        try section.finish()
        guard let atDestination else {
            if perLease == nil { return }
            throw section.contradiction("per-lease", "shares out the associations of at-destination, which is missing")
        }
        if let perLease, perLease > atDestination {
            throw section.contradiction("per-lease", "is \(perLease), more than at-destination, \(atDestination)")
        }
        migration.associations = AssociationCap(atDestination: atDestination, perLease: perLease ?? Self.usualAssociationsPerLease)
    }

    /// More gateways than a hospital has read from one source without a cap as well.
    private static var readerRange: ClosedRange<Int> { 1...10_000 }
    /// As many places as a hospital's media stand at.
    private static var sourceLimit: Int { 1024 }

    mutating func readSources(_ sections: [ConfigurationSection], in top: ConfigurationSection) throws(ConfigurationError) {
        for var section in sections {
            let shelf = try section.required("shelf", "where media stand, as the media list says") { $0.isEmpty ? nil : $0 }
            let readers = try section.required("readers", "a number from 1 to \(Self.readerRange.upperBound)") { text in
                Int(text).flatMap { Self.readerRange.contains($0) ? $0 : nil }
            }
            try section.finish()
            guard !migration.sources.contains(where: { $0.shelf == shelf }) else { throw section.contradiction("shelf", "\(shelf) stands twice") }
            migration.sources.append(SourceCap(shelf: shelf, readers: readers))
        }
        guard sections.count <= Self.sourceLimit else {
            throw top.contradiction("sources", "has \(sections.count) sources; at most \(Self.sourceLimit) are allowed")
        }
    }

    mutating func readLegacyIndex(_ section: ConfigurationSection?) throws(ConfigurationError) {
        guard var section else { return }
        migration.policies.legacyIndex =
            try section.value("disagreement", Self.words(LegacyIndexPolicy.self), LegacyIndexPolicy.init(rawValue:)) ?? migration.policies.legacyIndex
        try section.finish()
    }

    static func words<Policy: CaseIterable & RawRepresentable<String>>(_ policy: Policy.Type) -> String {
        Policy.allCases.map(\.rawValue).joined(separator: " or ")
    }
}

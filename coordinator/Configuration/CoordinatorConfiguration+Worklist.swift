import ConfigurationFile
import Migration

/// Reader of the section `manual-worklist`: how long nobody else decides on a study that a person has taken.
extension CoordinatorConfiguration {
    /// A minute is too short to look at images; whoever keeps a study for more than a day has gone.
    private static var takeRange: ClosedRange<Interval> { .minutes(1)...(.minutes(24 * 60)) }

    mutating func readManualWorklist(_ section: ConfigurationSection?) throws(ConfigurationError) {
        guard var section else { return }
        migration.takeTerm = try section.value("take", Self.phrase(Self.takeRange), Self.interval(Self.takeRange)) ?? migration.takeTerm
        try section.finish()
    }
}

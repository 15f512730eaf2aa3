import ConfigurationFile
import Coordination
import Migration

/// Readers of what says which studies go first.
extension CoordinatorConfiguration {
    mutating func readOrderOfWork(_ sections: [ConfigurationSection], in top: ConfigurationSection) throws(ConfigurationError) {
        guard !sections.isEmpty else { return }
        guard sections.count <= OrderOfWork.ruleLimit else {
            throw top.contradiction("order-of-work", "has \(sections.count) rules; at most \(OrderOfWork.ruleLimit) are allowed")
        }
        var rules: [OrderOfWork.Rule] = []
        for section in sections {
            let rule = try Self.rule(section)
            if case .date = rule, rules.contains(where: { if case .date = $0 { true } else { false } }) {
                throw section.contradiction("by", "is date a second time: only the first one could count")
            }
            rules.append(rule)
        }
        migration.orderOfWork = OrderOfWork(rules)
    }

    private static func rule(_ given: ConfigurationSection) throws(ConfigurationError) -> OrderOfWork.Rule {
        var section = given
        let kind = try section.required("by", "modality, date or coming-order") { ["modality", "date", "coming-order"].contains($0) ? $0 : nil }
        let rule: OrderOfWork.Rule
        switch kind {
        case "modality":
            let modalities = try section.values("first", "a DICOM modality (PS3.3 C.7.3.1.1.1) such as CT") { isModality($0) ? $0 : nil } ?? []
            guard !modalities.isEmpty else { throw section.contradiction("by", "is modality, and `first` names none") }
            rule = .modalities(modalities)
        case "date":
            rule = .date(isNewestFirst: try section.required("first", "newest or oldest") { ["newest": true, "oldest": false][$0] })
        default: rule = .comingOrder
        }
        try section.finish()
        return rule
    }

    /// A clinic's orders of a day at least; more requests than that put nothing ahead of anything.
    private static var priorsRange: ClosedRange<Int> { 1...100_000 }
    /// A patient is examined within days of the order, rarely later than a year.
    private static var lastingRange: ClosedRange<Interval> { .minutes(60)...(.minutes(366 * 24 * 60)) }

    mutating func readRequests(_ section: ConfigurationSection?) throws(ConfigurationError) {
        guard var section else { return }
        let isOn = try section.value("priors-of-new-orders", "on or off") { ["on": true, "off": false][$0] } ?? false
        var policy = PriorsPolicy()
        policy.limit = try section.number("limit", Self.priorsRange) ?? policy.limit
        policy.lasting = try section.value("lasting", Self.phrase(Self.lastingRange), Self.interval(Self.lastingRange)) ?? policy.lasting
        try section.finish()
        migration.priors = isOn ? policy : nil
    }
}

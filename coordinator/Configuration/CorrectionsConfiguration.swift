import ConfigurationFile
import Coordination
import Migration

/// What coordinator.yaml says of the destination's own interface for deleting, and of how it is asked.
struct CorrectionsConfiguration: Hashable, Sendable {
    /// The REST interface of Orthanc, at which studies can be deleted.
    struct Orthanc: Hashable, Sendable {
        /// Its root.
        var url: String
        /// Who we are there; nil: it asks nobody.
        var user: String?
        /// The file that has the password.
        var passwordFile: String?
    }

    /// Where studies are deleted; nil: a person deletes them.
    var orthanc: Orthanc?
    /// How a destination of `dicoms://` is asked.
    var tls = TLSFiles()

    /// A test may ask each second; less often than a day nobody would call awaiting.
    static var everyRange: ClosedRange<Interval> { .seconds(1)...(.minutes(24 * 60)) }
    /// A destination hears of merges within a day; a year is longer than most migrations.
    static var waitRange: ClosedRange<Interval> { .seconds(1)...(.minutes(366 * 24 * 60)) }
}

extension CoordinatorConfiguration {
    mutating func readCorrections(_ section: ConfigurationSection?) throws(ConfigurationError) {
        guard var section else { return }
        let (everyRange, waitRange) = (CorrectionsConfiguration.everyRange, CorrectionsConfiguration.waitRange)
        var policy = CorrectionPolicy()
        let profiles = CorrectionProfile.allCases.map(\.rawValue).joined(separator: " or ")
        policy.profile = try section.value("profile", profiles, CorrectionProfile.init(rawValue:)) ?? policy.profile
        policy.every = try section.value("every", Self.phrase(everyRange), Self.interval(everyRange)) ?? policy.every
        policy.wait = try section.value("wait", Self.phrase(waitRange), Self.interval(waitRange)) ?? policy.wait
        corrections.orthanc = try readOrthanc(section.section("orthanc"))
        corrections.tls = try readTLSFiles(section.section("tls"))
        try section.finish()
        guard policy.every <= policy.wait else { throw section.contradiction("wait", "is shorter than every, \(policy.every.text)") }
        guard corrections.orthanc == nil || policy.profile == .deleteAndSendAgain else {
            throw section.contradiction("orthanc", "says where studies are deleted, but the profile is \(policy.profile.rawValue)")
        }
        migration.corrections = policy
    }

    private func readOrthanc(_ section: ConfigurationSection?) throws(ConfigurationError) -> CorrectionsConfiguration.Orthanc? {
        guard var section else { return nil }
        let url = try section.required("url", "an address http://host:port or https://host:port") { text in
            ["http://", "https://"].contains { text.hasPrefix($0) && text.count > $0.count } ? text : nil
        }
        let user = try section.value("user", "a name") { $0.isEmpty ? nil : $0 }
        let file = try section.value("password-file", "a file whose first line is the password", path)
        try section.finish()
        guard (user == nil) == (file == nil) else { throw section.contradiction("user", "and password-file are given together, or none of them") }
        return CorrectionsConfiguration.Orthanc(url: url.hasSuffix("/") ? String(url.dropLast()) : url, user: user, passwordFile: file)
    }
}

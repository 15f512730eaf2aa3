import ConfigurationFile
import Matching

/// Reader of the section `matching`: whether evidence counts beside the paper's rule, and how sure it must be.
extension CoordinatorConfiguration {
    mutating func readMatching(_ section: ConfigurationSection?) throws(ConfigurationError) {
        guard var section else { return }
        let isOn = try section.value("evidence", "on or off") { ["on": true, "off": false][$0] } ?? false
        let threshold = try section.value("threshold", Self.weightPhrase, Self.weight)
        let margin = try section.value("margin", "a natural logarithm from 0.5 to 10, such as 2 or 2.5") { Self.weight($0).flatMap { $0 >= 50 ? $0 : nil } }
        let spelling = try Self.spelling(section.section("patient-ids"))
        try section.finish()
        guard isOn else { return migration.evidence = nil }
        migration.evidence = EvidencePolicy(
            threshold: threshold ?? EvidencePolicy.standardThreshold, margin: margin ?? EvidencePolicy.standardMargin, spelling: spelling)
    }

    private static func spelling(_ section: ConfigurationSection?) throws(ConfigurationError) -> PatientIDSpelling {
        guard var section else { return PatientIDSpelling() }
        // LO has 64 characters (PS3.5 §6.2); numbers of patients have at most some twenty digits.
        let length = try section.number("length", 1...lengthLimit)
        let prefixes = try section.values("prefixes", "1 to 8 characters that are no digits") { prefix in
            (1...8).contains(prefix.utf8.count) && !prefix.contains(where: \.isNumber) && !prefix.contains(" ") ? prefix : nil
        }
        let digit = try checkDigit(section.section("check-digit"))
        try section.finish()
        if length == nil, prefixes != nil || digit != nil {
            throw section.contradiction("length", "is missing: without it no spelling of a patient ID is known")
        }
        guard prefixes?.count ?? 0 <= prefixLimit else {
            throw section.contradiction("prefixes", "has \(prefixes?.count ?? 0) prefixes; at most \(prefixLimit) are allowed")
        }
        return PatientIDSpelling(length: length, prefixes: prefixes ?? [], checkDigit: digit)
    }

    private static func checkDigit(_ section: ConfigurationSection?) throws(ConfigurationError) -> PatientIDSpelling.CheckDigit? {
        guard var section else { return nil }
        let number = "a number from 1 to 100"
        let weights = try section.values("weights", number) { text in Int(text).flatMap { (1...100).contains($0) ? $0 : nil } }
        let modulus = try section.number("modulus", 2...10)
        try section.finish()
        guard let weights, !weights.isEmpty else { throw section.contradiction("weights", "is missing: the weight of each digit, the first one's first") }
        return PatientIDSpelling.CheckDigit(weights: weights, modulus: modulus ?? 10)
    }

    private static var lengthLimit: Int { 20 }
    /// All spellings of a number are looked up with each study: some hundred.
    private static var prefixLimit: Int { 16 }

    private static var weightPhrase: String { "a natural logarithm from -10 to 10, such as 2 or 2.5" }

    private static func weight(_ text: String) -> Int? {
        Double(text).flatMap { (-10...10).contains($0) ? Int(($0 * 100).rounded()) : nil }
    }
}

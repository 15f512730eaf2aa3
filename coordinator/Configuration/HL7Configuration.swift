import ConfigurationFile
import Migration
import Orders

/// What coordinator.yaml says of HL7 messages.
struct HL7Configuration: Sendable {
    /// Files in PEM form.
    struct TLS: Hashable, Sendable {
        var certificate: String
        var key: String
        /// Whose certificates senders must show; nil: they need show none.
        var clientAuthority: String?
    }

    var settings: MLLPSettings
    var conventions = HL7Conventions()
    var tls: TLS?

    /// A sender that is silent for longer than a week is gone; one for less than some seconds is typing.
    static var idleRange: ClosedRange<Interval> { .seconds(10)...(.minutes(7 * 24 * 60)) }
}

extension CoordinatorConfiguration {
    mutating func readHL7(_ section: ConfigurationSection?) throws(ConfigurationError) {
        guard var section else { return }
        let port = try section.number("port", 0...65535)
        let host = try section.value("host", "a host name or address") { $0.isEmpty ? nil : $0 }
        let range = HL7Configuration.idleRange
        var hl7 = HL7Configuration(settings: MLLPSettings(host: host ?? "127.0.0.1", port: port ?? MLLPLimits.defaultPort))
        hl7.settings.connections = try section.number("connections", MLLPLimits.connectionRange) ?? hl7.settings.connections
        let sizes = HL7Limits.messageByteRange
        hl7.settings.messageByteCount =
            try section.value("message-size", "a size with its unit (KiB, MiB) from \(sizes.lowerBound >> 10) KiB to \(sizes.upperBound >> 20) MiB") { text in
                Quantity.parse(text, units: ["KiB": 1 << 10, "MiB": 1 << 20]).flatMap { sizes.contains(Int($0)) ? Int($0) : nil }
            } ?? hl7.settings.messageByteCount
        guard hl7.settings.connections * hl7.settings.messageByteCount <= MLLPLimits.arrivingBytes else {
            throw section.contradiction(
                "message-size", "times connections is \(hl7.settings.connections * hl7.settings.messageByteCount >> 20) MiB; at most \(MLLPLimits.arrivingBytes >> 20) MiB are allowed")
        }
        hl7.settings.idle = try section.value("idle", Self.phrase(range), Self.interval(range)) ?? hl7.settings.idle
        hl7.tls = try readHL7Security(section.section("tls"))
        try readPeers(&section, into: &hl7)
        try Self.readConventions(&section, into: &hl7.conventions)
        if let authority = hl7.conventions.assigningAuthority {
            guard authority != migration.issuerOfUnknownPatients else {
                throw section.contradiction("assigning-authority", "is unspecified-exam.issuer-of-unknown, under which no patient of the hospital's is filed")
            }
            migration.hospitalIssuers.append(authority)
        }
        try section.finish()
        if port != nil { self.hl7 = hl7 }
    }

    /// Paths begin at the configuration's folder.
    var path: (String) -> String? {
        { [folder] text in text.isEmpty ? nil : text.hasPrefix("/") ? text : folder + "/" + text }
    }

    private func readHL7Security(_ section: ConfigurationSection?) throws(ConfigurationError) -> HL7Configuration.TLS? {
        guard var section else { return nil }
        let file = "a PEM file"
        let tls = HL7Configuration.TLS(
            certificate: try section.required("certificate", file, path), key: try section.required("key", file, path),
            clientAuthority: try section.value("client-authority", file, path))
        try section.finish()
        return tls
    }

    /// Whoever may send may change orders: beyond this machine somebody must say who that is.
    private func readPeers(_ section: inout ConfigurationSection, into hl7: inout HL7Configuration) throws(ConfigurationError) {
        let words = "an address, or a range such as 10.1.2.0/24"
        if let texts = try section.values("peers", words, { MLLPPeers([$0]) == nil ? nil : $0 }), let peers = MLLPPeers(texts) {
            hl7.settings.peers = peers
        } else if hl7.tls?.clientAuthority != nil {
            hl7.settings.peers = .everybody
        } else if !["127.0.0.1", "::1", "localhost"].contains(hl7.settings.host) {
            throw section.contradiction("host", "is open to others: name the senders in hl7.peers, or the authority of their certificates in hl7.tls.client-authority")
        }
    }

    private static func readConventions(_ section: inout ConfigurationSection, into conventions: inout HL7Conventions) throws(ConfigurationError) {
        conventions.assigningAuthority = try section.value("assigning-authority", "a namespace as in PID-3.4") { $0.isEmpty ? nil : $0 }
        conventions.timeZone = try section.value("time-zone", "a zone of the IANA database such as Asia/Seoul") { HL7TimeZone($0) } ?? conventions.timeZone
        conventions.characterSet =
            try section.value("character-set", "a name of HL7 table 0211 such as KS X 1001") { HL7CharacterSet([$0]) } ?? conventions.characterSet
        guard var fields = try section.section("fields") else { return }
        let words = "a place in a message such as OBR-18 or OBR-27.4"
        conventions.accessionNumber = try fields.values("accession-number", words, HL7Path.init) ?? conventions.accessionNumber
        conventions.studyInstanceUID = try fields.values("study-instance-uid", words, HL7Path.init) ?? conventions.studyInstanceUID
        conventions.examDate = try fields.values("exam-date", words, HL7Path.init) ?? conventions.examDate
        conventions.modality = try fields.values("modality", words, HL7Path.init) ?? conventions.modality
        guard !conventions.accessionNumber.isEmpty else { throw fields.contradiction("accession-number", "names no place") }
        try fields.finish()
    }
}

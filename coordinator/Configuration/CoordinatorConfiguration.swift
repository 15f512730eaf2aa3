import ConfigurationFile
import Coordination
import Matching
import Migration
import Previews
import Trust

/// What coordinator.yaml says.
struct CoordinatorConfiguration: Sendable {
    /// Where workers connect.
    struct WorkerPort: Hashable, Sendable {
        /// The address to listen at.
        var host = "127.0.0.1"
        /// The port to listen at; 0 for any free one.
        var port = WorkerPort.defaultPort
        /// The host that invitations name; nil: ``host``.
        var invitationHost: String?

        /// The port unless another is chosen; not assigned to anybody by IANA's registry.
        static var defaultPort: Int { 7420 }
    }

    /// The file's folder: the ledger, the authority and the socket lie beside it.
    var folder: String
    var workerPort = WorkerPort()
    /// How long certificates live that are issued from now on.
    var certificateLife = CertificateLife.standard
    var ledgerCopies = LedgerCopyConfiguration()
    /// Whether workers are to encrypt what they stage from now on.
    var areSpoolsEncrypted = true
    /// The port for messages of the hospital's systems; nil: none is open.
    var hl7: HL7Configuration?
    /// The modality worklist that is asked for orders; nil: none is.
    var worklist: WorklistConfiguration?
    /// How the destination is asked about studies under a former identity, and where they are deleted.
    var corrections = CorrectionsConfiguration()
    /// How the PACS or RIS is told of orders for unspecified exams; nil: it is not.
    var outbound: OutboundConfiguration?
    /// What becomes of pictures of studies.
    var previews = PreviewPolicy()
    /// What the engine decides by.
    var migration: MigrationConfiguration

    /// A configuration with this version's defaults.
    init(folder: String, destination: String) {
        self.folder = folder
        migration = MigrationConfiguration(destination: destination)
    }
}

extension CoordinatorConfiguration {
    /// Reads the file at `path`.
    ///
    /// - Throws: ``ConfigurationError``.
    static func load(_ path: String) throws(ConfigurationError) -> CoordinatorConfiguration {
        let file = try ConfigurationText(
            contentsOf: path, advice: "every command but init takes --config FILE, by default ./coordinator.yaml")
        return try parse(file.text, file: path, folder: file.folder)
    }

    /// Reads the text of a configuration; `file` is its name in messages.
    static func parse(_ yaml: String, file: String, folder: String) throws(ConfigurationError) -> CoordinatorConfiguration {
        var top = try ConfigurationSection(yaml: yaml, file: file)
        let destination = try top.required("destination", "an address dicom://CALLED@host:port?calling=AET") { $0 }
        if let fault = DestinationAddress.fault(in: destination) { throw top.contradiction("destination", fault) }
        var configuration = CoordinatorConfiguration(folder: folder, destination: destination)
        try configuration.readWorkerPort(top.section("worker-port"))
        try configuration.readCertificates(top.section("certificates"))
        try configuration.readVerification(&top)
        try configuration.readPolicies(top.section("policies"))
        try configuration.readLegacyIndex(top.section("legacy-index"))
        try configuration.readModalities(top.section("modalities"))
        try configuration.readMatching(top.section("matching"))
        try configuration.readLeases(top.section("leases"))
        try configuration.readRetries(top.section("retries"))
        try configuration.readUnspecifiedExam(top.section("unspecified-exam"))
        try configuration.readDestinationLimits(&top)
        try configuration.readSources(top.sections("sources"), in: top)
        try configuration.readSelection(top.section("selection"))
        try configuration.readOrderOfWork(top.sections("order-of-work"), in: top)
        try configuration.readRequests(top.section("requests"))
        try configuration.readManualWorklist(top.section("manual-worklist"))
        try configuration.readLedgerCopies(top.section("ledger-copies"))
        try configuration.readSpools(top.section("spools"))
        try configuration.readHL7(top.section("hl7"))
        try configuration.readWorklist(top.section("worklist"))
        try configuration.readCorrections(top.section("corrections"))
        try configuration.readOutbound(top.section("outbound"))
        try configuration.readPreviews(top.section("previews"))
        try top.finish()
        return configuration
    }

    private mutating func readWorkerPort(_ section: ConfigurationSection?) throws(ConfigurationError) {
        guard var section else { return }
        let host = "a host name or address"
        workerPort.host = try section.value("host", host) { $0.isEmpty ? nil : $0 } ?? workerPort.host
        workerPort.port = try section.number("port", 0...65535) ?? workerPort.port
        workerPort.invitationHost = try section.value("invitation-host", host) { $0.isEmpty ? nil : $0 }
        try section.finish()
    }

    private mutating func readCertificates(_ section: ConfigurationSection?) throws(ConfigurationError) {
        guard var section else { return }
        let range = CertificateLife.range
        certificateLife = try section.value("life", Self.phrase(range), Self.interval(range)).map(CertificateLife.init) ?? certificateLife
        try section.finish()
    }

    private mutating func readSpools(_ section: ConfigurationSection?) throws(ConfigurationError) {
        guard var section else { return }
        areSpoolsEncrypted = try section.value("encryption", "on or off") { ["on": true, "off": false][$0] } ?? areSpoolsEncrypted
        try section.finish()
    }

    private mutating func readVerification(_ top: inout ConfigurationSection) throws(ConfigurationError) {
        let levels = VerificationLevel.allCases.map(\.rawValue).joined(separator: " or ")
        migration.level = try top.value("verification", levels, VerificationLevel.init(rawValue:)) ?? migration.level
    }

    private mutating func readModalities(_ section: ConfigurationSection?) throws(ConfigurationError) {
        guard var section else { return }
        let rows = try section.table()
        try section.finish()
        var codes = ModalityMapping.standardCodes
        for (code, text) in rows {
            let modalities = text.split(separator: ",").map { String($0.drop { $0 == " " }) }
            guard !modalities.isEmpty, modalities.allSatisfy(Self.isModality) else {
                throw section.contradiction(
                    code, "is \"\(text)\", but is to be a DICOM modality (PS3.3 C.7.3.1.1.1) such as XA, or several with commas")
            }
            codes[code] = modalities
        }
        migration.modalityMapping = ModalityMapping(codes)
    }

    /// CS, PS3.5 §6.2: 1 to 16 upper-case letters, digits, spaces and underscores.
    static func isModality(_ text: String) -> Bool {
        (1...16).contains(text.utf8.count)
            && text.utf8.allSatisfy { (65...90).contains($0) || (48...57).contains($0) || $0 == 95 || $0 == 32 }
    }

    static func interval(_ range: ClosedRange<Interval>) -> (String) -> Interval? {
        { text in Units.interval(text).flatMap { range.contains($0) ? $0 : nil } }
    }

    static func phrase(_ range: ClosedRange<Interval>) -> String {
        "a time with its unit (ms, s, min, h, d) from \(range.lowerBound.text) to \(range.upperBound.text)"
    }
}

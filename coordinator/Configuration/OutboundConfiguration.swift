import ConfigurationFile
import Migration
import Orders

/// What coordinator.yaml says of orders that are told to the PACS or RIS.
struct OutboundConfiguration: Hashable, Sendable {
    /// A system that takes messages.
    struct Receiver: Hashable, Sendable {
        var host: String
        var port: Int
        /// How long a reply is awaited.
        var timeout = Interval.seconds(30)
        /// Whether TLS is spoken, and with what; nil: it is not.
        var tls: TLSFiles?
        var conventions = HL7OrderConventions()
    }

    /// The ways to tell.
    enum Way: Hashable, Sendable {
        /// As HL7 messages.
        case hl7(Receiver)
        /// As files in this folder.
        case csv(folder: String)
    }

    /// Words of `orders`.
    enum Orders: String, CaseIterable {
        case off, hl7, csv
    }

    var way: Way

    /// A reply takes longer than a message needs over a bad link, and no longer than a person would wait.
    static var timeoutRange: ClosedRange<Interval> { .seconds(1)...(.minutes(10)) }
}

extension CoordinatorConfiguration {
    mutating func readUnspecifiedExam(_ section: ConfigurationSection?) throws(ConfigurationError) {
        guard var section else { return }
        let standard = AccessionRange.standard
        let prefix = try section.value("accession-prefix", "at most \(AccessionRange.length - 1) letters, digits, hyphens, dots and underscores") { $0 }
        let digits = try section.number("digits", 1...AccessionRange.length)
        let numbers = "a number of at most \(AccessionRange.length) digits"
        let first = try section.value("from", numbers) { Int64($0) }
        let last = try section.value("to", numbers) { Int64($0) }
        try readIssuers(&section)
        try section.finish()
        do throws(AccessionRangeFault) {
            migration.reservedRange = try AccessionRange(
                prefix: prefix ?? standard.prefix, digits: digits ?? standard.digits, first: first ?? standard.first, last: last)
        } catch {
            switch error {
            case .prefix: throw section.contradiction("accession-prefix", "has a character that is no letter, digit, hyphen, dot or underscore of ASCII")
            case .length(let count): throw section.contradiction("accession-prefix", "and digits make \(count) characters; an accession number has \(AccessionRange.length) at most")
            case .bounds(let highest): throw section.contradiction("from", "and to are not in this order between 0 and \(highest)")
            }
        }
    }

    private mutating func readIssuers(_ section: inout ConfigurationSection) throws(ConfigurationError) {
        let kind = "an issuer of patient IDs: 1 to 64 characters, none of them a backslash"
        migration.issuerOfUnknownPatients = try section.value("issuer-of-unknown", kind, Self.issuer)
        migration.hospitalIssuers = try section.values("hospital-issuers", kind, Self.issuer) ?? []
        if let unknown = migration.issuerOfUnknownPatients, migration.hospitalIssuers.contains(unknown) {
            throw section.contradiction("issuer-of-unknown", "is one of hospital-issuers: patients whom the hospital does not know are not filed under its own")
        }
    }

    /// LO, PS3.5 §6.2, of one value, without the spaces around it.
    private static func issuer(_ text: String) -> String? {
        let text = Identifying(text).trimmed
        return (1...64).contains(text.unicodeScalars.count) && !text.contains("\\") && !text.contains(where: \.isNewline) ? text : nil
    }

    mutating func readOutbound(_ section: ConfigurationSection?) throws(ConfigurationError) {
        guard var section else { return }
        let words = OutboundConfiguration.Orders.allCases.map(\.rawValue).joined(separator: " or ")
        let orders = try section.value("orders", words, OutboundConfiguration.Orders.init(rawValue:)) ?? .off
        switch orders {
        case .off: break
        case .hl7: outbound = OutboundConfiguration(way: .hl7(try readReceiver(&section)))
        case .csv: outbound = OutboundConfiguration(way: .csv(folder: try section.required("folder", "a folder", path)))
        }
        // A key that means nothing this way is refused as unknown: nobody shall believe that orders are told where they are not.
        try section.finish()
        migration.announcesOrders = outbound != nil
    }

    private func readReceiver(_ section: inout ConfigurationSection) throws(ConfigurationError) -> OutboundConfiguration.Receiver {
        let host = try section.required("host", "a host name or address") { $0.isEmpty ? nil : $0 }
        let port = try section.required("port", "a number from 1 to 65535") { text in Int(text).flatMap { (1...65535).contains($0) ? $0 : nil } }
        var receiver = OutboundConfiguration.Receiver(host: host, port: port)
        let range = OutboundConfiguration.timeoutRange
        receiver.timeout = try section.value("timeout", Self.phrase(range), Self.interval(range)) ?? receiver.timeout
        if let tls = try section.section("tls") { receiver.tls = try readTLSFiles(tls) }
        try Self.read(&receiver.conventions, from: &section)
        return receiver
    }

    private static func read(_ conventions: inout HL7OrderConventions, from section: inout ConfigurationSection) throws(ConfigurationError) {
        let messages = HL7OrderConventions.Message.allCases.map(\.rawValue).joined(separator: " or ")
        conventions.message = try section.value("message", messages, HL7OrderConventions.Message.init(rawValue:)) ?? conventions.message
        let words = "1 to \(HL7OrderConventions.nameLength) printable characters of ASCII"
        func name(_ text: String) -> String? {
            let isPrintable = text.utf8.allSatisfy { (0x20...0x7E).contains($0) }
            return isPrintable && (1...HL7OrderConventions.nameLength).contains(text.utf8.count) ? text : nil
        }
        conventions.sendingApplication = try section.value("sending-application", words, name) ?? conventions.sendingApplication
        conventions.sendingFacility = try section.value("sending-facility", words, name) ?? conventions.sendingFacility
        conventions.receivingApplication = try section.value("receiving-application", words, name) ?? conventions.receivingApplication
        conventions.receivingFacility = try section.value("receiving-facility", words, name) ?? conventions.receivingFacility
        conventions.assigningAuthority = try section.value("assigning-authority", words, name) ?? conventions.assigningAuthority
        conventions.procedureCode = try section.value("procedure-code", words, name) ?? conventions.procedureCode
        let sets = "a name of HL7 table 0211 without escape sequences such as UNICODE UTF-8, KS X 1001 or 8859/1"
        conventions.characterSet =
            try section.value("character-set", sets) { HL7CharacterSet([$0])?.isWritable == true ? $0 : nil } ?? conventions.characterSet
    }
}

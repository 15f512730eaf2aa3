import ConfigurationFile
import DICOM
import Gateway

/// Reads a worker's configuration file.
enum WorkerConfiguration {
    /// The file's name in the folder that `join` makes.
    static let fileName = "worker.yaml"
    /// The control socket's name where the configuration says nothing.
    static let usualControl = "control.sock"
    /// The smallest spool: a test's disc fits into it; a real one needs 1 GB a drive.
    static let smallestSpoolByteCount: Int64 = 16 << 20

    /// The configuration in `path`. Relative paths in it are relative to its folder.
    ///
    /// - Throws: ``ConfigurationError``, naming file, line, key and limit.
    static func load(_ path: String) throws(ConfigurationError) -> GatewayConfiguration {
        let file = try ConfigurationText(contentsOf: path, advice: "`worker join` makes it")
        return try parse(file.text, file: path, folder: file.folder)
    }

    static func parse(_ text: String, file: String, folder: String) throws(ConfigurationError) -> GatewayConfiguration {
        var top = try ConfigurationSection(yaml: text, file: file)
        let address = try top.required("coordinator", "host:port") { try? LineAddress(parsing: $0) }
        let absolute = { (path: String) in path.isEmpty ? nil : path.hasPrefix("/") ? path : "\(folder)/\(path)" }
        let control = try top.value("control", "a path", absolute) ?? "\(folder)/\(usualControl)"
        var configuration = GatewayConfiguration(
            coordinator: address, identityFolder: folder, spoolPath: "\(folder)/spool", controlPath: control)
        if var spool = try top.section("spool") {
            configuration.spoolPath = try spool.value("path", "a path", absolute) ?? configuration.spoolPath
            configuration.spoolLimit =
                try spool.value("limit", "a size of at least \(smallestSpoolByteCount >> 20) MiB with its unit, as in 8 GiB") { text in
                    ByteSize.parse(text).flatMap { $0 >= smallestSpoolByteCount ? $0 : nil }
                } ?? configuration.spoolLimit
            try spool.finish()
        }
        configuration.holdingStore = try top.value("holding-store", "a path", absolute)
        if var sending = try top.section("sending") {
            configuration.parts = try sending.number("parts", 1...16) ?? configuration.parts
            let highest = GatewayConfiguration.highestAssociations
            configuration.associations = try sending.number("associations", 1...highest) ?? configuration.associations
            let choices = ["never": false, "where-needed": true]
            configuration.reencodes = try sending.value("re-encode", "never or where-needed") { choices[$0] } ?? configuration.reencodes
            try sending.finish()
        }
        if let section = try top.section("destination-tls") { configuration.destinationSecurity = try security(section, absolute) }
        if var receiving = try top.section("receiving") {
            configuration.returnPort = try receiving.number("port", 1...65_535)
            if configuration.returnPort != nil, configuration.destinationSecurity.isCertificateOfAnyAuthority {
                throw receiving.contradiction("port", "speaks TLS, with the certificate of destination-tls: authority is missing there, without which anybody's certificate would do")
            }
            try receiving.finish()
        }
        for section in try top.sections("drives") { configuration.drives.append(try drive(section, absolute)) }
        for section in try top.sections("online") { configuration.online.append(try medium(section, absolute)) }
        let names = configuration.drives.map(\.name) + configuration.online.map(\.label)
        if let double = names.first(where: { name in names.count { $0 == name } > 1 }) {
            throw top.contradiction("drives", "and online have two entries named \(double)")
        }
        try top.finish()
        return configuration
    }

    private static func security(
        _ section: ConfigurationSection, _ path: (String) -> String?
    ) throws(ConfigurationError) -> GatewayConfiguration.DestinationSecurity {
        var section = section
        var security = GatewayConfiguration.DestinationSecurity()
        security.authorityPath = try section.value("authority", "a path", path)
        security.certificatePath = try section.value("certificate", "a path", path)
        security.keyPath = try section.value("key", "a path", path)
        if (security.certificatePath == nil) != (security.keyPath == nil) {
            throw section.contradiction("certificate", "and key stand together, or none of them")
        }
        let choices = ["checked": true, "ignored": false]
        security.allowsPlain = try section.value("plain", "allowed or refused") { ["allowed": true, "refused": false][$0] } ?? true
        security.checksHostName = try section.value("host-name", "checked or ignored") { choices[$0] } ?? true
        try section.finish()
        return security
    }

    private static func drive(
        _ section: ConfigurationSection, _ path: (String) -> String?
    ) throws(ConfigurationError) -> GatewayConfiguration.Drive {
        var section = section
        let drive = GatewayConfiguration.Drive(
            name: try section.required("name", "a name of 1 to 64 characters", name), path: try section.required("path", "a path", path),
            rules: try rules(&section))
        _ = try section.value("kind", "removable; what stays reachable stands under online") { $0 == "removable" ? $0 : nil }
        try section.finish()
        return drive
    }

    private static func medium(
        _ section: ConfigurationSection, _ path: (String) -> String?
    ) throws(ConfigurationError) -> GatewayConfiguration.OnlineMedium {
        var section = section
        let medium = GatewayConfiguration.OnlineMedium(
            label: try section.required("label", "a label of 1 to 128 characters") { (1...128).contains($0.count) ? $0 : nil },
            path: try section.required("path", "a path", path), rules: try rules(&section))
        try section.finish()
        return medium
    }

    /// How the objects of a source are read where they do not say it themselves.
    private static func rules(_ section: inout ConfigurationSection) throws(ConfigurationError) -> ReadingRules {
        let wrong = try section.values("wrong-character-sets", "values of Specific Character Set (0008,0005)") { $0 } ?? []
        var rules = ReadingRules()
        rules.characterSet = try section.value("character-set", "a defined term of PS3.3 §C.12.1.1.2, as ISO 2022 IR 149") {
            AssumedCharacterSet($0, insteadOf: Set(wrong))
        }
        guard wrong.isEmpty || rules.characterSet != nil else {
            throw section.contradiction("wrong-character-sets", "says not what is right: character-set is missing")
        }
        guard var classes = try section.section("acr-nema") else { return rules }
        for (modality, uid) in try classes.table() {
            guard !uid.isEmpty, uid.utf8.allSatisfy({ (0x30...0x39).contains($0) || $0 == 0x2E }) else {
                throw classes.contradiction(modality, "is to be the UID of a SOP class")
            }
            rules.sopClassUIDs[modality] = uid
        }
        try classes.finish()
        return rules
    }

    private static func name(_ text: String) -> String? { (1...64).contains(text.count) ? text : nil }

    /// The commented configuration that `join` writes.
    static func template(coordinator: String) -> String {
        """
        # Skein worker. Sizes are written with their unit; relative paths are relative to this file's folder. An unknown key is refused.

        # Where the coordinator is.
        coordinator: "\(coordinator)"

        # What was read and is not delivered yet. It must hold at least one disc for each drive; reading pauses when it is nearly full.
        spool: { path: spool, limit: 8 GiB }

        # Where studies that are held, or have arrived in part, wait when the spool is full: a folder on another disk or a share. Without one they leave the spool all the
        # same, and their discs are asked for again when they are ready.
        # holding-store: /mnt/holding

        # The drives that an operator feeds. One item a drive, for example
        #   - name: drive1
        #     path: /dev/sr0
        #     kind: removable
        # A drive or an online medium may say how its objects are read where they do not say it themselves: what text without a declared character set is,
        # which declared values are wrong, and of which SOP class objects of ACR-NEMA are, by their modality; others of them are listed and not sent.
        #     character-set: ISO 2022 IR 149
        #     wrong-character-sets: [ISO_IR 100]
        #     acr-nema: { CT: 1.2.840.10008.5.1.4.1.1.2 }
        drives: []

        # Media that are always reachable: image files or folders, read again instead of being copied into the spool. For example
        #   - label: RAID-1
        #     path: /mnt/raid
        online: []

        # Studies sent at the same time, and associations for each of them at most. A study is held when a value of its order cannot be written in the character
        # set of its objects; with re-encode: where-needed such objects are sent in UTF-8 as a whole instead, which each records.
        sending: { parts: 4, associations: \(GatewayConfiguration.usualAssociations) }

        # A destination dicoms://… is reached over TLS. PEM files: whose certificates are trusted (without it those that the system trusts), and this
        # worker's own certificate and key where the destination asks for one. Its certificate must be for the name by which it is called, unless
        # host-name is ignored. For example { authority: pacs-ca.pem, certificate: gateway.pem, key: gateway.key, host-name: checked }
        # A destination dicom://… is reached in the clear whatever stands here, and the log says so; with plain: refused it is not reached.
        destination-tls: {}

        # The port on which the destination reaches this worker, by the calling AE title: where it has no C-GET but C-MOVE, and where it reports on
        # storage commitment by associations of its own, for example { port: 11112 }. It speaks TLS when there is a certificate above, and then takes who has one of the
        # authority above, which must be there.
        receiving: {}

        # The socket of `worker insert` and `worker eject`.
        control: \(usualControl)

        """
    }
}

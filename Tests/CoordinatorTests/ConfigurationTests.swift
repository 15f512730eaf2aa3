import ConfigurationFile
import Coordination
import Foundation
import Matching
import Migration
import Orders
import Previews
import Testing

@testable import coordinator

@Suite struct ConfigurationTests {
    private let destination = "dicom://SKEINPACS@127.0.0.1:4242?calling=SKEIN"

    private func parse(_ yaml: String) throws -> CoordinatorConfiguration {
        try CoordinatorConfiguration.parse(yaml, file: "coordinator.yaml", folder: "/srv/migration")
    }

    private func failure(_ yaml: String) -> ConfigurationError? {
        #expect(throws: ConfigurationError.self) { try parse(yaml) }
    }

    @Test("What init writes reads back as the defaults")
    func template() throws {
        let configuration = try parse(ConfigurationTemplate.text(destination: destination))
        let standard = MigrationConfiguration(destination: destination)
        #expect(configuration.workerPort == CoordinatorConfiguration.WorkerPort())
        #expect(configuration.migration.destination == destination)
        #expect(configuration.migration.level == standard.level)
        #expect(configuration.migration.policies == standard.policies)
        #expect(configuration.migration.terms == standard.terms)
        #expect(configuration.migration.retries == standard.retries)
        #expect(configuration.migration.modalityMapping == standard.modalityMapping)
        #expect(configuration.migration.reservedRange == .standard)
        #expect(configuration.outbound == nil && !configuration.migration.announcesOrders)
        #expect(configuration.migration.callingTitles == standard.callingTitles)
        #expect(configuration.migration.associations == standard.associations)
        #expect(configuration.migration.sources == standard.sources)
        #expect(configuration.ledgerCopies == LedgerCopyConfiguration())
        #expect(configuration.areSpoolsEncrypted)
        #expect(configuration.migration.orderOfWork == .standard)
        #expect(configuration.migration.selection == Selection())
        #expect(configuration.migration.priors == nil)
        #expect(configuration.hl7 == nil)
        #expect(configuration.worklist == nil)
        #expect(configuration.migration.corrections == standard.corrections)
        #expect(configuration.corrections == CorrectionsConfiguration())
    }

    @Test("How the destination is corrected")
    func corrections() throws {
        let text = "destination: \(destination)\ncorrections: { profile: delete-and-send-again, every: 10 s, wait: 2 h, orthanc: { url: 'http://pacs:8042/', user: skein, password-file: pw } }"
        let found = try parse(text)
        #expect(found.migration.corrections == CorrectionPolicy(profile: .deleteAndSendAgain, every: .seconds(10), wait: .minutes(120)))
        #expect(found.corrections.orthanc == .init(url: "http://pacs:8042", user: "skein", passwordFile: "/srv/migration/pw"))
        for wrong in ["wait: 10 s, every: 1 min", "orthanc: { url: 'http://pacs' }", "profile: guess", "profile: delete-and-send-again, orthanc: { url: 'pacs' }",
            "profile: delete-and-send-again, orthanc: { url: 'http://pacs', user: skein }"] {
            #expect(failure("destination: \(destination)\ncorrections: { \(wrong) }") != nil, "\(wrong)")
        }
    }

    @Test("How the PACS or RIS is told of orders, and under which numbers")
    func outbound() throws {
        let head = "destination: \(destination)\n"
        let text = head + """
            unspecified-exam: { accession-prefix: MIG-, digits: 6, from: 500, to: 99999 }
            outbound:
              orders: hl7
              host: ris.example
              port: 2576
              message: OMI^O23
              receiving-application: RIS
              character-set: KS X 1001
              timeout: 5 s
              tls: { authority: ca.pem }
            """
        let found = try parse(text)
        #expect(found.migration.announcesOrders)
        #expect(found.migration.reservedRange == (try AccessionRange(prefix: "MIG-", digits: 6, first: 500, last: 99_999)))
        guard case .hl7(let receiver)? = found.outbound?.way else { Issue.record("no HL7"); return }
        #expect(receiver.host == "ris.example" && receiver.port == 2576 && receiver.timeout == .seconds(5))
        #expect(receiver.tls == TLSFiles(authority: "/srv/migration/ca.pem"))
        #expect(receiver.conventions.message == .omi && receiver.conventions.characterSet == "KS X 1001" && receiver.conventions.receivingApplication == "RIS")
        #expect(try parse(head + "outbound: { orders: csv, folder: told }").outbound?.way == .csv(folder: "/srv/migration/told"))
        #expect(try parse(head + "outbound: {}").outbound == nil)
        #expect(try parse(head + "unspecified-exam: { accession-prefix: '', digits: 8, from: 90000000 }").migration.reservedRange.text(of: 90_000_001) == "90000001")
        for wrong in ["orders: hl7", "orders: hl7, host: h", "orders: csv", "orders: mail", "orders: off, host: h", "orders: hl7, host: h, port: 0",
            "orders: hl7, host: h, port: 1, character-set: ISO IR87", "orders: hl7, host: h, port: 1, message: ORU^R01", "orders: hl7, host: h, port: 1, timeout: 1 h",
            "orders: csv, folder: f, host: h"] {
            #expect(failure(head + "outbound: { \(wrong) }") != nil, "\(wrong)")
        }
        for wrong in ["digits: 15", "accession-prefix: 'A B'", "from: 10, to: 9", "digits: 2, to: 100", "from: -1"] {
            #expect(failure(head + "unspecified-exam: { \(wrong) }") != nil, "\(wrong)")
        }
    }

    @Test("For how long a study is taken by one who decides on it")
    func manualWorklist() throws {
        #expect(try parse("destination: \(destination)").migration.takeTerm == .minutes(30))
        #expect(try parse("destination: \(destination)\nmanual-worklist: { take: 2 h }").migration.takeTerm == .minutes(120))
        for wrong in ["take: 30 s", "take: 2 d", "taken: 1 h"] { #expect(failure("destination: \(destination)\nmanual-worklist: { \(wrong) }") != nil, "\(wrong)") }
    }

    @Test("The port for HL7 and how a hospital writes its messages")
    func hl7() throws {
        let text = """
            destination: \(destination)
            hl7:
              host: 0.0.0.0
              port: 2576
              peers: [10.1.2.3, 10.1.4.0/24]
              tls: { certificate: hl7.pem, key: /etc/hl7-key.pem, client-authority: senders.pem }
              connections: 8
              message-size: 256 KiB
              idle: 5 min
              character-set: KS X 1001
              assigning-authority: HOSP
              fields: { accession-number: [OBR-3, ORC-3], modality: [OBR-4.4] }
            """
        let found = try #require(try parse(text).hl7)
        #expect(found.settings.host == "0.0.0.0")
        #expect(found.settings.port == 2576)
        #expect(found.settings.peers == MLLPPeers(["10.1.2.3", "10.1.4.0/24"]))
        #expect(found.settings.connections == 8)
        #expect(found.settings.messageByteCount == 256 << 10)
        #expect(found.settings.idle == .minutes(5))
        #expect(found.tls == .init(certificate: "/srv/migration/hl7.pem", key: "/etc/hl7-key.pem", clientAuthority: "/srv/migration/senders.pem"))
        var conventions = HL7Conventions()
        conventions.accessionNumber = [HL7Path("OBR-3"), HL7Path("ORC-3")].compactMap(\.self)
        conventions.modality = [HL7Path("OBR-4.4")].compactMap(\.self)
        conventions.characterSet = try #require(HL7CharacterSet(["KS X 1001"]))
        conventions.assigningAuthority = "HOSP"
        #expect(found.conventions == conventions)
        #expect(try parse("destination: \(destination)\nhl7: { port: 0 }").hl7?.settings.peers == .thisMachine)
    }

    @Test("The zone of moments without one is that of the IANA database; connections and message size are bounded together")
    func hl7Bounds() throws {
        #expect(try parse("destination: \(destination)\nhl7: { port: 0, time-zone: Asia/Seoul }").hl7?.conventions.timeZone == HL7TimeZone("Asia/Seoul"))
        #expect(failure("destination: \(destination)\nhl7: { port: 0, time-zone: Asia/Nowhere }") != nil)
        #expect(try parse("destination: \(destination)\nhl7: { port: 0, connections: 1024, message-size: 1 MiB }").hl7?.settings.connections == 1024)
        #expect(failure("destination: \(destination)\nhl7: { port: 0, connections: 1024, message-size: 2 MiB }")?.message.contains("2048 MiB") == true)
    }

    @Test("The worklist, and when it is asked")
    func worklist() throws {
        let text = "destination: \(destination)\nworklist: { address: 'dicoms://RIS@ris:104?calling=SKEIN', every: 5 min, days-back: 2, days-ahead: 3, tls: { authority: a.pem } }"
        let found = try #require(try parse(text).worklist)
        #expect(found.address == "dicoms://RIS@ris:104?calling=SKEIN")
        #expect(found.every == .minutes(5))
        #expect(found.days == -2...3)
        #expect(found.tls == .init(authority: "/srv/migration/a.pem"))
        #expect(try parse("destination: \(destination)\nworklist: { address: 'dicom://RIS@ris:104?calling=SKEIN' }").worklist?.every == nil)
        for (section, words) in [("{ address: 'ris:104' }", "worklist.address"), ("{ address: 'dicom://R@r:1?calling=S', every: 1 s }", "worklist.every"), ("{ every: 5 min }", "worklist.address is missing")] {
            #expect(failure("destination: \(destination)\nworklist: \(section)")?.message.contains(words) == true)
        }
    }

    @Test("A port for HL7 that is open to others needs to know to whom", arguments: [
        ("{ port: 1, host: 0.0.0.0 }", "hl7.host is open to others"), ("{ port: 1, peers: [ris] }", "hl7.peers[0] is"), ("{ port: 1, fields: { modality: [OBR] } }", "a place in a message"),
        ("{ port: 1, tls: { certificate: a.pem } }", "hl7.tls.key is missing"), ("{ port: 1, character-set: EBCDIC }", "table 0211"), ("{ port: 1, connections: 0 }", "1 to 1024"), ("{ port: 1, message-size: 1 KiB }", "from 64 KiB to 16 MiB"),
        ("{ port: 1, fields: { accession-number: [] } }", "names no place"),
    ])
    func hl7Faults(section: String, words: String) {
        #expect(failure("destination: \(destination)\nhl7: \(section)")?.message.contains(words) == true)
        #expect((try? parse("destination: \(destination)\nhl7: { port: 1, host: 0.0.0.0, tls: { certificate: a, key: b, client-authority: c } }"))?.hl7?.settings.peers == .everybody)
    }

    @Test("Evidence counts where it is turned on, with the hospital's spellings of patient IDs")
    func matching() throws {
        #expect(try parse("destination: \(destination)\nmatching: { margin: 3 }").migration.evidence == nil)
        let standard = try #require(try parse("destination: \(destination)\nmatching: { evidence: on }").migration.evidence)
        #expect(standard == EvidencePolicy())
        let text = """
            destination: \(destination)
            matching:
              evidence: on
              threshold: -0.5
              margin: 2.75
              patient-ids: { length: 8, prefixes: [R, A-], check-digit: { weights: [1, 2], modulus: 7 } }
            """
        let spelling = PatientIDSpelling(length: 8, prefixes: ["R", "A-"], checkDigit: .init(weights: [1, 2], modulus: 7))
        #expect(try parse(text).migration.evidence == EvidencePolicy(threshold: -50, margin: 275, spelling: spelling))
    }

    @Test("What evidence cannot go by is named", arguments: [
        ("{ evidence: maybe }", "on or off"), ("{ evidence: on, margin: 11 }", "matching.margin"), ("{ evidence: on, margin: nan }", "matching.margin"), ("{ evidence: on, margin: 0 }", "matching.margin"),
        ("{ patient-ids: { prefixes: [R] } }", "patient-ids.length"), ("{ patient-ids: { length: 8, prefixes: [R1] } }", "prefixes[0]"),
        ("{ patient-ids: { length: 99 } }", "patient-ids.length"), ("{ patient-ids: { length: 8, check-digit: { modulus: 10 } } }", "check-digit.weights"),
    ])
    func matchingFaults(section: String, words: String) {
        #expect(failure("destination: \(destination)\nmatching: \(section)")?.message.contains(words) == true)
    }

    @Test("Every value is taken")
    func values() throws {
        let configuration = try parse(
            """
            worker-port: { host: 0.0.0.0, port: 0, invitation-host: migration.hospital.example }
            destination: \(destination)
            verification: acknowledged
            policies: { exam-level-failed: hold, patient-level-failed: unspecified-exam, incomplete: send }
            modalities: { ENDO: ES, RAD: "CR, DX" }
            leases: { term: 3 s, lost-after: 1 min }
            retries: { delays: [100 ms, 1 h], attempts: 2 }
            unspecified-exam: { accession-prefix: ZZ, issuer-of-unknown: Old Archive, hospital-issuers: [HOSP, LAB] }
            legacy-index: { disagreement: ignore }
            calling-titles: [SKEIN1, SKEIN2]
            associations: { at-destination: 20, per-lease: 3 }
            sources: [{ shelf: NAS-1, readers: 4 }, { shelf: Raum 7, readers: 1 }]
            ledger-copies: { folder: /backup/skein, every: never, keep: 24 }
            spools: { encryption: off }
            previews: { ahead: off, space: 200 MiB, keep: 2 d }
            order-of-work: [{ by: coming-order }, { by: date, first: oldest }, { by: modality, first: [MG, US] }]
            requests: { priors-of-new-orders: on, limit: 20, lasting: 3 d }
            """)
        #expect(configuration.migration.orderOfWork == OrderOfWork([.comingOrder, .date(isNewestFirst: false), .modalities(["MG", "US"])]))
        #expect(configuration.migration.priors == PriorsPolicy(limit: 20, lasting: .minutes(3 * 24 * 60)))
        #expect(!configuration.areSpoolsEncrypted)
        #expect(configuration.previews == PreviewPolicy(isAhead: false, byteCount: 200 << 20, life: .minutes(2 * 24 * 60)))
        #expect(configuration.workerPort == .init(host: "0.0.0.0", port: 0, invitationHost: "migration.hospital.example"))
        let migration = configuration.migration
        #expect(migration.level == .acknowledged)
        #expect(migration.policies == Policies(examLevelFailed: .hold, patientLevelFailed: .unspecifiedExam, incomplete: .send, legacyIndex: .ignore))
        #expect(migration.issuerOfUnknownPatients == "Old Archive")
        #expect(migration.hospitalIssuers == ["HOSP", "LAB"])
        #expect(throws: ConfigurationError.self) { try parse("destination: \(destination)\nunspecified-exam: { issuer-of-unknown: HOSP, hospital-issuers: [HOSP] }") }
        #expect(migration.modalityMapping.modalities(of: "ENDO") == ["ES"])
        #expect(migration.modalityMapping.modalities(of: "RAD") == ["CR", "DX"])
        #expect(migration.modalityMapping.modalities(of: "DSA") == ["XA"])
        #expect(migration.terms.grant == .seconds(3))
        #expect(migration.terms.workerLostAfter == .minutes(1))
        #expect(migration.retries == Retries(delays: [Interval(milliseconds: 100), .minutes(60)], attempts: 2))
        #expect(migration.reservedRange.text(of: 1) == "ZZ00000001")
        #expect(migration.callingTitles == ["SKEIN1", "SKEIN2"])
        #expect(migration.associations == AssociationCap(atDestination: 20, perLease: 3))
        #expect(migration.sources == [SourceCap(shelf: "NAS-1", readers: 4), SourceCap(shelf: "Raum 7", readers: 1)])
        #expect(configuration.ledgerCopies == LedgerCopyConfiguration(folder: "/backup/skein", every: nil, keep: 24))
        #expect(configuration.copies.folder == "/backup/skein")
    }

    @Test("Policies by outcome, and by the media that studies lie on")
    func policies() throws {
        let tapes = try parse(
            "destination: \(destination)\npolicies: { matched: hold, manual-match: exclude, sources: [{ kind: dlt, label: X*, exam-level-failed: exclude }, { shelf: R, matched: send }] }")
        #expect(tapes.migration.policies == Policies(
            matched: .hold, manualMatch: .exclude,
            sources: [SourcePolicy(kind: .dlt, label: "X*", outcomes: [.examLevelFailed: .exclude]), SourcePolicy(shelf: "R", outcomes: [.matched: .send])]))
        for (wrong, word) in [
            ("manual-match: send", "policies.manual-match"), ("matched: unspecified-exam", "send or hold or exclude"), ("exam-level-failed: send", "exam-level-failed"),
            ("sources: [{ kind: dlt }]", "one of them says what is otherwise"), ("sources: [{ matched: hold }]", "of which media"),
            ("sources: [{ kind: tape, matched: hold }]", "cd or dvd"), ("sources: [{ kind: dlt, matched: hold, incomplete: send }]", "incomplete"),
            ("sources: [{ label: '', matched: hold }]", "label"),
        ] {
            let error = #expect(throws: ConfigurationError.self, "\(wrong)") { try parse("destination: \(destination)\npolicies: { \(wrong) }") }
            #expect(error?.description.contains(word) == true, "\(wrong): \(error?.description ?? "")")
        }
    }

    @Test("Selection, with a list of patients in a file beside it")
    func selection() throws {
        let folder = NSTemporaryDirectory() + "skein-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let text = """
            destination: \(destination)
            selection: { modalities: [CT, XA], from: 19980101, to: 20021231, departments: [신경외과], patients: list.txt, retention: { years: 10, until-age: 28 } }
            """
        let parse = { try CoordinatorConfiguration.parse(text, file: "coordinator.yaml", folder: folder) }
        #expect((#expect(throws: ConfigurationError.self) { try parse() })?.message.contains("list.txt, which cannot be read") == true)
        try "\u{FEFF}P1\r\n\n 0047 \nP1\n".write(toFile: folder + "/list.txt", atomically: true, encoding: .utf8)
        let found = try parse().migration.selection
        #expect(found == Selection(
            modalities: ["CT", "XA"], from: CalendarDate("19980101"), to: CalendarDate("20021231"), departments: ["신경외과"], patients: PatientList(["0047", "P1"]),
            retention: .init(years: 10, untilAge: 28)))
        try "P1\n\(String(repeating: "x", count: 65))".write(toFile: folder + "/list.txt", atomically: true, encoding: .utf8)
        #expect((#expect(throws: ConfigurationError.self) { try parse() })?.message.contains("whose line 2 is longer") == true)
        try " \n".write(toFile: folder + "/list.txt", atomically: true, encoding: .utf8)
        #expect((#expect(throws: ConfigurationError.self) { try parse() })?.message.contains("has no patient ID") == true)
    }

    @Test("A selection that contradicts itself, or a wrong value of it, is refused with its place", arguments: [
        ("{ from: 20020101, to: 20011231 }", "selection.to is before from, 20020101"), ("{ from: 2002 }", "selection.from is \"2002\""), ("{ retention: {} }", "selection.retention.years is missing"),
        ("{ retention: { years: 0 } }", "1 to 200"), ("{ modality: [CT] }", "unknown key selection.modality"),
    ])
    func selectionFaults(section: String, words: String) {
        #expect(failure("destination: \(destination)\nselection: \(section)")?.message.contains(words) == true)
    }

    @Test("A rule of the order of work that says nothing, or twice, is refused with its place", arguments: [
        ("[{ by: size }]", "order-of-work[0].by is \"size\""), ("[{ by: modality }]", "`first` names none"), ("[{ by: date }]", "order-of-work[0].first is missing"),
        ("[{ by: date, first: newest }, { by: date, first: oldest }]", "order-of-work[1].by is date a second time"), ("[{ by: modality, first: [ct] }]", "order-of-work[0].first[0] is \"ct\""),
        ("[\(Array(repeating: "{ by: coming-order }", count: 9).joined(separator: ", "))]", "has 9 rules; at most 8"),
    ])
    func orderOfWorkFaults(list: String, words: String) {
        #expect(failure("destination: \(destination)\norder-of-work: \(list)")?.message.contains(words) == true)
    }

    @Test("An unknown key is refused with its path and line, and the keys that there are", arguments: [
        ("destinaton: x", "coordinator.yaml:2: unknown key destinaton"),
        ("policies:\n  matched: send\n  mached: send", "coordinator.yaml:4: unknown key policies.mached"),
        ("leases: { termm: 30 s }", "coordinator.yaml:2: unknown key leases.termm"),
    ])
    func unknownKey(yaml: String, message: String) {
        let error = failure("destination: \(destination)\n\(yaml)\n")
        #expect(error?.code == .unknownKey)
        #expect(error?.message.hasPrefix(message) == true, "\(error?.message ?? "")")
        #expect(error?.message.contains("the keys here are") == true)
    }

    @Test("A wrong value names its key, its line, itself and the limit", arguments: [
        ("leases: { term: 30 }", "leases.term is \"30\"", "with its unit"),
        ("leases: { term: 2 h }", "leases.term is \"2 h\"", "1 s to 1 h"),
        ("leases: { term: 30 s, lost-after: 10 s }", "leases.lost-after", "shorter than the term of a lease, 30 s"),
        ("worker-port: { port: 65536 }", "worker-port.port is \"65536\"", "0 to 65535"),
        ("worker-port: 7420", "worker-port is to be keys and values", ""),
        ("verification: believed", "verification is \"believed\"", "acknowledged or listed"),
        ("policies: { exam-level-failed: send }", "policies.exam-level-failed is \"send\"", "unspecified-exam or hold or exclude"),
        ("policies: { manual-match: send }", "policies.manual-match is \"send\"", "hold or exclude"),
        ("modalities: { DSA: angio }", "modalities.DSA", "such as XA"),
        ("retries: { attempts: 0 }", "retries.attempts is \"0\"", "1 to 1000"),
        ("retries: { delays: [5 s, soon] }", "retries.delays[1] is \"soon\"", "with its unit"),
        ("retries: { delays: [] }", "retries.delays has no delay", ""),
        ("calling-titles: [A, B, A]", "calling-titles names a title twice", ""),
        ("calling-titles: [A, SEVENTEEN-LETTERS]", "calling-titles[1] is \"SEVENTEEN-LETTERS\"", "1 to 16"),
        ("associations: { at-destination: 0 }", "associations.at-destination is \"0\"", "1 to 10000"),
        ("associations: { per-lease: 2 }", "associations.per-lease shares out", "at-destination, which is missing"),
        ("associations: { at-destination: 2, per-lease: 3 }", "associations.per-lease is 3", "at-destination, 2"),
        ("sources: [{ shelf: A, readers: 0 }]", "sources[0].readers is \"0\"", "1 to 10000"),
        ("sources: [{ shelf: A, readers: 1 }, { shelf: A, readers: 2 }]", "sources[1].shelf A stands twice", ""),
        ("ledger-copies: { every: 1 s }", "ledger-copies.every is \"1 s\"", "from 1 min"),
        ("previews: { ahead: sometimes }", "previews.ahead is \"sometimes\"", "on or off"),
        ("previews: { space: 31 MiB }", "previews.space is \"31 MiB\"", "32 MiB to 1 TiB"), ("previews: { space: 1000 }", "previews.space is \"1000\"", "with its unit"),
        ("previews: { keep: 1 min }", "previews.keep is \"1 min\"", "1 h to 87600 h"),
        ("unspecified-exam: { accession-prefix: ABCDEFGHI }", "unspecified-exam.accession-prefix", "17 characters; an accession number has 16"),
    ])
    func wrongValue(yaml: String, place: String, limit: String) {
        let error = failure("destination: \(destination)\n\(yaml)\n")
        #expect(error?.code == .badValue)
        #expect(error?.message.hasPrefix("coordinator.yaml:2: \(place)") == true, "\(error?.message ?? "")")
        #expect(error?.message.contains(limit) == true || limit.isEmpty, "\(error?.message ?? "")")
    }

    @Test("A missing destination is refused")
    func missing() {
        #expect(failure("verification: listed")?.code == .missingKey)
    }

    @Test("What is wrong with a destination is named", arguments: [
        ("http://x", "dicom://"), ("dicom://A@h:1", "?calling=AET"), ("dicom://h:1?calling=B", "CALLED@"),
        ("dicom://A@h?calling=B", "host:port"), ("dicom://A@h:0?calling=B", "port"),
        ("dicom://ABCDEFGHIJKLMNOPQ@h:1?calling=B", "called AE title"), ("dicom://A@h:1?calling=", "calling AE title"),
    ])
    func destination(text: String, part: String) {
        #expect(DestinationAddress.fault(in: text)?.contains(part) == true)
        #expect(DestinationAddress.fault(in: destination) == nil)
        #expect(DestinationAddress.fault(in: "dicoms://A@h:2762?calling=B") == nil)
    }

    @Test("Times are read with their units only", arguments: [
        ("30 s", 30_000), ("30s", 30_000), ("2 min", 120_000), ("1 h", 3_600_000), ("2 d", 172_800_000), ("5 ms", 5),
    ])
    func times(text: String, milliseconds: Int64) {
        #expect(Units.interval(text) == Interval(milliseconds: milliseconds))
        #expect(Units.interval("30") == nil)
        #expect(Units.interval("30 sec") == nil)
    }
}

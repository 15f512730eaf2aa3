import DICOM
import Gateway
import Testing

@testable import worker

@Suite struct ConfigurationTests {
    private func parse(_ yaml: String) throws -> GatewayConfiguration {
        try WorkerConfiguration.parse(yaml, file: "worker.yaml", folder: "/etc/skein")
    }

    private func complaint(_ yaml: String) -> String {
        do {
            _ = try parse(yaml)
            return "nothing"
        } catch {
            return "\(error)"
        }
    }

    @Test func `the configuration that join writes reads back with the standard values`() throws {
        let configuration = try parse(WorkerConfiguration.template(coordinator: "[::1]:7400"))
        #expect(configuration.coordinator == LineAddress(host: "::1", port: 7400))
        #expect(configuration.spoolPath == "/etc/skein/spool")
        #expect(configuration.spoolLimit == GatewayConfiguration.usualSpoolByteCount)
        #expect(configuration.controlPath == "/etc/skein/control.sock")
        #expect(configuration.parts == 4)
        #expect(configuration.associations == GatewayConfiguration.usualAssociations)
        #expect(configuration.drives.isEmpty && configuration.online.isEmpty)
        #expect(!configuration.reencodes)
        #expect(try parse("coordinator: a:1\nsending: { re-encode: where-needed }").reencodes)
    }

    @Test func `drives and online media are read, their paths relative to the file`() throws {
        let configuration = try parse(
            """
            coordinator: pacs-gw:7400
            drives:
              - name: drive1
                path: /dev/sr0
                kind: removable
            online:
              - label: RAID-1
                path: raid
            """)
        #expect(configuration.drives == [.init(name: "drive1", path: "/dev/sr0")])
        #expect(configuration.online == [.init(label: "RAID-1", path: "/etc/skein/raid")])
    }

    @Test func `how a source's objects are read stands with the source`() throws {
        let configuration = try parse(
            """
            coordinator: pacs-gw:7400
            drives:
              - { name: d, path: p, character-set: ISO 2022 IR 149, wrong-character-sets: [ISO_IR 100], acr-nema: { CT: 1.2.3, CR: 1.2.4 } }
              - { name: e, path: q }
            """)
        let rules = ReadingRules(
            characterSet: AssumedCharacterSet("ISO 2022 IR 149", insteadOf: ["ISO_IR 100"]), sopClassUIDs: ["CT": "1.2.3", "CR": "1.2.4"])
        #expect(configuration.drives.map(\.rules) == [rules, ReadingRules()])
    }

    @Test(arguments: [
        ("coordinator: a:1\ndrives: [{ name: d, path: p, character-set: KOREAN }]", "drives[0].character-set is \"KOREAN\""),
        ("coordinator: a:1\ndrives: [{ name: d, path: p, wrong-character-sets: [A] }]", "character-set is missing"),
        ("coordinator: a:1\ndrives: [{ name: d, path: p, acr-nema: { CT: CT } }]", "drives[0].acr-nema.CT is to be the UID of a SOP class"),
        ("coordinator: a:1\nspol: {}", "worker.yaml:2: unknown key spol;"),
        ("coordinator: a:1\nspool: { limits: 8 GiB }", "unknown key spool.limits;"),
        ("coordinator: a:1\ndrives: [{ name: d, path: p, speed: 4 }]", "unknown key drives[0].speed;"),
        ("coordinator: a:1\nspool: { limit: 8 }", "worker.yaml:2: spool.limit is \"8\", but is to be a size of at least 16 MiB with its unit"),
        ("coordinator: a:1\nspool: { limit: 1 MB }", "spool.limit is \"1 MB\""),
        ("coordinator: a:1\nsending: { re-encode: always }", "sending.re-encode is \"always\", but is to be never or where-needed"),
        ("coordinator: a:1\nsending: { parts: 17 }", "sending.parts is \"17\", but is to be a number from 1 to 16"),
        ("coordinator: a:1\ndestination-tls: { certificate: c.pem }", "destination-tls.certificate and key stand together"),
        ("coordinator: a:1\ndestination-tls: { host-name: maybe }", "is to be checked or ignored"),
        ("coordinator: a:1\ndestination-tls: { plain: maybe }", "is to be allowed or refused"),
        ("coordinator: a:1\ndestination-tls: { certificate: c, key: k }\nreceiving: { port: 104 }", "authority is missing there"),
        ("coordinator: a:1\nreceiving: { port: 70000 }", "is to be a number from 1 to 65535"),
        ("coordinator: a", "coordinator is \"a\", but is to be host:port"),
        ("control: x", "coordinator is missing"),
        ("coordinator: a:1\ndrives: [{ name: d, path: p, kind: tape }]", "drives[0].kind is \"tape\""),
        ("coordinator: a:1\ndrives: [{ name: d, path: p }, { name: d, path: q }]", "two entries named d"),
        ("coordinator: a:1\ndrives: drive1", "drives is to be a list"),
    ])
    func `what is wrong is named with its place and limit`(yaml: String, expected: String) {
        #expect(complaint(yaml).contains(expected))
    }

    @Test func `sizes need a whole number and a unit`() {
        #expect(ByteSize.parse("8 GiB") == 8 << 30)
        #expect(ByteSize.parse("650MB") == 650_000_000)
        #expect(ByteSize.parse("8") == nil)
        #expect(ByteSize.parse("8 gib") == nil)
    }

    @Test func `the label of a path is its file name without the ending of an image`() {
        #expect(RunCommand.label(of: "/a/1999-CT-003.iso") == "1999-CT-003")
        #expect(RunCommand.label(of: "b/DISC.ISO") == "DISC")
        #expect(RunCommand.label(of: "/mnt/raid.1") == "raid.1")
    }
}

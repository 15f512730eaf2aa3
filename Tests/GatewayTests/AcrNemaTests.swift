import DICOM
@testable import Gateway
import LineProtocol
import Media
import Migration
import NIOCore
import Testing

/// Objects of ACR-NEMA 2.0, which have no UIDs, from their medium to the destination.
@Suite struct AcrNemaTests {
    static let computedRadiography = "1.2.840.10008.5.1.4.1.1.1"
    static let rules = ReadingRules(
        characterSet: AssumedCharacterSet("ISO 2022 IR 149"), sopClassUIDs: ["CR": computedRadiography])

    /// Implicit, from its first byte on, its name in bare EUC-KR.
    private static func object(number: String) throws -> [UInt8] {
        var dataSet = DataSet(as: .implicitVRLittleEndian)
        try dataSet.set(Tag(0x0008, 0x0010), vr: .SH, value: Array("ACR-NEMA 2.0".utf8))
        try dataSet.set(.studyDate, "19910203")
        try dataSet.set(.modality, "CR")
        try dataSet.set(.patientName, vr: .PN, value: [0xB1, 0xE8, 0xC3, 0xB6, 0xBC, 0xF6])
        try dataSet.set(.patientID, "00123456")
        try dataSet.set(.instanceNumber, number)
        try dataSet.set(.pixelData, vr: .OW, value: [1, 2])
        return try dataSet.encode(as: .implicitVRLittleEndian)
    }

    private func piece(of station: Station) throws -> InventoryPiece {
        guard case .inventory(let line) = try LineCodec().decodeRequest(try station.spool.line(of: GrantNumber(1), 0)),
            case .piece(_, let piece) = line.matter
        else { throw Wheel.Absent() }
        return piece
    }

    @Test func `with a rule for their SOP class they are one study with derived UIDs; equal copies are one instance`() async throws {
        let station = try Station()
        let medium = MemoryMedium([
            ("A/1", try Self.object(number: "1")), ("A/2", try Self.object(number: "2")), ("B/1", try Self.object(number: "1")),
        ])
        _ = try await station.reader(of: medium, grant: 1, rules: Self.rules).read()
        let study = try #require(try piece(of: station).studies.first)
        #expect(try piece(of: station).studies.count == 1)
        #expect(study.header.studyInstanceUID.hasPrefix("2.25."))
        #expect(study.header.patient.name.reveal() == "김철수")
        #expect(study.instances.count == 3)
        #expect(Set(study.instances.map(\.sopInstanceUID)).count == 2)
        // The assumption that the name was read by is declared.
        let end = try station.spool.endLine(of: GrantNumber(1))
        guard case .inventory(let line) = try LineCodec().decodeRequest(end), case .end(let closing) = line.matter else { throw Wheel.Absent() }
        #expect(closing.assumed == .init(characterSet: "ISO 2022 IR 149", objects: 3))
        #expect(study.instances.allSatisfy { $0.sopClassUID == Self.computedRadiography && $0.sopInstanceUID.hasPrefix("2.25.") })
    }

    @Test func `without a rule for their modality they are listed, and not sent`() async throws {
        let station = try Station()
        let medium = MemoryMedium([("A/1", try Self.object(number: "1"))])
        _ = try await station.reader(of: medium, grant: 1, rules: ReadingRules(sopClassUIDs: ["CT": Self.computedRadiography])).read()
        let found = try piece(of: station)
        #expect(found.studies.isEmpty)
        #expect(found.unreadable.map(\.code) == ["no-uid"])
    }

    @Test func `they are sent with the UIDs that were inventoried, as declared changes`() async throws {
        let station = try Station()
        _ = try await station.reader(of: MemoryMedium([("A/1", try Self.object(number: "1"))]), grant: 1, rules: Self.rules).read()
        let study = try #require(try piece(of: station).studies.first)
        let record = try #require(study.instances.first)
        let item = LeaseItem(
            grant: GrantNumber(9), mediumGrant: GrantNumber(1), studyInstanceUID: study.header.studyInstanceUID,
            instances: InstanceRanges(upTo: 1), coercions: [Migration.Coercion(tag: "00080050", value: Identifying("A1"), rule: .order)],
            expected: LineProtocol.ExpectedStudy(patientID: "P", accessionNumber: "A1"), destination: "dicom://PACS@127.0.0.1:104",
            level: .listed, mayHaveBeenSent: false)
        let bytes = try FileSystem.contents(station.spool.stagedPath(record.sha256))
        let medium = MemoryMedium([("A/1", bytes)])
        let part = PreparedPart(item, [record], acknowledged: InstanceRanges(), dateTime: "20260101", isStopped: { false }) { _ in
            .online(medium, medium.files[0], byteCount: record.byteCount)
        }
        let instance = try #require(part.instances.first)
        #expect(instance.changed == [.sopClassUID, .sopInstanceUID, .accessionNumber, .studyInstanceUID, .seriesInstanceUID])
        var buffer = ByteBuffer()
        try instance.outgoing.content.read(from: 0, count: Int(instance.outgoing.content.byteCount), into: &buffer)
        let sent = try DataSet(parsing: Array(buffer.readableBytesView), as: .implicitVRLittleEndian)
        #expect(sent.string(.sopInstanceUID) == record.sopInstanceUID)
        #expect(sent.string(.studyInstanceUID) == study.header.studyInstanceUID)
        #expect(sent.string(.seriesInstanceUID) == record.seriesInstanceUID)
        #expect(try sent.items(.originalAttributesSequence).first?.items(.modifiedAttributesSequence).first?.string(.sopInstanceUID) == "")
    }
}

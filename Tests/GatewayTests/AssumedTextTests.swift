import DICOM
@testable import Gateway
import LineProtocol
import Migration
import Testing

/// Objects that declare no character set are sent by the one that their source assumes, as they were read.
@Suite struct AssumedTextTests {
    private static let rules = ReadingRules(characterSet: AssumedCharacterSet("ISO 2022 IR 149"))
    private static let study = "1.2.826.0.1.3680043.2.1125.77"

    /// An object with the name 김철수 in bare EUC-KR.
    private static func object() throws -> [UInt8] {
        var dataSet = DataSet(as: .implicitVRLittleEndian)
        try dataSet.set(.sopClassUID, "1.2.840.10008.5.1.4.1.1.1")
        try dataSet.set(.sopInstanceUID, "\(study).1")
        try dataSet.set(.modality, "CR")
        try dataSet.set(.patientName, vr: .PN, value: [0xB1, 0xE8, 0xC3, 0xB6, 0xBC, 0xF6])
        try dataSet.set(.studyInstanceUID, study)
        try dataSet.set(.seriesInstanceUID, "\(study).2")
        try dataSet.set(.pixelData, vr: .OW, value: [1, 2])
        return try dataSet.encode(as: .implicitVRLittleEndian)
    }

    private func send(name: String, rules: ReadingRules, reencodes: Bool = false) async throws -> ResultItem {
        let station = try Station()
        _ = try await station.reader(of: MemoryMedium([("A/1", try Self.object())]), grant: 1, rules: rules).read()
        let item = LeaseItem(
            grant: GrantNumber(9), mediumGrant: GrantNumber(1), studyInstanceUID: Self.study, instances: InstanceRanges(upTo: 1),
            coercions: [Migration.Coercion(tag: "00100010", value: Identifying(name), rule: .order)],
            expected: LineProtocol.ExpectedStudy(patientID: "P", accessionNumber: ""), destination: "dicom://PACS@127.0.0.1:104", level: .listed,
            mayHaveBeenSent: false)
        let journal = try Journal(at: station.scratch("journal"), custody: [GrantNumber(1)], threads: station.threads)
        return await PartSender(
            item: item, members: { [] }, spool: station.spool, journal: journal, online: OnlineMedia(), destination: FakePACS(), associations: 1,
            fence: SendFence(until: SteadyClock().now + .minutes(10), clock: SteadyClock()), threads: station.threads, progress: ProgressCounter(),
            reencodes: reencodes
        ).run()
    }

    @Test func `the order's name, which is the object's already, is no change`() async throws {
        let result = try await send(name: "김철수", rules: Self.rules)
        #expect(positions(result, .verified) == [0])
        #expect(result.changed.isEmpty)
        // Without the assumption the bytes are another text, which no order's name is equal to.
        #expect(positions(try await send(name: "김철수", rules: ReadingRules()), .failed(.characterSet)) == [0])
    }

    @Test func `another name cannot be written by a set that is only assumed; re-encoded, it can`() async throws {
        #expect(positions(try await send(name: "김희중", rules: Self.rules), .failed(.characterSet)) == [0])
        let result = try await send(name: "김희중", rules: Self.rules, reencodes: true)
        #expect(positions(result, .verified) == [0])
        #expect(result.changed.map(\.tag).sorted() == ["00080005", "00100010"])
    }
}

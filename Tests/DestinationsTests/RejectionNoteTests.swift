import DICOM
import DICOMNetwork
import Migration
import NIOCore
import Testing

@testable import Destinations

@Suite("Rejection notes") struct RejectionNoteTests {
    private static let generation = UIDGeneration(migration: "0123456789abcdef0123456789abcdef", round: 1)!
    private static let ct = "1.2.840.10008.5.1.4.1.1.2"

    private func entry(_ instance: String, _ series: String = "1.1.1", sopClass: String = ct) -> RejectionNote.Entry {
        RejectionNote.Entry(sopClassUID: sopClass, sopInstanceUID: instance, seriesInstanceUID: series)
    }

    private func note(_ entries: [RejectionNote.Entry], at moment: Int64 = 1_000_000_000_000, issuer: Identifying = "HOSP") -> RejectionNote {
        let patient = PatientIdentity(patientID: "P1", issuer: issuer, name: "洪^吉洞", birthDate: "19600101", sex: "M")
        let study = RejectionNote.Study(studyInstanceUID: "1.1", patient: patient, studyDate: "20030210", studyTime: "0930", accessionNumber: "A1")
        return RejectionNote(rejecting: entries, in: study, for: Self.generation, writtenAt: Instant(milliseconds: moment))
    }

    private func document(_ note: RejectionNote) throws -> DataSet {
        let instance = try note.instance()
        var buffer = ByteBuffer()
        try instance.content.read(from: 0, count: Int(instance.content.byteCount), into: &buffer)
        return try DataSet(parsing: Array(buffer.readableBytesView), as: TransferSyntax(uid: instance.transferSyntaxUID))
    }

    private static let sequence = Tag(0x0008, 0x1199)
    private static let instanceUID = Tag(0x0008, 0x1155)

    @Test func `a note names each object that it rejects, in its series, in the study and under the patient where these lie`() throws {
        let note = note([entry("1.1.1.2"), entry("1.1.2.1", "1.1.2", sopClass: "1.2.840.10008.5.1.4.1.1.88.11"), entry("1.1.1.1"), entry("1.1.1.2")])
        let document = try document(note)
        #expect(document.string(.sopClassUID) == "1.2.840.10008.5.1.4.1.1.88.59" && document.string(.sopInstanceUID) == note.sopInstanceUID)
        #expect(document.string(.studyInstanceUID) == "1.1" && document.string(.patientID) == "P1" && document.string(.issuerOfPatientID) == "HOSP")
        #expect(document.string(.patientName) == "洪^吉洞" && document.string(.accessionNumber) == "A1" && document.string(.modality) == "KO")
        let title = try #require(try document.items(Tag(0x0040, 0xA043)).first)
        #expect(title.string(Tag(0x0008, 0x0100)) == "113037" && title.string(Tag(0x0008, 0x0102)) == "DCM")
        let studies = try document.items(Tag(0x0040, 0xA375))
        #expect(studies.map { $0.string(.studyInstanceUID) } == ["1.1"])
        let series = try studies[0].items(Tag(0x0008, 0x1115))
        #expect(series.map { $0.string(.seriesInstanceUID) } == ["1.1.1", "1.1.2"])
        #expect(try series.map { try $0.items(Self.sequence).map { $0.string(Self.instanceUID) } } == [["1.1.1.1", "1.1.1.2"], ["1.1.2.1"]])
        let content = try document.items(Tag(0x0040, 0xA730))
        #expect(content.map { $0.string(Tag(0x0040, 0xA040)) } == ["IMAGE", "IMAGE", "COMPOSITE"])
        #expect(try content.map { try $0.items(Self.sequence)[0].string(Self.instanceUID) } == ["1.1.1.1", "1.1.1.2", "1.1.2.1"])
        #expect(document.string(Tag(0x0008, 0x0023)) == "20010909" && document.string(Tag(0x0008, 0x0033)) == "014640")
    }

    @Test func `the same note is the same object, and one that says anything else is another`() throws {
        let one = note([entry("1.1.1.1"), entry("1.1.1.2")])
        let again = note([entry("1.1.1.2"), entry("1.1.1.1")])
        #expect(try one.sopInstanceUID == again.sopInstanceUID && document(one).encode(as: .explicitVRLittleEndian) == document(again).encode(as: .explicitVRLittleEndian))
        let others = [note([entry("1.1.1.1")]), note([entry("1.1.1.1"), entry("1.1.1.2", "1.1.3")]), note([entry("1.1.1.1"), entry("1.1.1.2")], at: 2_000_000_000_000), note([entry("1.1.1.1"), entry("1.1.1.2")], issuer: "LAB")]
        #expect(Set(([one] + others).map(\.sopInstanceUID)).count == 5)
        #expect(try one.instance().seriesInstanceUID == RejectionNote.seriesInstanceUID(in: "1.1", Self.generation))
    }

    @Test(arguments: [
        ("2", "IMAGE"), ("481.1", "IMAGE"), ("66.4", "IMAGE"), ("77.1.4", "IMAGE"), ("9.1.1", "WAVEFORM"), ("11.1", "COMPOSITE"), ("66", "COMPOSITE"),
        ("88.33", "COMPOSITE"), ("104.1", "COMPOSITE"), ("481.5", "COMPOSITE"),
    ])
    func `an object is named as what it is`(suffix: String, kind: String) throws {
        let content = try document(note([entry("1.1.1.1", sopClass: "1.2.840.10008.5.1.4.1.1.\(suffix)")])).items(Tag(0x0040, 0xA730))
        #expect(content[0].string(Tag(0x0040, 0xA040)) == kind)
    }
}

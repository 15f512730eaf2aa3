import Testing

@testable import DICOM

@Suite struct DataDictionaryTests {
    @Test func `representations and keywords are those of PS3.6`() {
        #expect(DataDictionary.vr(of: .patientName) == .PN)
        #expect(DataDictionary.keyword(of: .patientName) == "PatientName")
        #expect(DataDictionary.tag(named: "StudyInstanceUID") == .studyInstanceUID)
        #expect(DataDictionary.tag(named: "patientname") == nil)
        // Where PS3.6 allows several the first one counts.
        #expect(DataDictionary.vr(of: DICOM.Tag(0x0028, 0x0106)) == .US)
    }

    @Test func `elements of a range have the range's representation`() {
        #expect(DataDictionary.vr(of: DICOM.Tag(0x6000, 0x3000)) == DataDictionary.vr(of: DICOM.Tag(0x60FE, 0x3000)))
        #expect(DataDictionary.keyword(of: DICOM.Tag(0x6002, 0x0010)) == "OverlayRows")
    }

    @Test func `private elements, their creators and group lengths follow the rules`() {
        #expect(DataDictionary.vr(of: DICOM.Tag(0x0009, 0x0010)) == .LO)
        #expect(DataDictionary.vr(of: DICOM.Tag(0x0009, 0x1001)) == nil)
        #expect(DataDictionary.vr(of: DICOM.Tag(0x0009, 0x0000)) == .UL)
        #expect(DataDictionary.vr(of: DICOM.Tag(0x0008, 0x0007)) == nil)
    }
}

import Testing

@testable import DICOM

@Suite struct TagTests {
    @Test func `a tag is written as the standard writes it`() {
        #expect(Tag.pixelData.description == "(7FE0,0010)")
        #expect(Tag(0x0008, 0x0050) == .accessionNumber)
    }
}

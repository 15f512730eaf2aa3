import Testing

@testable import DICOM

@Suite struct ContentDigestTests {
    @Test func `the digest of abc is that of FIPS 180-4`() {
        var digester = ContentDigester()
        digester.update(Array("a".utf8))
        digester.update(Array("bc".utf8))
        let text = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        #expect(digester.digest().description == text)
        #expect(ContentDigest(text) == digester.digest())
        #expect(ContentDigest(bytes: digester.digest().bytes) == digester.digest())
    }

    @Test func `what is no digest is refused`() {
        #expect(ContentDigest("ba78") == nil)
        #expect(ContentDigest(String(repeating: "g", count: 64)) == nil)
        #expect(ContentDigest(bytes: [1, 2, 3]) == nil)
    }
}

import Foundation
import Testing

@testable import Media

@Suite("A disc is its fingerprint")
struct FingerprintTests {
    private func image(_ seed: UInt64) throws -> [UInt8] {
        let folder = try TemporaryFolder()
        for number in 0..<3 { try folder.write("in/f\(number)", noise(50_000 + Int(seed), seed: seed + UInt64(number))) }
        try Xorriso.make(folder.path("disc.iso"), from: folder.path("in"))
        return try folder.bytes("disc.iso")
    }

    private func fingerprint(_ bytes: [UInt8], unreadable: Set<Int64> = []) throws -> String {
        try DiscImage(source: MemorySource(bytes: bytes, unreadable: unreadable), name: "disc").fingerprint.hexadecimal
    }

    @Test("The same disc read twice, a byte copy, a cut copy and a scratched one have one fingerprint")
    func same() throws {
        let bytes = try image(1)
        let whole = try fingerprint(bytes)
        #expect(whole.count == 64)
        #expect(try fingerprint(bytes) == whole)
        let files = try DiscImage(source: MemorySource(bytes: bytes), name: "disc").files
        let second = try #require(files[1].extents.first?.sector)
        #expect(try fingerprint(Array(bytes[..<Int(second * 2048)])) == whole)
        #expect(try fingerprint(bytes, unreadable: [second, second + 1]) == whole)
        var scribbled = bytes
        scribbled[Int(second * 2048)] ^= 1
        #expect(try fingerprint(scribbled) == whole)
    }

    @Test("Two discs that are both called CDROM differ, and so does a disc with one more session")
    func different() throws {
        let first = try fingerprint(image(1))
        #expect(try fingerprint(image(2)) != first)
        let folder = try TemporaryFolder()
        try folder.write("one/a", noise(10, seed: 1))
        try folder.write("two/b", noise(10, seed: 2))
        let disc = folder.path("disc.iso")
        try Xorriso.make(disc, from: folder.path("one"))
        let before = try openMedium(at: disc).fingerprint
        try Xorriso.append(session: folder.path("two"), to: disc)
        #expect(try openMedium(at: disc).fingerprint != before)
    }
}

import Testing

@testable import Media

@Suite("Discs that carry UDF beside ISO 9660")
struct UDFBridgeTests {
    /// A descriptor tag (ECMA-167 3/7.2) with its checksum, and the descriptor's other bytes at their places.
    private func descriptor(_ identifier: Int, _ fields: [(Int, [UInt8])] = []) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: 2048)
        bytes.replaceSubrange(0..<4, with: [UInt8(identifier & 0xFF), UInt8(identifier >> 8), 2, 0])
        for (place, value) in fields { bytes.replaceSubrange(place..<(place + value.count), with: value) }
        bytes[4] = bytes[0..<16].reduce(0, &+)
        return bytes
    }

    private func bridge() -> HandMadeDisc {
        var made = HandMadeDisc(sectorCount: 80)
        // The recognition sequence of UDF takes the sectors behind the terminator, so the root directory gives way.
        made.put(HandMadeDisc.record(name: [0], sector: 22, byteCount: 2048, flags: 2), at: 16 * 2048 + 156)
        made.folder(at: 22, [HandMadeDisc.record("F", sector: 60, byteCount: 5000)])
        made.put(noise(5000, seed: 1), at: 60 * 2048)
        for (index, name) in ["BEA01", "NSR02", "TEA01"].enumerated() { made.put([0] + Array(name.utf8), at: (18 + index) * 2048) }
        made.put(descriptor(5, [(188, [40, 0, 0, 0])]), at: 30 * 2048)
        // The file entry of a directory: one short allocation descriptor of 3,000 bytes at block 5 of the partition.
        made.put(descriptor(261, [(27, [4]), (172, [8, 0, 0, 0]), (176, [0xB8, 0x0B, 0, 0, 5, 0, 0, 0])]), at: 42 * 2048)
        made.put(noise(3000, seed: 2), at: 45 * 2048)
        return made
    }

    @Test("UDF's descriptors and directories are no lost files; that it is there is told")
    func structures() throws {
        let disc = try bridge().disc
        #expect(disc.files.map(\.path) == ["F"])
        #expect(disc.findings == [MediumFinding(.otherFileSystem)])
    }

    @Test("What neither tree accounts for is still reported, and a tag with a wrong checksum is no tag")
    func unaccounted() throws {
        var made = bridge()
        made.put(noise(100, seed: 3), at: 70 * 2048)
        made.put(descriptor(258).enumerated().map { $0 == 4 ? $1 ^ 1 : $1 }, at: 72 * 2048)
        #expect(try made.disc.findings.first == MediumFinding(.unaccountedSectors, sectors: [70..<71, 72..<73], count: 2))
    }
}

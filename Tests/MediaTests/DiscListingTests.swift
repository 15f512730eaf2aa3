import Foundation
import Testing

@testable import Media

@Suite("The files of a disc")
struct DiscListingTests {
    /// Folders deeper than eight, names that are long, Korean, spaced or dotted, a link, and a file without bytes.
    static func content() throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        try folder.write("in/DICOMDIR", noise(1000, seed: 1))
        try folder.write("in/d1/d2/d3/d4/d5/d6/d7/d8/d9/d10/d11/deep.dcm", noise(5000, seed: 2))
        try folder.write("in/d1/d2/d3/d4/d5/d6/d7/d8/shallow.dcm", noise(2048, seed: 3))
        try folder.write("in/검사/홍길동 1999.dcm", noise(2049, seed: 4))
        try folder.write("in/names/\(String(repeating: "long", count: 55)).dcm", noise(10, seed: 5))
        try folder.write("in/names/no extension", noise(11, seed: 6))
        try folder.write("in/names/two..dots.and.more", noise(12, seed: 7))
        try folder.write("in/names/trailing.", noise(13, seed: 8))
        try folder.write("in/empty", [])
        for number in 0..<90 { try folder.write("in/many/IM\(number)", noise(100 + number, seed: UInt64(100 + number))) }
        try FileManager.default.createSymbolicLink(atPath: folder.path("in/link"), withDestinationPath: "/etc/passwd")
        return folder
    }

    @Test(
        "Paths and bytes are those that xorriso extracts",
        arguments: [
            (["-J"], "any"), (["-R"], "any"), (["--norock", "-J", "-joliet-long"], "any"), (["--norock"], "any"), (["-iso-level", "3"], "any"),
            (["-J"], "nojoliet"), (["-iso-level", "4", "-J"], "any"),
        ])
    func sameAsXorriso(options: [String], names: String) throws {
        let folder = try Self.content()
        try Xorriso.make(folder.path("disc.iso"), from: folder.path("in"), options)
        try Xorriso.extract(folder.path("disc.iso"), into: folder.path("out"), names: names)
        let disc = try openMedium(at: folder.path("disc.iso"))
        let expected = try folder.tree("out")
        #expect(expected.count == 99)
        #expect(Set(disc.files.map(\.path)) == Set(expected.keys))
        #expect(try disc.tree() == expected)
        #expect(disc.findings.filter(\.meansLoss) == [])
        #expect(disc.volumeIdentifier == "CDROM")
        #expect(disc.kind == .discImage)
    }

    @Test("Files come in the order in which they lie on the disc, those without bytes last")
    func writtenOrder() throws {
        let folder = try Self.content()
        try Xorriso.make(folder.path("disc.iso"), from: folder.path("in"))
        let files = try openMedium(at: folder.path("disc.iso")).files
        let sectors = files.compactMap { $0.extents.first?.sector }
        #expect(sectors == sectors.sorted())
        #expect(Set(sectors).count == 98)
        #expect(files.last?.path == "empty")
        #expect(files.last?.extents == [])
        let image = try folder.bytes("disc.iso")
        for file in files {
            let bytes = file.extents.flatMap { image[Int($0.sector * 2048)..<Int($0.sector * 2048 + $0.byteCount)] }
            #expect(bytes.count == Int(file.byteCount))
        }
    }

    @Test("Joliet names are Korean where the plain ones cannot be, and Rock Ridge names win over both")
    func namePreference() throws {
        let folder = try Self.content()
        try Xorriso.make(folder.path("joliet.iso"), from: folder.path("in"), ["--norock", "-J"])
        try Xorriso.make(folder.path("both.iso"), from: folder.path("in"), ["-J"])
        try Xorriso.make(folder.path("plain.iso"), from: folder.path("in"), ["--norock"])
        #expect(try openMedium(at: folder.path("joliet.iso")).file("검사/홍길동 1999.dcm").byteCount == 2049)
        #expect(try openMedium(at: folder.path("both.iso")).files.contains { $0.path.utf8.count > 220 })
        let plain = try openMedium(at: folder.path("plain.iso")).files.map(\.path)
        #expect(plain.contains("NAMES/NO_EXTEN"))
        #expect(plain.allSatisfy { !$0.contains(";") })
    }

    @Test("A symbolic link is left out and told, never followed")
    func symbolicLink() throws {
        let folder = try Self.content()
        try Xorriso.make(folder.path("disc.iso"), from: folder.path("in"))
        let disc = try openMedium(at: folder.path("disc.iso"))
        #expect(disc.findings == [MediumFinding(.notAFile, path: "link")])
    }

    @Test("A part of a file is read by its range, in chunks of bounded size")
    func ranges() throws {
        let folder = try TemporaryFolder()
        let bytes = noise(3 << 20, seed: 9)
        try folder.write("in/big", bytes)
        try Xorriso.make(folder.path("disc.iso"), from: folder.path("in"))
        let disc = try openMedium(at: folder.path("disc.iso"))
        var chunks: [Int] = []
        var read: [UInt8] = []
        try disc.read(try disc.file("big"), range: 1_000_000..<9_999_999) {
            chunks.append($0.count)
            read += $0
        }
        #expect(read == Array(bytes[1_000_000...]))
        #expect(chunks.allSatisfy { $0 <= MediumLimits.chunkByteCount })
        let wanted = bytes.count - 1_000_000
        #expect(chunks.count == (wanted + MediumLimits.chunkByteCount - 1) / MediumLimits.chunkByteCount)
    }

    @Test("A file of 1 to 4,096 bytes has the right last byte, whatever its length")
    func lengths() throws {
        let folder = try TemporaryFolder()
        for length in [1, 2047, 2048, 2049, 4095, 4096] { try folder.write("in/f\(length)", noise(length, seed: UInt64(length))) }
        try Xorriso.make(folder.path("disc.iso"), from: folder.path("in"))
        #expect(try openMedium(at: folder.path("disc.iso")).tree() == folder.tree("in"))
    }
}

import Foundation
import Testing

@testable import Media

@Suite("Sessions of a disc")
struct SessionTests {
    @Test("A further session adds its files, earlier ones are listed once")
    func twoSessions() throws {
        let folder = try TemporaryFolder()
        try folder.write("one/first.dcm", noise(5000, seed: 1))
        try folder.write("one/shared/a.dcm", noise(3000, seed: 2))
        try folder.write("two/second.dcm", noise(7000, seed: 3))
        try folder.write("two/nothing", [])
        let image = folder.path("disc.iso")
        try Xorriso.make(image, from: folder.path("one"))
        try Xorriso.append(session: folder.path("two"), to: image)
        let disc = try openMedium(at: image)
        #expect(disc.files.map(\.path) == ["first.dcm", "shared/a.dcm", "second.dcm", "nothing"])
        #expect(disc.files.map(\.session) == [1, 1, 2, 2])
        #expect(try disc.tree() == folder.tree("one").merging(folder.tree("two")) { first, _ in first })
        #expect(disc.findings == [])
    }

    @Test("What a later session hides or replaces is read all the same")
    func hiddenFiles() throws {
        let folder = try TemporaryFolder()
        try folder.write("one/hidden.dcm", noise(5000, seed: 1))
        try folder.write("one/kept.dcm", noise(3000, seed: 2))
        try folder.write("three/new.dcm", noise(900, seed: 4))
        let image = folder.path("grown.iso")
        try Xorriso.run(["-outdev", image, "-volid", "CDROM", "-map", folder.path("one"), "/d", "-commit"])
        try folder.write("two/kept.dcm", noise(4000, seed: 3))
        try Xorriso.run([
            "-dev", image, "-rm", "/d/hidden.dcm", "--", "-update", folder.path("two/kept.dcm"), "/d/kept.dcm", "-commit",
        ])
        try Xorriso.run(["-dev", image, "-map", folder.path("three"), "/e", "-commit"])
        let disc = try openMedium(at: image)
        #expect(disc.files.map(\.path) == ["d/hidden.dcm", "d/kept.dcm", "d/kept.dcm", "e/new.dcm"])
        #expect(disc.files.map(\.session) == [1, 1, 2, 3])
        #expect(try disc.files.map { try disc.contents(of: $0) } == [5000, 3000, 4000, 900].enumerated().map { noise($1, seed: UInt64($0 + 1)) })
        #expect(disc.findings == [])
    }

    @Test("A disc image that is a file of the disc is no session")
    func nestedImage() throws {
        let folder = try TemporaryFolder()
        try folder.write("inner/inside.dcm", noise(5000, seed: 1))
        try Xorriso.make(folder.path("inner.iso"), from: folder.path("inner"))
        try folder.write("outer/copy.iso", folder.bytes("inner.iso"))
        try folder.write("outer/z.dcm", noise(100, seed: 2))
        try Xorriso.make(folder.path("outer.iso"), from: folder.path("outer"))
        let disc = try openMedium(at: folder.path("outer.iso"))
        #expect(disc.files.map(\.path) == ["copy.iso", "z.dcm"])
        #expect(disc.findings == [])
        #expect(try disc.contents(of: "copy.iso") == folder.bytes("inner.iso"))
    }

    @Test("A session whose descriptors are lost leaves sectors that nothing accounts for")
    func lostSession() throws {
        let folder = try TemporaryFolder()
        try folder.write("one/first.dcm", noise(5000, seed: 1))
        try folder.write("two/second.dcm", noise(70_000, seed: 3))
        let image = folder.path("disc.iso")
        try Xorriso.make(image, from: folder.path("one"))
        let firstEnd = try folder.bytes("disc.iso").count
        try Xorriso.append(session: folder.path("two"), to: image)
        var bytes = try folder.bytes("disc.iso")
        let descriptor = try #require((firstEnd / 2048..<bytes.count / 2048).first { bytes[($0 * 2048 + 1)..<($0 * 2048 + 6)].elementsEqual("CD001".utf8) })
        bytes[descriptor * 2048 + 3] ^= 0xFF
        let disc = try DiscImage(source: MemorySource(bytes: bytes), name: "disc")
        #expect(disc.files.map(\.path) == ["first.dcm"])
        let finding = try #require(disc.findings.first)
        #expect(finding.code == .unaccountedSectors)
        #expect(finding.meansLoss)
        #expect(finding.sectors.first?.lowerBound == Int64(descriptor))
        #expect(finding.count > 35)
        #expect(disc.findings.count == 1)
    }

    @Test("A recorded sector in the gap behind a session is reported with its number")
    func recordedGap() throws {
        let folder = try TemporaryFolder()
        try folder.write("one/first.dcm", noise(5000, seed: 1))
        try Xorriso.make(folder.path("disc.iso"), from: folder.path("one"))
        var bytes = try folder.bytes("disc.iso")
        let count = bytes.count / 2048
        bytes[(count - 40) * 2048 + 7] = 1
        bytes[(count - 38) * 2048] = 1
        bytes[(count - 37) * 2048] = 1
        let disc = try DiscImage(source: MemorySource(bytes: bytes), name: "disc")
        let first = Int64(count - 40)
        #expect(disc.findings == [MediumFinding(.unaccountedSectors, sectors: [first..<(first + 1), (first + 2)..<(first + 4)], count: 3)])
    }

    @Test("Unreadable sectors between sessions do not hide the later one, and are reported")
    func unreadableGap() throws {
        let folder = try TemporaryFolder()
        try folder.write("one/first.dcm", noise(5000, seed: 1))
        try folder.write("two/second.dcm", noise(7000, seed: 3))
        let image = folder.path("disc.iso")
        try Xorriso.make(image, from: folder.path("one"))
        let firstEnd = Int64(try folder.bytes("disc.iso").count / 2048)
        try Xorriso.append(session: folder.path("two"), to: image, gap: 100)
        let source = MemorySource(bytes: try folder.bytes("disc.iso"), unreadable: Set(firstEnd..<(firstEnd + 50)))
        let disc = try DiscImage(source: source, name: "disc")
        #expect(disc.files.map(\.path) == ["first.dcm", "second.dcm"])
        #expect(disc.findings == [MediumFinding(.unreadableSectors, sectors: [firstEnd..<(firstEnd + 50)], count: 50)])
    }
}

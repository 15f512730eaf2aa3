import Foundation
import Testing

@testable import Media

@Suite("Discs that cannot be read in part")
struct DamagedDiscTests {
    /// Five files of 100 sectors each.
    static func image() throws -> [UInt8] {
        let folder = try TemporaryFolder()
        for number in 1...5 { try folder.write("in/f\(number)", noise(204_800, seed: UInt64(number))) }
        try Xorriso.make(folder.path("disc.iso"), from: folder.path("in"))
        return try folder.bytes("disc.iso")
    }

    @Test("An image cut short: whole files are read, cut ones name path, sector and byte")
    func cutShort() throws {
        let whole = try Self.image()
        let third = try DiscImage(source: MemorySource(bytes: whole), name: "disc").file("f3").extents[0]
        let cut = try DiscImage(source: MemorySource(bytes: Array(whole[..<Int(third.sector * 2048 + 5000)])), name: "disc")
        #expect(cut.files.count == 5)
        #expect(try cut.contents(of: "f2") == noise(204_800, seed: 2))
        var head: [UInt8] = []
        let error = #expect(throws: MediumError.self) { try cut.read(try cut.file("f3")) { head += $0 } }
        #expect(head == Array(noise(204_800, seed: 3)[..<5000]))
        #expect(error?.code == .beyondEnd)
        #expect(error?.path == "f3")
        #expect(error?.offset == 5000)
        #expect(error?.sector == third.sector + 2)
        #expect(error?.description.hasPrefix("f3, byte 5000, sector \(third.sector + 2): the image ends at byte") == true)
        let missing = Int64(whole.count / 2048) - (third.sector + 3)
        #expect(
            cut.findings == [
                MediumFinding(.imageCutShort, sectors: [(third.sector + 3)..<Int64(whole.count / 2048)], count: missing),
                MediumFinding(.filesBeyondEnd, count: 3),
            ])
        #expect(try cut.unreadableRanges(of: cut.file("f3")) == [5000..<204_800])
        #expect(try cut.unreadableRanges(of: cut.file("f5")) == [0..<204_800])
    }

    @Test("Unreadable sectors cost the file they are in, from the first of them on, and nothing else")
    func unreadableSectors() throws {
        var source = MemorySource(bytes: try Self.image())
        let start = try DiscImage(source: source, name: "disc").file("f2").extents[0].sector
        source.unreadable = [start + 7, start + 8, start + 99]
        let disc = try DiscImage(source: source, name: "disc")
        for number in [1, 3, 4, 5] { #expect(try disc.contents(of: "f\(number)") == noise(204_800, seed: UInt64(number))) }
        var head: [UInt8] = []
        let file = try disc.file("f2")
        let error = #expect(throws: MediumError.self) { try disc.read(file) { head += $0 } }
        #expect(head == Array(noise(204_800, seed: 2)[..<(7 * 2048)]))
        #expect(error?.code == .unreadable)
        #expect(error?.sector == start + 7)
        #expect(error?.offset == 14_336)
        #expect(error?.description.contains("Input/output error") == true)
        let ranges = try disc.unreadableRanges(of: file)
        let expected: [Range<Int64>] = [14_336..<18_432, 202_752..<204_800]
        #expect(ranges == expected)
        var rest: [UInt8] = []
        try disc.read(file, range: 18_432..<202_752) { rest += $0 }
        #expect(rest == Array(noise(204_800, seed: 2)[18_432..<202_752]))
    }

    @Test("A damage map joins ranges that touch and keeps within the file")
    func damageMap() throws {
        let file = MediumFile(path: "a", byteCount: 10_000)
        var map = DamageMap()
        #expect(map.isEmpty)
        map.record(2048..<4096, of: file)
        map.record(8192..<99_999, of: file)
        map.record(4096..<6144, of: file)
        map.record(0..<0, of: MediumFile(path: "b", byteCount: 5))
        #expect(map.entries.count == 1)
        #expect(map.entries[0].unreadable == [2048..<6144, 8192..<10_000])
        #expect(map.entries[0].unreadableByteCount == 5904)
    }

    @Test("A directory that cannot be read is named; the same folder in the Joliet tree still shows its files")
    func unreadableDirectory() throws {
        let folder = try TemporaryFolder()
        try folder.write("in/top", noise(100, seed: 1))
        try folder.write("in/sub/below", noise(100, seed: 2))
        try Xorriso.make(folder.path("rock.iso"), from: folder.path("in"), ["-R"])
        try Xorriso.make(folder.path("both.iso"), from: folder.path("in"), ["-J"])
        for (name, expected) in [("rock.iso", ["top"]), ("both.iso", ["sub/below", "top"])] {
            var source = MemorySource(bytes: try folder.bytes(name))
            let sector = try #require(Self.directorySector(named: "SUB", in: source.bytes))
            source.unreadable = [sector]
            let disc = try DiscImage(source: source, name: name)
            #expect(disc.files.map(\.path).sorted() == expected)
            let finding = MediumFinding(.unreadableDirectory, path: "sub", sectors: [sector..<(sector + 1)])
            #expect(disc.findings.contains(finding))
            #expect(finding.description == "unreadable-directory in sub: 1 sector, sectors \(sector)")
        }
    }

    @Test("A directory record whose length is damaged loses no other", arguments: [["--norock"], ["-R", "-gid", "1000"]])
    func damagedRecord(options: [String]) throws {
        let folder = try TemporaryFolder()
        for number in 0..<9 { try folder.write("in/FILE\(number)", noise(100, seed: UInt64(number))) }
        try Xorriso.make(folder.path("disc.iso"), from: folder.path("in"), options)
        for damage: UInt8 in [0, 1, 33, 255] {
            var bytes = try folder.bytes("disc.iso")
            let name = try #require(bytes.firstRange(of: Array("FILE4".utf8)))
            bytes[name.lowerBound - 33] = damage
            let disc = try DiscImage(source: MemorySource(bytes: bytes), name: "disc")
            let isLonger = damage > 33
            #expect(disc.files.map(\.path) == (isLonger ? [0, 1, 2, 3, 4, 5, 6, 7, 8] : [0, 1, 2, 3, 5, 6, 7, 8]).map { "FILE\($0)" })
            #expect(disc.findingCodes == (isLonger ? [.contradictoryRecord] : [.damagedRecord, .unaccountedSectors]))
        }
    }

    @Test("A primary descriptor that cannot be read leaves Joliet's")
    func unreadablePrimaryDescriptor() throws {
        var source = MemorySource(bytes: try Self.image())
        source.unreadable = [16]
        let disc = try DiscImage(source: source, name: "disc")
        #expect(disc.files.map(\.path) == ["f1", "f2", "f3", "f4", "f5"])
        #expect(disc.findingCodes.contains(.damagedDescriptor))
    }

    /// Where the folder `name` lies, by its plain directory record.
    static func directorySector(named name: String, in bytes: [UInt8]) -> Int64? {
        let root = Int64(ByteView(bytes[(16 * 2048 + 156)..<(16 * 2048 + 190)]).little32(2))
        let sector = ByteView(bytes[Int(root * 2048)..<Int(root * 2048 + 2048)])
        for case .record(let record) in DirectorySector.entries(in: sector) where record.name.elementsEqual(name.utf8) { return record.extent.little }
        return nil
    }
}

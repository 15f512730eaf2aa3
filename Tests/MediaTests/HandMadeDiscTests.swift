import Testing

@testable import Media

private typealias Made = HandMadeDisc

@Suite("Discs that no mastering program would write")
struct HandMadeDiscTests {
    @Test("A file in several extents is one file, read in their order")
    func multiExtent() throws {
        var made = Made(sectorCount: 40)
        made.folder(
            at: 20,
            [
                Made.record("BIG.DCM;1", sector: 30, byteCount: 2048, flags: 0x80), Made.record("BIG.DCM;1", sector: 25, byteCount: 4096, flags: 0x80),
                Made.record("BIG.DCM;1", sector: 35, byteCount: 100), Made.record("LAST.DCM;1", sector: 24, byteCount: 5),
            ])
        made.put(noise(2048, seed: 1), at: 30 * 2048)
        made.put(noise(4096, seed: 2), at: 25 * 2048)
        made.put(noise(100, seed: 3), at: 35 * 2048)
        made.put(noise(5, seed: 4), at: 24 * 2048)
        let disc = try made.disc
        let whole = noise(2048, seed: 1) + noise(4096, seed: 2) + noise(100, seed: 3)
        #expect(disc.files.map(\.path) == ["LAST.DCM", "BIG.DCM"])
        #expect(disc.files[1].byteCount == 6244)
        #expect(disc.files[1].extents.map(\.sector) == [30, 25, 35])
        #expect(try disc.contents(of: "BIG.DCM") == whole)
        var middle: [UInt8] = []
        try disc.read(disc.files[1], range: 2000..<6200) { middle += $0 }
        #expect(middle == Array(whole[2000..<6200]))
        #expect(disc.findings == [])
    }

    @Test("A file whose last extent is missing is told; the next file is whole")
    func brokenMultiExtent() throws {
        var made = Made(sectorCount: 40)
        made.folder(
            at: 20, [Made.record("A", sector: 30, byteCount: 2048, flags: 0x80), Made.record("B", sector: 25, byteCount: 10)])
        let disc = try made.disc
        #expect(disc.files.map(\.path) == ["B"])
        #expect(disc.files[0].byteCount == 10)
        #expect(disc.findingCodes == [.damagedRecord])
    }

    @Test("An interleaved file is refused, a resource fork left out, extended attributes skipped")
    func oddRecords() throws {
        var made = Made(sectorCount: 40)
        made.folder(
            at: 20,
            [
                Made.record(name: Array("MIXED".utf8), sector: 30, byteCount: 2048, unit: 1, gap: 1),
                Made.record("FORK", sector: 31, byteCount: 2048, flags: 0x04),
                Made.record(name: Array("XATTR".utf8), sector: 32, byteCount: 3, attributes: 1),
            ])
        for sector in 30...33 { made.put(noise(2048, seed: UInt64(sector)), at: sector * 2048) }
        let disc = try made.disc
        #expect(disc.files.map(\.path) == ["XATTR"])
        #expect(try disc.contents(of: "XATTR") == Array(noise(2048, seed: 33)[..<3]))
        #expect(disc.findings == [MediumFinding(.interleavedFile, path: "MIXED", sectors: [30..<31])])
    }

    @Test("Folders that contain themselves or their parents end, and each file is listed once")
    func cycle() throws {
        var made = Made(sectorCount: 40)
        made.folder(at: 20, [Made.record("A", sector: 21, byteCount: 2048, flags: 2), Made.record("F", sector: 30, byteCount: 1)])
        made.folder(
            at: 21,
            [
                Made.record("SELF", sector: 21, byteCount: 2048, flags: 2), Made.record("UP", sector: 20, byteCount: 2048, flags: 2),
                Made.record("G", sector: 31, byteCount: 1),
            ])
        let disc = try made.disc
        #expect(disc.files.map(\.path) == ["F", "A/G"])
        #expect(disc.findingCodes == [.directoryCycle, .directoryCycle])
        #expect(Set(disc.findings.compactMap(\.path)) == ["A/SELF", "A/UP"])
    }

    @Test("Folders deeper than the bound are left out with the bound's finding")
    func depth() throws {
        var made = Made(sectorCount: 400)
        for level in 0..<200 {
            made.folder(
                at: 20 + level, [Made.record("D", sector: 21 + level, byteCount: 2048, flags: 2), Made.record("F\(level)", sector: 300 + level / 4, byteCount: 9)])
        }
        let disc = try made.disc
        #expect(disc.files.allSatisfy { $0.path.split(separator: "/").count <= MediumLimits.depth })
        #expect(disc.findingCodes.contains(.limitReached))
    }

    @Test("Lengths that no disc has are bounded: a directory of 4 GiB, a file of 4 GiB, a path longer than a path may be")
    func absurdLengths() throws {
        var made = Made(sectorCount: 60)
        made.folder(
            at: 20, systemUse: Made.rockRidge,
            [
                Made.record("D", sector: 21, byteCount: 0xFFFF_FFFF, flags: 2), Made.record("HUGE", sector: 30, byteCount: 0xFFFF_FFFF),
                Made.record("FAR", sector: 0xFFFF_FFFF, byteCount: 0xFFFF_FFFF), Made.record("N", sector: 31, byteCount: 7),
            ])
        let disc = try made.disc
        #expect(disc.files.map(\.path) == ["HUGE", "N", "FAR"])
        #expect(throws: MediumError.self) { try disc.contents(of: "HUGE") }
        let far = #expect(throws: MediumError.self) { try disc.contents(of: "FAR") }
        #expect(far?.code == .beyondEnd)
        #expect(disc.findingCodes.contains(.limitReached))
        #expect(disc.findings.contains(MediumFinding(.filesBeyondEnd, count: 2)))
    }

    @Test("A name cannot climb out of its folder")
    func climbingNames() throws {
        var made = Made(sectorCount: 40)
        let names = ["..", ".", "a/../../b", "", "c\0d"]
        made.folder(
            at: 20, systemUse: Made.rockRidge,
            names.enumerated().map {
                Made.record("N\($0)", sector: 30 + $0, byteCount: 1, systemUse: Made.entry("NM", [0] + Array($1.utf8)))
            })
        #expect(try made.disc.files.map(\.path) == ["_..", "_.", "a_.._.._b", "N3", "c_d"])
    }

    @Test("A name that is no UTF-8 stays distinct, byte by byte")
    func otherCharacterSet() throws {
        var made = Made(sectorCount: 40)
        // EUC-KR, as Korean discs have it without saying so.
        made.folder(at: 20, [Made.record(name: [0xB1, 0xE8, 0x2E, 0x41], sector: 30, byteCount: 1), Made.record(name: [0xB1, 0xE9], sector: 31, byteCount: 1)])
        #expect(try made.disc.files.map(\.path) == ["\u{B1}\u{E8}.A", "\u{B1}\u{E9}"])
    }

    @Test("Continuation areas that lead to themselves end, and the record keeps its plain name or what was read of it")
    func continuationCycle() throws {
        var made = Made(sectorCount: 40)
        let again = Made.entry("CE", Made.both32(28) + Made.both32(0) + Made.both32(36))
        let absurd = Made.entry("CE", Made.both32(0xFFFF_FFF0) + Made.both32(0) + Made.both32(0x7FFF_FFFF))
        made.put(Made.entry("NM", [1] + Array("x".utf8)) + again, at: 28 * 2048)
        made.folder(
            at: 20, systemUse: Made.rockRidge,
            [Made.record("A", sector: 30, byteCount: 1, systemUse: again), Made.record("B", sector: 31, byteCount: 1, systemUse: absurd)])
        let disc = try made.disc
        #expect(disc.files.map(\.path) == [String(repeating: "x", count: MediumLimits.continuationAreas), "B"])
        #expect(disc.findingCodes == [.damagedRecord, .damagedRecord])
    }

    @Test("A relocated folder is listed where its link is, and where it lies when the link is lost")
    func relocated() throws {
        for linkIsLost in [false, true] {
            var made = Made(sectorCount: 40)
            let link = Made.record(
                "DEEP", sector: 0, byteCount: 0,
                systemUse: Made.entry("NM", [0] + Array("deep".utf8)) + (linkIsLost ? [] : Made.entry("CL", Made.both32(22))))
            made.folder(at: 20, systemUse: Made.rockRidge, [link, Made.record("MOVED", sector: 21, byteCount: 2048, flags: 2)])
            made.folder(at: 21, [Made.record("D1", sector: 22, byteCount: 2048, flags: 2, systemUse: Made.entry("RE", []))])
            made.folder(at: 22, [Made.record("F", sector: 30, byteCount: 1)])
            #expect(try made.disc.files.first?.path == (linkIsLost ? "MOVED/D1/F" : "deep/F"))
        }
    }

    @Test("Where the byte orders of a record differ, the value that fits the disc is taken and told")
    func contradiction() throws {
        var made = Made(sectorCount: 40)
        var record = Made.record("F", sector: 30, byteCount: 5)
        record[5] = 0x70
        made.folder(at: 20, [record])
        made.put(noise(5, seed: 1), at: 30 * 2048)
        let disc = try made.disc
        #expect(try disc.contents(of: "F") == noise(5, seed: 1))
        #expect(disc.findingCodes.contains(.contradictoryRecord))
    }
}

import Foundation
import Testing

@testable import Media

@Suite("Damage at random")
struct FuzzTests {
    private static func image(_ options: [String]) throws -> [UInt8] {
        let folder = try TemporaryFolder()
        try folder.write("in/d1/d2/d3/d4/d5/d6/d7/d8/d9/deep", noise(3000, seed: 2))
        for number in 0..<30 { try folder.write("in/study \(number % 3)/a rather long name of a file, number \(number)", noise(2000, seed: UInt64(number))) }
        try folder.write("two/late", noise(3000, seed: 2))
        try Xorriso.make(folder.path("disc.iso"), from: folder.path("in"), options)
        try Xorriso.append(session: folder.path("two"), to: folder.path("disc.iso"), options)
        return try folder.bytes("disc.iso")
    }

    /// Every outcome but an error of ours or a bounded listing is a crash or a hang, which ends the test run.
    @Test("Bytes flipped in descriptors and directories end in a listing or a clear error", arguments: [["-J"], ["--norock", "-J"], ["-R"]])
    func flippedBytes(options: [String]) throws {
        let bytes = try Self.image(options)
        let disc = try DiscImage(source: MemorySource(bytes: bytes), name: "disc")
        let filled = Set(disc.files.flatMap { $0.extents.flatMap(\.sectors) })
        // Sectors that are not files': descriptors, path tables, directories, continuation areas.
        let metadata = (16..<Int64(bytes.count / 2048)).filter { sector in
            !filled.contains(sector) && bytes[Int(sector * 2048)..<Int(sector * 2048 + 2048)].contains { $0 != 0 }
        }
        var generator = SeededGenerator(seed: 1999)
        var opened = 0
        for _ in 0..<150 {
            var damaged = bytes
            for _ in 0..<Int.random(in: 1...20, using: &generator) {
                let sector = metadata.randomElement(using: &generator) ?? 16
                damaged[Int(sector) * 2048 + Int.random(in: 0..<512, using: &generator)] = UInt8.random(in: 0...255, using: &generator)
            }
            do {
                let disc = try DiscImage(source: MemorySource(bytes: damaged), name: "disc")
                opened += 1
                #expect(disc.files.count <= 200)
                #expect(disc.findings.count <= MediumFinding.Code.allCases.count * (MediumLimits.findingsOfOneKind + 1))
                for file in disc.files.prefix(5) where file.byteCount < 100_000 { _ = try? disc.contents(of: file) }
            } catch let error as MediumError {
                #expect(!error.description.isEmpty)
            }
        }
        #expect(opened > 100)
    }

    @Test("An image cut at any sector opens with what is there, or says why not")
    func cutAnywhere() throws {
        let bytes = try Self.image(["-J"])
        let whole = try DiscImage(source: MemorySource(bytes: bytes), name: "disc").files.count
        var counts: [Int] = []
        for sector in 0..<bytes.count / 2048 {
            do {
                counts.append(try DiscImage(source: MemorySource(bytes: Array(bytes[..<(sector * 2048 + 100)])), name: "disc").files.count)
            } catch let error as MediumError {
                #expect([.notAMedium, .noDirectory].contains(error.code))
                #expect(counts.isEmpty)
            }
        }
        #expect(counts == counts.sorted())
        #expect(counts.last == whole)
    }

    @Test("Random bytes are no disc")
    func randomBytes() throws {
        for seed: UInt64 in 0..<20 {
            let error = #expect(throws: MediumError.self) { try DiscImage(source: MemorySource(bytes: noise(100_000, seed: seed)), name: "x") }
            #expect(error?.code == .notAMedium)
        }
    }
}

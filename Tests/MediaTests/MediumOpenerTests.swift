import Foundation
import Testing

@testable import Media

@Suite("What is no medium is refused clearly")
struct MediumOpenerTests {
    private func refusal(_ bytes: [UInt8]) throws -> MediumError? {
        let folder = try TemporaryFolder()
        try folder.write("x.iso", bytes)
        let error = #expect(throws: MediumError.self) { try openMedium(at: folder.path("x.iso")) }
        #expect(error?.description.contains(folder.path("x.iso")) == true)
        return error
    }

    @Test("A missing path, a lone file of another kind and an empty one")
    func notAMedium() throws {
        let error = #expect(throws: MediumError.self) { try openMedium(at: "/nowhere/disc.iso") }
        #expect(error?.code == .cannotOpen)
        #expect(error?.description == "/nowhere/disc.iso: cannot be opened: No such file or directory")
        #expect(try refusal([])?.code == .notAMedium)
        #expect(try refusal(noise(100, seed: 1))?.code == .notAMedium)
        #expect(try refusal(noise(100_000, seed: 1))?.code == .notAMedium)
    }

    @Test("UDF alone, raw sectors and small blocks are known by name and refused")
    func unsupported() throws {
        var udf = [UInt8](repeating: 0, count: 100 * 2048)
        udf.replaceSubrange((16 * 2048 + 1)..<(16 * 2048 + 6), with: Array("BEA01".utf8))
        #expect(try refusal(udf)?.code == .unsupportedFormat)
        #expect(try refusal(udf)?.description.contains("UDF") == true)
        var raw = [UInt8](repeating: 7, count: 100 * 2352)
        raw.replaceSubrange(0..<12, with: [0] + [UInt8](repeating: 0xFF, count: 10) + [0])
        #expect(try refusal(raw)?.description.contains("2,352") == true)
        var small = HandMadeDisc(sectorCount: 40)
        small.folder(at: 20, [])
        small.put([0, 2, 2, 0], at: 16 * 2048 + 128)
        #expect(try refusal(small.bytes)?.description.contains("logical blocks of 512 bytes") == true)
    }

    @Test("A disc whose descriptors cannot be read says so")
    func unreadableDescriptors() throws {
        let source = MemorySource(bytes: HandMadeDisc(sectorCount: 40).bytes, unreadable: [16])
        let error = #expect(throws: MediumError.self) { try DiscImage(source: source, name: "drive1") }
        #expect(error?.code == .noDirectory)
        #expect(error?.sector == 16)
    }

    @Test("The source is never opened for writing")
    func readOnly() throws {
        let folder = try TemporaryFolder()
        try folder.write("in/a", noise(10, seed: 1))
        try Xorriso.make(folder.path("disc.iso"), from: folder.path("in"))
        let disc = try openMedium(at: folder.path("disc.iso"))
        let open = try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").compactMap { number in
            (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/\(number)")) == folder.path("disc.iso") ? number : nil
        }
        #expect(open.count == 1)
        let info = try String(contentsOfFile: "/proc/self/fdinfo/\(open[0])", encoding: .utf8)
        let flags = try #require(info.firstMatch(of: #/flags:\s*0*([0-7]+)/#)).1
        #expect((Int(flags, radix: 8) ?? 3) & 3 == 0)
        #expect(disc.files.count == 1)
    }
}

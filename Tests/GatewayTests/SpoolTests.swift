import Foundation
@testable import Gateway
import LineProtocol
import Media
import Migration
import Testing

@Suite struct SpoolTests {
    private func staged(_ station: Station, grant: Int64) async throws -> Int {
        let content = station.scratch("content\(grant)")
        try Wheel.copy(["CT_small.dcm", "MR_small.dcm"], to: content)
        return try await station.reader(of: try openMedium(at: content), grant: grant).read()
    }

    @Test func `folders are for the owner alone, and a second worker on them is refused`() throws {
        let station = try Station()
        let mode = try FileManager.default.attributesOfItem(atPath: station.spool.path)[.posixPermissions] as? Int
        #expect(mode == 0o700)
        #expect { try Spool(at: station.spool.path, limit: 1 << 30) } throws: { ($0 as? GatewayError)?.code == .spool }
    }

    @Test func `a restart keeps identity, complete inventories and their count; what was not finished is erased`() async throws {
        let scratch = try Scratch()
        var identity = ""
        var pieces = 0
        do {
            let station = try Station()
            pieces = try await staged(station, grant: 1)
            let content = station.scratch("half")
            try Wheel.copy(["CT_small.dcm"], to: content)
            _ = try station.reader(of: try openMedium(at: content), grant: 2)
            identity = station.spool.identity
            try FileManager.default.copyItem(atPath: station.spool.path, toPath: scratch("spool"))
        }
        let again = try Spool(at: scratch("spool"), limit: 1 << 30)
        #expect(again.identity == identity)
        #expect(again.custody == [GrantNumber(1)])
        #expect(again.unclosed.map(\.pieces) == [pieces])
        #expect(again.byteCount > 0)
        #expect(try FileSystem.names(in: "\(again.path)/grants") == ["1"])
    }

    @Test func `a manifest with a torn last line is not complete`() async throws {
        let station = try Station()
        _ = try await staged(station, grant: 1)
        let path = "\(station.spool.path)/grants/1/inventory.lines"
        #expect(try Manifest(opening: path).isComplete)
        let bytes = try FileSystem.contents(path)
        for cut in [1, 2, 100] {
            try FileSystem.write(bytes.dropLast(cut), to: station.scratch("torn"))
            #expect(try !Manifest(opening: station.scratch("torn")).isComplete)
        }
    }

    @Test func `an erased study frees its bytes; the last one frees the medium`() async throws {
        let station = try Station()
        _ = try await staged(station, grant: 1)
        let grant = GrantNumber(1)
        try station.spool.close(grant)
        let full = station.spool.byteCount
        let ct = "1.3.6.1.4.1.5962.1.2.1.20040119072730.12322"
        let mr = "1.3.6.1.4.1.5962.1.2.4.20040826185059.5457"
        #expect(try station.spool.instances(of: ct, under: grant).count == 1)
        try station.spool.erase(ct, under: grant)
        try station.spool.erase(ct, under: grant)
        #expect(station.spool.byteCount < full)
        #expect(station.spool.custody == [grant])
        try station.spool.erase(mr, under: grant)
        #expect(station.spool.byteCount == 0)
        #expect(station.spool.custody.isEmpty)
    }

    @Test func `reading pauses at the high-water mark and goes on when a study is erased`() async throws {
        // Two CT of 39 kB fill 80 kB to the mark: the second disc waits for the first one's study to leave.
        let station = try Station(limit: 60_000)
        let ct = Array(try Data(contentsOf: URL(fileURLWithPath: "\(try Wheel.folder())/CT_small.dcm")))
        _ = try await station.reader(of: MemoryMedium([("a", ct)]), grant: 1).read()
        try station.spool.close(GrantNumber(1))
        let reader = try station.reader(of: MemoryMedium([("b", ct)]), grant: 2)
        async let second = reader.read()
        while !station.spool.gauge.isPaused { await Task.yield() }
        #expect(station.spool.byteCount <= 60_000)
        try station.spool.erase("1.3.6.1.4.1.5962.1.2.1.20040119072730.12322", under: GrantNumber(1))
        #expect(try await second == 1)
        #expect(!station.spool.gauge.isPaused)
    }

    @Test func `a disc that can never fit is given up, not waited for`() async throws {
        let station = try Station(limit: 60_000)
        let ct = Array(try Data(contentsOf: URL(fileURLWithPath: "\(try Wheel.folder())/CT_small.dcm")))
        let reader = try station.reader(of: MemoryMedium([("a", ct), ("b", ct)]), grant: 1)
        await #expect { _ = try await reader.read() } throws: { ($0 as? GatewayError)?.code == .spoolFull }
    }

    @Test func `a reader that waits for room ends when it is cancelled`() async throws {
        let station = try Station(limit: 60_000)
        let ct = Array(try Data(contentsOf: URL(fileURLWithPath: "\(try Wheel.folder())/CT_small.dcm")))
        _ = try await station.reader(of: MemoryMedium([("a", ct)]), grant: 1).read()
        let reader = try station.reader(of: MemoryMedium([("b", ct)]), grant: 2)
        let reading = Task { try await reader.read() }
        while !station.spool.gauge.isPaused { await Task.yield() }
        reading.cancel()
        await #expect(throws: CancellationError.self) { _ = try await reading.value }
    }

    @Test func `copies that a killed run had fetched for comparison are removed at the next start`() throws {
        let scratch = try Scratch()
        _ = try Spool(at: scratch("spool"), limit: 1 << 30)
        try FileSystem.write([1, 2, 3], to: scratch("spool/6E1F.readback"))
        _ = try Spool(at: scratch("spool"), limit: 1 << 30)
        #expect(try FileSystem.names(in: scratch("spool")).contains { $0.hasSuffix(".readback") } == false)
    }

    @Test func `an erasure that was noted, but not carried out, is finished at the next start`() async throws {
        let scratch = try Scratch()
        let grant = GrantNumber(1)
        let ct = "1.3.6.1.4.1.5962.1.2.1.20040119072730.12322"
        let mr = "1.3.6.1.4.1.5962.1.2.4.20040826185059.5457"
        var object = ""
        var full: Int64 = 0
        do {
            let station = try Station()
            _ = try await staged(station, grant: 1)
            try station.spool.close(grant)
            object = try #require(try station.spool.instances(of: ct, under: grant).first).sha256
            full = station.spool.byteCount
            try FileManager.default.copyItem(atPath: station.spool.path, toPath: scratch("spool"))
        }
        let folder = GrantFolder(grant, in: scratch("spool"))
        try folder.markErased([ct])
        do {
            let again = try Spool(at: scratch("spool"), limit: 1 << 30)
            #expect(!FileSystem.exists(folder.objectPath(object)))
            #expect(again.byteCount > 0 && again.byteCount < full)
            #expect(again.custody == [grant])
        }
        try folder.markErased([ct, mr])
        let last = try Spool(at: scratch("spool"), limit: 1 << 30)
        #expect(last.byteCount == 0)
        #expect(last.custody.isEmpty)
        #expect(!FileSystem.exists(folder.path))
    }

    @Test func `an erasure after the first does not read the inventory again`() async throws {
        let station = try Station()
        _ = try await staged(station, grant: 1)
        let grant = GrantNumber(1)
        try station.spool.close(grant)
        try station.spool.erase("1.3.6.1.4.1.5962.1.2.1.20040119072730.12322", under: grant)
        let manifest = GrantFolder(grant, in: station.spool.path).manifestPath
        // Whoever reads it now fails.
        #expect(truncate(manifest, 0) == 0)
        try station.spool.erase("1.3.6.1.4.1.5962.1.2.4.20040826185059.5457", under: grant)
        #expect(station.spool.custody.isEmpty)
    }
}

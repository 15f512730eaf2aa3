import Foundation
@testable import Gateway
import Media
import Migration
import Testing

/// Held studies leave the spool, and a full disk is waited for.
@Suite struct RoomTests {
    private static let ct = "1.3.6.1.4.1.5962.1.2.1.20040119072730.12322"
    private static let mr = "1.3.6.1.4.1.5962.1.2.4.20040826185059.5457"
    private let grant = GrantNumber(1)

    /// A spool with a CT and an MR study under grant 1, and a holding store.
    private func station() async throws -> Station {
        let station = try Station(holdsAside: true)
        let content = station.scratch("content")
        try Wheel.copy(["CT_small.dcm", "MR_small.dcm"], to: content)
        _ = try await station.reader(of: try openMedium(at: content), grant: 1).read()
        try station.spool.close(grant)
        return station
    }

    private func object(_ study: String, _ spool: Spool) throws -> String {
        let record = try #require(try spool.instances(of: study, under: grant).first)
        return spool.objectPath(record.sha256, of: study, under: grant)
    }

    @Test func `a study that is set aside frees the spool, stays in custody, and is read from the holding store byte for byte`() async throws {
        let station = try await station()
        let before = try object(Self.ct, station.spool)
        let bytes = try FileSystem.contents(before)
        let full = station.spool.byteCount
        try station.spool.copyAside(Self.ct, under: grant)
        #expect(station.spool.byteCount == full)
        try station.spool.setAside(Self.ct, under: grant)
        #expect(station.spool.byteCount == full - Int64(bytes.count))
        #expect(!FileSystem.exists(before))
        let after = try object(Self.ct, station.spool)
        #expect(after.hasPrefix(station.scratch("holding")))
        #expect(try FileSystem.contents(after) == bytes)
        #expect(station.spool.custody == [grant])
        #expect(try object(Self.mr, station.spool).hasPrefix(station.spool.path))
    }

    @Test func `moved twice is moved once`() async throws {
        let station = try await station()
        for _ in 0..<2 {
            try station.spool.copyAside(Self.ct, under: grant)
            try station.spool.setAside(Self.ct, under: grant)
        }
        #expect(FileSystem.exists(try object(Self.ct, station.spool)))
    }

    @Test func `an erased study leaves the holding store too; the last one takes the medium's folder with it`() async throws {
        let station = try await station()
        try station.spool.copyAside(Self.ct, under: grant)
        try station.spool.setAside(Self.ct, under: grant)
        let aside = try object(Self.ct, station.spool)
        try station.spool.erase(Self.ct, under: grant)
        #expect(!FileSystem.exists(aside))
        try station.spool.erase(Self.mr, under: grant)
        #expect(station.spool.custody.isEmpty)
        #expect(try FileSystem.names(in: "\(station.scratch("holding"))/\(station.spool.identity)").isEmpty)
    }

    @Test func `a copy whose bytes are not those of the digest is refused, and the study stays where it is`() async throws {
        let station = try await station()
        let staged = try object(Self.ct, station.spool)
        var bytes = try FileSystem.contents(staged)
        bytes[bytes.count / 2] ^= 1
        try FileSystem.write(bytes, to: staged)
        #expect(throws: SourceChanged.self) { try station.spool.copyAside(Self.ct, under: grant) }
        #expect(try object(Self.ct, station.spool) == staged)
    }

    @Test func `a restart finds what was set aside, finishes what was only noted, and refuses a configuration without the store`() async throws {
        let scratch = try Scratch()
        var staged = ""
        var byteCount: Int64 = 0
        do {
            let station = try await station()
            let sha256 = try #require(try station.spool.instances(of: Self.ct, under: grant).first).sha256
            try station.spool.copyAside(Self.ct, under: grant)
            // The note is durable, the objects are not removed yet: as a crash leaves it.
            try GrantFolder(grant, in: station.spool.path).markAside([Self.ct])
            byteCount = station.spool.byteCount
            for name in ["spool", "holding"] { try FileManager.default.copyItem(atPath: station.scratch(name), toPath: scratch(name)) }
            staged = GrantFolder(grant, in: scratch("spool")).objectPath(sha256)
        }
        #expect(FileSystem.exists(staged))
        #expect { try Spool(at: scratch("spool"), limit: 1 << 30) } throws: { ($0 as? GatewayError)?.code == .configuration }
        let again = try Spool(at: scratch("spool"), limit: 1 << 30, holdingStore: scratch("holding"))
        #expect(!FileSystem.exists(staged))
        #expect(again.byteCount < byteCount)
        #expect(FileSystem.exists(try object(Self.ct, again)))
    }

    @Test func `a holding store that is not there is named, not made`() throws {
        let scratch = try Scratch()
        #expect { try Spool(at: scratch("spool"), limit: 1 << 30, holdingStore: scratch("share")) } throws: {
            ($0 as? GatewayError)?.message.contains(scratch("share")) == true
        }
        #expect(!FileSystem.exists(scratch("share")))
    }

    @Test func `a drive that waits for room goes on when a held study is set aside`() async throws {
        let station = try Station(limit: 60_000, holdsAside: true)
        let bytes = Array(try Data(contentsOf: URL(fileURLWithPath: "\(try Wheel.folder())/CT_small.dcm")))
        _ = try await station.reader(of: MemoryMedium([("a", bytes)]), grant: 1).read()
        try station.spool.close(grant)
        let reader = try station.reader(of: MemoryMedium([("b", bytes)]), grant: 2)
        async let second = reader.read()
        while !station.spool.gauge.isPaused { await Task.yield() }
        try station.spool.copyAside(Self.ct, under: grant)
        try station.spool.setAside(Self.ct, under: grant)
        #expect(try await second == 1)
        #expect(station.spool.custody == [grant, GrantNumber(2)])
    }

    @Test func `a share that is not mounted any more is named at the start, not taken for an empty holding store`() async throws {
        let scratch = try Scratch()
        do {
            let station = try await station()
            try station.spool.copyAside(Self.ct, under: grant)
            try station.spool.setAside(Self.ct, under: grant)
            try FileManager.default.copyItem(atPath: station.scratch("spool"), toPath: scratch("spool"))
        }
        try FileSystem.makeFolder(scratch("holding"))
        #expect { try Spool(at: scratch("spool"), limit: 1 << 30, holdingStore: scratch("holding")) } throws: {
            ($0 as? GatewayError)?.message.contains("is it mounted") == true
        }
        #expect(try FileSystem.names(in: scratch("holding")).isEmpty)
    }

    @Test func `a copy that fails leaves nothing in the holding store, and copies of a study that is sent are removed`() async throws {
        let station = try await station()
        let staged = try object(Self.ct, station.spool)
        let copies = "\(station.scratch("holding"))/\(station.spool.identity)/1"
        let bytes = try FileSystem.contents(staged)
        try FileSystem.write(bytes.dropLast(10), to: staged)
        #expect(throws: SourceChanged.self) { try station.spool.copyAside(Self.ct, under: grant) }
        #expect(try FileSystem.names(in: copies).isEmpty)
        try FileSystem.write(bytes, to: staged)
        try station.spool.copyAside(Self.ct, under: grant)
        #expect(try FileSystem.names(in: copies).count == 1)
        try station.spool.dropCopies(of: Self.ct, under: grant)
        #expect(try FileSystem.names(in: copies).isEmpty)
        #expect(try object(Self.ct, station.spool) == staged)
    }

    @Test func `a reader that was ejected while it waited does not leave the spool paused`() async throws {
        let station = try Station(limit: 60_000)
        let bytes = Array(try Data(contentsOf: URL(fileURLWithPath: "\(try Wheel.folder())/CT_small.dcm")))
        _ = try await station.reader(of: MemoryMedium([("a", bytes)]), grant: 1).read()
        try station.spool.close(grant)
        let reader = try station.reader(of: MemoryMedium([("b", bytes)]), grant: 2)
        let reading = Task { try await reader.read() }
        while !station.spool.gauge.isPaused { await Task.yield() }
        reading.cancel()
        _ = await reading.result
        try station.spool.erase(Self.ct, under: grant)
        #expect(!station.spool.gauge.isPaused)
    }

    @Test func `while only staging is refused sending goes on; while the journal is, nothing is sent`() {
        let gauge = SpoolGauge(limit: 100)
        gauge.noteDiskFull()
        #expect(gauge.isDiskFull && !gauge.isJournalFull)
        gauge.noteJournalFull()
        #expect(gauge.isDiskFull && gauge.isJournalFull)
        gauge.noteDiskRoom()
        #expect(!gauge.isDiskFull && !gauge.isJournalFull)
    }

    @Test func `an inventory whose end could not be made durable is ended again without a trace`() async throws {
        let station = try Station()
        let path = station.scratch("inventory.lines")
        var manifest = try Manifest(creating: path)
        try manifest.append(Array("one".utf8), isEnd: false)
        try manifest.append(Array("end".utf8), isEnd: true)
        try manifest.withdrawLast()
        #expect(!manifest.isComplete && manifest.pieceCount == 1)
        try manifest.append(Array("end".utf8), isEnd: true)
        #expect(String(decoding: try FileSystem.contents(path), as: UTF8.self) == "one\nend\n")
    }

    @Test func `while the spool's disk is full a drive waits, and goes on when it has room`() async throws {
        let station = try Station()
        let bytes = Array(try Data(contentsOf: URL(fileURLWithPath: "\(try Wheel.folder())/CT_small.dcm")))
        station.spool.gauge.noteDiskFull()
        let reader = try station.reader(of: MemoryMedium([("a", bytes)]), grant: 1)
        let reading = Task { try await reader.read() }
        guard case .full(let version) = station.spool.gauge.disk else { return #expect(Bool(false), "the disk was said to be full") }
        #expect(station.spool.gauge.admit(1) == .wait(version: version))
        #expect(station.spool.hasRoomOnDisk())
        for _ in 0..<1000 { await Task.yield() }
        #expect(station.spool.byteCount == 0)
        station.spool.gauge.noteDiskRoom()
        #expect(try await reading.value == 1)
    }
}

import Foundation
@testable import Gateway
import LineProtocol
import Media
import Migration
import Testing

/// A spool whose key only the coordinator has.
@Suite struct SealedSpoolTests {
    private static let ct = "1.3.6.1.4.1.5962.1.2.1.20040119072730.12322"
    private static let mr = "1.3.6.1.4.1.5962.1.2.4.20040826185059.5457"
    private let grant = GrantNumber(1)
    private let scratch: Scratch

    init() throws { scratch = try Scratch() }

    /// A spool with a CT and an MR study under grant 1, and a holding store.
    private func station(isSealed: Bool = true, isClosed: Bool = true) async throws -> Station {
        let station = try Station(holdsAside: true, isSealed: isSealed)
        let content = station.scratch("content")
        try Wheel.copy(["CT_small.dcm", "MR_small.dcm"], to: content)
        _ = try await station.reader(of: try openMedium(at: content), grant: 1).read()
        if isClosed { try station.spool.close(grant) }
        return station
    }

    /// The spool and the holding store of `station` as another run finds them.
    private func reopened(_ station: Station) throws -> Spool {
        let folder = scratch(UUID().uuidString)
        try FileSystem.makeFolder(folder)
        for name in ["spool", "holding"] { try FileManager.default.copyItem(atPath: station.scratch(name), toPath: "\(folder)/\(name)") }
        return try Spool(at: "\(folder)/spool", limit: 1 << 30, holdingStore: "\(folder)/holding")
    }

    private func bytes(of study: String, in spool: Spool) throws -> [UInt8] {
        let record = try #require(try spool.instances(of: study, under: grant).first)
        var bytes: [UInt8] = []
        try spool.object(record.sha256, of: study, under: grant).read(0..<record.byteCount) { bytes += $0 }
        return bytes
    }

    private func original(_ name: String) throws -> [UInt8] { Array(try Data(contentsOf: URL(fileURLWithPath: "\(try Wheel.folder())/\(name)"))) }

    /// How often `words` occur in the raw files below `folder`.
    private func occurrences(of words: [String], below folder: String) throws -> Int {
        let files = try #require(FileManager.default.enumerator(atPath: folder)?.compactMap { $0 as? String })
        return files.reduce(0) { sum, file in
            let data = FileManager.default.contents(atPath: "\(folder)/\(file)") ?? Data()
            return sum + words.filter { data.range(of: Data($0.utf8)) != nil }.count
        }
    }

    @Test func `neither objects nor inventory show a patient in the raw files; without encryption they do`() async throws {
        let words = ["DICM", "CompressedSamples", "INVENTORY"]
        let sealed = try await station()
        try sealed.spool.copyAside(Self.ct, under: grant)
        try sealed.spool.setAside(Self.ct, under: grant)
        #expect(try bytes(of: Self.mr, in: sealed.spool) == original("MR_small.dcm"))
        for folder in ["spool", "holding"] { #expect(try occurrences(of: words, below: sealed.scratch(folder)) == 0) }
        let clear = try await station(isSealed: false)
        #expect(try occurrences(of: words, below: clear.scratch("spool")) >= words.count)
        withExtendedLifetime((sealed, clear)) {}
    }

    @Test func `after a restart custody is known at once, and all is read when the coordinator has given the key`() async throws {
        let station = try await station(isClosed: false)
        let lines = try (0...1).map { try station.spool.line(of: grant, $0) }
        let spool = try reopened(station)
        #expect(spool.custody == [grant])
        #expect(spool.unclosed.isEmpty)
        #expect(throws: GatewayError.self) { try spool.line(of: grant, 0) }
        let unlocking = spool.unlock(Station.staging, of: Station.enrolment)
        #expect(unlocking.lost.isEmpty)
        #expect(unlocking.unclosed.map(\.pieces) == [1])
        #expect(try (0...1).map { try spool.line(of: grant, $0) } == lines)
        #expect(try bytes(of: Self.ct, in: spool) == original("CT_small.dcm"))
        #expect(spool.unlock(Station.staging, of: Station.enrolment).unclosed.isEmpty)
    }

    @Test func `under another key than its own all is lost and erased`() async throws {
        let spool = try reopened(try await station())
        let other = Staging(isEncrypted: true, key: try #require(SpoolKey([UInt8](repeating: 9, count: 32))))
        #expect(spool.unlock(other, of: Station.enrolment).lost.map(\.label) == ["L1"])
        #expect(spool.custody.isEmpty)
        #expect(spool.byteCount == 0)
        #expect(try FileSystem.names(in: "\(spool.path)/grants").isEmpty)
    }

    @Test func `what another enrolment has in custody stays until it is ordered to be erased; what it had not finished goes at once`() async throws {
        let other = Staging(isEncrypted: true, key: try #require(SpoolKey([UInt8](repeating: 9, count: 32))))
        let closed = try reopened(try await station())
        #expect(closed.unlock(other, of: "another").lost.isEmpty)
        #expect(closed.isLocked(grant))
        #expect(closed.custody == [grant])
        let open = try reopened(try await station(isClosed: false))
        #expect(open.unlock(other, of: "another").lost.count == 1)
        #expect(open.custody.isEmpty)
    }

    @Test func `an inventory of which a line was changed, exchanged or left out is lost, and nothing else`() async throws {
        let station = try await station()
        let path = "grants/1/inventory.lines"
        let lines = try FileSystem.contents("\(station.spool.path)/\(path)").split(separator: UInt8(ascii: "\n"))
        #expect(lines.count == 2)
        var changed = Array(lines[0])
        changed[changed.count - 9] = UInt8(ascii: changed[changed.count - 9] == UInt8(ascii: "A") ? "B" : "A")
        let (piece, end) = (Array(lines[0]), Array(lines[1]))
        let asEnd = [UInt8(ascii: "E")] + piece.dropFirst()
        let inventories: [[[UInt8]]] = [[changed, end], [end], [piece, asEnd], [end, end]]
        for (number, wrong) in inventories.enumerated() {
            let folder = scratch("spool\(number)")
            try FileManager.default.copyItem(atPath: station.spool.path, toPath: folder)
            try FileSystem.write(wrong.flatMap { $0 + [UInt8(ascii: "\n")] }, to: "\(folder)/\(path)")
            let spool = try Spool(at: folder, limit: 1 << 30)
            #expect(spool.unlock(Station.staging, of: Station.enrolment).lost.count == 1)
            #expect(spool.custody.isEmpty)
        }
    }

    @Test func `what lies in the clear from before stays readable, and what is sealed does when encryption is switched off`() async throws {
        let clear = try reopened(try await station(isSealed: false))
        #expect(clear.unlock(Station.staging, of: Station.enrolment).lost.isEmpty)
        #expect(try bytes(of: Self.ct, in: clear) == original("CT_small.dcm"))
        let sealed = try reopened(try await station())
        #expect(sealed.unlock(Staging(isEncrypted: false, key: Station.staging.key), of: Station.enrolment).lost.isEmpty)
        #expect(try bytes(of: Self.ct, in: sealed) == original("CT_small.dcm"))
        #expect(sealed.cipher(of: GrantNumber(2)) == nil)
        let next = try sealed.begin(GrantNumber(2), MediumSource(label: "L2", path: "", fingerprint: "", isOnline: false))
        #expect(try next.seal() == nil)
    }

    @Test func `a coordinator that gives no key is not worked for while something waits for one`() async throws {
        let spool = try reopened(try await station())
        #expect { try spool.stageInTheClear(as: Station.enrolment) } throws: { ($0 as? GatewayError)?.message.contains("update the coordinator") == true }
        #expect(spool.custody == [grant])
        #expect(throws: Never.self) { try spool.stageInTheClear(as: "another") }
    }

    @Test func `a sealed study in the holding store is read from there; one that was changed is not moved`() async throws {
        let station = try await station()
        try station.spool.copyAside(Self.ct, under: grant)
        try station.spool.setAside(Self.ct, under: grant)
        #expect(try bytes(of: Self.ct, in: station.spool) == original("CT_small.dcm"))
        let again = try reopened(station)
        _ = again.unlock(Station.staging, of: Station.enrolment)
        #expect(try bytes(of: Self.ct, in: again) == original("CT_small.dcm"))
        let record = try #require(try station.spool.instances(of: Self.mr, under: grant).first)
        let path = station.spool.stagedPath(record.sha256)
        var sealed = try FileSystem.contents(path)
        sealed[sealed.count / 2] ^= 1
        try FileSystem.write(sealed, to: path)
        #expect(throws: SourceChanged.self) { try station.spool.copyAside(Self.mr, under: grant) }
    }

    @Test func `an erasure that was only noted is finished when the key is there, and frees what the files took`() async throws {
        let station = try await station()
        try GrantFolder(grant, in: station.spool.path).markErased([Self.ct])
        let spool = try reopened(station)
        let full = spool.byteCount
        _ = spool.unlock(Station.staging, of: Station.enrolment)
        #expect(spool.byteCount > 0 && spool.byteCount < full)
        try spool.erase(Self.mr, under: grant)
        #expect(spool.byteCount == 0)
        #expect(spool.custody.isEmpty)
    }
}

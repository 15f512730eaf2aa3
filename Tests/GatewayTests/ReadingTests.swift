import DICOM
import Foundation
@testable import Gateway
import LineProtocol
import Media
import Migration
import Testing

@Suite struct ReadingTests {
    private func lines(_ station: Station, _ grant: Int64, _ pieces: Int) throws -> (pieces: [InventoryPiece], end: InventoryEnd) {
        var found: [InventoryPiece] = []
        for number in 0..<pieces {
            guard case .inventory(let line) = try LineCodec().decodeRequest(try station.spool.line(of: GrantNumber(grant), number)),
                case .piece(number, let piece) = line.matter
            else { throw Wheel.Absent() }
            found.append(piece)
        }
        guard case .inventory(let line) = try LineCodec().decodeRequest(try station.spool.endLine(of: GrantNumber(grant))),
            case .end(let end) = line.matter
        else { throw Wheel.Absent() }
        return (found, end)
    }

    @Test func `a disc of real files is read into spool and inventory, junk is counted, a cut file listed`() async throws {
        let station = try Station()
        let content = station.scratch("content")
        let names = ["CT_small.dcm", "MR_small.dcm", "JPEG2000.dcm", "image_dfl.dcm", "ExplVR_BigEnd.dcm", "rtplan.dcm"]
        try Wheel.copy(names, to: content)
        let whole = try Data(contentsOf: URL(fileURLWithPath: "\(content)/MR_small.dcm"))
        try whole.prefix(whole.count - 1000).write(to: URL(fileURLWithPath: "\(content)/cut.dcm"))
        try Data("[autorun]".utf8).write(to: URL(fileURLWithPath: "\(content)/AUTORUN.INF"))
        try Data().write(to: URL(fileURLWithPath: "\(content)/empty"))
        try burn(content, to: station.scratch("disc.iso"))

        let medium = try openMedium(at: station.scratch("disc.iso"))
        let pieces = try await station.reader(of: medium, grant: 1).read()
        let (inventory, end) = try lines(station, 1, pieces)
        let records = inventory.flatMap(\.studies).flatMap(\.instances)
        #expect(Set(records.map(\.path)) == Set(names))
        for record in records {
            let bytes = Array(try Data(contentsOf: URL(fileURLWithPath: "\(content)/\(record.path)")))
            var digester = ContentDigester()
            digester.update(bytes)
            #expect(record.sha256 == digester.digest().description)
            #expect(record.byteCount == Int64(bytes.count))
            #expect(try FileSystem.contents(station.spool.stagedPath(record.sha256)) == bytes)
        }
        let cut = try #require(inventory.flatMap(\.unreadable).first)
        #expect(cut.path == "cut.dcm")
        #expect(cut.code == "cut")
        #expect(cut.studyInstanceUID == "1.3.6.1.4.1.5962.1.2.4.20040826185059.5457")
        #expect(end.fileCount == names.count + 3)
        #expect(end.notDICOMCount == 2)
        #expect(station.spool.custody == [GrantNumber(1)])
        #expect(FileManager.default.contents(atPath: station.scratch("disc.iso")) != nil)
    }

    @Test func `the digest of the end is over the digests of the pieces' lines`() async throws {
        let station = try Station()
        let content = station.scratch("content")
        try Wheel.copy(["CT_small.dcm", "MR_small.dcm"], to: content)
        let pieces = try await station.reader(of: try openMedium(at: content), grant: 4).read()
        let (_, end) = try lines(station, 4, pieces)
        var outer = ContentDigester()
        for number in 0..<pieces {
            var inner = ContentDigester()
            inner.update(Array(try station.spool.line(of: GrantNumber(4), number).dropFirst("INVENTORY ".utf8.count)))
            outer.update(inner.digest().bytes)
        }
        #expect(end.digest == outer.digest().description)
        #expect(end.pieces == pieces)
    }

    @Test func `an online medium is read without staging a byte`() async throws {
        let station = try Station()
        let content = station.scratch("content")
        try Wheel.copy(["CT_small.dcm"], to: content)
        let pieces = try await station.reader(of: try openMedium(at: content), grant: 2, isOnline: true, path: content).read()
        let (inventory, _) = try lines(station, 2, pieces)
        #expect(inventory.flatMap(\.studies).count == 1)
        #expect(station.spool.byteCount == 0)
        #expect(try FileSystem.names(in: "\(station.spool.path)/grants/2/objects").isEmpty)
    }

    @Test func `files of an online medium are examined side by side, and its inventory is that of reading one by one`() async throws {
        let station = try Station()
        let ct = Array(try Data(contentsOf: URL(fileURLWithPath: "\(try Wheel.folder())/CT_small.dcm")))
        let mr = Array(try Data(contentsOf: URL(fileURLWithPath: "\(try Wheel.folder())/MR_small.dcm")))
        let contents = (0..<5 * GatewayLimits.filesReadAhead).map { number in
            // Large and small ones, some of them cut or no object at all: they are done in another order than they are begun in.
            (path: "F\(number)", bytes: [ct, Array(mr.prefix(2_000)), [1, 2, 3], mr + [UInt8](repeating: 0, count: 2 * number)][number % 4])
        }
        let medium = MemoryMedium(contents)
        let inOrder = try lines(station, 8, try await station.reader(of: medium, grant: 8).read())
        let ahead = try lines(station, 9, try await station.reader(of: medium, grant: 9, isOnline: true).read())
        #expect(ahead.0 == inOrder.0)
        #expect(ahead.1.fileCount == contents.count)
        #expect(ahead.1.notDICOMCount == inOrder.1.notDICOMCount)
        #expect(ahead.0.flatMap(\.unreadable).count == contents.count / 4)
    }

    @Test func `a file whose medium gives no bytes costs itself only`() async throws {
        let station = try Station()
        let content = station.scratch("content")
        try Wheel.copy(["CT_small.dcm", "MR_small.dcm"], to: content)
        let medium = try openMedium(at: content)
        try FileManager.default.removeItem(atPath: "\(content)/CT_small.dcm")
        let (inventory, _) = try lines(station, 3, try await station.reader(of: medium, grant: 3).read())
        #expect(inventory.flatMap(\.unreadable).map(\.code) == ["unreadable"])
        #expect(inventory.flatMap(\.studies).flatMap(\.instances).map(\.path) == ["MR_small.dcm"])
    }

    @Test func `bytes after the data set are kept in the spool and left out of what is sent`() async throws {
        let station = try Station()
        let ct = Array(try Data(contentsOf: URL(fileURLWithPath: "\(try Wheel.folder())/MR_small.dcm")))
        let medium = MemoryMedium([("padded", ct + [UInt8](repeating: 0, count: 64))])
        let (inventory, _) = try lines(station, 5, try await station.reader(of: medium, grant: 5).read())
        let record = try #require(inventory.flatMap(\.studies).flatMap(\.instances).first)
        #expect(record.byteCount == Int64(ct.count + 64))
        #expect(station.spool.end(of: record.sha256, under: GrantNumber(5)) == Int64(ct.count))
    }

    @Test(arguments: [(3, 0), (64, 0), (9_000, 0), (10, 7), (5_000, 0x0D)])
    func `what stands behind a data set makes no other content of it`(count: Int, byte: UInt8) async throws {
        for name in ["MR_small.dcm", "rtplan.dcm", "reportsi.dcm"] {
            let bytes = Array(try Data(contentsOf: URL(fileURLWithPath: "\(try Wheel.folder())/\(name)")))
            // Bytes that are no zeros are stray behind pixels only.
            guard byte == 0 || name == "MR_small.dcm" else { continue }
            let station = try Station()
            let medium = MemoryMedium([("plain", bytes), ("padded", bytes + [UInt8](repeating: byte, count: count))])
            let (inventory, _) = try lines(station, 5, try await station.reader(of: medium, grant: 5).read())
            let records = inventory.flatMap(\.studies).flatMap(\.instances)
            #expect(records.count == 2, "\(name)")
            #expect(Set(records.map(\.contentDigest)).count == 1, "\(name)")
            #expect(Set(records.map(\.sha256)).count == 2, "\(name)")
        }
    }

    @Test func `an object without pixels is staged as it is read, not held until its end`() throws {
        var dataSet = DataSet()
        try dataSet.set(Tag(0x0008, 0x0016), "1.2.840.10008.5.1.4.1.1.66")
        try dataSet.set(Tag(0x0008, 0x0018), "1.2.3")
        try dataSet.set(Tag(0x0029, 0x1010), vr: .OB, value: [UInt8](repeating: 7, count: 4 << 20))
        let bytes = try dataSet.encode(as: .explicitVRLittleEndian)
        var examination = FileExamination(MediumFile(path: "raw", byteCount: Int64(bytes.count)), rules: ReadingRules())
        var waiting = 0
        var staged: [UInt8] = []
        for start in stride(from: 0, to: bytes.count, by: 1 << 16) {
            switch try examination.feed(bytes[start..<min(start + 1 << 16, bytes.count)]) {
            case .wait: waiting += 1
            case .stage(let chunks): for chunk in chunks { staged += chunk }
            case .skip: Issue.record("it is an object")
            }
        }
        #expect(waiting == 0)
        #expect(staged == bytes)
    }

    @Test func `every piece of a large inventory fits its line, and all instances are in them`() throws {
        var builder = InventoryBuilder()
        var pieces: [InventoryPiece] = []
        for number in 0..<2_000 {
            let header = StudyHeader(
                studyInstanceUID: "1.2.\(number % 7)", patient: PatientIdentity(patientID: Identifying("P\(number % 7)")),
                studyDescription: String(repeating: "é\u{1}", count: 300), modalities: [number % 2 == 0 ? "CT" : "MR"])
            let record = InstanceRecord(
                sopInstanceUID: "1.2.3.\(number)", sopClassUID: "1.2", seriesInstanceUID: "1.2.4", transferSyntaxUID: "1.2.5",
                sha256: String(repeating: "a", count: 64), contentDigest: String(repeating: "b", count: 64), byteCount: 1,
                path: number == 77 ? String(repeating: "\u{2}", count: 4_000) : "p/\(number)")
            if let piece = try builder.add(header, record) { pieces.append(piece) }
        }
        if let piece = builder.finish() { pieces.append(piece) }
        for (number, piece) in pieces.enumerated() {
            let line = try LineCodec().encode(
                .inventory(InventoryRequest(grant: GrantNumber(9_000_000), matter: .piece(number: number, piece))))
            #expect(line.count < LineLimits.lineByteCount)
        }
        #expect(pieces.flatMap(\.studies).flatMap(\.instances).count == 2_000)
        #expect(pieces.count > 10)
    }

    @Test func `objects of one study under two patients are two entries`() throws {
        var builder = InventoryBuilder()
        let record = { (uid: String) in
            InstanceRecord(
                sopInstanceUID: uid, sopClassUID: "1", seriesInstanceUID: "1", transferSyntaxUID: "1", sha256: "", contentDigest: "", byteCount: 1,
                path: uid)
        }
        for (uid, patient) in [("1", "A"), ("2", "B"), ("3", "A")] {
            let header = StudyHeader(studyInstanceUID: "9", patient: PatientIdentity(patientID: Identifying(patient)))
            #expect(try builder.add(header, record(uid)) == nil)
        }
        let last = builder.finish()
        let piece = try #require(last)
        #expect(piece.studies.map { $0.instances.map(\.sopInstanceUID) } == [["1", "3"], ["2"]])
    }

    @Test func `objects of one study that differ in name, birth date or sex under one ID are entries of their own`() throws {
        var builder = InventoryBuilder()
        let patients = [
            PatientIdentity(patientID: "A", name: "One^Ann", birthDate: "19500101", sex: "F"),
            PatientIdentity(patientID: "A", name: "Two^Ben", birthDate: "19500101", sex: "F"),
            PatientIdentity(patientID: "A", name: "One^Ann", birthDate: "19600101", sex: "F"),
            PatientIdentity(patientID: "A", name: "One^Ann", birthDate: "19500101", sex: "M"),
        ]
        for (number, patient) in (patients + patients).enumerated() {
            let record = InstanceRecord(
                sopInstanceUID: "\(number)", sopClassUID: "1", seriesInstanceUID: "1", transferSyntaxUID: "1", sha256: "", contentDigest: "",
                byteCount: 1, path: "\(number)")
            #expect(try builder.add(StudyHeader(studyInstanceUID: "9", patient: patient), record) == nil)
        }
        let last = builder.finish()
        let piece = try #require(last)
        #expect(piece.studies.map(\.header.patient) == patients)
        #expect(piece.studies.map { $0.instances.map(\.sopInstanceUID) } == [["0", "4"], ["1", "5"], ["2", "6"], ["3", "7"]])
    }
}

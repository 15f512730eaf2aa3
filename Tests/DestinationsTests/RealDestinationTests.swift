import DICOM
import DICOMNetwork
import Destinations
import Foundation
import Migration
import Testing

/// One suite for every PACS that behaves: sent, listed, read back.
@Suite struct RealDestinationTests {
    enum Peer: String, CaseIterable {
        case orthanc, dcmqrscp, pynetdicom

        /// Whether the test must stop it; the one on pynetdicom serves all tests.
        var ownsProcess: Bool { self != .pynetdicom }

        /// dcmqrscp 3.6.7 loses index records when two associations store at once: acknowledged, and never listed.
        var associations: Int { self == .dcmqrscp ? 1 : 2 }

        func start() async throws -> PACS {
            switch self {
            case .orthanc: try await PACS.orthanc()
            case .dcmqrscp: try await PACS.dcmqrscp()
            case .pynetdicom: try await PACS.nasty()
            }
        }
    }

    @Test("A study that was sent is listed, verified and read back equal", arguments: Peer.allCases)
    func wholeWay(peer: Peer) async throws {
        let pacs = try await peer.start()
        defer { if peer.ownsProcess { pacs.stop() } }
        let folder = try ServerProcess.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let destination = try pacs.destination()
        let objects = TestObject.study(6, study: "1.2.826.0.1.1")
        let series = Set(objects.map(\.series)).sorted()
        #expect(try await destination.presence(ofStudy: objects[0].study, series: series).isEmpty)
        #expect(try await destination.whereabouts(ofStudy: objects[0].study, series: series).isNothing)

        let sent = try objects[..<5].map { try $0.outgoing() }
        let verdicts = try await destination.send(sent, associations: peer.associations)
        #expect(verdicts == Array(repeating: .acknowledged(warning: ""), count: 5))

        let report = try await destination.verify(ExpectedStudy(objects))
        #expect(report.verified == objects[..<5].map(\.instance))
        #expect(report.missing == [objects[5].instance])
        let presence = try await destination.presence(ofStudy: objects[0].study, series: series)
        #expect(presence == Set(objects[..<5].map(\.instance)))
        let there = try await destination.whereabouts(ofStudy: objects[0].study, series: series)
        #expect(!there.isNothing)
        #expect(Set(there.rows.map(\.patient.patientID.trimmed)) == [ExpectedStudy(objects).patientID.trimmed])
        #expect(there.report(on: ExpectedStudy(objects)).verified == report.verified)
        for object in sent {
            #expect(try await destination.readBack(object, into: folder.path) == .equal)
        }
    }

    @Test("What is under another patient, of another accession number, or beyond, is told apart", arguments: Peer.allCases)
    func intention(peer: Peer) async throws {
        let pacs = try await peer.start()
        defer { if peer.ownsProcess { pacs.stop() } }
        let destination = try pacs.destination()
        let objects = TestObject.study(3, study: "1.2.826.0.1.2")
        _ = try await destination.send(try objects.map { try $0.outgoing() })

        var expected = ExpectedStudy(Array(objects[..<2]))
        let instances = objects[..<2].map(\.instance)
        let right = try await destination.verify(expected)
        #expect(right.verified == instances && right.beyond == [objects[2].instance])
        expected.accessionNumber = "A2"
        #expect(try await destination.verify(expected).wrongAccession == instances)
        expected.patientID = "P2"
        #expect(try await destination.verify(expected).underOtherPatient == instances)
        expected.instances[0].seriesInstanceUID = objects[1].series
        #expect(try await destination.verify(expected).wrongSeries == [objects[0].instance])
    }

    @Test("Orthanc keeps the old object under a UID and answers Success: reading back finds it out")
    func keptOldObject() async throws {
        let pacs = try await PACS.orthanc()
        defer { pacs.stop() }
        let destination = try pacs.destination()
        let old = TestObject()
        var new = old
        new.pixels[0] = 99
        #expect(try await destination.send([try old.outgoing()]) == [.acknowledged(warning: "")])
        #expect(try await destination.send([try new.outgoing()]) == [.acknowledged(warning: "")])
        #expect(try await destination.verify(ExpectedStudy([new])).isComplete)
        #expect(try await destination.readBack(try new.outgoing(), into: pacs.folder.path) == .different([.pixelData]))
        #expect(try FileManager.default.contentsOfDirectory(atPath: pacs.folder.path).allSatisfy { !$0.hasSuffix(".readback") })
    }

    @Test("What the destination does not accept is not-accepted; the other instances go")
    func notAccepted() async throws {
        let pacs = try await PACS.nasty()
        var foreign = try TestObject().outgoing()
        foreign.transferSyntaxUID = "1.2.840.10008.1.2.4.70"
        let verdicts = try await pacs.destination().send([foreign, try TestObject().outgoing()])
        guard case .failed(.notAccepted, let detail) = verdicts[0] else {
            Issue.record("\(verdicts[0])")
            return
        }
        #expect(detail.contains("1.2.840.10008.1.2.4.70"))
        #expect(verdicts[1] == .acknowledged(warning: ""))
    }

    @Test("A file that cannot be read costs itself only")
    func unreadableFile() async throws {
        let pacs = try await PACS.nasty()
        let folder = try ServerProcess.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appendingPathComponent("object")
        let bytes = try TestObject().bytes()
        try Data(bytes).write(to: file)
        var short = try TestObject().outgoing()
        short.content = try FileContent(path: file.path, range: 0..<Int64(bytes.count + 1_000))
        let objects = [short] + (try TestObject.study(3, study: "1.2.826.0.1.3").map { try $0.outgoing() })
        let verdicts = try await pacs.destination().send(objects)
        guard case .failed(.unreadable, _) = verdicts[0] else {
            Issue.record("\(verdicts[0])")
            return
        }
        #expect(verdicts.dropFirst().allSatisfy { $0 == .acknowledged(warning: "") })
    }

    @Test("After mayStart says no, what was not begun gets no verdict")
    func stopping() async throws {
        let pacs = try await PACS.nasty()
        let verdicts = Verdicts()
        let objects = try TestObject.study(4, study: "1.2.826.0.1.4").map { try $0.outgoing() }
        try await pacs.destination().store(
            objects, associations: 1, mayStart: { await verdicts.all.isEmpty }, report: { await verdicts.add($0, $1) })
        #expect(await verdicts.all == [0: [.acknowledged(warning: "")]])
    }
}

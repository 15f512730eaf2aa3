import DICOMNetwork
import Destinations
import Foundation
import Migration
import Testing

/// Runs the body while a port of our own answers.
func withReturnPort<Result: Sendable>(
    patienceAfterFailure: Duration = ReturnPort.usualPatienceAfterFailure, _ body: (ReturnPort) async throws -> Result
) async throws -> Result {
    let port = try await ReturnPort.open(host: "127.0.0.1", port: 0, patienceAfterFailure: patienceAfterFailure)
    let serving = Task { try await port.serve() }
    let result: Result
    do {
        result = try await body(port)
    } catch {
        serving.cancel()
        throw error
    }
    serving.cancel()
    try await serving.value
    return result
}

/// What destinations bring to us by associations that they open: moved instances, and storage commitment's reports.
@Suite struct ReturnPortTests {
    enum Mover: String, CaseIterable {
        case orthanc, dcmqrscp

        func start(_ port: ReturnPort) async throws -> PACS {
            switch self {
            case .orthanc: try await PACS.orthanc(returningTo: port.port, offersGet: false)
            case .dcmqrscp: try await PACS.dcmqrscp(returningTo: port.port, ["--disable-get"])
            }
        }
    }

    /// Waits for what comes on another association; the bound is what a loaded machine may need.
    private static var patient: PollingBound {
        var bound = PollingBound()
        bound.total = .seconds(120)
        return bound
    }

    private static var impatient: PollingBound {
        var bound = PollingBound()
        bound.total = .milliseconds(300)
        return bound
    }

    @Test("Where a destination has no C-GET, an instance is read back by C-MOVE to our port", arguments: Mover.allCases)
    func readBackByMove(mover: Mover) async throws {
        try await withReturnPort { port in
            let pacs = try await mover.start(port)
            defer { pacs.stop() }
            let folder = try ServerProcess.temporaryFolder()
            defer { try? FileManager.default.removeItem(at: folder) }
            let object = TestObject(study: "1.2.826.0.7.1", series: "1.2.826.0.7.1.1", instance: "1.2.826.0.7.1.1.1")
            var changed = object
            changed.pixels[0] = 99
            let destination = try pacs.destination(polling: Self.patient, returnPort: port)
            #expect(try await destination.send([try object.outgoing()]) == [.acknowledged(warning: "")])
            #expect(try await destination.readBack(try object.outgoing(), into: folder.path) == .equal)
            #expect(try await destination.readBack(try changed.outgoing(), into: folder.path) == .different([.pixelData]))
            // Without the port nothing comes.
            let error = await #expect(throws: DestinationError.self) {
                try await pacs.destination().readBack(try object.outgoing(), into: folder.path)
            }
            #expect(error != nil)
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
        }
    }

    @Test("What nobody waits for is refused at our port")
    func unexpected() async throws {
        try await withReturnPort { port in
            let address = try ApplicationEntityAddress(calledAETitle: "SKEIN", host: "127.0.0.1", port: port.port, callingAETitle: "STRANGER")
            let verdicts = try await CStoreDestination(address: address).send([try TestObject().outgoing()])
            guard case .failed(.destinationRefused, let detail) = verdicts[0] else {
                Issue.record("\(verdicts[0])")
                return
            }
            #expect(detail.contains("0124"))
        }
    }

    @Test("Orthanc reports on its own association what it commits to, and what it does not have")
    func orthancCommits() async throws {
        try await withReturnPort { port in
            let pacs = try await PACS.orthanc(returningTo: port.port)
            defer { pacs.stop() }
            let objects = try TestObject.study(3, study: "1.2.826.0.7.2").map { try $0.outgoing() }
            let destination = try pacs.destination(polling: Self.patient, returnPort: port)
            _ = try await destination.send(Array(objects[..<2]))
            let outcome = try await destination.commit(objects)
            #expect(outcome.committed == Set(objects[..<2].map(\.sopInstanceUID)))
            #expect(outcome.refused == [objects[2].sopInstanceUID: "no such object instance (0112)"])
        }
    }

    @Test("A report comes on the association of the request; no port of ours is needed")
    func sameAssociation() async throws {
        let pacs = try await PACS.nasty()
        let objects = try TestObject.study(2, study: "1.2.826.0.7.3").map { try $0.outgoing() }
        let destination = try pacs.destination("SAME", polling: Self.patient)
        _ = try await destination.send([objects[0]])
        let outcome = try await destination.commit(objects)
        #expect(outcome.committed == [objects[0].sopInstanceUID])
        #expect(outcome.refused.keys.sorted() == [objects[1].sopInstanceUID])
    }

    @Test("A report that comes on another association ends the wait on the first one")
    func otherAssociation() async throws {
        let pacs = try await PACS.nasty()
        try await withReturnPort { port in
            let objects = try TestObject.study(2, study: "1.2.826.0.7.4").map { try $0.outgoing() }
            let destination = try pacs.destination("AT\(port.port)", polling: Self.patient, returnPort: port)
            _ = try await destination.send(objects)
            let began = ContinuousClock.now
            let outcome = try await destination.commit(objects)
            #expect(outcome.committed == Set(objects.map(\.sopInstanceUID)))
            #expect(ContinuousClock.now - began < Self.patient.total)
        }
    }

    @Test("A report on a part decides that part; none at all decides nothing")
    func partAndNone() async throws {
        let pacs = try await PACS.nasty()
        let objects = try TestObject.study(2, study: "1.2.826.0.7.5").map { try $0.outgoing() }
        let partly = try pacs.destination("PARTLY", polling: Self.impatient)
        _ = try await partly.send(objects)
        // Within 300 ms the report comes or not: either way nothing is said of the second instance.
        let outcome = try await partly.commit(objects)
        #expect(outcome.committed.isSubset(of: [objects[0].sopInstanceUID]) && outcome.refused.isEmpty)
        #expect(try await pacs.destination("NEVER", polling: Self.impatient).commit(objects) == CommitmentOutcome())
    }

    @Test("A destination that refuses the request, or knows no storage commitment, is told as such")
    func refused() async throws {
        let pacs = try await PACS.nasty()
        let objects = [try TestObject().outgoing()]
        let refusing = await #expect(throws: DestinationError.self) { try await pacs.destination("NOCOMMIT").commit(objects) }
        #expect(refusing?.category == .destinationRefused)
        #expect(refusing?.message.contains("0110") == true)
        let without = try await PACS.dcmqrscp()
        defer { without.stop() }
        let unable = await #expect(throws: DestinationError.self) { try await without.destination().commit(objects) }
        #expect(unable?.category == .notAccepted)
    }
}

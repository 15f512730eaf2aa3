import DICOMNetwork
import Destinations
import Foundation
import Migration
import Testing

/// What a PACS says is not believed: each fault by name, done by `nasty_pacs.py`.
@Suite struct NastyDestinationTests {
    private let objects = TestObject.study(4, study: "1.2.826.0.2.1")

    /// Sends the objects to the PACS of this name and gives its destination.
    private func sent(to pacs: PACS, _ fault: String, polling: PollingBound = .once) async throws -> (CStoreDestination, [InstanceVerdict]) {
        let destination = try pacs.destination(fault, polling: polling)
        return (destination, try await destination.send(try objects.map { try $0.outgoing() }))
    }

    @Test("Success for objects that were thrown away: acknowledged, and missing")
    func forgets() async throws {
        let pacs = try await PACS.nasty()
        let (destination, verdicts) = try await sent(to: pacs, "FORGETS")
        #expect(verdicts.allSatisfy { $0 == .acknowledged(warning: "") })
        #expect(try await destination.verify(ExpectedStudy(objects)).missing.count == 4)
    }

    @Test("Success for objects that came under another patient")
    func swaps() async throws {
        let pacs = try await PACS.nasty()
        let destination = try await sent(to: pacs, "SWAPS").0
        #expect(try await destination.verify(ExpectedStudy(objects)).underOtherPatient.count == 4)
    }

    @Test("A warning is an acknowledgement with its status")
    func coerces() async throws {
        let pacs = try await PACS.nasty()
        let verdicts = try await sent(to: pacs, "COERCES").1
        #expect(verdicts.allSatisfy { $0 == .acknowledged(warning: "warning B000") })
    }

    @Test("Out of resources is a category of its own, with the status")
    func full() async throws {
        let pacs = try await PACS.nasty()
        let verdicts = try await sent(to: pacs, "FULL").1
        #expect(verdicts.allSatisfy { $0 == .failed(.outOfResources, detail: "FULL answered C-STORE with status A700") })
    }

    @Test("An abort at each object ends after three associations, every object with a verdict")
    func aborts() async throws {
        let pacs = try await PACS.nasty()
        let verdicts = try await sent(to: pacs, "ABORTS").1
        for verdict in verdicts {
            guard case .failed(.destinationUnreachable, let detail) = verdict else {
                Issue.record("\(verdict)")
                continue
            }
            #expect(detail.contains("abort"))
        }
    }

    @Test("A name that the PACS does not know is association-rejected; nobody there is destination-unreachable")
    func unreachable() async throws {
        let pacs = try await PACS.nasty()
        let rejected = try await sent(to: pacs, "STRANGER").1
        for verdict in rejected {
            guard case .failed(.associationRejected, let detail) = verdict else {
                Issue.record("\(verdict)")
                continue
            }
            #expect(detail.contains("called AE title not recognized"))
        }
        let nowhere = try ApplicationEntityAddress(
            calledAETitle: "GOOD", host: "127.0.0.1", port: try ServerProcess.freePort(), callingAETitle: "SKEIN")
        let destination = CStoreDestination(address: nowhere)
        let verdicts = try await destination.send(try objects.map { try $0.outgoing() }, associations: 3)
        for verdict in verdicts {
            guard case .failed(.destinationUnreachable, _) = verdict else {
                Issue.record("\(verdict)")
                continue
            }
        }
        let error = await #expect(throws: DestinationError.self) { try await destination.verify(ExpectedStudy(objects)) }
        #expect(error?.category == .destinationUnreachable)
    }

    @Test("A study listed twice is one study")
    func twice() async throws {
        let pacs = try await PACS.nasty()
        let destination = try await sent(to: pacs, "TWICE").0
        #expect(try await destination.verify(ExpectedStudy(objects)).isComplete)
    }

    @Test("A listing that ends in a failure is an error, not a short answer")
    func breaks() async throws {
        let pacs = try await PACS.nasty()
        let destination = try await sent(to: pacs, "BREAKS").0
        let error = await #expect(throws: DestinationError.self) { try await destination.verify(ExpectedStudy(objects)) }
        #expect(error?.message.contains("C001") == true)
    }

    @Test("A listing cut after the first row: an error before the first send, missing instances after it")
    func cuts() async throws {
        let pacs = try await PACS.nasty()
        let destination = try await sent(to: pacs, "CUTS").0
        let error = await #expect(throws: DestinationError.self) {
            try await destination.presence(ofStudy: objects[0].study, series: objects.map(\.series))
        }
        #expect(error?.message.contains("counts 2 instances in a series and lists 1") == true)
        #expect(try await destination.verify(ExpectedStudy(objects)).missing.count == 2)
    }

    @Test("A destination that indexes late is asked again, and the study is verified")
    func late() async throws {
        var polling = PollingBound()
        polling.firstDelay = .milliseconds(1)
        let pacs = try await PACS.nasty()
        let destination = try await sent(to: pacs, "LATE", polling: polling).0
        #expect(try await destination.verify(ExpectedStudy(objects)).isComplete)
    }

    @Test("A copy that is longer than it can be is no copy, and does not fill the disk")
    func hugeGet() async throws {
        let pacs = try await PACS.nasty()
        let destination = try await sent(to: pacs, "HUGEGET").0
        let folder = try ServerProcess.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let error = await #expect(throws: DestinationError.self) {
            try await destination.readBack(try objects[0].outgoing(), into: folder.path)
        }
        #expect(error?.category == .verificationFailed)
        #expect(error?.message.contains("the most that a copy of ours can have") == true)
    }

    @Test("C-GET that says Success and sends nothing is an error")
    func emptyGet() async throws {
        let pacs = try await PACS.nasty()
        let destination = try await sent(to: pacs, "EMPTYGET").0
        let folder = try ServerProcess.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let error = await #expect(throws: DestinationError.self) {
            try await destination.readBack(try objects[0].outgoing(), into: folder.path)
        }
        #expect(error?.category == .verificationFailed)
    }
}

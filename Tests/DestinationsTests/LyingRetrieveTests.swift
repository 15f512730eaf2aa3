import DICOMNetwork
import Destinations
import Foundation
import Testing

/// What a PACS says of a retrieval is not believed: the instance came or it did not. Each lie by name, done by `nasty_pacs.py`.
@Suite(.timeLimit(.minutes(5))) struct LyingRetrieveTests {
    /// Sends an object to the PACS of this name and reads it back, by way of our port.
    private func readBack(_ fault: String, waiting total: Duration = .seconds(100)) async throws -> Comparison {
        var polling = PollingBound()
        polling.total = total
        // A machine that is busy with other tests may take longer than a PACS.
        return try await withReturnPort(patienceAfterFailure: total) { [polling] port in
            let folder = try ServerProcess.temporaryFolder()
            defer { try? FileManager.default.removeItem(at: folder) }
            let object = TestObject.study(1, study: "1.2.826.0.11.\(fault.utf8.reduce(0) { $0 * 31 % 65_521 + Int($1) })")[0]
            let destination = try await PACS.nasty().destination("\(fault)\(port.port)", polling: polling, returnPort: port)
            #expect(try await destination.send([try object.outgoing()]) == [.acknowledged(warning: "")])
            let result = try await destination.readBack(try object.outgoing(), into: folder.path)
            return result
        }
    }

    @Test("C-MOVE that says Success, with no sub-operations, before the object is sent")
    func later() async throws { #expect(try await readBack("MOVELATER") == .equal) }

    @Test("C-MOVE that says it failed before the object is sent")
    func fails() async throws { #expect(try await readBack("MOVEFAILS") == .equal) }

    @Test("C-GET whose instance comes without the role for it is followed by C-MOVE")
    func withoutRole() async throws { #expect(try await readBack("NOROLE") == .equal) }

    @Test("C-MOVE that says Success and sends nothing, or another SOP Instance UID, is an error", arguments: ["MOVENOTHING", "NEWUIDS"])
    func nothing(fault: String) async throws {
        let error = await #expect(throws: DestinationError.self) { try await readBack(fault, waiting: .milliseconds(500)) }
        #expect(error?.category == .verificationFailed)
        #expect(error?.message.contains("the instance did not come") == true, "\(String(describing: error))")
    }

    @Test("C-GET that brings another SOP Instance UID is an error")
    func otherUID() async throws {
        let folder = try ServerProcess.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let object = TestObject.study(1, study: "1.2.826.0.12.1")[0]
        let destination = try await PACS.nasty().destination("NEWUIDS")
        #expect(try await destination.send([try object.outgoing()]) == [.acknowledged(warning: "")])
        let error = await #expect(throws: DestinationError.self) { try await destination.readBack(try object.outgoing(), into: folder.path) }
        #expect(error?.category == .verificationFailed)
    }
}

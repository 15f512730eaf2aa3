import Foundation
import Logging
import Migration
import Synchronization
import Testing

@testable import Orders

@Suite("Messages that go out", .timeLimit(.minutes(2)))
struct MLLPClientTests {
    /// Our own port as the receiver: what comes in is answered as `refusal` says.
    private func serve(_ refusal: @escaping @Sendable (HospitalMessage) -> HL7Inlet.Refusal?) async throws -> MLLPServer {
        let inlet = HL7Inlet(HL7Conventions()) { message, whenDone in whenDone(refusal(message)) }
        return try await MLLPServer.start(
            MLLPSettings(port: 0), inlet: inlet, logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }))
    }

    private func exam(_ accession: String) -> Order {
        Order(patient: PatientIdentity(patientID: "P1", name: "KIM^MINSU==김^민수"), accessionNumber: accession, examDate: CalendarDate("20030310"), modality: "CT")
    }

    @Test("One connection takes message after message; a refusal is a reply like any other")
    func exchange() async throws {
        let heard = Mutex<[String]>([])
        let server = try await serve { message in
            guard case .order(let notice)? = message.notices.first else { return nil }
            heard.withLock { $0.append(notice.accessionNumber) }
            return notice.accessionNumber == "B" ? HL7Inlet.Refusal(.content, "not this one") : nil
        }
        let client = MLLPClient(host: "127.0.0.1", port: server.port, timeout: .seconds(30))
        let writer = try #require(HL7OrderWriter(HL7OrderConventions()))
        var meanings: [HL7Reply.Meaning] = []
        for accession in ["A", "B", "C"] {
            let message = try #require(writer.message(exam(accession), controlID: accession, madeAt: Instant(milliseconds: 0)))
            let reply: HL7Reply = try await client.exchange(message) { writer.reply($0).flatMap { $0.controlID == accession ? $0 : nil } }
            meanings.append(reply.meaning)
        }
        #expect(meanings == [.accepted, .error, .accepted])
        #expect(heard.withLock { $0 } == ["A", "B", "C"])
        #expect(server.connections.count == 1)
        await client.close()
        await server.stop()
    }

    @Test("No reply is an error in its time, and so is nobody who listens; a new connection is made after it")
    func failures() async throws {
        let server = try await serve { _ in nil }
        let writer = try #require(HL7OrderWriter(HL7OrderConventions()))
        let message = try #require(writer.message(exam("A"), controlID: "A", madeAt: Instant(milliseconds: 0)))
        let client = MLLPClient(host: "127.0.0.1", port: server.port, timeout: .seconds(1))
        // A reply to another message is none to this one.
        let late = await #expect(throws: MLLPError.self) {
            let _: HL7Reply = try await client.exchange(message) { writer.reply($0).flatMap { $0.controlID == "Z" ? $0 : nil } }
        }
        #expect(late?.message == "no reply within 1 s")
        let reply: HL7Reply = try await client.exchange(message, writer.reply)
        #expect(reply.meaning == .accepted)
        await client.close()
        await server.stop()
        let nobody = await #expect(throws: MLLPError.self) { let _: HL7Reply = try await client.exchange(message, writer.reply) }
        #expect(nobody?.message.contains("127.0.0.1:\(server.port)") == true)
    }
}

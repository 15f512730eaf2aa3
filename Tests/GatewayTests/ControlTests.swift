import Foundation
@testable import Gateway
import NIOPosix
import Testing

@Suite struct ControlTests {
    @Test func `a command reaches the worker and its answer the operator, over a socket for the owner alone`() async throws {
        let scratch = try Scratch()
        let server = try await ControlServer.start(at: scratch("c.sock"), on: MultiThreadedEventLoopGroup.singleton) { request, reply in
            #expect(request == .insert(label: "1999-CT-003", drive: "drive1"))
            reply(ControlReply(.refused, code: "label-unknown", message: "no such label"))
        }
        let mode = try FileManager.default.attributesOfItem(atPath: scratch("c.sock"))[.posixPermissions] as? Int
        #expect(mode == 0o600)
        let reply = try await ControlClient.ask(.insert(label: "1999-CT-003", drive: "drive1"), at: scratch("c.sock"))
        #expect(reply == ControlReply(.refused, code: "label-unknown", message: "no such label"))
        await server.close()
        await #expect(throws: GatewayError.self) { try await ControlClient.ask(.eject(drive: "drive1", isForced: false), at: scratch("c.sock")) }
    }

    @Test func `a socket's path beyond the system's limit is named with the limit`() async throws {
        let long = "/tmp/" + String(repeating: "x", count: 120)
        await #expect { try await ControlClient.ask(.eject(drive: "d", isForced: true), at: long) } throws: {
            ($0 as? GatewayError)?.message.contains("107") == true
        }
    }

    @Test func `commands are written as documented`() throws {
        let eject = Data(#"{"command":"eject","drive":"drive1"}"#.utf8)
        #expect(try JSONDecoder().decode(ControlRequest.self, from: eject) == .eject(drive: "drive1", isForced: false))
        let requests: [ControlRequest] = [.eject(drive: "a", isForced: true), .insert(label: "L", drive: "a")]
        for request in requests {
            #expect(try JSONDecoder().decode(ControlRequest.self, from: try JSONEncoder().encode(request)) == request)
        }
    }
}

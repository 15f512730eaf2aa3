import LineProtocol
import Migration
import NIOCore
import NIOPosix

/// One question and its answer over a connection of its own: what joining needs.
enum LineExchange {
    /// Connects, asks, closes.
    ///
    /// - Throws: ``GatewayError`` with `unreachable` when there is no verified coordinator or no answer in time; `line` when the answer is none.
    static func ask(
        _ request: Request, of address: LineAddress, _ security: LineConnection.Security, on group: any EventLoopGroup
    ) async throws -> Reply {
        let (events, continuation) = AsyncStream.makeStream(of: LineEvent.self)
        var connection: LineConnection?
        do {
            try await LineConnection.connect(to: address, security, on: group) { continuation.yield($0) }
        } catch {
            throw GatewayError(.unreachable, "nobody answers at \(address): \(error)")
        }
        let timeout = group.next().scheduleTask(in: .milliseconds(GatewayLimits.connectTimeout.milliseconds * 2)) { continuation.finish() }
        defer {
            timeout.cancel()
            connection?.close()
        }
        for await event in events {
            switch event {
            case .ready(let ready):
                connection = ready
                ready.say(try LineCodec().encode(request))
            case .line(let line): return try reply(line, to: request, address)
            case .refused(let refusal): throw GatewayError(.unreachable, "\(address): \(refusal.words)")
            case .closed(let reason): throw GatewayError(.unreachable, "\(address): \(reason)")
            }
        }
        throw GatewayError(.unreachable, "\(address) did not answer \(request.verb.rawValue) in time")
    }

    private static func reply(_ line: [UInt8], to request: Request, _ address: LineAddress) throws -> Reply {
        do throws(LineError) {
            return try LineCodec().decodeReply(line, to: request.verb)
        } catch {
            throw GatewayError(.line, "\(address) answered \(request.verb.rawValue) with no line of the protocol: \(error.message)")
        }
    }
}

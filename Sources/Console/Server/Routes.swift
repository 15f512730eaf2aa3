internal import Foundation
import HTTPTypes
import Hummingbird
import Ledger
import Logging
import NIOCore

/// Turns operations into routes of the HTTP API.
struct Routes: Sendable {
    let desk: Desk
    let logger: Logger

    /// Who asks, as the command line says; whoever may open the socket is trusted with it.
    private static var personField: HTTPField.Name? { HTTPField.Name("Skein-Operator") }
    /// Characters of a person's name that are kept.
    private static var personLength: Int { 64 }

    func add<Asked: ConsoleOperation>(_ operation: Asked.Type, to router: Router<BasicRequestContext>) {
        let path = RouterPath(Asked.path)
        if Asked.isReading {
            router.get(path) { request, context in
                await answer(request) { try request.uri.decodeQuery(as: Asked.self, context: context) }
            }
        } else {
            router.post(path) { request, _ in
                let body = try await request.body.collect(upTo: ConsoleServer.bodyLimit)
                return await answer(request) { try Asked(body: Array(body.readableBytesView)) }
            }
        }
    }

    private func answer<Asked: ConsoleOperation>(_ request: Request, _ read: () throws -> Asked) async -> Response {
        let operation: Asked
        do {
            operation = try read()
        } catch {
            return response(.badRequest, OperationError.badValue("the request is not what \(Asked.path) takes: \(error)"))
        }
        do {
            return response(.ok, try await operation.perform(at: desk.asked(by: person(of: request))))
        } catch let error as OperationError {
            return response(error.code == "unknown" ? .notFound : .unprocessableContent, error)
        } catch let error as LedgerError {
            // Asked again, what is beyond a limit is so again.
            return response(error.code == .limit ? .unprocessableContent : .serviceUnavailable, OperationError(code: error.code.rawValue, message: error.message))
        } catch {
            logger.error("an operation failed", metadata: ["path": "\(Asked.path)", "error": "\(error)"])
            return response(.internalServerError, OperationError(code: "internal", message: "the coordinator's own fault; its log has more"))
        }
    }

    private func person(of request: Request) -> String {
        let name = Self.personField.flatMap { request.headers[$0] } ?? "unknown"
        return String(name.filter { $0.isLetter || $0.isNumber || "-_.@".contains($0) }.prefix(Self.personLength))
    }

    private func response(_ status: HTTPResponse.Status, _ body: some Encodable) -> Response {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let data = (try? encoder.encode(body)) ?? Data("{}".utf8)
        return Response(
            status: status, headers: [.contentType: "application/json"], body: .init(byteBuffer: ByteBuffer(bytes: data)))
    }
}

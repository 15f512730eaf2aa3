import AsyncHTTPClient
import Console
import Foundation
import NIOCore
import Terminal

/// Carries out operations through the HTTP API at the coordinator's Unix socket.
struct SocketRunner: OperationRunner {
    let client: HTTPClient
    let socket: String
    let person: String

    /// Bytes of the largest reply: a page of a thousand rows.
    private static var replyLimit: Int { 64 << 20 }

    func run<Asked: ConsoleOperation>(_ operation: Asked) async throws -> Asked.Output {
        let response: HTTPClientResponse
        let body: ByteBuffer
        do {
            response = try await client.execute(request(for: operation), timeout: TimeAmount(Asked.timeLimit))
            body = try await response.body.collect(upTo: Self.replyLimit)
        } catch {
            throw CommandFailure(.unreachable, "the coordinator at \(socket) does not answer: \(error)")
        }
        let data = Data(body.readableBytesView)
        guard response.status == .ok else {
            let error = try? JSONDecoder().decode(OperationError.self, from: data)
            throw CommandFailure(.failed, error?.message ?? "the coordinator answered \(response.status)")
        }
        return try JSONDecoder().decode(Asked.Output.self, from: data)
    }

    private func request<Asked: ConsoleOperation>(for operation: Asked) throws -> HTTPClientRequest {
        let json = try operation.body()
        let query = Asked.isReading ? try Self.query(Data(json)) : ""
        guard let url = URL(httpURLWithSocketPath: socket, uri: Asked.path + query) else {
            throw CommandFailure(.unreachable, "\(socket) cannot be written as an address")
        }
        var request = HTTPClientRequest(url: url.absoluteString)
        request.headers.add(name: "Skein-Operator", value: person)
        if !Asked.isReading {
            request.method = .POST
            request.headers.add(name: "Content-Type", value: "application/json")
            request.body = .bytes(json)
        }
        return request
    }

    /// The values of a flat JSON object as a URL's query, in the order of their names.
    private static func query(_ json: Data) throws -> String {
        let object = try JSONSerialization.jsonObject(with: json) as? [String: Any] ?? [:]
        var components = URLComponents()
        components.queryItems = object.sorted { $0.key < $1.key }.map { URLQueryItem(name: $0.key, value: "\($0.value)") }
        // A plus sign means a space in form encoding.
        let query = components.percentEncodedQuery?.replacing("+", with: "%2B") ?? ""
        return query.isEmpty ? "" : "?" + query
    }
}

internal import Foundation
internal import JSONText
import Migration

/// Writes and reads the lines of the protocol: a verb, a space, a JSON object; the LF is the framing's.
public struct LineCodec: Sendable {
    /// A codec; it holds no state.
    public init() {}

    /// The bytes of `request`, without LF.
    public func encode(_ request: Request) throws -> [UInt8] {
        switch request {
        case .authority: line(request.verb.rawValue, Array("{}".utf8))
        case .enrol(let body): line(request.verb.rawValue, try json(body))
        case .hello(let body): line(request.verb.rawValue, try json(body))
        case .beat(let body): line(request.verb.rawValue, try json(body))
        case .medium(let body): line(request.verb.rawValue, try json(body))
        case .inventory(let body): line(request.verb.rawValue, try json(body))
        case .lease(let body): line(request.verb.rawValue, try json(body))
        case .result(let body): line(request.verb.rawValue, try json(body))
        case .renew(let body): line(request.verb.rawValue, try json(body))
        case .preview(let body): line(request.verb.rawValue, try json(body))
        case .members(let body): line(request.verb.rawValue, try json(body))
        }
    }

    /// Reads a worker's line, without LF.
    ///
    /// - Throws: ``LineError`` with `malformed-line`, `unknown-verb` or `bad-value`; the message names what is wrong and never repeats a value.
    public func decodeRequest(_ bytes: [UInt8]) throws(LineError) -> Request {
        let (word, body) = try split(bytes)
        guard let verb = Verb(rawValue: word) else {
            throw LineError(.unknownVerb, "no such verb; the verbs are \(Verb.allCases.map(\.rawValue).joined(separator: " "))")
        }
        switch verb {
        case .authority:
            _ = try decode(Empty.self, body, verb)
            return .authority
        case .enrol: return .enrol(try decode(EnrolRequest.self, body, verb))
        case .hello: return .hello(try decode(HelloRequest.self, body, verb))
        case .beat: return .beat(try decode(body, verb, plainly: BeatRequest.init))
        case .medium: return .medium(try decode(MediumRequest.self, body, verb))
        case .inventory: return .inventory(try decode(InventoryRequest.self, body, verb))
        case .lease: return .lease(try decode(body, verb, plainly: LeaseRequest.init))
        case .result: return .result(try decode(body, verb, plainly: ResultRequest.init))
        case .renew: return .renew(try decode(RenewRequest.self, body, verb))
        case .preview: return .preview(try decode(PreviewRequest.self, body, verb))
        case .members: return .members(try decode(MembersRequest.self, body, verb))
        }
    }

    /// The bytes of `reply`, without LF.
    public func encode(_ reply: Reply) throws -> [UInt8] {
        switch reply {
        case .authority(let body): line(Self.ok, try json(body))
        case .enrol(let body): line(Self.ok, try json(body))
        case .hello(let body): line(Self.ok, try json(body))
        case .beat(let body): okLine(Self.grantBytes * (body.live.count + body.stale.count) + Self.orderBytes * body.orders.count, body.write)
        case .medium(let body): line(Self.ok, try json(body))
        case .inventory(let body): line(Self.ok, try json(body))
        case .lease(let body): okLine(Self.leaseBytes * body.items.count, body.write)
        case .result(let body): okLine(Self.wordBytes * body.items.count, body.write)
        case .renew(let body): line(Self.ok, try json(body))
        case .preview(let body): line(Self.ok, try json(body))
        case .members(let body): line(Self.ok, try json(body))
        case .stale(let grant): line(Self.stale, try json(StaleBody(grant: grant)))
        case .error(let body): line(Self.error, try json(body))
        }
    }

    /// Reads the coordinator's reply to a request of `verb`, without LF.
    ///
    /// - Throws: ``LineError`` with `malformed-line` or `bad-value`. An `ERR` reply is returned, not thrown.
    public func decodeReply(_ bytes: [UInt8], to verb: Verb) throws(LineError) -> Reply {
        let (word, body) = try split(bytes)
        switch word {
        case Self.stale: return .stale(try decode(StaleBody.self, body, verb).grant)
        case Self.error: return .error(try decode(LineError.self, body, verb))
        case Self.ok: break
        default: throw LineError(.malformedLine, "a reply begins with OK, STALE or ERR")
        }
        return switch verb {
        case .authority: .authority(try decode(AuthorityReply.self, body, verb))
        case .enrol: .enrol(try decode(EnrolReply.self, body, verb))
        case .hello: .hello(try decode(HelloReply.self, body, verb))
        case .beat: .beat(try decode(BeatReply.self, body, verb))
        case .medium: .medium(try decode(MediumReply.self, body, verb))
        case .inventory: .inventory(try decode(InventoryReply.self, body, verb))
        case .lease: .lease(try decode(LeaseReply.self, body, verb))
        case .result: .result(try decode(ResultReply.self, body, verb))
        case .renew: .renew(try decode(RenewReply.self, body, verb))
        case .preview: .preview(try decode(PreviewReply.self, body, verb))
        case .members: .members(try decode(MembersReply.self, body, verb))
        }
    }

    private static var ok: String { "OK" }
    private static var stale: String { "STALE" }
    private static var error: String { "ERR" }
}

extension LineCodec {
    /// An object whose keys do not count.
    private struct Empty: Decodable {
        private enum Key: CodingKey {}

        init(from decoder: any Decoder) throws { _ = try decoder.container(keyedBy: Key.self) }
    }

    private struct StaleBody: Codable { var grant: GrantNumber }

    private func json(_ body: some Encodable) throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return Array(try encoder.encode(body))
    }

    /// What a lease, the word on a result, the number of a grant and an order usually take; a line grows where they take more.
    private static var leaseBytes: Int { 640 }
    private static var wordBytes: Int { 40 }
    private static var grantBytes: Int { 12 }
    private static var orderBytes: Int { 120 }

    private func okLine(_ usualBytes: Int, _ write: (inout JSONWriter) -> Void) -> [UInt8] {
        var line = JSONWriter(capacity: usualBytes + 64)
        line.plain("OK ")
        write(&line)
        return line.bytes
    }

    private func line(_ word: String, _ body: [UInt8]) -> [UInt8] { Array(word.utf8) + [UInt8(ascii: " ")] + body }

    private func split(_ bytes: [UInt8]) throws(LineError) -> (word: String, body: ArraySlice<UInt8>) {
        guard let space = bytes.firstIndex(of: UInt8(ascii: " ")) else {
            throw LineError(.malformedLine, "a line is a verb, a space and a JSON object; this one has no space")
        }
        return (String(decoding: bytes[..<space], as: UTF8.self), bytes[(space + 1)...])
    }

    private func decode<Body: Decodable>(
        _ type: Body.Type, _ bytes: ArraySlice<UInt8>, _ verb: Verb
    ) throws(LineError) -> Body {
        do {
            return try JSONDecoder().decode(type, from: Data(bytes))
        } catch let error as DecodingError {
            throw Self.lineError(error, verb, bytes)
        } catch {
            throw LineError(.malformedLine, "what follows \(verb.rawValue) is no JSON object")
        }
    }

    /// As above, by hand where the text is plain.
    private func decode<Body: Decodable>(
        _ bytes: ArraySlice<UInt8>, _ verb: Verb, plainly read: (JSONValue) -> Body?
    ) throws(LineError) -> Body {
        if let value = JSONReader.read(bytes), let body = read(value) { return body }
        return try decode(Body.self, bytes, verb)
    }

    private static func lineError(_ error: DecodingError, _ verb: Verb, _ body: ArraySlice<UInt8>) -> LineError {
        switch error {
        case .keyNotFound(let key, let context): .init(.badValue, "\(verb.rawValue): \(place(context, key)) is missing")
        case .typeMismatch(_, let context): .init(.badValue, "\(verb.rawValue): \(place(context)) is of the wrong kind")
        case .valueNotFound(_, let context): .init(.badValue, "\(verb.rawValue): \(place(context)) is null")
        // JSON that cannot be parsed comes without a place; so does, in good JSON, a number that no integer can hold.
        case .dataCorrupted(let context) where context.codingPath.isEmpty && !(context.underlyingError is ValueFault):
            isJSON(body)
                ? .init(.badValue, "\(verb.rawValue): a number is no whole number, or too great")
                : .init(.malformedLine, "what follows \(verb.rawValue) is no JSON object")
        case .dataCorrupted(let context):
            .init(.badValue, "\(verb.rawValue): \(place(context)): \(words(context))")
        @unknown default: .init(.malformedLine, "what follows \(verb.rawValue) cannot be read")
        }
    }

    private static func isJSON(_ bytes: ArraySlice<UInt8>) -> Bool {
        (try? JSONSerialization.jsonObject(with: Data(bytes), options: .fragmentsAllowed)) != nil
    }

    /// What is wrong, in our own words: those of `JSONDecoder` quote the value.
    private static func words(_ context: DecodingError.Context) -> String {
        (context.underlyingError as? ValueFault)?.message ?? "no value that it may have"
    }

    private static func place(_ context: DecodingError.Context, _ last: (any CodingKey)? = nil) -> String {
        let path = (context.codingPath + (last.map { [$0] } ?? [])).map { $0.intValue.map { "[\($0)]" } ?? $0.stringValue }
        return path.isEmpty ? "the object" : path.joined(separator: ".")
    }
}

internal import Foundation

/// One thing an operator can ask of a migration: written once, carried out by the running coordinator for the HTTP API, or in the command's
/// own process when none runs.
///
/// Its values are the request: the query of a `GET`, the JSON object of a `POST`.
public protocol ConsoleOperation: Codable, Sendable {
    /// What comes back, as JSON.
    associatedtype Output: Codable & Sendable

    /// The path of the HTTP API: `/v1/…`.
    static var path: String { get }
    /// Whether it changes nothing (`GET`), or may (`POST`).
    static var isReading: Bool { get }
    /// How long who asked waits for the answer.
    static var timeLimit: Duration { get }

    /// Its values as a JSON object, in UTF-8.
    func body() throws -> [UInt8]
    /// The operation whose values `body`, a JSON object, has.
    ///
    /// - Throws: Foundation's `DecodingError`.
    init(body: [UInt8]) throws

    /// Carries it out.
    ///
    /// - Throws: ``OperationError``, or what the ledger throws.
    func perform(at desk: Desk) async throws -> Output
}

extension ConsoleOperation {
    /// Entering a thousand orders on a slow disk takes no longer.
    public static var timeLimit: Duration { .seconds(60) }

    /// By Foundation's encoder.
    public func body() throws -> [UInt8] { Array(try JSONEncoder().encode(self)) }
    /// By Foundation's decoder, which throws `DecodingError`.
    public init(body: [UInt8]) throws { self = try JSONDecoder().decode(Self.self, from: Data(body)) }
}

/// The answer to an operation that only does something.
public struct Done: Codable, Hashable, Sendable {
    /// What was done, in words.
    public var text: String

    /// Done, with words about it.
    public init(text: String) { self.text = text }
}

/// Why an operation was refused.
public struct OperationError: Error, Codable, Hashable, Sendable, CustomStringConvertible {
    /// A stable code.
    public var code: String
    /// What was wrong, naming the thing, the place and the limit.
    public var message: String

    /// An error of `code`.
    public init(code: String, message: String) {
        self.code = code
        self.message = message
    }

    public var description: String { message }

    /// A value of the request is not one that it may have.
    public static func badValue(_ message: String) -> OperationError { OperationError(code: "bad-value", message: message) }
}

/// An operation that lists rows a page at a time.
public protocol ListOperation: ConsoleOperation where Output: ListPage {
    /// Continue after the row with this key; nil from the beginning.
    var after: Int64? { get set }
}

/// A page of a list.
public protocol ListPage: Codable, Sendable {
    /// What the list is made of.
    associatedtype Row: Codable & Sendable
    /// The rows.
    var rows: [Row] { get }
    /// The key to continue after; nil when the list is at its end.
    var next: Int64? { get }
}

internal import Coordination
public import Migration

/// Takes what a system of the hospital says, at most ``ImportOrders/limit`` notices at a time.
public struct TakeMessage: ConsoleOperation {
    public static let path = "/v1/messages"
    public static let isReading = false

    /// What it says.
    public var message: HospitalMessage

    /// The taking of `message`.
    public init(message: HospitalMessage) { self.message = message }

    public func perform(at desk: Desk) async throws -> ImportCount { ImportCount(try await desk.take(message)) }
}

internal import Coordination
public import Migration

/// Takes what a system of the hospital says, at most ``ImportOrders/limit`` notices at a time: as a whole or not at all, or, where it is an answer of a
/// worklist, all but the orders whose patient nobody can tell.
public struct TakeMessage: ConsoleOperation {
    public static let path = "/v1/messages"
    public static let isReading = false

    /// What became of it.
    public struct Output: Codable, Hashable, Sendable {
        /// The orders that are new or changed.
        public var count = ImportCount()
        /// Why orders of an answer were left out, each without patient data.
        public var refused: [String] = []

        /// Nothing yet.
        public init() {}
    }

    /// What it says.
    public var message: HospitalMessage

    /// The taking of `message`.
    public init(message: HospitalMessage) { self.message = message }

    public func perform(at desk: Desk) async throws -> Output {
        var asked = message
        asked.sender += ", asked by \(desk.person)"
        var output = Output()
        var parts = [asked]
        while let part = parts.popLast() {
            switch await Self.take(part, at: desk) {
            case .success(let count): output.count += count
            case .failure(let error):
                guard part.isAnswer, error.code == ActionError.Code.ambiguousPatient.rawValue else { throw error }
                if part.notices.count > 1 { parts += Self.halves(of: part) } else { output.refused.append(error.message) }
            }
        }
        return output
    }

    private static func take(_ message: HospitalMessage, at desk: Desk) async -> Result<ImportCount, OperationError> {
        do throws(OperationError) {
            let sentence = try await desk.take(message)
            return .success(ImportCount(sentence))
        } catch {
            return .failure(error)
        }
    }

    /// The second half of a message, then the first.
    private static func halves(of message: HospitalMessage) -> [HospitalMessage] {
        let middle = message.notices.count / 2
        return [message.notices[middle...], message.notices[..<middle]].map { half in
            HospitalMessage(sender: message.sender, saidAt: message.saidAt, isAnswer: message.isAnswer, notices: Array(half))
        }
    }
}

internal import Foundation
internal import Logging
internal import Migration
internal import NIOCore
internal import Synchronization

/// What every connection of senders needs.
final class MLLPService: Sendable {
    let idle: Interval
    /// Whether TLS is spoken.
    let isSecured: Bool
    /// Bytes of a message at most.
    let messageByteCount: Int
    let log: MLLPLog
    private let inlet: HL7Inlet
    /// What control IDs of replies begin with: the moment at which the port was opened.
    private let prefix: String
    private let replies = Atomic<UInt64>(0)

    init(_ settings: MLLPSettings, inlet: HL7Inlet, logger: Logger) {
        idle = settings.idle
        isSecured = settings.security != nil
        self.inlet = inlet
        messageByteCount = settings.messageByteCount
        log = MLLPLog(logger, now: .now())
        prefix = "S" + String(Self.now.milliseconds, radix: 36)
    }

    /// Hands a message on; `whenDone` is called once, on whatever thread.
    func receive(_ bytes: [UInt8], whenDone: @escaping @Sendable (HL7Inlet.Answer) -> Void) {
        inlet.receive(bytes, controlID: nextControlID(), at: Self.now, whenDone: whenDone)
    }

    /// The answer to a message that is too long.
    func refuse(_ beginning: [UInt8]) -> HL7Inlet.Answer { inlet.refuse(beginning, limit: messageByteCount, controlID: nextControlID(), at: Self.now) }

    /// At most 20 characters, as MSH-10 had before HL7 v2.7.
    private func nextControlID() -> String { prefix + "-" + String(replies.add(1, ordering: .relaxed).newValue, radix: 36) }

    private static var now: Instant { Instant(milliseconds: Int64(Date().timeIntervalSince1970 * 1000)) }
}

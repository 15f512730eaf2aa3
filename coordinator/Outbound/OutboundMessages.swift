import Coordination
import DICOMNetwork
import Ledger
import Orders
import Terminal

/// Orders as HL7 messages, one after the other: the next one when the one before was answered.
struct OutboundMessages: OutboundWay {
    private let client: MLLPClient
    private let writer: HL7OrderWriter

    var share: Int { 1 }

    /// - Throws: `CommandFailure` for a file that cannot be used.
    init(_ receiver: OutboundConfiguration.Receiver) throws(CommandFailure) {
        guard let writer = HL7OrderWriter(receiver.conventions) else {
            throw CommandFailure(.usage, "outbound.character-set: \(receiver.conventions.characterSet) cannot be written")
        }
        self.writer = writer
        do throws(NetworkError) {
            let security = try receiver.tls.map { (tls) throws(NetworkError) in
                try SecureTransport(authorityPath: tls.authority, certificatePath: tls.certificate, keyPath: tls.key)
            }
            client = MLLPClient(host: receiver.host, port: receiver.port, security: security, timeout: receiver.timeout)
        } catch {
            throw CommandFailure(.usage, "outbound: \(error.message)")
        }
    }

    func tell(_ orders: [OutboundRecord]) async -> OutboundReport {
        if let refusal = refusal(of: orders) { return refusal }
        guard let order = orders.first else { return .failed([], "no order") }
        guard let message = writer.message(order.order, controlID: order.controlID, madeAt: order.madeAt) else {
            return .unwritable(order.id, writer.conventions.characterSet)
        }
        let (writer, controlID) = (writer, order.controlID)
        do throws(MLLPError) {
            let reply: HL7Reply = try await client.exchange(message) { bytes in writer.reply(bytes).flatMap { $0.controlID == controlID ? $0 : nil } }
            switch reply.meaning {
            case .accepted: return .acknowledged([order.id], reply.summary)
            case .error, .rejected: return .refused(order.id, reply.summary, words: reply.words, isPassing: reply.meaning == .rejected)
            }
        } catch {
            return .failed([order.id], error.message)
        }
    }

    func close() async { await client.close() }
}

import Coordination
import Ledger
import LedgerSQLite
import LineServer
import Logging
import Migration
import ServiceLifecycle
import Terminal

/// Tells the PACS or RIS of the orders of unspecified exams, while the coordinator serves: one share after the other, in the order in which they were decided.
///
/// What is told was noted as under way before, and stays so until it is acknowledged: after whatever end of this process it is told again, the same.
struct OutboundFeed: Service {
    private let ledger: SQLiteLedger
    private let engine: EngineThread
    private let way: any OutboundWay
    private let logger: Logger

    /// How often it is looked for orders when there were none.
    private static var pause: Duration { .seconds(1) }
    /// After a failure it is waited for so long, twice as long after each further one, and no longer than the last.
    private static var delays: (first: Duration, last: Duration) { (.seconds(1), .seconds(60)) }

    /// Nil when the configuration tells nobody.
    ///
    /// - Throws: `CommandFailure` for a file or a folder that cannot be used.
    init?(_ configuration: CoordinatorConfiguration, _ office: Office, _ logger: Logger) throws(CommandFailure) {
        guard let outbound = configuration.outbound else { return nil }
        ledger = office.ledger
        engine = office.engine
        self.logger = logger
        switch outbound.way {
        case .hl7(let receiver): way = try OutboundMessages(receiver)
        case .csv(let folder): way = try OutboundFiles(folder: folder)
        }
    }

    func run() async throws {
        var delay = Self.delays.first
        // The same trouble is said once, not each minute for a night.
        var said: String?
        while !Task.isShuttingDownGracefully, !Task.isCancelled {
            let wait: Duration
            switch await cancelWhenGracefulShutdown({ await tellNext() }) {
            case .told:
                if said != nil { logger.notice("orders are acknowledged again") }
                (said, delay, wait) = (nil, Self.delays.first, .zero)
            case .nothing: (delay, wait) = (Self.delays.first, Self.pause)
            case .failed(let why):
                if why != said { logger.warning("orders are not acknowledged", metadata: ["fault": "\(why)"]) }
                (said, wait, delay) = (why, delay, min(delay * 2, Self.delays.last))
            }
            // Cut off by the end of the service alone.
            try? await cancelWhenGracefulShutdown { try await Task.sleep(for: wait) }
        }
        await way.close()
    }

    private enum Step {
        case told, nothing
        case failed(String)
    }

    /// Tells of the next orders. Those that were under way come first: the same ones together, as they were then.
    private func tellNext() async -> Step {
        do {
            var orders = try ledger.read { try $0.outbound(in: .sending, limit: OperatorAction.importLimit) }
            if orders.isEmpty {
                let waiting = try ledger.read { try $0.outbound(in: .waiting, limit: way.share) }
                guard !waiting.isEmpty else { return .nothing }
                guard case .done = await engine.answer(to: .outbound(.begun(waiting.map(\.id)))) else { return .nothing }
                // One may have been withdrawn meanwhile.
                orders = try ledger.read { try $0.outbound(in: .sending, limit: OperatorAction.importLimit) }
            }
            let share = Array(orders.prefix(way.share))
            guard !share.isEmpty else { return .nothing }
            let report = await way.tell(share)
            if Task.isCancelled { return .nothing }
            let answer = await engine.answer(to: .outbound(report))
            if case .failed(_, let why) = report { return .failed(why) }
            if case .refused(_, let what, _, isPassing: true) = report { return .failed(what) }
            guard case .done = answer else { return .failed("what came of an order cannot be recorded") }
            return .told
        } catch {
            return .failed("the ledger cannot be read: \(error)")
        }
    }
}

/// A way to tell of orders.
protocol OutboundWay: Sendable {
    /// How many are told at once.
    var share: Int { get }
    /// Tells of `orders`, which are noted as under way.
    func tell(_ orders: [OutboundRecord]) async -> OutboundReport
    /// Nothing more is told.
    func close() async
}

extension OutboundWay {
    /// An order that names no patient is nobody's: a person is to look at it.
    func refusal(of orders: [OutboundRecord]) -> OutboundReport? {
        orders.first { $0.order.patient.patientID.isBlank }.map {
            .refused($0.id, "it has no patient ID", words: "", isPassing: false)
        }
    }
}

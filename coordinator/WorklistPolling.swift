import Console
import Foundation
import Logging
import Migration
import Orders
import ServiceLifecycle

/// Asks the modality worklist for orders from time to time, while the coordinator serves.
struct WorklistPolling: Service {
    private let worklist: Worklist
    private let days: ClosedRange<Int>
    private let every: Interval
    private let desk: Desk
    private let logger: Logger

    /// Nil when the configuration does not ask for it.
    init?(_ configuration: WorklistConfiguration?, desk: Desk, logger: Logger) throws {
        guard let configuration, let every = configuration.every else { return nil }
        worklist = try configuration.worklist()
        days = configuration.days
        self.every = every
        self.desk = desk
        self.logger = logger
    }

    func run() async throws {
        // The same trouble is said once, not every few minutes for a night.
        var said: String?
        // When another service failed it is cancelled, and not asked to end.
        while !Task.isShuttingDownGracefully, !Task.isCancelled {
            let trouble = await cancelWhenGracefulShutdown { await ask() }
            if let trouble, trouble != said { logger.warning("the worklist gave no orders", metadata: ["fault": "\(trouble)"]) }
            if trouble == nil, said != nil { logger.notice("the worklist gives orders again") }
            said = trouble
            // Cut off by the end of the service alone.
            try? await cancelWhenGracefulShutdown { try await Task.sleep(for: .milliseconds(every.milliseconds)) }
        }
    }

    /// Asks once; what went wrong, without patient data.
    private func ask() async -> String? {
        do {
            let answer = try await worklist.ask(dates: Self.day(days.lowerBound)...Self.day(days.upperBound), patientID: nil, batch: ImportOrders.limit)
            var total = ImportCount()
            var faults = answer.faults
            for message in answer.messages {
                let taken = try await TakeMessage(message: message).perform(at: desk)
                total += taken.count
                faults += taken.refused
            }
            if total.imported + total.updated > 0 {
                logger.info("orders came by worklist", metadata: ["added": "\(total.imported)", "updated": "\(total.updated)"])
            }
            return faults.first.map { "\(faults.count) answers are no orders, the first: \($0)" }
        } catch {
            return "\(error)"
        }
    }

    /// The day so many after today, by this machine's time zone, as DA.
    private static func day(_ distance: Int) -> String {
        let calendar = Calendar(identifier: .gregorian)
        let day = calendar.date(byAdding: .day, value: distance, to: Date()) ?? Date()
        let parts = calendar.dateComponents([.year, .month, .day], from: day)
        let number = (parts.year ?? 0) * 10_000 + (parts.month ?? 0) * 100 + (parts.day ?? 0)
        return CalendarDate(String(number))?.description ?? ""
    }
}

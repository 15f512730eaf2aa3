import Console
import LineServer
import Logging
import ServiceLifecycle

/// Has previews of held studies made before anybody asks, and removes those that are not needed any more, while the coordinator serves.
struct PreviewKeeping: Service {
    private let office: Office
    private let logger: Logger

    /// From one step to the next: a beat of the usual term, as workers hear of new wishes no more often.
    private static var pause: Duration { .seconds(10) }

    init(_ office: Office, _ logger: Logger) {
        self.office = office
        self.logger = logger
    }

    func run() async throws {
        while !Task.isShuttingDownGracefully {
            // Cut off by the end of the service alone.
            try? await cancelWhenGracefulShutdown { try await Task.sleep(for: Self.pause) }
            if Task.isShuttingDownGracefully || Task.isCancelled { return }
            do {
                let now = SystemClock.reading()
                try await office.previews.keep(among: office.engine.live.previewWorkers(at: now), at: now)
            } catch {
                logger.warning("previews cannot be looked after", metadata: ["fault": "\(error)"])
            }
        }
    }
}

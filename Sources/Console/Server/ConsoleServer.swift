internal import Foundation
public import Hummingbird
public import Logging
internal import NIOCore

/// The operators' HTTP API on a Unix socket in the coordinator's folder: who may open the socket may do everything.
public struct ConsoleServer: Sendable {
    private let desk: Desk
    private let socket: String
    private let logger: Logger

    /// Bytes of a request's body: `OperatorAction.importLimit` orders of a few kilobytes each.
    static var bodyLimit: Int { 16 << 20 }
    /// Bytes of a Unix socket's path with its NUL (sun_path, unix(7)).
    public static var socketPathLimit: Int { 108 }

    /// A server of `desk` at the path `socket`.
    public init(desk: Desk, socket: String, logger: Logger) {
        self.desk = desk
        self.socket = socket
        self.logger = logger
    }

    /// The server as a service that ends gracefully.
    ///
    /// - Parameter onRunning: called when the socket accepts connections.
    public func application(onRunning: @escaping @Sendable () async -> Void) -> some ApplicationProtocol {
        // A coordinator that was killed leaves its socket behind; whoever holds the ledger's lock may take its place.
        try? FileManager.default.removeItem(atPath: socket)
        var quiet = logger
        quiet.logLevel = max(logger.logLevel, .warning)
        let path = socket
        return Application(
            router: router(), configuration: .init(address: .unixDomainSocket(path: path), serverName: "skein"),
            onServerRunning: { _ in
                try? FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
                await onRunning()
            }, logger: quiet)
    }

    private func router() -> Router<BasicRequestContext> {
        let router = Router()
        let routes = Routes(desk: desk, logger: logger)
        routes.add(InviteWorker.self, to: router)
        routes.add(ListWorkers.self, to: router)
        routes.add(ChangeWorker.self, to: router)
        routes.add(ShowAuthority.self, to: router)
        routes.add(ChangeAuthority.self, to: router)
        routes.add(ListMedia.self, to: router)
        routes.add(ImportMedia.self, to: router)
        routes.add(ExcludeMedium.self, to: router)
        routes.add(ImportOrders.self, to: router)
        routes.add(AnnounceOrderImport.self, to: router)
        routes.add(ImportPatients.self, to: router)
        routes.add(ImportLegacyStudies.self, to: router)
        routes.add(SimulateMatching.self, to: router)
        routes.add(LearnVocabulary.self, to: router)
        routes.add(ListSimulatedMatches.self, to: router)
        routes.add(TakeMessage.self, to: router)
        routes.add(ListStudies.self, to: router)
        routes.add(SettleStudy.self, to: router)
        routes.add(ListPreviews.self, to: router)
        routes.add(FetchPreview.self, to: router)
        routes.add(ListWorklist.self, to: router)
        routes.add(ShowWorklistItem.self, to: router)
        routes.add(ListStudyHistory.self, to: router)
        routes.add(ListRequests.self, to: router)
        routes.add(MakeRequest.self, to: router)
        routes.add(CancelRequest.self, to: router)
        routes.add(ListFilms.self, to: router)
        routes.add(SettleFilm.self, to: router)
        routes.add(ListExceptions.self, to: router)
        routes.add(ListUnreadableFiles.self, to: router)
        routes.add(ListCorrections.self, to: router)
        routes.add(ListOutbound.self, to: router)
        routes.add(CloseOutbound.self, to: router)
        routes.add(SettleCorrection.self, to: router)
        routes.add(ShowStatus.self, to: router)
        return router
    }
}

import LineProtocol
public import Migration

/// The worker's end of a lease: what it holds, until when it may send, what it owes the coordinator, and what it asks for next.
///
/// A value without clock, socket or disk: each event is handed in with its instant, and each answer is a list of things to do
/// (docs/laws.md, law 3). Results are kept until the coordinator has taken them, and said again identically.
public struct Holder: Sendable {
    let configuration: HoldingConfiguration
    var link = Link.down
    var outstanding: [Outstanding] = []
    var media: [HeldMedium] = []
    var parts: [HeldPart] = []
    var results: [WaitingResult] = []
    var custodyCount = 0
    var nextBeat = Instant(milliseconds: 0)
    var nextLease = Instant(milliseconds: 0)
    /// Nothing that needs the ledger is said before this instant.
    var quietUntil = Instant(milliseconds: 0)
    var isDrained = false
    var isDiskFull = false
    /// Whether the coordinator wants a new certificate to be asked for.
    var isRenewalOwed = false
    /// What is still to be said of a preview, one line at a time: nothing else waits for pictures.
    var preview: [PreviewRequest] = []
    var isPreviewSaid = false
    /// Whether previews were ordered over this connection.
    var arePreviewsOrdered = false
    var idleSince: Instant?
    var stopDeadline: Instant?
    var isOver = false
    var actions: [HoldingAction] = []
    /// The latest instant seen: time never goes back.
    private var latest = Instant(milliseconds: 0)

    /// A holder that holds nothing and is not connected.
    public init(configuration: HoldingConfiguration) { self.configuration = configuration }

    /// Takes in one event and answers what to do now.
    public mutating func handle(_ event: HoldingEvent, now: Instant) -> [HoldingAction] {
        guard !isOver else { return [] }
        latest = max(latest, now)
        apply(event, now: latest)
        if !isOver { advance(now: latest) }
        defer { actions = [] }
        return actions
    }

    /// Whether the coordinator is connected and has greeted.
    public var isConnected: Bool {
        if case .up = link { true } else { false }
    }

    /// The version of the protocol that is spoken; nil while the coordinator has not greeted.
    public var version: Int? {
        if case .up(let hello) = link { hello.version } else { nil }
    }

    /// The grants of the media that are being read.
    public var readingGrants: [GrantNumber] { media.compactMap(\.grant) }

    /// How many parts are under work.
    public var partCount: Int { parts.count }

    private mutating func apply(_ event: HoldingEvent, now: Instant) {
        switch event {
        case .connected: connected(now: now)
        case .disconnected: disconnected()
        case .replied(let reply): replied(reply, now: now)
        case .mediumPresented(let request): present(request)
        case .mediumWithdrawn(let drive): withdraw(drive: drive)
        case .piecesWritten(let grant, let count): updateInventory(of: grant) { $0.written = max($0.written, count) }
        case .inventoryComplete(let grant, let pieces): completeInventory(of: grant, pieces: pieces)
        case .inventoryRestored(let grant, let pieces):
            media.append(HeldMedium(request: nil, stage: .reading(Inventory(grant: grant, written: pieces, total: pieces))))
        case .readingFailed(let grant, let sentence): abandon(grant, sentence)
        case .partEnded(let item): endPart(item)
        case .custodyChanged(let count): custodyCount = count
        case .diskFull(let isFull): isDiskFull = isFull
        case .previewMade(let lines): if isConnected { preview = lines }
        case .tick: break
        case .stopRequested: stop(now: now)
        }
    }

    /// Says and does whatever is due.
    private mutating func advance(now: Instant) {
        if let oldest = outstanding.first, now.since(oldest.at) >= HoldingConfiguration.replyTimeout {
            actions.append(.reconnect)
            disconnected()
        }
        if case .up(let hello) = link {
            beatIfDue(hello, now: now)
            renewIfOwed(now: now)
            if now >= quietUntil {
                sayResults(now: now)
                sayMedia(now: now)
                askForParts(now: now)
                sayPreview(now: now)
            }
        }
        endIfDone(now: now)
    }

    mutating func say(_ saying: Saying, now: Instant) {
        outstanding.append(Outstanding(saying: saying, at: now))
        actions.append(.say(saying))
    }

    /// Whether one more line may be said ahead of the replies (docs/protocol.md, "Pipelining").
    var mayPipeline: Bool { outstanding.count < LineLimits.pipelinedRequests }
}

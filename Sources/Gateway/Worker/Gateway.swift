public import Holding
import LineProtocol
public import Logging
import DICOMNetwork
import Destinations
import Media
import Migration
import NIOCore
import NIOPosix
import Trust

/// The worker: reads media, stages, sends, verifies, and tells the coordinator, as its ``Holding/Holder`` says.
///
/// One loop takes all events in the order of their arrival; reading and sending go on in tasks of their own, at the same time.
public actor Gateway {
    let configuration: GatewayConfiguration
    /// The identity in its certificate.
    let enrolment: String
    let logger: Logger
    let spool: Spool
    let journal: Journal
    let threads: NIOThreadPool
    let group = MultiThreadedEventLoopGroup.singleton
    let clock = SteadyClock()
    let link: LineLink
    let online = OnlineMedia()
    /// TLS to destinations.
    let security: SecureTransport
    /// Writes what a destination does not take as it is.
    let transcoder: PixelTranscoder
    /// Makes previews of what is in custody.
    let previewMaker: PreviewMaker
    /// Where destinations reach this worker, while it runs.
    var returnPort: ReturnPort?
    /// Destinations of which it was told that they are reached in the clear.
    var plainDestinations: Set<ApplicationEntityAddress> = []
    var holder: Holder
    var bays: [DriveBay]
    /// Verbs of the lines that wait for their replies.
    var awaited: [Verb] = []
    /// Who waits for the replies to `MEMBERS` among them, in the order of the lines.
    var membersAwaited: [CheckedContinuation<MembersReply, any Error>] = []
    var parts: [GrantNumber: PartWork] = [:]
    var readings: [GrantNumber: Task<Void, Never>] = [:]
    /// Grants whose staged files are to be forgotten when their reading has ended.
    var dropped: Set<GrantNumber> = []
    /// Studies that are being copied into the holding store, in the order in which they were asked for.
    var evictions: [StagedStudy] = []
    /// The previews that are to be made, in the order in which they were asked for; the first is being made or said.
    var previewJobs: [PreviewJob] = []
    var previewWork: Task<Void, Never>?
    /// Why the holding store took nothing at the last try.
    var holdingStoreFault: String?
    /// Whether it is being tried whether the spool's disk has room again.
    var isProbingDisk = false
    /// Whether it was said that the spool's disk is full.
    var isDiskFullSaid = false
    /// What was said of the coordinator's being away.
    var outageLog = OutageLog()
    var sent = (items: 0, bytes: Int64(0))
    /// Which identity is shown, and which one is there beside it.
    var credentials: Credentials
    /// The key that a new certificate is asked for, until the coordinator has answered.
    var renewal: Renewal?
    /// The last change of the identity's files that was begun.
    var identityWork: Task<Void, Never>?
    /// Why the worker cannot go on, whatever the coordinator says.
    var fault: GatewayError?
    private var untold: [HoldingEvent] = []
    private var ending: Ending?
    private let events: AsyncStream<GatewayEvent>
    private let inbox: AsyncStream<GatewayEvent>.Continuation

    /// The program and its version, as `HELLO` says them.
    public static var program: String { "skein-worker 0.1.0" }
    /// The name under which the identity folder holds the worker's key and certificate.
    public static var identityName: String { "worker" }

    /// A worker that is not running yet: its spool is open, its journal read.
    ///
    /// - Throws: ``GatewayError`` or `TrustError`, naming the file or value that is wrong.
    public init(_ configuration: GatewayConfiguration, logger: Logger) throws {
        self.configuration = configuration
        self.logger = logger
        credentials = try Credentials.load(from: configuration.identityFolder, named: Self.identityName)
        guard case .worker(_, let enrolment) = try credentials.known.role() else {
            throw GatewayError(.configuration, "the certificate in \(configuration.identityFolder) is no worker's; an invitation gives one")
        }
        self.enrolment = enrolment.uuid
        security = try Self.security(configuration.destinationSecurity)
        transcoder = PixelTranscoder(folder: configuration.spoolPath, program: configuration.codecProgram)
        spool = try Spool(at: configuration.spoolPath, limit: configuration.spoolLimit, holdingStore: configuration.holdingStore)
        previewMaker = PreviewMaker(spool: spool, online: online, program: configuration.codecProgram)
        // One for each drive and part, one for the journal, one for the holding store.
        threads = NIOThreadPool(numberOfThreads: configuration.drives.count + configuration.online.count + configuration.parts + 2)
        threads.start()
        journal = try Journal(at: "\(configuration.spoolPath)/journal", custody: spool.custody, threads: threads)
        holder = Holder(configuration: HoldingConfiguration(parts: configuration.parts))
        bays = configuration.drives.map { DriveBay(name: $0.name, path: $0.path, isOnline: false, rules: $0.rules) }
        bays += configuration.online.map { DriveBay(name: $0.label, path: $0.path, isOnline: true, rules: $0.rules) }
        // Bounded by what feeds it: replies by the pipeline, ticks by the clock, the rest by drives, parts and operators.
        let (events, inbox) = AsyncStream.makeStream(of: GatewayEvent.self)
        self.events = events
        self.inbox = inbox
        link = LineLink(to: configuration.coordinator, as: credentials.shown, on: group) { inbox.yield(.line($0)) }
    }

    /// Works until it is drained, stopped or refused.
    ///
    /// - Throws: ``GatewayError`` with `certificate` when its certificate has expired.
    /// - Parameter report: told every second how the worker stands.
    public func run(report: @escaping @Sendable (GatewaySummary) -> Void) async throws -> Ending {
        let control = try await ControlServer.start(at: configuration.controlPath, on: group) { [inbox] request, reply in
            inbox.yield(.control(request, reply: reply))
        }
        let answering = try await openReturnPort()
        let ticks = group.next().scheduleRepeatedTask(initialDelay: .seconds(1), delay: .seconds(1)) { [inbox] _ in inbox.yield(.tick) }
        begin()
        for await event in events {
            take(event)
            if case .tick = event { report(summary) }
            if ending != nil || fault != nil { break }
        }
        ticks.cancel()
        link.close()
        await control.close()
        await finishWork()
        answering?.cancel()
        await answering?.value
        if let fault { throw fault }
        return ending ?? .stopped
    }

    /// Lets the worker end: instances under way are finished, results said.
    public nonisolated func stop() { inbox.yield(.holding(.stopRequested)) }

    nonisolated func post(_ event: GatewayEvent) { inbox.yield(event) }

    private func begin() {
        tell(.custodyChanged(count: spool.custody.count))
        for (grant, pieces) in spool.unclosed { tell(.inventoryRestored(grant, pieces: pieces)) }
        let known = Set(spool.labels)
        for bay in bays where bay.isOnline && !known.contains(bay.name) { open(bay.name, label: bay.name) }
        link.open()
    }

    private func finishWork() async {
        for reading in readings.values { reading.cancel() }
        for part in parts.values {
            part.fence.stop()
            part.task.cancel()
        }
        forgetAwaited()
        for part in parts.values { await part.task.value }
        for reading in readings.values { await reading.value }
        previewWork?.cancel()
        await previewWork?.value
        await identityWork?.value
        try? await threads.shutdownGracefully()
    }

    private func take(_ event: GatewayEvent) {
        switch event {
        case .line(let event): take(event)
        case .holding(let event): tell(event)
        case .control(let request, let reply): obey(request, reply)
        case .opened(let drive, let label, let result): opened(drive, label, result)
        case .readAgain(let drive, let grant, let fingerprint): readAgain(drive, grant, fingerprint)
        case .readingEnded(let grant, let result): readingEnded(grant, result)
        case .copiedAside(let study, let fault): copiedAside(study, fault)
        case .diskProbed(let hasRoom): diskProbed(hasRoom)
        case .renewed(let result): renewed(result)
        case .previewMade(let job, let lines): previewMade(job, lines)
        case .tick:
            watchDisk()
            tell(.tick)
            giveUpWaiting()
            presentAgain()
        }
    }

    /// Hands one event to the holder and does what it answers.
    ///
    /// What comes of an action is told after all of its event's actions are done: lines go out in the order in which the holder knows them.
    func tell(_ event: HoldingEvent) {
        untold.append(event)
        guard untold.count == 1 else { return }
        while let next = untold.first {
            for action in holder.handle(next, now: clock.now) { perform(action) }
            untold.removeFirst()
        }
    }

    private func perform(_ action: HoldingAction) {
        switch action {
        case .say(let saying): say(saying)
        case .reconnect:
            forgetAwaited()
            link.reconnect()
        case .read(let drive, let grant): read(drive, grant)
        case .refuseMedium(let drive, let sentence): refuse(drive, sentence)
        case .dropMedium(let grant): drop(grant)
        case .enterCustody(let grant): enterCustody(grant)
        case .startPart(let item, let until): start(item, until)
        case .extendPart(let grant, let until): parts[grant]?.fence.extend(until: until)
        case .stopPart(let grant): parts[grant]?.fence.stop()
        case .resultTaken(let grant, let isStale): resultTaken(grant, isStale)
        case .erase(let grant, let study): erase(study, grant)
        case .evict(let grant, let study): evict(StagedStudy(mediumGrant: grant, studyInstanceUID: study))
        case .makePreviews(let grant, let study, let instances): makePreviews(instances, of: StagedStudy(mediumGrant: grant, studyInstanceUID: study))
        case .previewAnswered(let isWanted): previewAnswered(isWanted)
        case .dropPreviews: previewJobs = []
        case .takeCertificate(let reply): take(reply)
        case .end(let ending): self.ending = ending
        }
    }
}

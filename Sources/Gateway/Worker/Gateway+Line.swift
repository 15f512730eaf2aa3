import Holding
import LineProtocol
import Logging
import Migration

extension Gateway {
    func take(_ event: LineEvent) {
        switch event {
        case .ready:
            logger.log(level: outageLog.connected() ? .info : .debug, "connected to the coordinator at \(configuration.coordinator)")
            forgetAwaited()
            tell(.connected)
        case .refused(let refusal): refused(refusal)
        case .closed(let reason):
            logger.log(level: outageLog.closed(reason) ? .warning : .debug, "not connected to the coordinator: \(reason)")
            forgetAwaited()
            tell(.disconnected)
        case .line(let line):
            outageLog.heard()
            // A line that nothing waits for belongs to a conversation that was given up.
            guard !awaited.isEmpty else { return }
            let verb = awaited.removeFirst()
            if verb == .members { return takeMembers(line) }
            do throws(LineError) {
                let reply = try LineCodec().decodeReply(line, to: verb)
                if case .hello = reply { accepted() }
                if case .error(let error) = reply {
                    logger.warning("the coordinator refused \(verb.rawValue): \(error.code.rawValue), \(error.message)")
                    if isMended(error) { return }
                }
                if case .hello(let hello) = reply, !takeStaging(hello) { return }
                tell(.replied(reply))
            } catch {
                logger.warning("the coordinator's reply to \(verb.rawValue) is no line of the protocol: \(error.message)")
                giveUpLine()
            }
        }
    }

    /// Takes the rule for staging and the key of the spool.
    ///
    /// - Returns: false when it cannot go on; where something is lost the coordinator was told another custody than there is, and `HELLO` is said anew.
    private func takeStaging(_ hello: HelloReply) -> Bool {
        guard let staging = hello.staging else {
            do throws(GatewayError) { try spool.stageInTheClear(as: enrolment) } catch { fault = error }
            return fault == nil
        }
        let unlocking = spool.unlock(staging, of: enrolment)
        for (grant, pieces) in unlocking.unclosed { tell(.inventoryRestored(grant, pieces: pieces)) }
        for (grant, label, reason) in unlocking.lost {
            logger.error("what was staged of \(label) under grant \(grant) is lost and erased: \(reason); the disc is asked for again")
        }
        guard unlocking.lost.isEmpty else {
            tell(.custodyChanged(count: spool.custody.count))
            giveUpLine()
            return false
        }
        return true
    }

    func giveUpLine() {
        forgetAwaited()
        link.reconnect()
        tell(.disconnected)
    }

    func say(_ saying: Saying) {
        do {
            let (verb, line) = try compose(saying)
            awaited.append(verb)
            link.say(line)
        } catch {
            logger.error("a line to the coordinator cannot be made: \(error)")
            giveUpLine()
            switch saying {
            case .piece(let grant, _), .inventoryEnd(let grant):
                tell(.readingFailed(grant, Sentence("reading-failed", [.text(reason(of: error))])))
            case .hello, .beat, .medium, .abandon, .lease, .result, .renew, .preview: break
            }
        }
    }

    private func compose(_ saying: Saying) throws -> (Verb, [UInt8]) {
        switch saying {
        case .piece(let grant, let number): return (.inventory, try spool.line(of: grant, number))
        case .inventoryEnd(let grant): return (.inventory, try spool.endLine(of: grant))
        case .hello(let reading): return try encoded(.hello(greeting(reading)))
        case .beat(let grants): return try encoded(.beat(beat(grants)))
        case .medium(let request): return try encoded(.medium(request))
        case .abandon(let grant, let sentence):
            return try encoded(.inventory(InventoryRequest(grant: grant, matter: .abandoned(sentence))))
        case .lease(let count): return try encoded(.lease(LeaseRequest(count: count)))
        case .result(let items): return try encoded(.result(ResultRequest(items: items)))
        case .renew: return try encoded(.renew(renewalRequest()))
        case .preview(let line): return try encoded(.preview(line))
        }
    }

    private func encoded(_ request: Request) throws -> (Verb, [UInt8]) { (request.verb, try LineCodec().encode(request)) }

    private func greeting(_ reading: [GrantNumber]) -> HelloRequest {
        HelloRequest(
            versions: LineLimits.protocolVersions, program: Self.program, spool: spool.identity,
            custody: Set(spool.custody + reading).sorted(), hasHoldingStore: spool.holdingStore != nil)
    }

    private func beat(_ grants: [GrantNumber]) -> BeatRequest {
        BeatRequest(
            grants: grants.map(progress), drives: bays.map(\.status), spoolBytes: spool.byteCount, spoolLimit: configuration.spoolLimit,
            paused: paused)
    }

    private func progress(of grant: GrantNumber) -> GrantProgress {
        let part = parts[grant]?.progress
        let counter = part ?? bays.lazy.compactMap { bay in
            if case .reading(grant, let counter, _) = bay.state { counter } else { nil }
        }.first
        let now = counter?.now
        // What an older coordinator does not know it is not told.
        let done = holder.version ?? 0 >= LineLimits.renewingVersion ? part?.resumePoint : nil
        return GrantProgress(grant: grant, items: now?.items ?? 0, bytes: now?.bytes ?? 0, done: done)
    }

    /// What the worker waits for, the gravest first.
    private var paused: Sentence? {
        if spool.gauge.isDiskFull { return Sentence(.diskFull, [.text(configuration.spoolPath)]) }
        guard spool.gauge.isPaused else { return nil }
        if let holdingStoreFault { return Sentence(.holdingStoreFailed, [.text(holdingStoreFault)]) }
        return Sentence(.spoolFull, [.bytes(configuration.spoolLimit)])
    }

    var summary: GatewaySummary {
        let running = parts.values.map(\.progress.now)
        return GatewaySummary(
            isConnected: holder.isConnected, drives: bays.map(Self.summary), parts: holder.partCount,
            instancesSent: running.reduce(sent.items) { $0 + $1.items }, bytesSent: running.reduce(sent.bytes) { $0 + $1.bytes },
            spoolBytes: spool.byteCount, spoolLimit: configuration.spoolLimit, isPaused: spool.gauge.isPaused)
    }

    private static func summary(_ bay: DriveBay) -> GatewaySummary.Drive {
        var drive = GatewaySummary.Drive(
            name: bay.name, label: bay.label, state: bay.status.state, filesRead: 0, fileCount: 0, bytesRead: 0)
        if case .reading(_, let counter, let fileCount) = bay.state {
            let now = counter.now
            (drive.filesRead, drive.bytesRead, drive.fileCount) = (now.items, now.bytes, fileCount)
        }
        return drive
    }
}

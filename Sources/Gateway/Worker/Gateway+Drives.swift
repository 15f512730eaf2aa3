import Holding
import LineProtocol
import Logging
import Media
import Migration

extension Gateway {
    private func place(of drive: String) -> Int? { bays.firstIndex { $0.name == drive } }

    // MARK: Operators

    func obey(_ request: ControlRequest, _ reply: @escaping @Sendable (ControlReply) -> Void) {
        switch request {
        case .insert(let label, let drive): insert(label, drive, reply)
        case .eject(let drive, let isForced): reply(eject(drive, isForced: isForced))
        }
    }

    private func insert(_ label: String, _ drive: String, _ reply: @escaping @Sendable (ControlReply) -> Void) {
        guard let place = place(of: drive), !bays[place].isOnline else { return reply(unknown(drive)) }
        guard !label.isEmpty, label.count <= LineLimits.labelLength else {
            return reply(ControlReply(.refused, code: "bad-label", message: "a label has 1 to \(LineLimits.labelLength) characters"))
        }
        switch bays[place].state {
        case .opening, .asked, .reading:
            return reply(ControlReply(.refused, code: "drive-busy", message: "\(drive) is busy with \(bays[place].label ?? ""); eject that first"))
        case .empty, .done, .refused: break
        }
        tell(.mediumWithdrawn(drive: drive))
        bays[place].waiters.append(reply)
        open(drive, label: label)
    }

    private func unknown(_ drive: String) -> ControlReply {
        let names = bays.filter { !$0.isOnline }.map(\.name)
        let known = names.isEmpty ? "the configuration has no drive" : "the drives are \(names.joined(separator: ", "))"
        return ControlReply(.refused, code: "drive-unknown", message: "there is no drive \(drive); \(known)")
    }

    private func eject(_ drive: String, isForced: Bool) -> ControlReply {
        guard let place = place(of: drive), !bays[place].isOnline else { return unknown(drive) }
        let label = bays[place].label ?? ""
        if case .reading(let grant, _, _) = bays[place].state, readings[grant] != nil, !isForced {
            return ControlReply(
                .refused, code: "being-read", message: "\(label) is being read in \(drive); --force gives the reading up, and the disc is asked for again")
        }
        bays[place].tell(.refused, Sentence("ejected"), "\(label) was ejected before the coordinator decided")
        bays[place].state = .empty
        bays[place].label = nil
        tell(.mediumWithdrawn(drive: drive))
        return ControlReply(.done, code: "ejected", message: label.isEmpty ? "\(drive) is empty" : "\(label) may be taken out of \(drive)")
    }

    /// Operators do not wait for ever for a coordinator that is away; the medium stays presented.
    func giveUpWaiting() {
        for place in bays.indices {
            guard case .asked = bays[place].state, let askedAt = bays[place].askedAt,
                clock.now.since(askedAt) >= GatewayLimits.decisionTimeout
            else { continue }
            bays[place].tell(
                .unreachable, Sentence("coordinator-away"),
                "the coordinator at \(configuration.coordinator) does not answer; \(bays[place].label ?? "") is presented as soon as it does")
        }
    }

    // MARK: Presenting

    /// Nobody inserts again what stays reachable.
    func presentAgain() {
        for bay in bays where bay.isDueAgain(at: clock.now) {
            tell(.mediumWithdrawn(drive: bay.name))
            open(bay.name, label: bay.name)
        }
    }

    /// Opens what is in a drive, and presents it to the coordinator.
    func open(_ drive: String, label: String) {
        guard let place = place(of: drive) else { return }
        bays[place].label = label
        bays[place].state = .opening
        let path = bays[place].path
        Task {
            let result: Result<any Medium, any Error>
            do {
                result = .success(try await threads.runIfActive { try openMedium(at: path) })
            } catch {
                result = .failure(error)
            }
            post(.opened(drive: drive, label: label, result))
        }
    }

    func opened(_ drive: String, _ label: String, _ result: Result<any Medium, any Error>) {
        guard let place = place(of: drive), case .opening = bays[place].state, bays[place].label == label else { return }
        switch result {
        case .failure(let error): refuse(drive, Sentence("medium-unreadable", [.label(label), .text(reason(of: error))]))
        case .success(let medium):
            bays[place].state = .asked(medium)
            bays[place].askedAt = clock.now
            tell(
                .mediumPresented(
                    MediumRequest(
                        drive: drive, label: label, fingerprint: medium.fingerprint.hexadecimal, volumeIdentifier: medium.volumeIdentifier,
                        byteCount: medium.files.reduce(0) { $0 + $1.byteCount }, fileCount: medium.files.count,
                        isOnline: bays[place].isOnline)))
        }
    }

    func refuse(_ drive: String, _ sentence: Sentence) {
        guard let place = place(of: drive) else { return }
        let label = bays[place].label ?? ""
        logger.notice("\(drive): \(label) is not read: \(sentence.text())")
        bays[place].state = .refused(sentence)
        bays[place].tell(.refused, sentence, "\(label) is not read: \(sentence.text())")
    }

    // MARK: Reading

    func read(_ drive: String, _ grant: GrantNumber) {
        guard let place = place(of: drive), case .asked(let medium) = bays[place].state, let label = bays[place].label else {
            return tell(.readingFailed(grant, Sentence("ejected-while-reading")))
        }
        let bay = bays[place]
        let source = MediumSource(
            label: label, path: bay.path, fingerprint: medium.fingerprint.hexadecimal, isOnline: bay.isOnline,
            assumedText: bay.rules.characterSet.map { .init($0) })
        let progress = ProgressCounter()
        do {
            let folder = try spool.begin(grant, source)
            let reader = DiscReader(
                medium: medium, grant: grant, isOnline: bay.isOnline, rules: bay.rules, folder: folder, spool: spool, threads: threads, progress: progress
            ) { [self] count in post(.holding(.piecesWritten(grant, count: count))) }
            bays[place].state = .reading(grant, progress, fileCount: medium.files.count)
            logger.info("\(drive): reading \(label), \(medium.files.count) files, grant \(grant)")
            bays[place].tell(.done, Sentence("reading"), "\(label) is being read in \(drive)")
            readings[grant] = Task {
                do {
                    post(.readingEnded(grant, .success(try await reader.read())))
                } catch {
                    post(.readingEnded(grant, .failure(error)))
                }
            }
        } catch let error as GatewayError where error.code == .diskFull {
            spool.gauge.noteDiskFull()
            group.next().scheduleTask(in: .seconds(1)) { [self] in post(.readAgain(drive: drive, grant, fingerprint: source.fingerprint)) }
        } catch {
            tell(.readingFailed(grant, Sentence("reading-failed", [.text(reason(of: error))])))
            refuse(drive, Sentence("reading-failed", [.text(reason(of: error))]))
        }
    }

    /// Begins a reading that the full disk held up, if the same disc is still there.
    func readAgain(_ drive: String, _ grant: GrantNumber, _ fingerprint: String) {
        guard let place = place(of: drive), case .asked(let medium) = bays[place].state, medium.fingerprint.hexadecimal == fingerprint else {
            return tell(.readingFailed(grant, Sentence(.ejectedWhileReading)))
        }
        read(drive, grant)
    }

    func readingEnded(_ grant: GrantNumber, _ result: Result<Int, any Error>) {
        readings[grant] = nil
        if dropped.remove(grant) != nil { return forget(grant) }
        switch result {
        case .success(let pieces):
            tell(.inventoryComplete(grant, pieces: pieces))
            tell(.custodyChanged(count: spool.custody.count))
        case .failure(let error):
            let isFull = (error as? GatewayError)?.code == .spoolFull
            let sentence = isFull
                ? Sentence("spool-too-small", [.bytes(configuration.spoolLimit)]) : Sentence("reading-failed", [.text(reason(of: error))])
            if let bay = bays.first(where: { $0.grant == grant }) { refuse(bay.name, sentence) }
            tell(.readingFailed(grant, sentence))
        }
    }

    func drop(_ grant: GrantNumber) {
        if let bay = bays.first(where: { $0.grant == grant }) { refuse(bay.name, Sentence("reading-withdrawn", [.label(bay.label ?? "")])) }
        guard let reading = readings[grant] else { return forget(grant) }
        dropped.insert(grant)
        reading.cancel()
    }

    private func forget(_ grant: GrantNumber) {
        do {
            try spool.drop(grant)
        } catch {
            logger.error("what was staged under grant \(grant) cannot be removed: \(error)")
        }
        tell(.custodyChanged(count: spool.custody.count))
    }

    func enterCustody(_ grant: GrantNumber) {
        do {
            try spool.close(grant)
        } catch {
            logger.error("the spool cannot note that the inventory of grant \(grant) is closed: \(error)")
        }
        if let place = bays.firstIndex(where: { $0.grant == grant }) {
            logger.info("\(bays[place].name): \(bays[place].label ?? "") is read")
            bays[place].state = .done
        }
        tell(.custodyChanged(count: spool.custody.count))
    }
}

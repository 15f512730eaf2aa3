import LineProtocol
import Migration

/// Sends one leased part and proves its arrival, step by step as the real shell does: asks what is there, sends what is not, reads back what was
/// there before, then asks again.
final class Sender {
    let item: LeaseItem
    private unowned let gateway: Gateway
    private let instances: [InstanceRecord]
    private let key: SendKey
    private var sendUntil: Instant
    private var isStopped = false
    private(set) var isOver = false
    private var verdicts: [Int: VerdictGroup.Verdict] = [:]
    /// Positions that are at the destination by its own word.
    private(set) var arrived: Set<Int> = []
    private var readBack: Set<Int> = []
    /// Positions that are still to be sent, in their order.
    private var waiting: ArraySlice<Int> = []
    private var underWay = 0
    private(set) var isSending = false
    /// Sends at the same time: as many as the lease allows, where it says so.
    private let associations: Int

    init(_ item: LeaseItem, _ until: Instant, _ gateway: Gateway) {
        self.item = item
        self.gateway = gateway
        sendUntil = until
        key = SendKey(item)
        associations = min(gateway.plan.associations, item.associationLimit ?? gateway.plan.associations)
        instances = gateway.spool[item.mediumGrant]?.instances(of: item.studyInstanceUID) ?? []
    }

    private var world: World { gateway.world }
    private var mutant: Mutant? { world.mutant }

    // MARK: The lease

    func extend(_ until: Instant) {
        sendUntil = max(sendUntil, until)
        goOn()
    }

    func stop() {
        isStopped = true
        goOn()
    }

    /// Whether a send may start now; nil: not yet, the term is over and may be confirmed again.
    private var mayStart: Bool? {
        if isStopped { return false }
        if gateway.isDiskFull { return false }
        return gateway.now < sendUntil || mutant == .deadlineIgnored ? true : nil
    }

    /// A send that waited for a new term may go on, or is not to be waited for any more.
    private func goOn() {
        if isSending { sendNext() }
    }

    // MARK: Steps

    func begin() {
        after { [unowned self] in
            guard gateway.spool[item.mediumGrant] != nil else { return fail(item.instances.positions, .worker) }
            guard checkFiles() else { return finish() }
            askPresence()
        }
    }

    private func after(_ deed: @escaping () -> Void) { gateway.after(world.latency) { [self] in if !isOver { deed() } } }

    private func fail(_ positions: [Int], _ category: ExceptionCategory) {
        for position in positions where verdicts[position] == nil { verdicts[position] = .failed(category) }
        finish()
    }

    /// Whether anything can be sent: files that are erased, and text that cannot be written, have their verdicts here.
    private func checkFiles() -> Bool {
        let isErased = gateway.spool[item.mediumGrant]?.erased.contains(item.studyInstanceUID) ?? true
        let isUnwritable = world.isUnwritable(item)
        for position in item.instances.positions {
            if isErased || !instances.indices.contains(position) {
                verdicts[position] = .failed(.unreadable)
            } else if isUnwritable {
                verdicts[position] = .failed(.characterSet)
            }
        }
        return !undecided.isEmpty
    }

    private var undecided: [Int] { item.instances.positions.filter { verdicts[$0] == nil } }

    private func askPresence() {
        guard !isStopped else { return finish() }
        ask { [unowned self] in
            let present = Set(instances.map(\.sopInstanceUID).filter { world.pacs.objects[$0] != nil })
            guard !gateway.isDiskFull else { return finish() }
            let history = gateway.spool.journal[key] ?? SendHistory()
            if history.presence == nil { gateway.spool.journal[key, default: SendHistory()].presence = present }
            var toSend: [Int] = []
            for position in undecided {
                if history.acknowledged.contains(position) {
                    arrived.insert(position)
                } else if !present.contains(instances[position].sopInstanceUID) || !settle(position, history) {
                    toSend.append(position)
                }
            }
            waiting = toSend[...]
            isSending = true
            sendNext()
        }
    }

    /// A question to the destination: its answer comes a while later, if it gives one.
    private func ask(_ body: @escaping () -> Void) {
        after { [unowned self] in
            if let absence = world.pacs.absence { return fail(undecided, absence) }
            after(body)
        }
    }

    /// What was there before this send counts after it was read back and equals ours. False: it is to be sent.
    private func settle(_ position: Int, _ history: SendHistory) -> Bool {
        let instance = instances[position]
        let isOurs = history.presence.map { !$0.contains(instance.sopInstanceUID) } ?? false
        if mutant == .presenceBelieved || world.pacs.objects[instance.sopInstanceUID].map(isEqual(instance)) == true {
            arrived.insert(position)
            readBack.insert(position)
        } else {
            verdicts[position] = .failed(isOurs ? .verificationFailed : .presentBefore)
        }
        return true
    }

    private func isEqual(_ instance: InstanceRecord) -> (StoredObject) -> Bool {
        { [item] object in
            object.content == instance.contentDigest && object.patientID == item.expected.patientID.reveal()
                && object.accessionNumber == item.expected.accessionNumber
        }
    }

    // MARK: Sending

    private func sendNext() {
        guard isSending else { return }
        while underWay < associations, let position = waiting.first {
            switch mayStart {
            case nil: return
            case false?: waiting = []
            case true?:
                waiting = waiting.dropFirst()
                underWay += 1
                store(position)
            }
        }
        guard waiting.isEmpty, underWay == 0 else { return }
        isSending = false
        verify()
    }

    /// One C-STORE: the object arrives, or not, whatever becomes of this process meanwhile; only the answer needs it.
    private func store(_ position: Int) {
        let instance = instances[position]
        world.checkStart(of: item, by: gateway)
        let object = StoredObject(
            content: instance.contentDigest, patientID: item.expected.patientID.reveal(), accessionNumber: item.expected.accessionNumber,
            study: item.studyInstanceUID, series: instance.seriesInstanceUID)
        let delay = world.storeDelay
        let incarnation = gateway.incarnation
        world.associationOpens()
        world.at(world.now + delay) { [self, world] in
            world.associationCloses()
            let answer = world.deliver(object, as: instance.sopInstanceUID)
            guard incarnation == gateway.incarnation else { return }
            gateway.after(world.latency) { [self] in stored(position, answer) }
        }
    }

    private func stored(_ position: Int, _ answer: ExceptionCategory?) {
        guard !isOver else { return }
        underWay -= 1
        if let answer {
            verdicts[position] = .failed(answer)
        } else if !gateway.isDiskFull {
            gateway.spool.journal[key, default: SendHistory()].acknowledged.insert(position)
            arrived.insert(position)
        }
        sendNext()
    }

    // MARK: Proof

    private func verify() {
        guard !arrived.isEmpty else { return finish() }
        guard item.level != .acknowledged, mutant != .successBelieved else {
            for position in arrived { verdicts[position] = readBack.contains(position) || item.level == .listed ? .verified : .acknowledged }
            return finish()
        }
        guard !isStopped else { return finish() }
        ask { [unowned self] in
            for position in arrived.sorted() { verdicts[position] = listed(position) }
            finish()
        }
    }

    private func listed(_ position: Int) -> VerdictGroup.Verdict {
        guard let object = world.pacs.objects[instances[position].sopInstanceUID] else {
            gateway.spool.journal[key]?.acknowledged.remove(position)
            return .failed(.verificationFailed)
        }
        let isRight = object.patientID == item.expected.patientID.reveal() && object.accessionNumber == item.expected.accessionNumber
        return isRight ? .verified : .failed(.verificationFailed)
    }

    private func finish() {
        guard !isOver else { return }
        isOver = true
        var groups: [VerdictGroup] = []
        for position in verdicts.keys.sorted() {
            guard let verdict = verdicts[position] else { continue }
            if let place = groups.firstIndex(where: { $0.verdict == verdict }) {
                groups[place].instances = groups[place].instances.union(InstanceRanges([position]))
            } else {
                groups.append(VerdictGroup(instances: InstanceRanges([position]), verdict: verdict))
            }
        }
        gateway.tell(.partEnded(ResultItem(grant: item.grant, verdicts: groups)))
    }
}

import Destinations
import DICOMNetwork
import Holding
import LineProtocol
import Logging
import Migration

extension Gateway {
    func start(_ item: LeaseItem, _ until: Instant) {
        let fence = SendFence(until: until, clock: clock)
        let progress = ProgressCounter()
        let destination: CStoreDestination
        var associations = configuration.associations
        do {
            let address = try ApplicationEntityAddress(parsing: item.destination)
            destination = try self.destination(at: address)
            associations = min(associations, address.associations ?? associations)
        } catch {
            let verdict = VerdictGroup(instances: item.instances, verdict: .failed(.worker), detail: reason(of: error))
            return post(.holding(.partEnded(ResultItem(grant: item.grant, verdicts: [verdict]))))
        }
        let sender = PartSender(
            item: item, members: { try await self.members(of: item.grant) }, spool: spool, journal: journal, online: online, destination: destination,
            associations: associations, fence: fence, threads: threads, progress: progress,
            reencodes: configuration.reencodes)
        parts[item.grant] = PartWork.begin(item, fence, progress, after: Array(parts.values)) {
            self.post(.holding(.partEnded(await sender.run())))
        }
        logger.debug("sending \(item.instances.count) instances, grant \(item.grant)")
    }

    func resultTaken(_ grant: GrantNumber, _ isStale: Bool) {
        if isStale { logger.notice("the result of grant \(grant) is stale: the coordinator verifies the study again") }
        guard let part = parts.removeValue(forKey: grant) else { return }
        let now = part.progress.now
        sent = (sent.items + now.items, sent.bytes + now.bytes)
    }

    func erase(_ study: String, _ grant: GrantNumber) {
        do {
            if spool.isLocked(grant) {
                logger.notice("what another enrolment staged under grant \(grant) is in nobody's custody any more and cannot be read: it is erased")
                try spool.drop(grant)
            }
            try spool.erase(study, under: grant)
        } catch {
            logger.error("staged files of grant \(grant) cannot be erased: \(error)")
        }
        tell(.custodyChanged(count: spool.custody.count))
    }
}

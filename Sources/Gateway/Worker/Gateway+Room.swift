import Holding
import Logging
import Migration

/// A study that was read under a medium's grant.
struct StagedStudy: Hashable, Sendable {
    let mediumGrant: GrantNumber
    let studyInstanceUID: String
}

/// Making room: held studies leave the spool, and a full disk is waited for.
extension Gateway {
    // MARK: The holding store

    /// Begins to move a held study into the holding store, one at a time.
    func evict(_ study: StagedStudy) {
        guard !evictions.contains(study) else { return }
        evictions.append(study)
        if evictions.count == 1 { copyNext() }
    }

    private func copyNext() {
        guard let study = evictions.first else { return }
        Task {
            do {
                try await threads.runIfActive { [spool] in try spool.copyAside(study.studyInstanceUID, under: study.mediumGrant) }
                post(.copiedAside(study, fault: nil))
            } catch let error as SourceChanged {
                // That is the study's own trouble, which its next lease tells; the store has none.
                logger.error("a study stays in the spool: \(error.reason)")
                post(.copiedAside(nil, fault: nil))
            } catch {
                post(.copiedAside(study, fault: reason(of: error)))
            }
        }
    }

    /// The copies are durable. A study that was leased meanwhile stays in the spool, from where it is being sent.
    func copiedAside(_ study: StagedStudy?, _ fault: String?) {
        evictions.removeFirst()
        if fault != nil, fault != holdingStoreFault { logger.error("the holding store takes nothing: \(fault ?? "")") }
        holdingStoreFault = fault
        if fault == nil, let study { finishEviction(of: study) }
        // What cannot be written now is asked for again by the coordinator while the spool is full.
        if fault == nil { copyNext() } else { evictions = [] }
    }

    private func finishEviction(of study: StagedStudy) {
        let isUnderWork = parts.values.contains {
            $0.item.mediumGrant == study.mediumGrant && $0.item.studyInstanceUID == study.studyInstanceUID
        }
        do {
            if isUnderWork {
                try spool.dropCopies(of: study.studyInstanceUID, under: study.mediumGrant)
            } else {
                try spool.setAside(study.studyInstanceUID, under: study.mediumGrant)
            }
        } catch {
            logger.error("a study cannot leave the spool: \(error)")
        }
    }

    // MARK: The disk

    /// Tries a disk that was full, and tells the holder how it is.
    func watchDisk() {
        tell(.diskFull(spool.gauge.isJournalFull))
        guard spool.gauge.isDiskFull, !isProbingDisk else { return }
        isProbingDisk = true
        if !isDiskFullSaid { logger.warning("the disk of the spool is full; work goes on when it has room") }
        isDiskFullSaid = true
        Task {
            let hasRoom = try? await threads.runIfActive { [spool] in spool.hasRoomOnDisk() }
            post(.diskProbed(hasRoom: hasRoom ?? false))
        }
    }

    func diskProbed(_ hasRoom: Bool) {
        isProbingDisk = false
        guard hasRoom else { return }
        isDiskFullSaid = false
        logger.notice("the disk of the spool has room again")
        spool.gauge.noteDiskRoom()
        tell(.diskFull(false))
    }
}

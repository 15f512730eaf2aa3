import Ledger
import LineProtocol
import Migration

extension Engine {
    /// An invited worker enrols: its secret counts once and not for ever.
    mutating func enrol(secretDigest: [UInt8], identity: String, in turn: Turn) throws -> Answer {
        guard let invitation = try turn.tx.invitation(secretDigest: secretDigest) else {
            throw LineError(.invitationUnknown, "the coordinator knows no such invitation")
        }
        guard invitation.usedAt == nil else {
            throw LineError(.invitationUsed, "the invitation of \(invitation.name) was used already; an invitation works once")
        }
        guard turn.now < invitation.expires else {
            throw LineError(.invitationExpired, "the invitation of \(invitation.name) expired at \(invitation.expires.text)")
        }
        guard try turn.tx.worker(name: invitation.name) == nil else {
            throw LineError(.invitationUsed, "a worker named \(invitation.name) is enrolled already; revoke it first")
        }
        try turn.tx.useInvitation(secretDigest: secretDigest, at: turn.now)
        let worker = try turn.tx.insertWorker(
            name: invitation.name, site: invitation.site, identity: identity, enrolledAt: turn.now)
        live.workers[worker.id] = LiveWorker(worker, at: turn.now)
        try turn.record(.workerEnrolled, [.worker(worker.name)], worker: worker.id)
        return .enrolled(name: worker.name, worker: worker.id)
    }

    /// `RENEW`: a worker that may still speak gets a new certificate under its name and identity; the shell signs it.
    mutating func renew(_ worker: WorkerID, in turn: Turn) throws -> Answer {
        let name = try hear(.renew, of: worker, in: turn)
        try turn.record(.certificateRenewed, [.worker(name)], worker: worker)
        return .renewed(name: name)
    }

    /// Invites a worker.
    func invite(_ invitation: InvitationRecord, in turn: Turn) throws -> Sentence {
        try Self.check(name: invitation.name)
        guard try turn.tx.worker(name: invitation.name) == nil else {
            throw ActionError(.taken, "a worker named \(invitation.name) is enrolled; revoke it first or choose another name")
        }
        guard invitation.expires > turn.now else {
            throw ActionError(.badValue, "the invitation would have expired at \(invitation.expires.text), which is past")
        }
        guard try turn.tx.invitation(secretDigest: invitation.secretDigest) == nil else {
            throw ActionError(.taken, "an invitation with this secret exists already")
        }
        try turn.tx.insertInvitation(invitation)
        let sentence = Sentence(.workerInvited, [.worker(invitation.name)])
        try turn.record(sentence)
        return sentence
    }

    private static func check(name: String) throws {
        let isAllowed = name.utf8.allSatisfy {
            switch $0 {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
                UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."):
                true
            default: false
            }
        }
        guard isAllowed, (1...LineLimits.workerNameLength).contains(name.utf8.count) else {
            throw ActionError(
                .badValue, "a worker's name has 1 to \(LineLimits.workerNameLength) characters: letters, digits, '-', '_' and '.'")
        }
    }

    /// A worker is to take no new work, or to work again.
    mutating func setDraining(_ isDraining: Bool, worker name: String, by person: String, in turn: Turn) throws -> Sentence {
        var record = try enrolled(name, in: turn)
        let sentence = Sentence(isDraining ? .drainOrdered : .resumeOrdered, [.worker(name), .text(person)])
        record.isDraining = isDraining
        record.sentence = sentence
        try turn.tx.updateWorker(record)
        try turn.record(sentence, worker: record.id)
        live.workers[record.id]?.isDraining = isDraining
        live.workers[record.id]?.isOwedResume = true
        return sentence
    }

    /// A worker is refused from its next line on; its custody ends.
    mutating func revoke(_ name: String, by person: String, in turn: Turn) throws -> Sentence {
        var record = try enrolled(name, in: turn)
        let sentence = Sentence(.workerRevoked, [.worker(name), .text(person)])
        try endAllGrants(of: record.id, in: turn)
        try loseCustody(of: try turn.tx.custodyGrants(of: record.id, andLost: false), from: record.id, in: turn)
        record.state = .revoked
        record.sentence = sentence
        try turn.tx.updateWorker(record)
        try turn.record(sentence, worker: record.id)
        live.workers[record.id]?.isRevoked = true
        return sentence
    }

    /// Authorities are files of the coordinator, not the ledger's; that one changed is told in the chain of events.
    func note(_ change: AuthorityChange, of fingerprint: String, by person: String, in turn: Turn) throws -> Sentence {
        let code: SentenceCode =
            switch change {
            case .made: .authorityMade
            case .switched: .authoritySwitched
            case .alone: .authorityAlone
            }
        let sentence = Sentence(code, [.text(fingerprint), .text(person)])
        try turn.record(sentence)
        return sentence
    }

    private func enrolled(_ name: String, in turn: Turn) throws -> WorkerRecord {
        guard let record = try turn.tx.worker(name: name) else {
            throw ActionError(.unknown, "no worker named \(name) is enrolled")
        }
        return record
    }
}

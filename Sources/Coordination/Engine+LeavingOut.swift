import Ledger
import LineProtocol
import Migration

/// What keeps a study from being left out, and what comes up of one that was.
extension Engine {
    /// A study of which something may lie at the destination is not left out: nobody would look for it there any more, or send again what was deleted.
    func checkNothingLiesThere(of study: StudyRecord, in turn: Turn) throws {
        let uid = study.header.studyInstanceUID
        if let correction = try turn.tx.correction(of: study.id), correction.state != .corrected {
            throw ActionError(
                .notNow, "study \(uid) is on the list of corrections (\(correction.state.rawValue)), and may lie at the destination: it is not left out before that has ended")
        }
        guard try !wasReportedSent(study.id, in: turn) else {
            throw ActionError(.notNow, "a worker has sent instances of study \(uid), and the destination took them: it is no longer left out")
        }
    }

    /// Whether any result said that the destination has taken something of a study, verified there or not.
    private func wasReportedSent(_ study: StudyID, in turn: Turn) throws -> Bool {
        var page = Page<Int64>()
        while true {
            let events = try turn.tx.events(about: EventSubject(study: study), page: page)
            if events.contains(where: { $0.sentence.tellsOfSends }) { return true }
            guard events.count == page.limit else { return false }
            page.after = events.last?.sequence
        }
    }

    /// A worker said, under a grant that was no longer live, that it had sent some of a study that is left out: a person is to see what lies at the destination.
    func noteSentThoughLeftOut(_ study: StudyRecord, _ worker: WorkerID, in turn: Turn) throws {
        let sentence = Sentence(.sentThoughLeftOut, [.worker(name(of: worker))])
        var progress = study.progress
        progress.state = .exception
        progress.sentence = sentence
        try turn.tx.updateProgress(progress, of: study.id)
        try turn.record(sentence, study: study.id, worker: worker)
    }
}

extension Sentence {
    /// Whether this event says that the destination has taken something.
    fileprivate var tellsOfSends: Bool {
        switch code {
        case SentenceCode.sentThoughLeftOut.rawValue: true
        case SentenceCode.partResult.rawValue: arguments.prefix(2).contains { $0 != .count(0) }
        // What an earlier program recorded does not say how many: it may have been some.
        case SentenceCode.resultStale.rawValue: arguments.dropFirst().first != .count(0)
        default: false
        }
    }
}

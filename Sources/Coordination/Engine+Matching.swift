import Ledger
import Matching
import Migration

extension Engine {
    /// Matches the patients of these studies anew, and `others`, which had to do with them before, and settles what follows.
    func match(_ studies: [StudyID], andPatients others: [Identifying] = [], in turn: Turn) throws {
        var patients = others.map { Identifying($0.trimmed) }
        for id in studies {
            guard let study = try turn.tx.study(id) else { continue }
            let patient = Identifying(study.header.patient.patientID.trimmed)
            if patient.isBlank {
                // Studies without a patient ID have nothing to do with each other.
                try apply(matching.rule.match(studies: [turn.tx.matchable(study)], orders: []), [study], ifOpen: [], Contemporaries(), in: turn)
            } else {
                patients.append(patient)
            }
        }
        try match(patients: patients, in: turn)
    }

    /// Matches all studies of these patients anew, together with those of the patients that they were merged with, and settles what follows.
    func match(patients: [Identifying], in turn: Turn) throws {
        var done: Set<Identifying> = []
        for patient in Self.distinct(patients).sorted() where !patient.isBlank && !done.contains(patient) {
            switch try scene(of: patient, in: turn) {
            case .whole(let scene):
                done.formUnion(scene.family)
                try match(scene, in: turn)
            case .tooLarge(let why): try holdUnmatched(patient, why, in: turn)
            }
        }
    }

    /// All that is matched together with a patient ID, or why that is too much.
    enum Scene {
        case whole(MatchingScene)
        case tooLarge(String)
    }

    func scene(of patient: Identifying, in turn: Turn) throws -> Scene {
        do {
            return .whole(try MatchingScene(of: patient, by: matching, in: turn.tx))
        } catch let error as LedgerError where error.code == .limit {
            return .tooLarge(error.message)
        }
    }

    func match(_ scene: MatchingScene, in turn: Turn) throws {
        guard !scene.studies.isEmpty else { return }
        for day in scene.contemporaries.crowdedDays { try turn.tx.noteCrowded(day, true) }
        let matches = matching.match(studies: scene.matchable, orders: scene.orders, known: scene.told, contemporaries: scene.contemporaries)
        try apply(matches, scene.studies, ifOpen: matchesIfOpen(scene) ?? matches, scene.contemporaries, in: turn)
    }

    /// What evidence would come to if what was sent and nobody decided on were open; nil: as it is matched anyway. The rule says so of each study by itself.
    private func matchesIfOpen(_ scene: MatchingScene) -> [Match]? {
        guard matching.weighsEvidence, scene.studies.contains(where: { $0.isSettled && $0.decision == nil }) else { return nil }
        let open = zip(scene.matchable, scene.studies).map { member, study in
            var member = member
            if study.decision == nil { member.claim = .open }
            return member
        }
        return matching.match(studies: open, orders: scene.orders, known: scene.told, contemporaries: scene.contemporaries)
    }

    /// Settles what follows from `matches`; `others` are those that there would be if nothing had been sent, empty where there is no patient.
    private func apply(_ matches: [Match], _ studies: [StudyRecord], ifOpen others: [Match], _ contemporaries: Contemporaries, in turn: Turn) throws {
        let strangers = try contradictedByMerge(studies, in: turn)
        for (index, (match, study)) in zip(matches, studies).enumerated() {
            var record = study
            if study.decision?.kind == .excluded {
                // A person left it out: nothing of it competes, and nothing of it is in anybody's way.
            } else if study.progress.wasGranted, study.isSettled {
                try flag(&record, rivals: match.rivals, in: turn)
                if match.rivals.isEmpty, others.indices.contains(index) { try flagChange(of: &record, others[index], contemporaries, in: turn) }
                try reviewIdentity(of: &record, in: turn)
            } else if study.decision != nil {
                try keepDecision(&record, rivals: match.rivals, in: turn)
                try reviewIdentity(of: &record, in: turn)
            } else {
                try decide(&record, match, contemporaries, isStranger: strangers.contains(study.id), in: turn)
            }
            try write(&record, formerly: study, in: turn)
        }
    }

    /// Settles what follows for a study that was `study` before, and writes it.
    func write(_ record: inout StudyRecord, formerly study: StudyRecord, in turn: Turn) throws {
        // What was left out and is not any more may need a medium again, which looks at the ledger's state of it.
        if study.progress.state == .excluded, record != study { try turn.tx.updateStudy(record) }
        var parts = try turn.tx.parts(of: study.id)
        try settle(&record, &parts, in: turn)
        if record != study {
            try turn.tx.updateStudy(record)
            try bringBack(study.id, in: turn)
        }
        let isBack = study.progress.state == .excluded && record.progress.state != .excluded
        if isBack || study.order != nil && study.order != record.order { try reopenFilms(of: study.id, in: turn) }
        try closeFilms(for: record, in: turn)
    }
}

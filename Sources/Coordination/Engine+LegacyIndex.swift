import Ledger
import Migration

extension Engine {
    /// Adds studies that the legacy archive's own index lists; one whose Study Instance UID is known is updated. What was read of such studies is decided on anew.
    func importLegacyStudies(_ studies: [LegacyStudy], in turn: Turn) throws -> Sentence {
        try Self.checkCount(studies.count)
        var counts = (added: Int64(0), updated: Int64(0), unchanged: Int64(0))
        var read: [StudyID] = []
        for study in studies {
            guard !study.header.studyInstanceUID.isEmpty else {
                throw ActionError(.badValue, "a study of the legacy index has a Study Instance UID")
            }
            guard study.header.studyDate.isEmpty || study.header.date != nil else {
                throw ActionError(.badValue, "the Study Date of study \(study.header.studyInstanceUID) of the legacy index is no day of the form YYYYMMDD")
            }
            let known = try turn.tx.legacyStudy(uid: study.header.studyInstanceUID)
            guard known != study else {
                counts.unchanged += 1
                continue
            }
            if known == nil { counts.added += 1 } else { counts.updated += 1 }
            try turn.tx.writeLegacyStudy(study)
            guard let record = try turn.tx.study(uid: study.header.studyInstanceUID) else { continue }
            if let known { try reopen(record, listedBefore: known, now: study, in: turn) }
            read.append(record.id)
        }
        try match(Self.distinct(read), in: turn)
        let sentence = Sentence(.legacyStudiesImported, [counts.added, counts.updated, counts.unchanged].map { .count($0) })
        try turn.record(sentence)
        return sentence
    }
}

internal import Destinations
internal import Ledger
internal import Matching
internal import Migration

/// A row of the list of corrections as JSON: a study that lies at the destination otherwise than the hospital says by now.
public struct CorrectionShape: Codable, Hashable, Sendable {
    /// Who a study's patient is at the destination.
    public struct Identity: Codable, Hashable, Sendable {
        /// Patient ID.
        public var patientID: String
        /// Issuer of Patient ID; empty when unknown, as are the others.
        public var issuer: String
        /// Patient's Name.
        public var name: String
        /// Patient's Birth Date, YYYYMMDD.
        public var birthDate: String
        /// Patient's Sex.
        public var sex: String
        /// Accession Number.
        public var accessionNumber: String
    }

    /// How what the destination has is rejected, and the study sent as other objects.
    public struct Replacement: Codable, Hashable, Sendable {
        /// The Study Instance UID of what is rejected.
        public var rejectedStudyInstanceUID: String
        /// The Study Instance UID of what is sent instead.
        public var studyInstanceUID: String
        /// The SOP Instance UID of the last note that may have been stored; null: none.
        @OrNull public var noteInstanceUID: String?
    }

    /// Study Instance UID.
    public var studyInstanceUID: String
    /// Study Date as the objects write it.
    public var studyDate: String
    /// Its modalities.
    public var modalities: [String]
    /// Study Description; empty when there is none.
    public var studyDescription: String
    /// How far the correction is, in the words of `CorrectionState`.
    public var state: String
    /// Since when it is needed, ISO 8601.
    public var since: String
    /// What the study was sent as.
    public var sentAs: Identity
    /// What it was sent as before that, and may lie as still; null: it was not.
    @OrNull public var sentBefore: Identity?
    /// What it should be.
    public var shouldBe: Identity
    /// The state of the study.
    public var studyState: String
    /// What is known of it, in words.
    public var detail: String
    /// Until when the destination's own correction is awaited, ISO 8601.
    public var awaitedUntil: String
    /// When the destination is asked next, ISO 8601; null: not by itself.
    @OrNull public var nextTry: String?
    /// Who approved that it is deleted or rejected and sent again.
    @OrNull public var approvedBy: String?
    /// How it is rejected; null: it is not.
    @OrNull public var rejection: Replacement?
}

extension CorrectionShape {
    init(_ row: CorrectionRow) {
        let correction = row.correction
        let anew = row.study.plan.flatMap { $0 == correction.sent || $0 == correction.intended ? nil : Identity($0, of: row.study) }
        let first = Identity(correction.sent, of: row.study)
        self.init(
            studyInstanceUID: row.study.header.studyInstanceUID, studyDate: row.study.header.studyDate, modalities: row.study.header.modalities,
            studyDescription: row.study.header.studyDescription, state: correction.state.rawValue, since: correction.since.text,
            sentAs: anew ?? first, sentBefore: anew == nil ? nil : first, shouldBe: Identity(correction.intended, of: row.study),
            studyState: row.study.progress.state.rawValue, detail: correction.sentence.text(showsPatients: true), awaitedUntil: correction.until.text,
            nextTry: correction.askAt?.text, approvedBy: correction.approvedBy,
            rejection: (correction.rejection ?? correction.rejections.last).map { Replacement($0, of: row.study) })
    }
}

extension CorrectionShape.Replacement {
    init(_ rejection: Rejection, of study: StudyRecord) {
        let uid = study.header.studyInstanceUID
        self.init(
            rejectedStudyInstanceUID: OutgoingUIDs(rejection.former)[uid], studyInstanceUID: OutgoingUIDs(rejection.generation)[uid],
            noteInstanceUID: rejection.notes.last?.uid)
    }
}

extension CorrectionShape.Identity {
    init(_ plan: SendPlan, of study: StudyRecord) {
        let patient = DeclaredChanges.identity(after: plan.coercions, of: study.header.patient)
        self.init(
            patientID: patient.patientID.reveal(), issuer: patient.issuer.reveal(), name: patient.name.reveal(), birthDate: patient.birthDate.reveal(),
            sex: patient.sex.reveal(), accessionNumber: plan.accessionNumber)
    }
}

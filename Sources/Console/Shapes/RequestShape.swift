internal import Coordination
internal import Ledger
internal import Migration

/// A request and where it stands, as JSON.
public struct RequestShape: Codable, Hashable, Sendable {
    /// A study that was read.
    public struct Study: Codable, Hashable, Sendable {
        /// Study Instance UID.
        public var studyInstanceUID: String
        /// The state, in the words of `StudyState`.
        public var state: String
        /// The code of the reason why it is held.
        @OrNull public var reason: String?
        /// The category of its last failure.
        @OrNull public var category: String?
        /// The last decision about it, in words.
        @OrNull public var reasonText: String?
    }

    /// A medium to be read.
    public struct Medium: Codable, Hashable, Sendable {
        /// What is written on the sleeve.
        public var label: String
        /// Where it stands.
        public var shelf: String
        /// `cd`, `dvd`, `dlt`, `folder`.
        public var kind: String
        /// `expected`: to be inserted; `reading`: being read.
        public var state: String
        /// `needed-again`, `listed`, `awaited`, `possible`.
        public var why: String
        /// The same in words.
        public var text: String
    }

    /// Its number.
    public var number: Int64
    /// The patient ID that was asked for; null: a study or an exam was.
    @OrNull public var patientID: String?
    /// Its issuer, where that was said.
    @OrNull public var issuer: String?
    /// The Study Instance UID that was asked for.
    @OrNull public var studyInstanceUID: String?
    /// The accession number that was asked for.
    @OrNull public var accessionNumber: String?
    /// Why.
    public var reason: String
    /// Who asked: a person, or the system that told of an order.
    public var madeBy: String
    /// When, ISO 8601.
    public var madeAt: String
    /// Whether a new order made it.
    public var automatic: Bool
    /// When it ends by itself, ISO 8601.
    @OrNull public var expires: String?
    /// When it ended, ISO 8601.
    @OrNull public var endedAt: String?
    /// Where it stands, in the words of `RequestState`.
    public var state: String
    /// Its studies that were read.
    public var studies: [Study]
    /// The media to be read for it, in the order in which they are to be inserted; at most `RequestStanding.mediaLimit`.
    public var media: [Medium]
    /// Studies that the legacy index lists, that were not read, and that no unread medium could hold.
    public var missing: Int
    /// Films that are to be digitised for it, in words.
    public var films: [String]
    /// Unread media without dates: any of them may hold more.
    public var undatedMedia: Int
    /// Where nothing says which medium holds some of it: how many unread media there are.
    public var unknownAmong: Int
}

extension RequestShape {
    init(_ standing: RequestStanding) {
        let request = standing.request
        var named: (patient: PatientKey?, study: String?, exam: String?)
        switch request.subject {
        case .patient(let patient): named.patient = patient
        case .study(let uid): named.study = uid
        case .exam(let accession): named.exam = accession
        }
        let issuer = named.patient.map { $0.issuer.reveal() }
        self.init(
            number: request.id.number, patientID: named.patient.map { $0.patientID.reveal() }, issuer: issuer?.isEmpty == false ? issuer : nil,
            studyInstanceUID: named.study, accessionNumber: named.exam, reason: request.reason.reveal(), madeBy: request.madeBy,
            madeAt: request.madeAt.text, automatic: request.isAutomatic, expires: request.expires?.text, endedAt: request.endedAt?.text,
            state: standing.state.rawValue, studies: standing.studies.map(Study.init), media: standing.media.map(Medium.init),
            missing: standing.missing, films: standing.films.map { $0.reason.text(showsPatients: true) }, undatedMedia: standing.undatedMedia, unknownAmong: standing.unknownAmong)
    }
}

extension RequestShape.Study {
    init(_ study: StudyRecord) {
        let progress = study.progress
        self.init(
            studyInstanceUID: study.header.studyInstanceUID, state: progress.state.rawValue, reason: study.holdReason?.rawValue,
            category: progress.category?.rawValue, reasonText: progress.sentence?.text(showsPatients: true))
    }
}

extension RequestShape.Medium {
    init(_ wanted: RequestedMedium) {
        let medium = wanted.medium
        let (why, words) =
            switch wanted.reason {
            case .neededAgain: ("needed-again", "\(wanted.count) of the studies were read from it, and are no longer there")
            case .listed: ("listed", "the legacy index lists \(wanted.count) of the studies on it")
            case .awaited: ("awaited", "\(wanted.count) of the studies wait until it is read")
            case .possible: ("possible", "its dates include \(wanted.count) of the exams of which nothing was read")
            }
        self.init(
            label: medium.label, shelf: medium.expected.shelf, kind: medium.expected.kind.rawValue, state: medium.state.rawValue, why: why,
            text: words)
    }
}

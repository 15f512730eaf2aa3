internal import Coordination
internal import Ledger
internal import Migration

/// A film that is to be digitised, as JSON.
public struct FilmShape: Codable, Hashable, Sendable {
    /// Its number.
    public var number: Int64
    /// The number of the request that needs it.
    public var request: Int64
    /// `open` or `ended`.
    public var state: String
    /// Patient ID of the exam.
    public var patientID: String
    /// The day of the exam, YYYYMMDD; empty when unknown.
    public var date: String
    /// Its modality, in the hospital's or the objects' words.
    public var modality: String
    /// What was asked for, or what the study is called.
    public var description: String
    /// The accession number of its order; null: that is not known.
    @OrNull public var accessionNumber: String?
    /// The Study Instance UID of what could not be read; null: that is not known.
    @OrNull public var studyInstanceUID: String?
    /// Why it is needed, in words.
    public var reason: String
    /// Since when, ISO 8601.
    public var since: String
    /// The Study Instance UID of what was digitised.
    @OrNull public var digitised: String?
    /// How it ended, in words.
    @OrNull public var closing: String?
}

extension FilmShape {
    init(_ film: FilmRecord, in ledger: any LedgerReader) throws {
        let order = try film.order.flatMap { try ledger.order($0) }?.order
        let uid = film.studyInstanceUID
        let header = try uid.isEmpty ? nil : ledger.study(uid: uid)?.header ?? ledger.legacyStudy(uid: uid)?.header
        self.init(
            number: film.id.number, request: film.request.number, state: film.closedAt == nil ? "open" : "ended",
            patientID: (order?.patient.patientID ?? header?.patient.patientID)?.reveal() ?? "",
            date: (order?.examDate ?? header?.date)?.description ?? "", modality: order?.modality ?? header?.modalities.joined(separator: "/") ?? "",
            description: order?.procedureDescription ?? header?.studyDescription ?? "", accessionNumber: order?.accessionNumber,
            studyInstanceUID: uid.isEmpty ? nil : uid, reason: film.reason.text(showsPatients: true), since: film.madeAt.text,
            digitised: film.digitised.isEmpty ? nil : film.digitised, closing: film.closing?.text(showsPatients: true))
    }
}

public import Migration

/// What the writer and the readers find by a key.
public protocol LedgerLookup {
    /// The study with this number.
    func study(_ id: StudyID) throws -> StudyRecord?
    /// The study with this UID.
    func study(uid: String) throws -> StudyRecord?
    /// The studies whose header's patient ID, without spaces around it, is `patientID`; in the order of their numbers.
    func studies(ofPatient patientID: Identifying) throws -> [StudyRecord]
    /// The first `limit` of them.
    func studies(ofPatient patientID: Identifying, limit: Int) throws -> [StudyRecord]
    /// The first `limit` of them behind the one of number `after`.
    func studies(ofPatient patientID: Identifying, behind after: StudyID, limit: Int) throws -> [StudyRecord]
    /// Up to `limit` studies of this patient ID of which nothing was granted, that nobody decided on, and that would go by themselves, now or once
    /// what they wait for has come; in the order of their numbers.
    func undecidedStudies(ofPatient patientID: Identifying, limit: Int) throws -> [StudyRecord]
    /// What there is under each of `patientIDs`, in their order, without those under which there is nothing; studies and orders are counted up to `limit` each.
    func tallies(ofPatients patientIDs: [Identifying], limit: Int) throws -> [PatientTally]
    /// Up to `limit` studies filed under orders of this patient ID, in the order of the orders' numbers.
    func studies(underOrdersOf patientID: Identifying, limit: Int) throws -> [StudyRecord]
    /// The studies filed under `order`, in the order of their numbers.
    func studies(under order: OrderID) throws -> [StudyRecord]
    /// Up to `limit` studies whose plan or whose objects bear this accession number, in the order of their numbers.
    func studies(accessionNumber: String, limit: Int) throws -> [StudyRecord]
    /// The studies whose plan writes this accession number and on which a person has decided otherwise since, in the order of their numbers.
    func amendedStudies(sentUnder accessionNumber: String) throws -> [StudyRecord]
    /// The parts of `study`, in the order of their numbers.
    func parts(of study: StudyID) throws -> [PartRecord]
    /// The medium with this number.
    func medium(_ id: MediumID) throws -> MediumRecord?
    /// The medium with this label.
    func medium(label: String) throws -> MediumRecord?
    /// The media, by label, that were never read and are neither excluded nor a copy or the original of one that was read whole.
    func unreadMedia() throws -> [MediumRecord]
    /// A medium, first by label, that is open: neither excluded nor a copy or the original of one that was read whole; never read, or read in part so that studies may
    /// lie on it of which nothing is known, unless a person said that no more comes of it; and whose range of dates has one of `days` or is unknown; with no
    /// `days`, any such medium.
    func openMedium(covering days: ClosedRange<CalendarDate>?) throws -> MediumRecord?
    /// Up to `limit` such media, by label.
    func openMedia(covering days: ClosedRange<CalendarDate>?, limit: Int) throws -> [MediumRecord]
    /// The medium of this label, if it is open.
    func openMedium(labelled label: String) throws -> MediumRecord?
    /// Up to `limit` open media that were read in part, by label.
    func mediaReadInPart(limit: Int) throws -> [MediumRecord]
    /// The order with this number.
    func order(_ id: OrderID) throws -> OrderRecord?
    /// The orders whose patient ID, without spaces around it, is `patientID`; in the order of their numbers.
    func orders(ofPatient patientID: Identifying) throws -> [OrderRecord]
    /// The orders with this accession number, in the order of their numbers: more than one when it is used for two patients.
    func orders(accessionNumber: String) throws -> [OrderRecord]
    /// What was said of the patients of this ID, one for each issuer, in the order of the issuers.
    func identities(ofPatient patientID: Identifying) throws -> [IdentityRecord]
    /// Whoever was born on `day`, as orders and what was said of patients tell, each identity once, in the order of the patient IDs; nil where they are more than
    /// `limit`, or have as many orders as no patients have.
    func patients(bornOn day: CalendarDate, limit: Int) throws -> [PatientIdentity]?
    /// Up to `limit` studies whose objects give this birth date, however it is written, in the order of their numbers.
    func studies(bornOn day: CalendarDate, limit: Int) throws -> [StudyRecord]
    /// Whether there is any study with a patient ID whose objects give no birth date.
    func hasStudiesWithoutBirthday() throws -> Bool
    /// Whether there is one under one of `patientIDs`.
    func hasStudiesWithoutBirthday(ofPatients patientIDs: [Identifying]) throws -> Bool
    /// Whether more than `limit` patients were born on `day`, or they have as many orders as no patients have: then ``patients(bornOn:limit:)`` is nil.
    func isCrowded(_ day: CalendarDate, limit: Int) throws -> Bool
    /// How many of the orders of this patient ID, of the first of them if they are many, are for exactly `patient`; at most `limit`.
    func orderCount(of patient: PatientIdentity, limit: Int) throws -> Int
    /// Whether there is any study.
    func hasStudies() throws -> Bool
    /// Whether an order, or what messages and files said of patients, names this issuer of patient IDs.
    func isIssuerOfHospital(_ issuer: Identifying) throws -> Bool
    /// Whether an order, or what was said of patients, names any issuer.
    func hasIssuersOfHospital() throws -> Bool
    /// The merges of this patient ID, one for each issuer, in the order of the issuers.
    func merges(ofPatient patientID: Identifying) throws -> [MergeRecord]
    /// Up to `limit` merges into this patient ID, in the order of the former patient IDs, then their issuers.
    func merges(into patientID: Identifying, limit: Int) throws -> [MergeRecord]
    /// The study with this UID, as the legacy archive's own index lists it.
    func legacyStudy(uid: String) throws -> LegacyStudy?
    /// Up to `limit` studies that the legacy archive's own index lists under this patient ID, in the order of their UIDs.
    func legacyStudies(ofPatient patientID: Identifying, limit: Int) throws -> [LegacyStudy]
    /// Up to `limit` studies that the legacy archive's own index lists with this accession number, in the order of their UIDs.
    func legacyStudies(accessionNumber: String, limit: Int) throws -> [LegacyStudy]
    /// Who has taken a study to decide on it, lapsed or not.
    func take(of study: StudyID) throws -> TakeRecord?
    /// Until when a study was put off, over or not.
    func postponement(of study: StudyID) throws -> PostponementRecord?
    /// The orders that a study serves beside the one that it is filed under, in the order of their numbers.
    func servedOrders(of study: StudyID) throws -> [OrderID]
    /// The studies that serve `order` beside the one that they are filed under, in the order of their numbers.
    func studies(serving order: OrderID) throws -> [StudyID]
    /// The correction of a study, a past one too.
    func correction(of study: StudyID) throws -> CorrectionRecord?
    /// The request with this number.
    func request(_ id: RequestID) throws -> RequestRecord?
    /// Requests by number.
    func requests(_ filter: RequestFilter, page: Page<RequestID>) throws -> [RequestRecord]
    /// The newest open requests that persons made, up to `limit`, the newest first.
    func newestRequestsOfPersons(limit: Int) throws -> [RequestRecord]
    /// How many requests are open that were made automatically, or by persons.
    func openRequestCount(isAutomatic: Bool) throws -> Int
    /// Whether any request is open.
    func hasOpenRequests() throws -> Bool
    /// The open requests for studies of this patient ID, in the order of their numbers.
    func openRequests(ofPatient patientID: Identifying) throws -> [RequestRecord]
    /// The open requests for the study with this UID, in the order of their numbers.
    func openRequests(study uid: String) throws -> [RequestRecord]
    /// The open requests for this accession number, in the order of their numbers.
    func openRequests(accessionNumber: String) throws -> [RequestRecord]
    /// The text of a setting; nil: there is none.
    func setting(_ name: SettingName) throws -> String?
    /// The film with this number.
    func film(_ id: FilmID) throws -> FilmRecord?
    /// Films by number; those that ended only with `includingClosed`.
    func films(includingClosed: Bool, page: Page<FilmID>) throws -> [FilmRecord]
    /// The films of this request, open or not, in the order of their numbers.
    func films(of request: RequestID) throws -> [FilmRecord]
    /// The open films of this study or this order, in the order of their numbers.
    func openFilms(study uid: String, order: OrderID?) throws -> [FilmRecord]
    /// The films that have ended and have to do with the study of this UID, as what was to be digitised or as what was; in the order of their numbers.
    func endedFilms(study uid: String) throws -> [FilmRecord]
    /// How many films are open.
    func openFilmCount() throws -> Int
}

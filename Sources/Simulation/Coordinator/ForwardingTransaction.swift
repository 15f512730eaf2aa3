import Ledger
import Migration

/// A transaction that hands everything on to another one; what stands between the two says otherwise where it must.
protocol ForwardingTransaction: LedgerTransaction {
    var base: any LedgerTransaction { get }
}

/// Reports.
extension ForwardingTransaction {
    func worker(_ id: WorkerID) throws -> WorkerRecord? { try base.worker(id) }
    func worker(identity: String) throws -> WorkerRecord? { try base.worker(identity: identity) }
    func workers(page: Page<WorkerID>) throws -> [WorkerRow] { try base.workers(page: page) }
    func media(state: MediumState?, page: Page<MediumID>) throws -> [MediumRow] { try base.media(state: state, page: page) }
    func studies(_ filter: StudyFilter, page: Page<StudyID>) throws -> [StudyRow] { try base.studies(filter, page: page) }
    func studyRow(uid: String) throws -> StudyRow? { try base.studyRow(uid: uid) }
    func instances(of study: StudyID) throws -> [PlacedInstance] { try base.instances(of: study) }
    func arrivedInstances(of study: StudyID) throws -> [InstanceRecord] { try base.arrivedInstances(of: study) }
    func patientRanges(_ count: Int) throws -> [PatientRange] { try base.patientRanges(count) }
    func walkPatients(_ range: PatientRange, _ take: (PatientFacts) throws -> Void) throws { try base.walkPatients(range, take) }
    func orders(page: Page<OrderID>) throws -> [OrderRecord] { try base.orders(page: page) }
    func corrections(includingCorrected: Bool, page: Page<StudyID>) throws -> [CorrectionRow] {
        try base.corrections(includingCorrected: includingCorrected, page: page)
    }
    func outbound(includingSettled: Bool, page: Page<OutboundID>) throws -> [OutboundRecord] {
        try base.outbound(includingSettled: includingSettled, page: page)
    }
    func outbound(in state: OutboundState, limit: Int) throws -> [OutboundRecord] { try base.outbound(in: state, limit: limit) }
    func corrections(dueAt now: Instant, limit: Int) throws -> [CorrectionRow] { try base.corrections(dueAt: now, limit: limit) }
    func unreadableFiles(includingResolved: Bool, page: Page<Int64>) throws -> [UnreadableRow] {
        try base.unreadableFiles(includingResolved: includingResolved, page: page)
    }
    func events(about subject: EventSubject, page: Page<Int64>) throws -> [EventRecord] { try base.events(about: subject, page: page) }
    func progress() throws -> MigrationProgress { try base.progress() }
    func verifyChain() throws -> ChainVerdict { try base.verifyChain() }
    func value(of name: CounterName) throws -> Int64 { try base.value(of: name) }
}

/// Media and inventories.
extension ForwardingTransaction {
    func medium(_ id: MediumID) throws -> MediumRecord? { try base.medium(id) }
    func medium(label: String) throws -> MediumRecord? { try base.medium(label: label) }
    func media(fingerprint: String) throws -> [MediumRecord] { try base.media(fingerprint: fingerprint) }
    func copies(of label: String) throws -> [MediumRecord] { try base.copies(of: label) }
    func pieceDigest(_ number: Int, of grant: GrantNumber) throws -> [UInt8]? { try base.pieceDigest(number, of: grant) }
    func pieceCount(of grant: GrantNumber) throws -> Int { try base.pieceCount(of: grant) }
    func insertPiece(_ number: Int, of grant: GrantNumber, digest: [UInt8], _ piece: InventoryPieceRecord) throws {
        try base.insertPiece(number, of: grant, digest: digest, piece)
    }
    func inventoryDigest(of grant: GrantNumber) throws -> String { try base.inventoryDigest(of: grant) }
    func forEachPiece(of grant: GrantNumber, _ body: (InventoryPieceRecord) throws -> Void) throws {
        try base.forEachPiece(of: grant, body)
    }
    func deletePieces(of grant: GrantNumber) throws { try base.deletePieces(of: grant) }
    func insertInstanceKeys(_ sopInstanceUIDs: [String], of study: StudyID) throws {
        try base.insertInstanceKeys(sopInstanceUIDs, of: study)
    }
    func studiesMayHold(_ sopInstanceUID: String, except study: StudyID) throws -> [StudyID] {
        try base.studiesMayHold(sopInstanceUID, except: study)
    }
    func insertUnreadable(_ file: UnreadableFile, on medium: MediumID, grant: GrantNumber, isResolved: Bool) throws {
        try base.insertUnreadable(file, on: medium, grant: grant, isResolved: isResolved)
    }
    func unresolvedFiles(on medium: MediumID) throws -> [UnreadableRecord] { try base.unresolvedFiles(on: medium) }
    func unresolvedFiles(ofStudy studyInstanceUID: String) throws -> [UnreadableRecord] {
        try base.unresolvedFiles(ofStudy: studyInstanceUID)
    }
    func resolveUnreadable(_ number: Int64) throws { try base.resolveUnreadable(number) }
}

/// Studies, parts and orders.
extension ForwardingTransaction {
    func study(_ id: StudyID) throws -> StudyRecord? { try base.study(id) }
    func standing(of study: StudyID) throws -> StudyStanding? { try base.standing(of: study) }
    func study(uid: String) throws -> StudyRecord? { try base.study(uid: uid) }
    func amendedStudies(sentUnder accessionNumber: String) throws -> [StudyRecord] { try base.amendedStudies(sentUnder: accessionNumber) }
    func studies(ofPatient patientID: Identifying, limit: Int) throws -> [StudyRecord] { try base.studies(ofPatient: patientID, limit: limit) }
    func undecidedStudies(ofPatient patientID: Identifying, limit: Int) throws -> [StudyRecord] {
        try base.undecidedStudies(ofPatient: patientID, limit: limit)
    }
    func tallies(ofPatients patientIDs: [Identifying], limit: Int) throws -> [PatientTally] { try base.tallies(ofPatients: patientIDs, limit: limit) }
    func studies(underOrdersOf patientID: Identifying, limit: Int) throws -> [StudyRecord] { try base.studies(underOrdersOf: patientID, limit: limit) }
    func studies(under order: OrderID) throws -> [StudyRecord] { try base.studies(under: order) }
    func studiesToRetry(at now: Instant, limit: Int) throws -> [StudyRecord] { try base.studiesToRetry(at: now, limit: limit) }
    func patients(heldFor reason: HoldReason, above patientID: Identifying, limit: Int) throws -> [Identifying] {
        try base.patients(heldFor: reason, above: patientID, limit: limit)
    }
    func plannedPatients(accessionNumber: String) throws -> [Identifying] { try base.plannedPatients(accessionNumber: accessionNumber) }
    func instances(of part: PartID) throws -> [InstanceRecord] { try base.instances(of: part) }
    func part(_ id: PartID) throws -> PartRecord? { try base.part(id) }
    func parts(of study: StudyID) throws -> [PartRecord] { try base.parts(of: study) }
    func parts(on medium: MediumID) throws -> [PartRecord] { try base.parts(on: medium) }
    func parts(under grant: GrantNumber) throws -> [PartRecord] { try base.parts(under: grant) }
    func custodyGrants(of worker: WorkerID, andLost: Bool) throws -> [GrantNumber] { try base.custodyGrants(of: worker, andLost: andLost) }
    func erasedGrants(of worker: WorkerID) throws -> [GrantNumber] { try base.erasedGrants(of: worker) }
    func hasOpenParts(on medium: MediumID) throws -> Bool { try base.hasOpenParts(on: medium) }
    func erasures(of worker: WorkerID, above erasure: Int64, limit: Int) throws -> [(part: PartRecord, studyInstanceUID: String)] {
        try base.erasures(of: worker, above: erasure, limit: limit)
    }
    func heldParts(of worker: WorkerID, above part: PartID, limit: Int, includingCorrections: Bool) throws -> [HeldPart] {
        try base.heldParts(of: worker, above: part, limit: limit, includingCorrections: includingCorrections)
    }
    func fencedParts(after now: Instant) throws -> [PartRecord] { try base.fencedParts(after: now) }
    func confirmErasures(of worker: WorkerID, under grant: GrantNumber) throws { try base.confirmErasures(of: worker, under: grant) }
    func order(_ id: OrderID) throws -> OrderRecord? { try base.order(id) }
    func legacyStudy(uid: String) throws -> LegacyStudy? { try base.legacyStudy(uid: uid) }
    func writeLegacyStudy(_ study: LegacyStudy) throws { try base.writeLegacyStudy(study) }
    func patients(withStudiesBehind patientID: Identifying, limit: Int) throws -> [Identifying] {
        try base.patients(withStudiesBehind: patientID, limit: limit)
    }
    func knownStudies(ofPatient patientID: Identifying) throws -> [KnownStudy] { try base.knownStudies(ofPatient: patientID) }
    func orders(ofPatient patientID: Identifying) throws -> [OrderRecord] { try base.orders(ofPatient: patientID) }
    func orders(accessionNumber: String) throws -> [OrderRecord] { try base.orders(accessionNumber: accessionNumber) }
    func orders(numbered number: String) throws -> [OrderRecord] { try base.orders(numbered: number) }
    func noteNumbers(_ numbers: [String], of order: OrderID) throws { try base.noteNumbers(numbers, of: order) }
    func insertOrder(_ order: Order, saidAt: Instant?, fileDigest: Int64?) throws -> OrderRecord {
        try base.insertOrder(order, saidAt: saidAt, fileDigest: fileDigest)
    }
    func updateOrder(_ order: OrderRecord) throws { try base.updateOrder(order) }
    func identity(of patient: PatientKey) throws -> IdentityRecord? { try base.identity(of: patient) }
    func identities(ofPatient patientID: Identifying) throws -> [IdentityRecord] { try base.identities(ofPatient: patientID) }
    func putIdentity(_ identity: IdentityRecord) throws { try base.putIdentity(identity) }
    func film(_ id: FilmID) throws -> FilmRecord? { try base.film(id) }
    func films(includingClosed: Bool, page: Page<FilmID>) throws -> [FilmRecord] { try base.films(includingClosed: includingClosed, page: page) }
    func films(of request: RequestID) throws -> [FilmRecord] { try base.films(of: request) }
    func openFilms(study uid: String, order: OrderID?) throws -> [FilmRecord] { try base.openFilms(study: uid, order: order) }
    func endedFilms(study uid: String) throws -> [FilmRecord] { try base.endedFilms(study: uid) }
    func openFilmCount() throws -> Int { try base.openFilmCount() }
    func insertFilm(_ film: FilmRecord, _ reason: (FilmID) -> Sentence) throws -> FilmRecord { try base.insertFilm(film, reason) }
    func updateFilm(_ film: FilmRecord) throws { try base.updateFilm(film) }
    func patients(bornOn day: CalendarDate, limit: Int) throws -> [PatientIdentity]? { try base.patients(bornOn: day, limit: limit) }
    func studies(bornOn day: CalendarDate, limit: Int) throws -> [StudyRecord] { try base.studies(bornOn: day, limit: limit) }
    func isCrowded(_ day: CalendarDate, limit: Int) throws -> Bool { try base.isCrowded(day, limit: limit) }
    func hasStudiesWithoutBirthday() throws -> Bool { try base.hasStudiesWithoutBirthday() }
    func hasStudiesWithoutBirthday(ofPatients patientIDs: [Identifying]) throws -> Bool { try base.hasStudiesWithoutBirthday(ofPatients: patientIDs) }
    func orderCount(of patient: PatientIdentity, limit: Int) throws -> Int { try base.orderCount(of: patient, limit: limit) }
    func hasStudies() throws -> Bool { try base.hasStudies() }
    func isIssuerOfHospital(_ issuer: Identifying) throws -> Bool { try base.isIssuerOfHospital(issuer) }
    func hasIssuersOfHospital() throws -> Bool { try base.hasIssuersOfHospital() }
    func merges(ofPatient patientID: Identifying) throws -> [MergeRecord] { try base.merges(ofPatient: patientID) }
    func putMerge(_ merge: MergeRecord) throws { try base.putMerge(merge) }
    func noteOutdated(_ digest: [UInt8]) throws -> Bool { try base.noteOutdated(digest) }
    func removeMerge(of former: PatientKey) throws { try base.removeMerge(of: former) }
    func correction(of study: StudyID) throws -> CorrectionRecord? { try base.correction(of: study) }
    func putCorrection(_ correction: CorrectionRecord) throws { try base.putCorrection(correction) }
    func removeCorrection(of study: StudyID) throws { try base.removeCorrection(of: study) }
    func outbound(_ id: OutboundID) throws -> OutboundRecord? { try base.outbound(id) }
    func outbound(of study: StudyID) throws -> [OutboundRecord] { try base.outbound(of: study) }
    func outbound(accessionNumber: String) throws -> [OutboundRecord] { try base.outbound(accessionNumber: accessionNumber) }
    func isReserved(_ accessionNumber: String) throws -> Bool { try base.isReserved(accessionNumber) }
    func insertOutbound(_ record: OutboundRecord) throws -> OutboundRecord { try base.insertOutbound(record) }
    func updateOutbound(_ record: OutboundRecord) throws { try base.updateOutbound(record) }
}

/// The manual worklist.
extension ForwardingTransaction {
    func take(of study: StudyID) throws -> TakeRecord? { try base.take(of: study) }
    func putTake(_ take: TakeRecord) throws { try base.putTake(take) }
    func removeTake(of study: StudyID) throws { try base.removeTake(of: study) }
    func postponement(of study: StudyID) throws -> PostponementRecord? { try base.postponement(of: study) }
    func putPostponement(_ postponement: PostponementRecord) throws { try base.putPostponement(postponement) }
    func removePostponement(of study: StudyID) throws { try base.removePostponement(of: study) }
    func postponementsToEnd(at now: Instant, limit: Int) throws -> [PostponementRecord] { try base.postponementsToEnd(at: now, limit: limit) }
    func servedOrders(of study: StudyID) throws -> [OrderID] { try base.servedOrders(of: study) }
    func studies(serving order: OrderID) throws -> [StudyID] { try base.studies(serving: order) }
    func putServedOrders(_ orders: [OrderID], of study: StudyID) throws { try base.putServedOrders(orders, of: study) }
    func waitingStudies(_ filter: WaitingFilter, at now: Instant, page: Page<StudyID>) throws -> [StudyRow] {
        try base.waitingStudies(filter, at: now, page: page)
    }
    func postponedStudies(_ filter: WaitingFilter, at now: Instant, page: Page<StudyID>) throws -> [StudyRow] {
        try base.postponedStudies(filter, at: now, page: page)
    }
}

/// Patients who are to be looked at again.
extension ForwardingTransaction {
    func studies(ofPatient patientID: Identifying, behind after: StudyID, limit: Int) throws -> [StudyRecord] {
        try base.studies(ofPatient: patientID, behind: after, limit: limit)
    }
    func queuedPatients(areTooLarge: Bool, limit: Int) throws -> [QueuedPatient] { try base.queuedPatients(areTooLarge: areTooLarge, limit: limit) }
    func hasQueuedPatients() throws -> Bool { try base.hasQueuedPatients() }
    func isAnyQueued(_ patientIDs: [Identifying]) throws -> Bool { try base.isAnyQueued(patientIDs) }
    func queue(_ patient: QueuedPatient) throws { try base.queue(patient) }
    func queueTooLarge(_ patientID: Identifying) throws { try base.queueTooLarge(patientID) }
    func queuePatients(bornOn day: CalendarDate) throws { try base.queuePatients(bornOn: day) }
    func removeQueued(_ patientIDs: [Identifying]) throws { try base.removeQueued(patientIDs) }
    func wasCrowded(_ day: CalendarDate) throws -> Bool { try base.wasCrowded(day) }
    func noteCrowded(_ day: CalendarDate, _ isCrowded: Bool) throws { try base.noteCrowded(day, isCrowded) }
}

/// Requests and settings.
extension ForwardingTransaction {
    func studies(accessionNumber: String, limit: Int) throws -> [StudyRecord] { try base.studies(accessionNumber: accessionNumber, limit: limit) }
    func unreadMedia() throws -> [MediumRecord] { try base.unreadMedia() }
    func openMedium(covering days: ClosedRange<CalendarDate>?) throws -> MediumRecord? { try base.openMedium(covering: days) }
    func openMedia(covering days: ClosedRange<CalendarDate>?, limit: Int) throws -> [MediumRecord] { try base.openMedia(covering: days, limit: limit) }
    func openMedium(labelled label: String) throws -> MediumRecord? { try base.openMedium(labelled: label) }
    func mediaReadInPart(limit: Int) throws -> [MediumRecord] { try base.mediaReadInPart(limit: limit) }
    func merges(into patientID: Identifying, limit: Int) throws -> [MergeRecord] { try base.merges(into: patientID, limit: limit) }
    func legacyStudies(ofPatient patientID: Identifying, limit: Int) throws -> [LegacyStudy] {
        try base.legacyStudies(ofPatient: patientID, limit: limit)
    }
    func legacyStudies(accessionNumber: String, limit: Int) throws -> [LegacyStudy] {
        try base.legacyStudies(accessionNumber: accessionNumber, limit: limit)
    }
    func request(_ id: RequestID) throws -> RequestRecord? { try base.request(id) }
    func requests(_ filter: RequestFilter, page: Page<RequestID>) throws -> [RequestRecord] { try base.requests(filter, page: page) }
    func newestRequestsOfPersons(limit: Int) throws -> [RequestRecord] { try base.newestRequestsOfPersons(limit: limit) }
    func hasOpenRequests() throws -> Bool { try base.hasOpenRequests() }
    func openRequests(ofPatient patientID: Identifying) throws -> [RequestRecord] { try base.openRequests(ofPatient: patientID) }
    func openRequests(study uid: String) throws -> [RequestRecord] { try base.openRequests(study: uid) }
    func openRequests(accessionNumber: String) throws -> [RequestRecord] { try base.openRequests(accessionNumber: accessionNumber) }
    func insertRequest(_ request: RequestRecord) throws -> RequestRecord { try base.insertRequest(request) }
    func updateRequest(_ request: RequestRecord) throws { try base.updateRequest(request) }
    func openRequestCount(isAutomatic: Bool) throws -> Int { try base.openRequestCount(isAutomatic: isAutomatic) }
    func requestsToEnd(at now: Instant, limit: Int) throws -> [RequestRecord] { try base.requestsToEnd(at: now, limit: limit) }
    func requestsToPlace(limit: Int) throws -> [RequestRecord] { try base.requestsToPlace(limit: limit) }
    func setting(_ name: SettingName) throws -> String? { try base.setting(name) }
    func writeSetting(_ text: String?, as name: SettingName) throws { try base.writeSetting(text, as: name) }
}

/// Workers, grants and events.
extension ForwardingTransaction {
    func worker(name: String) throws -> WorkerRecord? { try base.worker(name: name) }
    func insertWorker(name: String, site: String, identity: String, enrolledAt: Instant) throws -> WorkerRecord {
        try base.insertWorker(name: name, site: site, identity: identity, enrolledAt: enrolledAt)
    }
    func invitation(secretDigest: [UInt8]) throws -> InvitationRecord? { try base.invitation(secretDigest: secretDigest) }
    func insertInvitation(_ invitation: InvitationRecord) throws { try base.insertInvitation(invitation) }
    func useInvitation(secretDigest: [UInt8], at now: Instant) throws { try base.useInvitation(secretDigest: secretDigest, at: now) }
    func grant(_ number: GrantNumber) throws -> GrantRecord? { try base.grant(number) }
    func liveGrants() throws -> [GrantRecord] { try base.liveGrants() }
    func digest(of bytes: [UInt8]) -> [UInt8] { base.digest(of: bytes) }
    func append(_ sentence: Sentence, about subject: EventSubject, at now: Instant) throws {
        try base.append(sentence, about: subject, at: now)
    }
}

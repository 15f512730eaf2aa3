import Ledger
import Matching
import Migration

/// Something that was asked for, and that no medium gives.
struct FilmNeed {
    /// Its Study Instance UID; empty: only its order is known.
    var studyInstanceUID: String
    /// Its order, where that is sure.
    var order: OrderID?
    /// Why film is needed; the numbers of film and request come before the arguments.
    var code: SentenceCode
    var arguments: [SentenceArgument]

    /// Whether `film` is for the same exam.
    func isOf(_ film: FilmRecord) -> Bool {
        studyInstanceUID.isEmpty ? film.order == order : film.studyInstanceUID == studyInstanceUID
    }
}

/// What media cannot give any more, looked up once for all requests that are looked at together.
struct FilmScene {
    private let mapping: ModalityMapping
    private var media: (unread: UnreadMedia, lost: [MediumRecord])?

    /// A scene of nothing yet.
    init(mapping: ModalityMapping) { self.mapping = mapping }

    /// Media with damage that are looked at: as many as one page of a list has.
    private static var mediaLimit: Int { Page<MediumID>.limitBound }

    /// What `request` asks for and media do not give.
    mutating func needs(of request: RequestRecord, in tx: any LedgerTransaction) throws -> [FilmNeed] {
        let media = try media ?? look(in: tx)
        self.media = media
        let studies = try tx.studies(of: request)
        let listed = try tx.listed(for: request)
        let read = Set(studies.compactMap(\.header.date) + listed.compactMap(\.header.date))
        return try studies.compactMap { try need(of: $0, in: tx) } + listed.compactMap { try need(of: $0, media.unread, in: tx) }
            + exams(of: request, without: read, media, in: tx)
    }

    private func look(in tx: any LedgerTransaction) throws -> (unread: UnreadMedia, lost: [MediumRecord]) {
        let damaged = try [MediumState.partlyRead, .excluded].flatMap { try tx.media(state: $0, page: Page(limit: Self.mediaLimit)) }.map(\.medium)
        return (try UnreadMedia(in: tx), try damaged.filter { try !isCopied($0, in: tx) })
    }

    /// Whether a copy of the medium was read whole, or is to be read, so that nothing of it is lost yet.
    private func isCopied(_ medium: MediumRecord, in tx: any LedgerTransaction) throws -> Bool {
        let original = medium.expected.copyOf
        let relatives = try tx.copies(of: medium.label) + (original.isEmpty ? [] : tx.copies(of: original) + (tx.medium(label: original).map { [$0] } ?? []))
        return relatives.contains { $0.id != medium.id && ($0.isWhole || $0.isToBeRead) }
    }

    // MARK: Studies that were read in part

    private func need(of study: StudyRecord, in tx: any LedgerTransaction) throws -> FilmNeed? {
        let uid = study.header.studyInstanceUID
        guard study.progress.state != .excluded else { return nil }
        var lost = study.size.unreadable
        if study.holdReason == .legacyListsMore, let listed = try tx.legacyStudy(uid: uid)?.instanceCount { lost = max(lost, listed - study.size.instances) }
        guard lost > 0 else { return nil }
        for file in try tx.unresolvedFiles(ofStudy: uid) {
            if let medium = try tx.medium(file.medium), try isCopied(medium, in: tx) { return nil }
        }
        let order = try study.order ?? onlyOrder(of: study.header, in: tx)
        return FilmNeed(studyInstanceUID: uid, order: order, code: .filmOfDamage, arguments: [.count(Int64(lost)), .study(uid)])
    }

    // MARK: Studies that were not read

    private func need(of listed: LegacyStudy, _ unread: UnreadMedia, in tx: any LedgerTransaction) throws -> FilmNeed? {
        let uid = listed.header.studyInstanceUID
        guard try tx.study(uid: uid) == nil else { return nil }
        let why: String
        if let named = try tx.medium(label: listed.mediumLabel) {
            guard try !named.isToBeRead && !isCopied(named, in: tx) else { return nil }
            why = "\(named.label), on which it lies, gave nothing of it or was left out"
        } else {
            guard unread.undatedCount == 0, listed.header.date.map({ unread.covering($0, limit: 1).isEmpty }) ?? (unread.count == 0) else { return nil }
            why = "no medium is left that could hold it"
        }
        let order = try onlyOrder(of: listed.header, in: tx)
        return FilmNeed(studyInstanceUID: uid, order: order, code: .filmOfMissing, arguments: [.study(uid), .text(why)])
    }

    /// The only order of a study's patient, day and modality that holds.
    private func onlyOrder(of header: StudyHeader, in tx: any LedgerTransaction) throws -> OrderID? {
        guard let day = header.date, !header.patient.patientID.isBlank else { return nil }
        let patient = try tx.current(PatientKey(header.patient))
        let modalities = Set(header.modalities.flatMap { mapping.modalities(of: $0) })
        let orders = try tx.orders(ofPatient: patient.patientID).filter { record in
            let order = record.order
            return !order.isCancelled && order.examDate == day && patient.mayBeIssued(by: order.patient.issuer)
                && !modalities.isDisjoint(with: mapping.modalities(of: order.modality))
        }
        return orders.count == 1 ? orders[0].id : nil
    }

    // MARK: Exams of which nothing is known but the order

    /// The exams of days of which nothing was read, where a damaged medium has these days by its label and none that is unread does.
    private func exams(
        of request: RequestRecord, without read: Set<CalendarDate>, _ media: (unread: UnreadMedia, lost: [MediumRecord]), in tx: any LedgerTransaction
    ) throws -> [FilmNeed] {
        guard let patient = request.patient else { return [] }
        return try tx.orders(ofPatient: patient.patientID).compactMap { record in
            let order = record.order
            guard !order.isCancelled, patient.mayBeIssued(by: order.patient.issuer), let day = order.examDate, request.day == nil || request.day == day,
                !read.contains(day), media.unread.covering(day, limit: 1).isEmpty, let lost = media.lost.first(where: { $0.expected.isOf(day) })
            else { return nil }
            return FilmNeed(
                studyInstanceUID: "", order: record.id, code: .filmOfExam, arguments: [.accession(order.accessionNumber), .label(lost.label)])
        }
    }
}

extension MediumRecord {
    /// Whether it was never read, and may be.
    var isToBeRead: Bool { closedGrant == nil && (state == .expected || state == .reading) }
}

extension ExpectedMedium {
    /// Whether its dates, both of which are known, include `day`.
    fileprivate func isOf(_ day: CalendarDate) -> Bool {
        guard let dateFrom, let dateTo else { return false }
        return dateFrom <= day && day <= dateTo
    }
}

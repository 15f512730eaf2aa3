import Ledger
import Migration
internal import OrderedCollections

/// Looks which media are to be read for a request.
struct RequestedMediaSearch {
    private let request: RequestRecord
    private let studies: [StudyRecord]
    private let unread: UnreadMedia
    private let ledger: any LedgerLookup
    private var wanted: OrderedDictionary<MediumID, RequestedMedium> = [:]
    /// Studies of which nobody has what is still to be sent.
    private(set) var stuck: Set<StudyID> = []
    /// Listed studies that are on no medium that is left to be read.
    private(set) var missing = 0
    /// Whether a listed study that was not read may be on media that say nothing of it: on those without dates, or on any.
    private(set) var isSomewhere = (undated: false, any: false)
    /// Whether anything said where, or from which day, more of it could be.
    private(set) var isInformed = false

    init(_ request: RequestRecord, _ studies: [StudyRecord], among unread: UnreadMedia, in ledger: any LedgerLookup) {
        self.request = request
        self.studies = studies
        self.unread = unread
        self.ledger = ledger
    }

    /// The media, in the order in which they are to be inserted. A copy of one of them is needed only when that could not be read whole.
    var found: [RequestedMedium] {
        let labels = Set(wanted.values.map(\.medium.label))
        let needed = wanted.values.filter { $0.reason == .neededAgain || !labels.contains($0.medium.expected.copyOf) }
        let sorted = needed.sorted { ($0.reason, -$0.count, $0.medium.label) < ($1.reason, -$1.count, $1.medium.label) }
        return Array(sorted.prefix(RequestStanding.mediaLimit))
    }

    mutating func run() throws {
        try lookForLostParts()
        try lookInLegacyIndex()
        try lookForAwaited()
        try lookForExams()
    }

    private mutating func want(_ medium: MediumRecord, _ reason: RequestedMedium.Reason) {
        guard wanted[medium.id]?.reason ?? reason == reason else { return }
        wanted[medium.id, default: RequestedMedium(medium: medium, reason: reason, count: 0)].count += 1
    }

    /// What was read before and is to be read again.
    private mutating func lookForLostParts() throws {
        for study in try studies.filter({ try $0.progress.state.isMoving || isToBeGathered($0) }) {
            let open = try ledger.parts(of: study.id).filter { !$0.remaining.isEmpty }
            if !open.isEmpty, open.allSatisfy(\.isGone) { stuck.insert(study.id) }
            for part in open where part.isGone {
                guard let medium = try ledger.medium(part.medium), medium.state == .expected || medium.state == .reading else { continue }
                want(medium, .neededAgain)
            }
        }
    }

    /// Whether it is read again because it is to be deleted or rejected at the destination, and sent again.
    private func isToBeGathered(_ study: StudyRecord) throws -> Bool {
        try ledger.correction(of: study.id)?.state.isPreparing == true
    }

    /// What the legacy archive's own index lists, and was not read.
    private mutating func lookInLegacyIndex() throws {
        for listed in try ledger.listed(for: request) {
            isInformed = true
            guard try ledger.study(uid: listed.header.studyInstanceUID) == nil else { continue }
            let named = listed.mediumLabel.isEmpty ? nil : try ledger.medium(label: listed.mediumLabel)
            if let named {
                let isLeft = try named.isToBeRead || ledger.openMedium(labelled: named.label) != nil
                if isLeft { want(named, .listed) } else { missing += 1 }
            } else if let day = listed.header.date {
                wantListed(of: day)
            } else if unread.count > 0 {
                isSomewhere.any = true
            } else {
                missing += 1
            }
        }
    }

    /// A listed study of that day, of which nothing says where it lies: on a medium of that day, or else on one without dates.
    private mutating func wantListed(of day: CalendarDate) {
        guard !wantMedia(covering: day) else { return }
        if unread.undatedCount > 0 { isSomewhere.undated = true } else { missing += 1 }
    }

    /// The medium on which the legacy index has a study that was read in part, where that is still to be read.
    private func mediumListed(for study: StudyRecord) throws -> MediumRecord? {
        guard let label = try ledger.legacyStudy(uid: study.header.studyInstanceUID)?.mediumLabel, !label.isEmpty else { return nil }
        return try ledger.medium(label: label).flatMap { $0.isToBeRead ? $0 : nil }
    }

    /// Media until which studies of it wait: the one that its sentence names, and all that could hold its day.
    private mutating func lookForAwaited() throws {
        for study in studies where study.holdReason == .waitingForMedia {
            if study.progress.sentence?.code == SentenceCode.waitingForListed.rawValue, let named = try mediumListed(for: study) {
                want(named, .awaited)
                continue
            }
            var media = try study.progress.sentence?.namedMedia.compactMap { try ledger.openMedium(labelled: $0) } ?? []
            media += try ledger.openMedia(covering: study.header.date.map { $0...$0 }, limit: RequestStanding.mediaLimit).filter { !media.contains($0) }
            for medium in media { want(medium, .awaited) }
        }
    }

    /// Exams of it of which nothing was read.
    private mutating func lookForExams() throws {
        let read = Set(studies.compactMap(\.header.date))
        for day in try examDays() {
            isInformed = true
            if !read.contains(day) { _ = wantMedia(covering: day) }
        }
    }

    /// The days of the exams that were ordered, each once, the newest first.
    private func examDays() throws -> [CalendarDate] {
        if case .study = request.subject { return [] }
        if let day = request.day { return [day] }
        guard let patient = request.patient else { return [] }
        let orders = try ledger.orders(ofPatient: patient.patientID).map(\.order).filter {
            !$0.isCancelled && patient.mayBeIssued(by: $0.patient.issuer)
        }
        return Set(orders.compactMap(\.examDate)).sorted(by: >) // unordered: it is sorted
    }

    /// Whether there are media of that day.
    private mutating func wantMedia(covering day: CalendarDate) -> Bool {
        let media = unread.covering(day, limit: RequestStanding.mediaLimit)
        for medium in media { want(medium, .possible) }
        return !media.isEmpty
    }
}

extension Sentence {
    /// The media that it names.
    fileprivate var namedMedia: [String] {
        arguments.compactMap { argument -> String? in
            guard case .label(let label) = argument else { return nil }
            return label
        }
    }
}

extension LedgerLookup {
    /// What the legacy archive's own index lists of what `request` asks for, read or not.
    func listed(for request: RequestRecord) throws -> [LegacyStudy] {
        let limit = RequestStanding.legacyLimit
        switch request.subject {
        case .study(let uid): return try legacyStudy(uid: uid).map { [$0] } ?? []
        case .exam(let number): return try legacyStudies(accessionNumber: number, limit: limit)
        case .patient(_):
            guard let patient = request.patient else { return [] }
            let all = try formerKeys(of: patient).flatMap { try legacyStudies(ofPatient: $0.patientID, limit: limit) }
            return all.filter { patient.mayBeIssued(by: $0.header.patient.issuer) }
        }
    }
}

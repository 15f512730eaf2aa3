internal import Coordination
internal import Ledger
internal import LineServer
public import Migration

/// Lists the studies that wait for a person, section by section.
public struct ListWorklist: ListOperation {
    public static let path = "/v1/worklist"
    public static let isReading = true

    /// The sections, in the order in which they are to be worked on.
    public enum Section: String, Codable, Hashable, Sendable, CaseIterable {
        /// Those that an open request asks for, request by request.
        case requested
        /// The others, in the order in which they were read.
        case waiting
        /// Those that somebody put off.
        case postponed
        /// Those that were sent or decided on, and against which something came up since, whatever their state.
        case flagged
    }

    /// A page of studies.
    public struct Output: ListPage {
        /// The studies.
        public var studies: [WaitingShape]
        public var next: Int64?
        public var rows: [WaitingShape] { studies }
    }

    /// Which section; nil: ``Section/waiting``.
    public var section: Section?
    /// Only those held for this reason, or flagged for it; nil: for any that needs a person.
    public var reason: HoldReason?
    /// Only those with an object of this modality; nil: all.
    public var modality: String?
    /// Only those of this Study Date or later, YYYYMMDD; nil: all.
    public var from: String?
    /// Only those of this Study Date or earlier, YYYYMMDD; nil: all.
    public var to: String?
    public var after: Int64?

    /// Requests whose studies one page looks at: each may have a thousand.
    private static var requestsPerPage: Int { 20 }

    /// A section from its beginning.
    public init(_ section: Section = .waiting, reason: HoldReason? = nil, modality: String? = nil, from: String? = nil, to: String? = nil) {
        self.section = section
        self.reason = reason
        self.modality = modality
        self.from = from
        self.to = to
    }

    public func perform(at desk: Desk) async throws -> Output {
        let filter = try filter()
        let now = SystemClock.reading()
        return try desk.ledger.read { reader in
            let page = Page(after: after.map { StudyID($0) })
            switch section ?? .waiting {
            case .requested: return try requested(filter, at: now, in: reader)
            case .waiting:
                let rows = try reader.waitingStudies(filter, at: now, page: page)
                let others = try rows.filter { try reader.openRequests(for: $0.study).isEmpty }
                return Output(studies: try others.map { try WaitingShape($0, at: now, in: reader) }, next: nextKey(rows) { $0.study.id.number })
            case .postponed:
                let rows = try reader.postponedStudies(filter, at: now, page: page)
                return Output(studies: try rows.map { try WaitingShape($0, at: now, in: reader) }, next: nextKey(rows) { $0.study.id.number })
            case .flagged:
                let rows = try reader.studies(StudyFilter(isFlagged: true), page: page)
                let wanted = rows.filter { filter.takes(flagged: $0.study) }
                return Output(studies: try wanted.map { try WaitingShape($0, at: now, in: reader) }, next: nextKey(rows) { $0.study.id.number })
            }
        }
    }

    private func filter() throws -> WaitingFilter {
        func day(_ text: String?, _ name: String) throws -> CalendarDate? {
            guard let text else { return nil }
            guard let day = CalendarDate(text) else { throw OperationError.badValue("\(name) is \"\(text)\", which is no day of the form YYYYMMDD") }
            return day
        }
        return WaitingFilter(reason: reason, modality: modality, first: try day(from, "from"), last: try day(to, "to"))
    }

    /// The held studies of the next open requests; each with the first request that asks for it.
    private func requested(_ filter: WaitingFilter, at now: Instant, in reader: any LedgerReader) throws -> Output {
        let requests = try reader.requests(.open, page: Page(after: after.map { RequestID($0) }, limit: Self.requestsPerPage))
        var shapes: [WaitingShape] = []
        for request in requests {
            for study in try reader.studies(of: request) where filter.takes(study) {
                guard try reader.openRequests(for: study).first?.id == request.id, let row = try reader.studyRow(uid: study.header.studyInstanceUID) else { continue }
                let isPutOff = try reader.postponement(of: study.id).map { $0.until > now } ?? false
                if !isPutOff { shapes.append(try WaitingShape(row, at: now, in: reader)) }
            }
        }
        return Output(studies: shapes, next: requests.count == Self.requestsPerPage ? requests.last?.id.number : nil)
    }
}

/// Shows one study that waits for a person, or that was decided on, with the orders that may be its own.
public struct ShowWorklistItem: ConsoleOperation {
    public static let path = "/v1/worklist/items"
    public static let isReading = true

    /// The study's Study Instance UID.
    public var study: String

    /// The study of this Study Instance UID.
    public init(study: String) { self.study = study }

    public func perform(at desk: Desk) async throws -> WorklistItemShape {
        let now = SystemClock.reading()
        return try desk.ledger.read { reader in
            guard let row = try reader.studyRow(uid: study) else { throw OperationError(code: "unknown", message: "no study \(study) is in the ledger") }
            return try WorklistItemShape(WorklistItem(row.study, by: desk.matching, in: reader), row, at: now, in: reader)
        }
    }
}

/// Lists what happened to one study and what was decided on it: its events, the oldest first.
public struct ListStudyHistory: ListOperation {
    public static let path = "/v1/studies/events"
    public static let isReading = true

    /// What happened at one moment.
    public struct Event: Codable, Hashable, Sendable {
        /// Its place in the chain of events.
        public var number: Int64
        /// When, ISO 8601.
        public var at: String
        /// The code of its sentence.
        public var code: String
        /// The sentence in words.
        public var text: String
    }

    /// A page of events.
    public struct Output: ListPage {
        /// The events.
        public var events: [Event]
        public var next: Int64?
        public var rows: [Event] { events }
    }

    /// The study's Study Instance UID.
    public var study: String
    public var after: Int64?

    /// The history of the study of this Study Instance UID, from its beginning.
    public init(study: String) { self.study = study }

    public func perform(at desk: Desk) async throws -> Output {
        try desk.ledger.read { reader in
            guard let known = try reader.study(uid: study) else { throw OperationError(code: "unknown", message: "no study \(study) is in the ledger") }
            let events = try reader.events(about: EventSubject(study: known.id), page: Page(after: after))
            let shapes = events.map { Event(number: $0.sequence, at: $0.at.text, code: $0.sentence.code, text: $0.sentence.text(showsPatients: true)) }
            return Output(events: shapes, next: nextKey(events) { $0.sequence })
        }
    }
}

extension WaitingFilter {
    /// Whether a study is held and is among those that are wanted.
    fileprivate func takes(_ study: StudyRecord) -> Bool {
        guard study.progress.state == .held else { return false }
        return (reason.map { $0 == study.holdReason } ?? (study.holdReason?.passesByItself != true)) && takesExam(of: study)
    }

    /// Whether a flagged study is among those that are wanted.
    fileprivate func takes(flagged study: StudyRecord) -> Bool {
        (reason.map { study.flags.contains($0.rawValue) } ?? true) && takesExam(of: study)
    }

    private func takesExam(of study: StudyRecord) -> Bool {
        if let modality, !study.header.modalities.contains(modality) { return false }
        if first == nil, last == nil { return true }
        guard let day = study.header.date else { return false }
        return first.map { $0 <= day } ?? true && last.map { day <= $0 } ?? true
    }
}

internal import Coordination
public import Ledger
internal import LineServer
internal import Migration

/// Asks for studies to be migrated ahead of all others: of a patient, a study or an exam, one of the three.
public struct MakeRequest: ConsoleOperation {
    public static let path = "/v1/requests"
    public static let isReading = false

    /// The patient ID.
    public var patientID: String?
    /// Who issued the patient ID; nil: not known.
    public var issuer: String?
    /// The Study Instance UID.
    public var studyInstanceUID: String?
    /// The accession number.
    public var accessionNumber: String?
    /// Why.
    public var reason: String

    /// A request of one of these three.
    public init(
        patientID: String? = nil, issuer: String? = nil, studyInstanceUID: String? = nil, accessionNumber: String? = nil, reason: String
    ) {
        self.patientID = patientID
        self.issuer = issuer
        self.studyInstanceUID = studyInstanceUID
        self.accessionNumber = accessionNumber
        self.reason = reason
    }

    public func perform(at desk: Desk) async throws -> RequestShape {
        let made = try await desk.carryOut(.request(try subject(), reason: reason))
        guard case .count(let number)? = made.arguments.first, let shape = try desk.standing(of: RequestID(number)) else {
            throw OperationError(code: "internal", message: "the request was made, and cannot be found")
        }
        return shape
    }

    private func subject() throws -> RequestSubject {
        guard [patientID, studyInstanceUID, accessionNumber].count(where: { $0 != nil }) == 1, issuer == nil || patientID != nil else {
            throw OperationError.badValue("a request names one of patientID (with issuer or without), studyInstanceUID and accessionNumber")
        }
        if let patientID { return .patient(PatientKey(patientID: Identifying(patientID), issuer: Identifying(issuer ?? ""))) }
        return studyInstanceUID.map { .study($0) } ?? .exam(accessionNumber ?? "")
    }
}

/// Lists the requests and where they stand.
public struct ListRequests: ListOperation {
    public static let path = "/v1/requests"
    public static let isReading = true

    /// A page of requests.
    public struct Output: ListPage {
        /// The requests.
        public var requests: [RequestShape]
        public var next: Int64?
        public var rows: [RequestShape] { requests }
    }

    /// Which; nil: those that are open.
    public var filter: RequestFilter?
    public var after: Int64?

    /// Requests of a page: each is looked at with all its studies.
    private static var pageLimit: Int { 100 }

    /// The list from its beginning.
    public init(filter: RequestFilter? = nil) { self.filter = filter }

    public func perform(at desk: Desk) async throws -> Output {
        try desk.ledger.read { reader in
            let page = Page(after: after.map { RequestID($0) }, limit: Self.pageLimit)
            let requests = try reader.requests(filter ?? .open, page: page)
            let unread = try UnreadMedia(in: reader)
            let shapes = try requests.map { RequestShape(try RequestStanding($0, among: unread, in: reader)) }
            return Output(requests: shapes, next: requests.count == Self.pageLimit ? requests.last?.id.number : nil)
        }
    }
}

/// Ends a request before its time.
public struct CancelRequest: ConsoleOperation {
    public static let path = "/v1/requests/cancellations"
    public static let isReading = false

    /// The request's number.
    public var number: Int64
    /// Why.
    public var reason: String

    /// A cancellation of request `number`.
    public init(number: Int64, reason: String) {
        self.number = number
        self.reason = reason
    }

    public func perform(at desk: Desk) async throws -> Done {
        Done(text: try await desk.carryOut(.cancelRequest(RequestID(number), reason: reason)).text(showsPatients: true))
    }
}

extension Desk {
    fileprivate func standing(of id: RequestID) throws -> RequestShape? {
        try ledger.read { reader in
            try reader.request(id).map { RequestShape(try RequestStanding($0, among: UnreadMedia(in: reader), in: reader)) }
        }
    }
}

/// The open requests that persons made, at one look: the newest, in the order of their numbers.
struct RequestOverview {
    /// Requests that are looked at: the status is asked for each second.
    static var limit: Int { 100 }
    /// Media that one complaint names.
    private static var labelLimit: Int { 20 }

    private let standings: [RequestStanding]
    private let automatic: Int

    init(of reader: any LedgerReader) throws {
        let requests = try Array(reader.newestRequestsOfPersons(limit: Self.limit).reversed())
        let unread = requests.isEmpty ? nil : try UnreadMedia(in: reader)
        standings = try unread.map { unread in try requests.map { try RequestStanding($0, among: unread, in: reader) } } ?? []
        automatic = try reader.openRequestCount(isAutomatic: true)
    }

    var shape: StatusShape.Requests {
        let counts = RequestState.allCases.map { state in (state.rawValue, standings.count { $0.state == state }) }
        var seen: Set<String> = []
        let media = standings.flatMap { Self.toInsert($0) }.map(\.medium.label).filter { seen.insert($0).inserted }
        return StatusShape.Requests(byState: Dictionary(uniqueKeysWithValues: counts), automatic: automatic, media: media)
    }

    /// What operators are to do for the requests, one line each.
    var complaints: [String] {
        standings.compactMap { standing in
            let labels = Self.toInsert(standing).map { $0.medium.expected.shelf.isEmpty ? $0.medium.label : "\($0.medium.label) (\($0.medium.expected.shelf))" }
            guard !labels.isEmpty else { return nil }
            let more = labels.count > Self.labelLimit ? " and \(labels.count - Self.labelLimit) more" : ""
            return "request \(standing.request.id): insert \(labels.prefix(Self.labelLimit).joined(separator: ", "))\(more)"
        }
    }

    private static func toInsert(_ standing: RequestStanding) -> [RequestedMedium] { standing.media.filter { $0.medium.state != .reading } }
}

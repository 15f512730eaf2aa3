internal import Coordination
internal import Ledger
internal import Migration

/// Lists the films that are to be digitised.
public struct ListFilms: ListOperation {
    public static let path = "/v1/films"
    public static let isReading = true

    /// A page of films.
    public struct Output: ListPage {
        /// The films.
        public var films: [FilmShape]
        public var next: Int64?
        public var rows: [FilmShape] { films }
    }

    /// Which films are listed.
    public enum Choice: String, Codable, Hashable, Sendable, CaseIterable {
        /// Those that are open.
        case open
        /// Those that ended too.
        case all
    }

    /// Which are listed; nil: those that are open.
    public var choice: Choice?
    public var after: Int64?

    /// The list from its beginning.
    public init(_ choice: Choice = .open) { self.choice = choice }

    public func perform(at desk: Desk) async throws -> Output {
        try desk.ledger.read { reader in
            let rows = try reader.films(includingClosed: choice == .all, page: Page(after: after.map { FilmID($0) }))
            return Output(films: try rows.map { try FilmShape($0, in: reader) }, next: nextKey(rows) { $0.id.number })
        }
    }
}

/// Ends a film's work item: it was digitised as a study, or is not to be.
public struct SettleFilm: ConsoleOperation {
    public static let path = "/v1/films"
    public static let isReading = false

    /// The film's number.
    public var number: Int64
    /// The Study Instance UID of what was digitised; nil: nothing was.
    public var study: String?
    /// Why it is not to be digitised.
    public var reason: String?

    /// An end of film `number`, by one of the two.
    public init(number: Int64, study: String? = nil, reason: String? = nil) {
        self.number = number
        self.study = study
        self.reason = reason
    }

    public func perform(at desk: Desk) async throws -> Done {
        let action: OperatorAction
        switch (study, reason) {
        case (let study?, nil): action = .doneFilm(FilmID(number), studyInstanceUID: study)
        case (nil, let reason?): action = .cancelFilm(FilmID(number), reason: reason)
        default: throw OperationError.badValue("a film ends by one of study and reason")
        }
        return Done(text: try await desk.carryOut(action).text(showsPatients: true))
    }
}

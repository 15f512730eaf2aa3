internal import GRDB
internal import Ledger
internal import Migration

extension SQLiteTransaction {
    private static let filmColumns = "id, request, study_uid, order_id, reason, made_at, after_study, digitised, closing, closed_at"

    private static func film(_ fields: inout Fields) throws -> FilmRecord {
        let (id, request, study): (FilmID, RequestID, String) = (try fields.id(), try fields.id(), try fields.text())
        let order: OrderID? = try fields.integerIfPresent().map { OrderID($0) }
        var film = FilmRecord(request: request, studyInstanceUID: study, order: order, reason: try fields.json(), madeAt: try fields.instant())
        film.id = id
        film.after = try fields.id()
        film.digitised = try fields.text()
        film.closing = try fields.jsonIfPresent()
        film.closedAt = try fields.instantIfPresent()
        return film
    }

    private func films(_ condition: String, _ arguments: Arguments) throws -> [FilmRecord] {
        try fetchAll("SELECT \(Self.filmColumns) FROM film WHERE \(condition)", arguments, Self.film)
    }

    func film(_ id: FilmID) throws -> FilmRecord? { try films("id = ?", [id.number]).first }

    func films(includingClosed: Bool, page: Page<FilmID>) throws -> [FilmRecord] {
        try films("\(includingClosed ? "" : "closed_at IS NULL AND ") id > ? ORDER BY id LIMIT ?", [page.after?.number ?? 0, page.limit])
    }

    func films(of request: RequestID) throws -> [FilmRecord] { try films("request = ? ORDER BY id", [request.number]) }

    func openFilms(study uid: String, order: OrderID?) throws -> [FilmRecord] {
        var found = try films("closed_at IS NULL AND study_uid <> '' AND study_uid = ? ORDER BY id", [uid])
        if let order {
            found += try films("closed_at IS NULL AND order_id IS NOT NULL AND order_id = ? ORDER BY id", [order.number]).filter { film in
                !found.contains { $0.id == film.id }
            }
        }
        return found.sorted { $0.id < $1.id }
    }

    func endedFilms(study uid: String) throws -> [FilmRecord] {
        try films("closed_at IS NOT NULL AND ? IN (study_uid, digitised) ORDER BY id", [uid])
    }

    func openFilmCount() throws -> Int { try fetchOne("SELECT count(*) FROM film WHERE closed_at IS NULL", []) { try $0.count() } ?? 0 }

    func insertFilm(_ film: FilmRecord, _ reason: (FilmID) -> Sentence) throws -> FilmRecord {
        var inserted = film
        inserted.id = FilmID((try fetchOne("SELECT coalesce(max(id), 0) FROM film", []) { try $0.integer() } ?? 0) + 1)
        inserted.after = StudyID(try fetchOne("SELECT coalesce(max(id), 0) FROM study", []) { try $0.integer() } ?? 0)
        inserted.reason = reason(inserted.id)
        try execute(
            "INSERT INTO film(id, request, study_uid, order_id, reason, made_at, after_study) VALUES (?, ?, ?, ?, ?, ?, ?)",
            [
                inserted.id.number, film.request.number, film.studyInstanceUID, film.order?.number, try Coding.json(inserted.reason),
                film.madeAt.milliseconds, inserted.after.number,
            ])
        return inserted
    }

    func updateFilm(_ film: FilmRecord) throws {
        try execute(
            "UPDATE film SET digitised = ?, closing = ?, closed_at = ? WHERE id = ?",
            [film.digitised, try Coding.jsonIfPresent(film.closing), film.closedAt?.milliseconds, film.id.number])
    }
}

import Ledger
import Migration

/// What was asked for and cannot be read from its media is to be digitised from film: a work item for persons.
extension Engine {
    /// Requests of one tick: bounds the writer's time (law 1).
    private static var requestsPerLook: Int { 20 }
    /// Films of one request (law 9): more than an archive keeps of a patient.
    private static var filmLimit: Int { 200 }

    /// Media were read or left out, or something was requested: looks for what has to be digitised, some requests at a time.
    mutating func lookForFilms(in turn: Turn) throws {
        guard let cursor = live.filmCursor else { return }
        let requests = try turn.tx.requests(.open, page: Page(after: cursor, limit: Self.requestsPerLook))
        var scene = FilmScene(mapping: configuration.modalityMapping)
        for request in requests where !request.isAutomatic {
            try step("looking for films of request \(request.id)", in: turn) { try $0.lookForFilms(of: request, &scene, in: turn) }
        }
        live.filmCursor = requests.count == Self.requestsPerLook ? requests.last?.id : nil
    }

    private func lookForFilms(of request: RequestRecord, _ scene: inout FilmScene, in turn: Turn) throws {
        var known = try turn.tx.films(of: request.id)
        for need in try scene.needs(of: request, in: turn.tx) {
            guard known.count < Self.filmLimit else { return }
            let isKnown = try known.contains { need.isOf($0) } || turn.tx.openFilms(study: need.studyInstanceUID, order: need.order).contains { need.isOf($0) }
            guard !isKnown else { continue }
            let film = FilmRecord(
                request: request.id, studyInstanceUID: need.studyInstanceUID, order: need.order, reason: Sentence(need.code), madeAt: turn.now)
            let made = try turn.tx.insertFilm(film) { Sentence(need.code, [.count($0.number), .count(request.id.number)] + need.arguments) }
            try turn.record(made.reason, study: turn.tx.study(uid: need.studyInstanceUID)?.id)
            known.append(made)
        }
    }

    // MARK: How they end

    /// A study was decided on: ends the films that it is the digitised one of, or that need not be digitised since it was read.
    func closeFilms(for study: StudyRecord, in turn: Turn) throws {
        if study.progress.state == .excluded {
            for film in try turn.tx.openFilms(study: study.header.studyInstanceUID, order: nil) {
                try end(film, Sentence(.filmLeftOut, [.count(film.id.number), .study(study.header.studyInstanceUID)]), in: turn)
            }
            return
        }
        guard study.isLinked else { return }
        for film in try turn.tx.openFilms(study: study.header.studyInstanceUID, order: study.order) {
            let number = SentenceArgument.count(film.id.number)
            if film.studyInstanceUID == study.header.studyInstanceUID {
                guard study.size.unreadable == 0, try legacyLack(of: study, in: turn) == nil else { continue }
                try end(film, Sentence(.filmNotNeeded, [number, .study(study.header.studyInstanceUID)]), in: turn)
            } else if study.id > film.after {
                try end(film, Sentence(.filmLinked, [number, .study(study.header.studyInstanceUID)]), as: study, in: turn)
            }
        }
    }

    /// What a study was linked to, or that it is left out, may have changed: films that ended because of it are to be digitised after all.
    func reopenFilms(of id: StudyID, in turn: Turn) throws {
        guard let study = try turn.tx.study(id) else { return }
        let uid = study.header.studyInstanceUID
        for var film in try turn.tx.endedFilms(study: uid) {
            let isDue = switch film.closing?.code {
            case SentenceCode.filmLinked.rawValue: film.digitised == uid && !(study.isLinked && study.order == film.order)
            case SentenceCode.filmDone.rawValue: film.digitised == uid && !study.isLinked
            case SentenceCode.filmLeftOut.rawValue: film.studyInstanceUID == uid && study.progress.state != .excluded
            default: false
            }
            guard isDue, try !turn.tx.openFilms(study: film.studyInstanceUID, order: film.order).contains(where: { $0.isOfSameExam(as: film) }) else { continue }
            film.digitised = ""
            film.closing = nil
            film.closedAt = nil
            try turn.tx.updateFilm(film)
            try turn.record(.filmOpenAgain, [.count(film.id.number), .study(uid)], study: id)
        }
    }

    /// A person says as which study a film was digitised.
    func finishFilm(_ id: FilmID, as uid: String, by person: String, in turn: Turn) throws -> Sentence {
        let film = try openFilm(id, in: turn)
        guard try turn.tx.study(uid: uid) != nil else { throw ActionError(.unknown, "no study \(uid) is in the ledger: digitised film is read as any other study") }
        let study = try checked(uid, DecisionTerms(), by: person, in: turn)
        guard uid != film.studyInstanceUID else { throw ActionError(.badValue, "study \(uid) is the one that could not be read") }
        guard study.isLinked else {
            throw ActionError(.notNow, "study \(uid) is \(study.progress.state.rawValue), and linked to no exam: match assign, or match unspecified, first")
        }
        let sentence = Sentence(.filmDone, [.count(id.number), .study(uid), .text(person)])
        try end(film, sentence, as: study, in: turn)
        return sentence
    }

    /// A person says that a film is not to be digitised: it does not exist, say.
    func cancelFilm(_ id: FilmID, reason: String, by person: String, in turn: Turn) throws -> Sentence {
        try Self.check(reason)
        let film = try openFilm(id, in: turn)
        let sentence = Sentence(.filmCancelled, [.count(id.number), .text(person), .patient(Identifying(reason))])
        try end(film, sentence, in: turn)
        return sentence
    }

    private func openFilm(_ id: FilmID, in turn: Turn) throws -> FilmRecord {
        guard let film = try turn.tx.film(id) else { throw ActionError(.unknown, "there is no film \(id)") }
        guard film.closedAt == nil else { throw ActionError(.notNow, "film \(id) has ended already") }
        return film
    }

    private func end(_ film: FilmRecord, _ sentence: Sentence, as study: StudyRecord? = nil, in turn: Turn) throws {
        var ended = film
        ended.digitised = study?.header.studyInstanceUID ?? ""
        ended.closing = sentence
        ended.closedAt = turn.now
        try turn.tx.updateFilm(ended)
        try turn.record(sentence, study: study?.id)
    }
}

extension FilmRecord {
    fileprivate func isOfSameExam(as other: FilmRecord) -> Bool {
        other.studyInstanceUID.isEmpty ? order == other.order : studyInstanceUID == other.studyInstanceUID
    }
}

extension StudyRecord {
    /// Whether it is decided which exam it is: nothing holds it, or only that the PACS or RIS has not acknowledged its order yet.
    fileprivate var isLinked: Bool { plan != nil && (holdReason == nil || holdReason == .orderNotAcknowledged) }
}

import ArgumentParser
import Console
import Terminal

/// `coordinator film`.
struct FilmCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "film", abstract: "List the exams that were asked for, cannot be read, and are to be digitised from film, and say what became of them.",
        subcommands: [List.self, DoneWith.self, Cancel.self], defaultSubcommand: List.self)

    /// `coordinator film list`.
    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List what is to be digitised, for which request, and why.")

        private struct Document: Encodable { var films: [FilmShape] }

        @Flag(help: "Those that ended as well.")
        var all = false

        @OptionGroup var common: CommonOptions
        @OptionGroup var output: JSONOption

        func run() async throws {
            let list = ListFilms(all ? .all : .open)
            let films = try await Operators.ask(common.configuration()) { try await $0.all(list) }
            if output.json { return try Standard.json(Document(films: films)) }
            var table = TextTable(["FILM", "STATE", "REQUEST", "PATIENT ID", "DATE", "MODALITY", "DESCRIPTION", "ACCESSION", "DIGITISED", "WHY"])
            for film in films {
                table.add([
                    "\(film.number)", film.state, "\(film.request)", film.patientID, film.date, film.modality, film.description, film.accessionNumber ?? "-",
                    film.digitised ?? "-", film.closing ?? film.reason,
                ])
            }
            try Standard.output(table.text)
        }
    }

    /// `coordinator film done`.
    struct DoneWith: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "done", abstract: "Say as which study a film was digitised.",
            discussion: "What is linked to the exam's order ends by itself. The study was read, and is linked to an order or filed as unspecified.")

        @Argument(help: "The film's number.") var number: Int64
        @Argument(help: "The Study Instance UID of what was digitised.") var study: String
        @OptionGroup var common: CommonOptions

        func run() async throws { try await FilmCommand.settle(SettleFilm(number: number, study: study), common) }
    }

    /// `coordinator film cancel`.
    struct Cancel: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Say that a film is not to be digitised.")

        @Argument(help: "The film's number.") var number: Int64
        @Option(help: "Why.") var reason: String
        @OptionGroup var common: CommonOptions

        func run() async throws { try await FilmCommand.settle(SettleFilm(number: number, reason: reason), common) }
    }

    private static func settle(_ operation: SettleFilm, _ common: CommonOptions) async throws {
        let done = try await Operators.ask(common.configuration()) { try await $0.run(operation) }
        Standard.error(done.text)
    }
}

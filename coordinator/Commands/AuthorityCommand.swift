import ArgumentParser
import Console
import Terminal

/// `coordinator authority`.
struct AuthorityCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "authority", abstract: "Show the certificate authority, or put another in its place.",
        subcommands: [Show.self, Rotate.self, Retire.self], defaultSubcommand: Show.self)

    /// `coordinator authority show`.
    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Show which authorities are trusted, and which workers do not trust the newest yet.")

        @OptionGroup var common: CommonOptions
        @OptionGroup var output: JSONOption

        func run() async throws {
            let authority = try await Operators.ask(common.configuration()) { try await $0.run(ShowAuthority()) }
            if output.json { return try Standard.json(authority) }
            var table = TextTable(["AUTHORITY", "SHA-256"])
            table.add(["acting", authority.acting])
            if let next = authority.next { table.add(["next", next]) }
            if let former = authority.former { table.add(["former", former]) }
            let isChanging = authority.next != nil || authority.former != nil
            var waiting = isChanging && !authority.waitingFor.isEmpty ? "\n\nwaiting for: \(authority.waitingFor.joined(separator: ", "))" : ""
            if isChanging, !authority.toBeUpdated.isEmpty { waiting += "\nto be updated, or they never follow: \(authority.toBeUpdated.joined(separator: ", "))" }
            try Standard.output(table.text + waiting)
        }
    }

    /// `coordinator authority rotate`.
    struct Rotate: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make the next authority.",
            discussion: """
                Both are trusted; workers get certificates of the next one with their next beats, and it acts by itself when every \
                worker has shown one. Then retire the former one.
                """)

        @OptionGroup var common: CommonOptions

        func run() async throws { try await AuthorityCommand.change(.rotate, false, common) }
    }

    /// `coordinator authority retire`.
    struct Retire: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Refuse what the former authority signed.")

        @Flag(help: "Though workers do not trust the newest authority yet: they need new invitations.")
        var force = false

        @OptionGroup var common: CommonOptions

        func run() async throws { try await AuthorityCommand.change(.retire, force, common) }
    }

    fileprivate static func change(_ change: ChangeAuthority.Change, _ force: Bool, _ common: CommonOptions) async throws {
        let done = try await Operators.ask(common.configuration()) { try await $0.run(ChangeAuthority(change: change, force: force)) }
        Standard.error(done.text)
    }
}

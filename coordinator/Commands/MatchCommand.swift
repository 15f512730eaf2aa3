import ArgumentParser
import Console

/// `coordinator match`.
struct MatchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "match", abstract: "Simulate the matching, and settle the studies that wait for a person.",
        subcommands: [
            Simulate.self, Learn.self, List.self, Show.self, Previews.self, Take.self, Release.self, Assign.self, Unspecified.self, Exclude.self, Postpone.self, Undo.self,
            Link.self, Unlink.self, History.self,
        ])
}

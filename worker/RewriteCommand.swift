import ArgumentParser
import DICOM
import Foundation
import Terminal

/// `worker rewrite`: writes objects as they would be sent, as files, so that other programs can look at them.
struct RewriteCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rewrite",
        abstract: "Write objects into a folder as they would be sent, with declared changes.",
        discussion: """
            Each PATH is a file, a folder or a disc image. Each object is put together from its elements and written \
            under its path below DIR; preamble, meta header (but for SOP UIDs that are set) and bytes behind the data set stay. Without --set the files \
            are the same, byte for byte, but for implicit elements with encapsulated pixels, which no transfer \
            syntax has: those become explicit. With --set the element is changed, and Original Attributes Sequence \
            (0400,0561) says what it was. --set "SpecificCharacterSet=ISO_IR 192" writes the whole object in UTF-8. Files that are no DICOM objects are passed over. What cannot be opened or read is told, and all else \
            is written. Exit status 1 if an object is damaged or cannot be changed so, if there is none, or if a path cannot be opened or files \
            of a medium may be missing, 2 for wrong arguments.
            """)

    @Argument(help: "Files, folders, disc images.")
    var paths: [String]

    @Option(help: ArgumentHelp("The folder to write into; what is there is not overwritten.", valueName: "dir"))
    var into: String

    @Option(name: .customLong("set"), help: ArgumentHelp("An element by its keyword in PS3.6 or its number, as AccessionNumber=A1.", valueName: "keyword=value"))
    var changes: [String] = []

    @Option(help: ArgumentHelp("When the changes are made, as a DT value (PS3.5 §6.2); the present time if not given.", valueName: "dt"))
    var at: String?

    @Flag(help: "Print one JSON object per file, one a line.")
    var json = false

    @OptionGroup var text: AssumedTextOption

    func run() throws {
        let rewriting = try rewriting()
        var tally = Tally()
        for path in paths {
            let opened = OpenedPath(path)
            tally.meansLoss = tally.meansLoss || opened.meansLoss
            if let contents = opened.contents {
                try rewrite(contents, rewriting, &tally)
            } else if json {
                for finding in opened.findings { try Standard.output(RewrittenFile(path: path, target: "", .failed(finding.detail)).json()) }
            }
        }
        if tally.objects == 0 { throw CommandFailure.nothing(to: "rewrite", meansLoss: tally.meansLoss) }
        if tally.failed > 0 || tally.meansLoss { throw CommandFailure(.failed) }
    }

    /// What is to be done to each object.
    ///
    /// - Throws: ``CommandFailure`` with status 2 for what can be done to none.
    private func rewriting() throws(CommandFailure) -> Rewriting {
        if let at, !DateTimeValue.isValid(at) {
            throw CommandFailure(.usage, "--at: “\(at)” is no DT value of PS3.5 §6.2, as 20260131120000 or 20260131120000.000000+0100")
        }
        let record = CoercionRecord(modifyingSystem: "SKEIN", dateTime: at ?? Self.now)
        var coercion = Coercion()
        for element in try NamedElement.all(changes, option: "--set") { coercion.changes.append(try Self.change(element, record)) }
        return Rewriting(coercion: coercion, record: record, assumed: try text.assumed())
    }

    private static func change(_ element: NamedElement, _ record: CoercionRecord) throws(CommandFailure) -> Coercion.Change {
        guard let value = element.value else {
            throw CommandFailure(.usage, "--set: \(element.name) has no value: it is to be KEYWORD=VALUE, or KEYWORD= for an empty one")
        }
        let change = Coercion.Change(element.tag, value)
        guard change.tag != .specificCharacterSet || change == .inUTF8 else {
            throw CommandFailure(
                .usage, "--set: \(element.name) can be set to \(Coercion.Change.inUTF8.value) only, which writes the whole object in UTF-8, not to “\(value)”")
        }
        do {
            try change.tryOut(record)
        } catch {
            throw CommandFailure(.usage, "--set \(element.name): \(error)")
        }
        return change
    }

    /// What became of all files.
    private struct Tally {
        var objects = 0
        var failed = 0
        var meansLoss = false

        mutating func add(_ outcome: Rewriting.Outcome) {
            switch outcome {
            case .written: objects += 1
            case .failed: (objects, failed) = (objects + 1, failed + 1)
            case .notDICOM: break
            }
        }
    }

    /// Goes on when nobody reads any more what became of the files: they are what was asked for.
    private func rewrite(_ contents: ContentsOfPath, _ rewriting: Rewriting, _ tally: inout Tally) throws {
        for file in contents.files {
            let target = into + "/" + file.relativePath
            let outcome = rewriting.rewrite(to: target) { try contents.content(of: file) }
            tally.add(outcome)
            let line = RewrittenFile(path: file.path, target: target, outcome)
            try Standard.output(json ? line.json() : line.text)
        }
    }

    /// Now as a DT value, in UTC.
    private static var now: String {
        let formatter = DateFormatter()
        formatter.locale = Locale(identifier: "en_US_POSIX")
        formatter.timeZone = TimeZone(identifier: "UTC")
        formatter.dateFormat = "yyyyMMddHHmmss"
        return formatter.string(from: Date()) + "+0000"
    }
}

/// What became of a file, as it is printed.
private struct RewrittenFile: Encodable {
    let path: String
    /// `written`, `not-dicom` or `failed`.
    let status: String
    let target: String?
    /// The elements that were changed, as the standard writes their tags.
    let changed: [String]
    let error: String?

    init(path: String, target: String, _ outcome: Rewriting.Outcome) {
        self.path = path
        switch outcome {
        case .written(let tags):
            (status, self.target, changed, error) = ("written", target, tags.map(\.description), nil)
        case .notDICOM:
            (status, self.target, changed, error) = ("not-dicom", nil, [], nil)
        case .failed(let reason):
            (status, self.target, changed, error) = ("failed", nil, [], reason)
        }
    }

    func json() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(self), as: UTF8.self)
    }

    var text: String {
        Standard.plain("\(path): \(status)" + (target.map { " to \($0)" } ?? "") + (error.map { ": \($0)" } ?? ""))
    }
}

/// Marks of unfinished work. What is left to do belongs in the list of issues; a comment describes what is there.
enum Leftover {
    /// Written in halves, since this file is checked as well.
    static let marks = ["TO" + "DO", "FIX" + "ME", "XX" + "X:", "HA" + "CK:"]

    static func check(_ tree: SourceTree) -> [Fault] {
        let swift = tree.files.flatMap { file in
            file.comments.flatMap { comment in faults(in: comment.text, path: file.path, firstLine: comment.line) }
        }
        return swift + tree.scripts.flatMap { faults(in: $0.text, path: $0.path, firstLine: 1) }
    }

    private static func faults(in text: String, path: String, firstLine: Int) -> [Fault] {
        text.split(separator: "\n", omittingEmptySubsequences: false).enumerated().compactMap { index, line in
            marks.first { line.contains($0) }.map { Fault(path: path, line: firstLine + index, message: "\($0): finish it, or open an issue and delete the mark") }
        }
    }
}

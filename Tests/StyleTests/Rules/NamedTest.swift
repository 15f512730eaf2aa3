/// A document that says "tested by" names a test that is there: a suite or a folder of tests, a transcript, or a target of the Makefile. A row of a table
/// whose last column is "tested by" names at least one, or says in bold what is not so.
enum NamedTest {
    private static let column = "tested by"

    static func check(_ tree: SourceTree) -> [Fault] {
        let known = known(in: tree)
        return tree.documents.flatMap { path, text in
            var isTested = false
            return text.split(separator: "\n", omittingEmptySubsequences: false).enumerated().flatMap { index, line -> [Fault] in
                let names = names(in: line)
                var messages = names.filter { !known.contains($0) }.map { "\($0) is no test, transcript or target: name the one that is meant" }
                isTested = line.hasPrefix("|") && (isTested || lastCell(of: line) == column)
                if isTested, !isHead(line), names.isEmpty, !line.contains("**") { messages.append("no test is named: name one, or say in bold what is not so") }
                return messages.map { Fault(path: path, line: index + 1, message: $0) }
            }
        }
    }

    private static func isHead(_ line: Substring) -> Bool { lastCell(of: line) == column || line.allSatisfy { "|-: ".contains($0) } }

    private static func lastCell(of row: Substring) -> String {
        let cell = row.split(separator: "|").last ?? ""
        return String(cell.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
    }

    private static func names(in line: Substring) -> [String] {
        line.matches(of: #/\b[A-Z]\w*Tests\b|`[\w\-]+\.txt`|\b(?:accept|test)-[a-z\-]+/#).map { String($0.0.filter { $0 != "`" }) }
    }

    private static func known(in tree: SourceTree) -> Set<String> {
        let suites = tree.files.filter(\.isTest).flatMap { file -> [String] in
            let tokens = file.tokens
            guard tokens.indices.contains(where: { tokens.matches(["@", "Test"], at: $0) }) else { return [] }
            return tokens.indices.filter { tokens[$0].text == "struct" || tokens[$0].text == "class" }.map { tokens.text(at: $0 + 1) }
        }
        let folders = Manifest(tree.manifest).targets.filter(\.isTest).map(\.name)
        let targets = tree.makefile.matches(of: #/(?m)^([a-z\-]+):/#).map { String($0.1) }
        return Set(suites + folders + targets + tree.transcripts)
    }
}

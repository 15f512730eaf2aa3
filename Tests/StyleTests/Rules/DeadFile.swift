/// A file of a library or program nothing of which is mentioned in any other file of them: nothing uses it but perhaps its tests.
enum DeadFile {
    private static let declarations: Set = ["func", "struct", "class", "enum", "actor", "protocol", "typealias", "var", "let", "case", "macro"]

    static func check(_ tree: SourceTree) -> [Fault] {
        let files = tree.files.filter { !$0.isTest }
        // How many files mention a word.
        var mentions: [String: Int] = [:]
        for file in files {
            for word in Set(file.tokens.lazy.filter(\.isWord).map(\.text)) { mentions[word, default: 0] += 1 }
        }
        return files.compactMap { file in
            guard !isEntry(file) else { return nil }
            let names = declared(in: file.tokens)
            guard !names.contains(where: { mentions[$0, default: 0] > 1 }) else { return nil }
            return Fault(path: file.path, line: 1, message: "nothing declared here is mentioned in any other file: use it or delete it")
        }
    }

    /// A file where the program begins, or one that gives a type of elsewhere a conformance, is used without being named.
    private static func isEntry(_ file: SourceFile) -> Bool {
        if file.path.hasSuffix("/main.swift") || file.tokens.indices.contains(where: { file.tokens.matches(["@", "main"], at: $0) }) { return true }
        return file.tokens.indices.contains { index in
            file.tokens[index].text == "extension" && extendsWithConformance(file.tokens, from: index + 1)
        }
    }

    private static func extendsWithConformance(_ tokens: [Token], from start: Int) -> Bool {
        var index = start
        while index < tokens.count, tokens[index].text != "{" {
            if tokens[index].text == ":" { return true }
            index += 1
        }
        return false
    }

    private static func declared(in tokens: [Token]) -> Set<String> {
        Set(tokens.indices.compactMap { index in
            guard declarations.contains(tokens[index].text), index + 1 < tokens.count, tokens[index + 1].isWord else { return nil }
            return tokens[index + 1].text
        })
    }
}

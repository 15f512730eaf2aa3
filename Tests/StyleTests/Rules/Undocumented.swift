/// Every public declaration of a library says what it is: shapes, units, errors, the section of the standard.
enum Undocumented {
    private static let declarations: Set = ["func", "var", "let", "struct", "class", "enum", "actor", "protocol", "init", "subscript", "typealias"]

    /// Words that may stand between `public` and the kind of the declaration.
    private static let modifiers: Set = [
        "static", "final", "mutating", "nonmutating", "override", "private", "internal", "package", "(", "set", ")", "lazy", "weak", "convenience",
        "required", "indirect", "nonisolated", "unsafe", "consuming", "borrowing", "dynamic", "isolated",
    ]

    /// Members of protocols of the standard library, whose meaning is given there.
    private static let standardMembers: Set = ["description", "debugDescription", "customMirror", "unownedExecutor", "hash", "encode", "==", "<", "=", "makeIterator"]

    static func check(_ tree: SourceTree) -> [Fault] {
        let required = tree.files.filter(\.isLibrary).reduce(into: standardMembers) { $0.formUnion(requirements(in: $1.tokens)) }
        return tree.files.filter(\.isLibrary).flatMap { file in
            file.tokens.indices.compactMap { index -> Fault? in
                guard ["public", "open"].contains(file.tokens[index].text), let declared = declaration(file.tokens, after: index) else { return nil }
                let line = file.tokens[index].line
                guard !required.contains(declared.name), !isDocumented(file, line: line) else { return nil }
                let message = "public \(declared.kind) \(declared.name) has no doc comment: say what it is, its units and its errors"
                return Fault(path: file.path, line: line, message: message)
            }
        }
    }

    /// Names that protocols of the tree require: their comments stand at the protocol, not at each type that fulfils it.
    private static func requirements(in tokens: [Token]) -> Set<String> {
        var names: Set<String> = []
        for index in tokens.indices where tokens[index].text == "protocol" && tokens.text(at: index - 1) != "`" {
            var place = index
            while place < tokens.count, tokens[place].text != "{" { place += 1 }
            var depth = 0
            repeat {
                if tokens.text(at: place) == "{" { depth += 1 }
                if tokens.text(at: place) == "}" { depth -= 1 }
                if depth == 1, ["var", "func"].contains(tokens.text(at: place)) { names.insert(tokens.text(at: place + 1)) }
                place += 1
            } while depth > 0 && place < tokens.count
        }
        return names
    }

    /// Kind and name of what is declared after `public`; nil for imports, extensions, calls of functions named `open`, and decoding.
    private static func declaration(_ tokens: [Token], after start: Int) -> (kind: String, name: String)? {
        var index = start + 1
        while modifiers.contains(tokens.text(at: index)) || (tokens.text(at: index) == "class" && declarations.contains(tokens.text(at: index + 1))) { index += 1 }
        let kind = tokens.text(at: index)
        guard declarations.contains(kind) else { return nil }
        guard kind == "init" || kind == "subscript" else { return (kind, tokens.text(at: index + 1)) }
        let isDecoding = tokens.text(at: index + 2) == "from" && tokens[index...].prefix(8).contains { $0.text == "Decoder" }
        return isDecoding ? nil : (kind, "(\(tokens.text(at: index + 2))")
    }

    /// Whether the lines before, attributes left out, end in a doc comment. Constants on neighbouring lines may share the comment above the first.
    private static func isDocumented(_ file: SourceFile, line: Int) -> Bool {
        let isConstant = file.lines[line - 1].contains("public static let ")
        var place = line - 2
        while place >= 0 {
            let text = file.lines[place].drop { $0 == " " || $0 == "\t" }
            let isSkipped = text.hasPrefix("@") || text.hasPrefix("#if") || text.hasPrefix("// ") || (isConstant && text.hasPrefix("public static let "))
            guard isSkipped else { return text.hasPrefix("///") || text.hasSuffix("*/") }
            place -= 1
        }
        return false
    }
}

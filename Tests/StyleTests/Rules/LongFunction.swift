/// A function is rarely over 25 lines and never over 70. One that was longer when the rule came is listed in `ops/style/long-functions.txt` with its
/// length, one a line: `PATH NAME LINES`. What is listed may only shrink.
struct LongFunction {
    /// What is short may not grow past 70.
    static let maximumLineCount = 70
    static let list = "ops/style/long-functions.txt"

    let name: String
    let line: Int
    let lineCount: Int

    static func check(_ tree: SourceTree) -> [Fault] {
        var listed = entries(tree.longFunctions)
        var faults: [Fault] = []
        for file in tree.files {
            for function in functions(in: file.tokens) where function.lineCount > maximumLineCount {
                let entry = listed.removeValue(forKey: "\(file.path) \(function.name)")
                if let message = function.complaint(allowed: entry?.lineCount) {
                    faults.append(Fault(path: file.path, line: function.line, message: message))
                }
            }
        }
        let stale = listed.sorted { $0.value.line < $1.value.line }.map { name, entry in
            Fault(path: list, line: entry.line, message: "\(name) is not longer than \(maximumLineCount) lines any more, or gone: remove it from the list")
        }
        return faults + stale
    }

    private func complaint(allowed: Int?) -> String? {
        guard let allowed else { return "\(name) has \(lineCount) lines, the limit is \(Self.maximumLineCount): part it" }
        if lineCount > allowed { return "\(name) has \(lineCount) lines and is listed with \(allowed): it may only shrink" }
        return lineCount < allowed ? "\(name) has shrunk to \(lineCount) lines: write that into \(Self.list) in place of \(allowed)" : nil
    }

    private static func entries(_ text: String) -> [String: (lineCount: Int, line: Int)] {
        var entries: [String: (lineCount: Int, line: Int)] = [:]
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() where !line.hasPrefix("#") {
            let words = line.split(separator: " ")
            guard words.count == 3, let lineCount = Int(words[2]) else { continue }
            entries["\(words[0]) \(words[1])"] = (lineCount, index + 1)
        }
        return entries
    }

    /// Every function with a body, initialisers and computed properties included, in the order of the file.
    static func functions(in tokens: [Token]) -> [LongFunction] {
        tokens.indices.compactMap { index in
            let word = tokens[index].text
            let before = tokens.text(at: index - 1)
            guard ["func", "init", "deinit", "subscript", "var"].contains(word), before != ".", before != "`" else { return nil }
            guard let open = body(of: word, in: tokens, from: index + 1), let close = closing(tokens, from: open) else { return nil }
            let name = word == "func" || word == "var" ? tokens.text(at: index + 1) : word
            return LongFunction(name: name, line: tokens[index].line, lineCount: tokens[close].line - tokens[index].line + 1)
        }
    }

    /// The brace that opens the body; nil for a requirement of a protocol or a stored property.
    private static func body(of word: String, in tokens: [Token], from start: Int) -> Int? {
        let next: Set = ["func", "init", "deinit", "subscript", "var", "let", "case", "struct", "enum", "class", "extension", "}", ";"]
        var depth = 0
        for index in start..<tokens.count {
            switch tokens[index].text {
            case "(", "[": depth += 1
            case ")", "]": depth -= 1
            case "{" where depth == 0: return index
            case "=" where depth == 0 && word == "var": return nil
            case let text where depth == 0 && index > start && next.contains(text): return nil
            default: break
            }
            if depth < 0 { return nil }
        }
        return nil
    }

    private static func closing(_ tokens: [Token], from open: Int) -> Int? {
        var depth = 0
        for index in open..<tokens.count {
            if tokens[index].text == "{" { depth += 1 }
            if tokens[index].text == "}" {
                depth -= 1
                if depth == 0 { return index }
            }
        }
        return nil
    }
}

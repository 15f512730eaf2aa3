import Foundation

/// Going through a dictionary or a set in an engine: its order differs from run to run, and with it the decision (law 3).
///
/// Seen by words alone: names that the file declares as `[K: V]`, `Dictionary` or `Set`; members that the engines declare so, and nowhere otherwise; `.keys`
/// and `.values` of what is not declared as ordered.
/// Where the order makes no difference, a comment `// unordered: REASON` on the line or the one before says why.
enum UnorderedIteration {
    /// Rooms whose decisions must not depend on an order that nothing defines.
    static let rooms: Set = ["Migration", "Matching", "Coordination", "Holding"]

    /// Members whose result depends on the order in which elements come.
    static let orderedMembers: Set = ["map", "compactMap", "flatMap", "forEach", "reduce", "first", "enumerated", "prefix", "dropFirst", "popFirst", "joined", "makeIterator"]

    static let mark = "// unordered:"

    static func check(_ tree: SourceTree) -> [Fault] {
        let files = tree.files.filter { rooms.contains($0.room ?? "") }
        var members = DeclaredCollections()
        for file in files { members.read(file.tokens, includingPrivate: false) }
        return files.flatMap { file -> [Fault] in
            var names = DeclaredCollections()
            names.read(file.tokens, includingPrivate: true)
            return check(file, names: Names(own: names, members: members))
        }
    }

    private struct Names {
        /// Names that the file itself declares.
        let own: DeclaredCollections
        /// Members of types of all engines.
        let members: DeclaredCollections
    }

    private static func check(_ file: SourceFile, names: Names) -> [Fault] {
        file.tokens.indices.compactMap { index -> Fault? in
            guard let what = iteration(in: file.tokens, at: index, names: names) else { return nil }
            let line = file.tokens[index].line
            switch reason(in: file, line: line) {
            case .given: return nil
            case .empty: return Fault(path: file.path, line: line, message: "`\(mark)` gives no reason")
            case .none:
                return Fault(
                    path: file.path, line: line,
                    message: "\(what) has no defined order: sort it, keep an OrderedDictionary, or say why with `\(mark) REASON` (law 3)")
            }
        }
    }

    private enum Reason { case given, empty, none }

    private static func reason(in file: SourceFile, line: Int) -> Reason {
        for comment in file.comments where comment.line == line || comment.line == line - 1 {
            guard let range = comment.text.range(of: mark) else { continue }
            return comment.text[range.upperBound...].contains { !$0.isWhitespace } ? .given : .empty
        }
        return .none
    }

    /// What is gone through at `index`, if it is unordered: the end of a `for … in` expression, or a call of an ordered member.
    private static func iteration(in tokens: [Token], at index: Int, names: Names) -> String? {
        if tokens[index].text == "in", isLoop(tokens, at: index) {
            return unordered(lastNameOf: tokens, from: index + 1, names: names)
        }
        guard tokens[index].text == ".", orderedMembers.contains(tokens.text(at: index + 1)) else { return nil }
        return unordered(tokens, at: index - 1, names: names)
    }

    /// Whether the `in` at `index` is that of a loop: a `for` begins its statement.
    private static func isLoop(_ tokens: [Token], at index: Int) -> Bool {
        var place = index - 1
        while place >= 0, tokens[index].line - tokens[place].line <= 2, !["{", "}", ";"].contains(tokens[place].text) {
            if tokens[place].text == "for" { return true }
            place -= 1
        }
        return false
    }

    /// Looks at the expression of a loop up to its brace or `where`: `a.b.values`.
    private static func unordered(lastNameOf tokens: [Token], from start: Int, names: Names) -> String? {
        var end = start
        while end < tokens.count, tokens[end].isWord || [".", "?", "!"].contains(tokens[end].text), tokens[end].text != "where" { end += 1 }
        guard ["{", "where"].contains(tokens.text(at: end)) else {
            // A call or a subscript: only the making of a set or dictionary is known to be unordered.
            return ["Set", "Dictionary"].contains(tokens.text(at: start)) ? tokens.text(at: start) : nil
        }
        return unordered(tokens, at: end - 1, names: names)
    }

    private static func unordered(_ tokens: [Token], at index: Int, names: Names) -> String? {
        let word = tokens.text(at: index)
        if word == "keys" || word == "values", tokens.text(at: index - 1) == "." {
            let owner = tokens.text(at: index - 2)
            return names.own.ordered.contains(owner) || names.members.ordered.contains(owner) ? nil : "\(owner).\(word)"
        }
        let isMember = tokens.text(at: index - 1) == "." && tokens.text(at: index - 2) != "self"
        let known = isMember ? names.members : names.own
        return known.unordered.contains(word) && !known.ordered.contains(word) ? word : nil
    }
}

/// Names of stored properties, variables and parameters by whether their collections have an order, as their declarations say.
struct DeclaredCollections {
    private(set) var unordered: Set<String> = []
    private(set) var ordered: Set<String> = []

    mutating func read(_ tokens: [Token], includingPrivate: Bool) {
        for index in tokens.indices where tokens[index].isWord {
            guard includingPrivate || !["private", "fileprivate"].contains(tokens.text(at: index - 2)) else { continue }
            let mark = tokens.text(at: index + 1)
            guard mark == ":" || mark == "=" else { continue }
            let name = tokens[index].text
            let start = index + 2
            if isUnordered(tokens, at: start, isType: mark == ":") {
                unordered.insert(name)
            } else if tokens.text(at: start).hasPrefix("Ordered") || (mark == ":" && tokens.text(at: start) == "[") {
                ordered.insert(name)
            }
        }
    }

    private func isUnordered(_ tokens: [Token], at start: Int, isType: Bool) -> Bool {
        let first = tokens.text(at: start)
        let next = tokens.text(at: start + 1)
        if first == "Set" || first == "Dictionary" { return next == "<" || next == "(" }
        guard first == "[" else { return false }
        return isType ? isDictionaryType(tokens, at: start) : next == ":" && tokens.text(at: start + 2) == "]"
    }

    /// `[K: V]`: a colon at the bracket's own depth.
    private func isDictionaryType(_ tokens: [Token], at start: Int) -> Bool {
        var depth = 0
        for index in start..<min(start + 40, tokens.count) {
            switch tokens[index].text {
            case "[", "(", "<": depth += 1
            case "]", ")", ">": depth -= 1
            case ":" where depth == 1: return true
            default: break
            }
            if depth == 0 { return false }
        }
        return false
    }
}

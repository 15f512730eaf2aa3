internal import Yams

/// A mapping of a configuration file, read key by key; what was not asked for in the end is refused as unknown.
public struct ConfigurationSection {
    private let file: String
    private let path: String
    private let line: Int?
    private let pairs: [(key: Node, value: Node)]
    private var asked: [String] = []

    /// The top of a file's text.
    ///
    /// - Throws: ``ConfigurationError`` when it is no YAML, or no mapping.
    public init(yaml: String, file: String) throws(ConfigurationError) {
        let node: Node?
        do {
            node = try Yams.compose(yaml: yaml)
        } catch {
            throw ConfigurationError(error, file: file)
        }
        guard let node else { throw ConfigurationError(.malformed, file: file, "is empty") }
        try self.init(node, path: "", file: file)
    }

    private init(_ node: Node, path: String, file: String) throws(ConfigurationError) {
        guard case .mapping(let mapping) = node else {
            throw ConfigurationError(
                .badValue, file: file, line: node.mark?.line, "\(path.isEmpty ? "the file" : path) is to be keys and values")
        }
        self.file = file
        self.path = path
        line = node.mark?.line
        pairs = mapping.map { (key: $0.key, value: $0.value) }
    }

    private func name(_ key: String) -> String { path.isEmpty ? key : "\(path).\(key)" }

    private mutating func node(_ key: String) -> Node? {
        asked.append(key)
        return pairs.first { $0.key.string == key }?.value
    }

    /// The section under `key`; nil when it is absent.
    public mutating func section(_ key: String) throws(ConfigurationError) -> ConfigurationSection? {
        guard let node = node(key) else { return nil }
        return try ConfigurationSection(node, path: name(key), file: file)
    }

    /// The sections of the list under `key`; none when it is absent.
    public mutating func sections(_ key: String) throws(ConfigurationError) -> [ConfigurationSection] {
        var sections: [ConfigurationSection] = []
        for item in try items(key) ?? [] { sections.append(try ConfigurationSection(item.node, path: item.name, file: file)) }
        return sections
    }

    /// The value of `key`, as `read` understands its text; nil when it is absent.
    ///
    /// - Parameter expectation: what a right value is, for the message.
    public mutating func value<Value>(
        _ key: String, _ expectation: String, _ read: (String) -> Value?
    ) throws(ConfigurationError) -> Value? {
        guard let node = node(key) else { return nil }
        return try value(of: node, name(key), expectation, read)
    }

    /// The value of a key that must be there; see ``value(_:_:_:)``.
    public mutating func required<Value>(
        _ key: String, _ expectation: String, _ read: (String) -> Value?
    ) throws(ConfigurationError) -> Value {
        guard let value = try value(key, expectation, read) else {
            throw ConfigurationError(.missingKey, file: file, line: line, "\(name(key)) is missing; it is to be \(expectation)")
        }
        return value
    }

    /// The whole number under `key`; nil when it is absent.
    public mutating func number(_ key: String, _ range: ClosedRange<Int>) throws(ConfigurationError) -> Int? {
        try value(key, "a number from \(range.lowerBound) to \(range.upperBound)") { Int($0).flatMap { range.contains($0) ? $0 : nil } }
    }

    /// The values of the list under `key`; nil when it is absent.
    public mutating func values<Value>(
        _ key: String, _ expectation: String, _ read: (String) -> Value?
    ) throws(ConfigurationError) -> [Value]? {
        guard let items = try items(key) else { return nil }
        var values: [Value] = []
        for item in items { values.append(try value(of: item.node, item.name, expectation, read)) }
        return values
    }

    /// All keys and values of the section, for sections whose keys are free.
    public mutating func table() throws(ConfigurationError) -> [(key: String, value: String)] {
        var table: [(key: String, value: String)] = []
        for (key, value) in pairs {
            guard let key = key.string else { throw bad(key, path, "has a key that is no text") }
            asked.append(key)
            table.append((key, try self.value(of: value, name(key), "a text") { $0 }))
        }
        return table
    }

    /// Refuses keys that were not asked for, and keys that stand twice.
    public func finish() throws(ConfigurationError) {
        var seen: [String] = []
        for (key, _) in pairs {
            let text = key.string ?? "?"
            guard asked.contains(text) else {
                let known = asked.sorted().joined(separator: ", ")
                throw ConfigurationError(
                    .unknownKey, file: file, line: key.mark?.line, "unknown key \(name(text)); the keys here are \(known)")
            }
            guard !seen.contains(text) else { throw bad(key, name(text), "stands twice") }
            seen.append(text)
        }
    }

    /// The error for a value that contradicts another.
    public func contradiction(_ key: String, _ what: String) -> ConfigurationError {
        ConfigurationError(.badValue, file: file, line: pairs.first { $0.key.string == key }?.key.mark?.line, "\(name(key)) \(what)")
    }

    /// The items of the list under `key`, with their key paths; nil when it is absent.
    private mutating func items(_ key: String) throws(ConfigurationError) -> [(name: String, node: Node)]? {
        guard let node = node(key) else { return nil }
        guard case .sequence(let sequence) = node else {
            throw bad(node, name(key), "is to be a list: in brackets, or one item a line, each after a dash")
        }
        return sequence.enumerated().map { (name: "\(name(key))[\($0.offset)]", node: $0.element) }
    }

    private func value<Value>(
        of node: Node, _ name: String, _ expectation: String, _ read: (String) -> Value?
    ) throws(ConfigurationError) -> Value {
        guard case .scalar(let scalar) = node else { throw bad(node, name, "is to be \(expectation)") }
        guard let value = read(scalar.string) else { throw bad(node, name, "is \"\(scalar.string)\", but is to be \(expectation)") }
        return value
    }

    private func bad(_ node: Node, _ name: String, _ what: String) -> ConfigurationError {
        ConfigurationError(.badValue, file: file, line: node.mark?.line, "\(name) \(what)")
    }
}

extension ConfigurationError {
    /// The reader of YAML's complaint, in one line.
    fileprivate init(_ error: any Error, file: String) {
        switch error as? YamlError {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _), .composer(_, let problem, let mark, _):
            self.init(.malformed, file: file, line: mark.line, "is no YAML: \(problem), at column \(mark.column)")
        case .duplicatedKeysInMapping(let keys, let context):
            self.init(.badValue, file: file, line: context.mark.line, "\(keys.joined(separator: ", ")) stands twice")
        default:
            self.init(.malformed, file: file, "is no YAML: \("\(error)".prefix { !$0.isNewline })")
        }
    }
}

import Yams

/// A mapping of a configuration file, read key by key; what was not asked for in the end is refused as unknown.
struct ConfigurationSection {
    private let file: String
    private let path: String
    private let line: Int?
    private let pairs: [(key: Node, value: Node)]
    private var asked: [String] = []

    /// The top of a file's text.
    init(yaml: String, file: String) throws(ConfigurationError) {
        let node: Node?
        do {
            node = try Yams.compose(yaml: yaml)
        } catch {
            throw ConfigurationError(file: file, "is no YAML: \(error)")
        }
        guard let node else { throw ConfigurationError(file: file, "is empty") }
        try self.init(node, path: "", file: file)
    }

    private init(_ node: Node, path: String, file: String) throws(ConfigurationError) {
        guard case .mapping(let mapping) = node else {
            throw ConfigurationError(
                file: file, line: node.mark?.line, "\(path.isEmpty ? "the file" : path) is to be keys and values")
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
    mutating func section(_ key: String) throws(ConfigurationError) -> ConfigurationSection? {
        guard let node = node(key) else { return nil }
        return try ConfigurationSection(node, path: name(key), file: file)
    }

    /// The sections of the list under `key`; none when it is absent.
    mutating func sections(_ key: String) throws(ConfigurationError) -> [ConfigurationSection] {
        guard let node = node(key) else { return [] }
        guard case .sequence(let sequence) = node else {
            throw ConfigurationError(file: file, line: node.mark?.line, "\(name(key)) is to be a list: [] or one item a line, each after a dash")
        }
        var sections: [ConfigurationSection] = []
        for (index, item) in sequence.enumerated() {
            sections.append(try ConfigurationSection(item, path: "\(name(key))[\(index)]", file: file))
        }
        return sections
    }

    /// The value of `key`, as `read` understands its text; nil when it is absent.
    ///
    /// - Parameter expectation: what a right value is, for the message.
    mutating func value<Value>(
        _ key: String, _ expectation: String, _ read: (String) -> Value?
    ) throws(ConfigurationError) -> Value? {
        guard let node = node(key) else { return nil }
        guard case .scalar(let scalar) = node else {
            throw ConfigurationError(file: file, line: node.mark?.line, "\(name(key)) is to be \(expectation)")
        }
        guard let value = read(scalar.string) else {
            throw ConfigurationError(file: file, line: node.mark?.line, "\(name(key)) is \"\(scalar.string)\", but is to be \(expectation)")
        }
        return value
    }

    /// The value of a key that must be there; see ``value(_:_:_:)``.
    mutating func required<Value>(
        _ key: String, _ expectation: String, _ read: (String) -> Value?
    ) throws(ConfigurationError) -> Value {
        guard let value = try value(key, expectation, read) else {
            throw ConfigurationError(file: file, line: line, "\(name(key)) is missing; it is to be \(expectation)")
        }
        return value
    }

    /// The error for a value that contradicts another.
    func contradiction(_ key: String, _ what: String) -> ConfigurationError {
        ConfigurationError(file: file, line: pairs.first { $0.key.string == key }?.key.mark?.line, "\(name(key)) \(what)")
    }

    /// Refuses keys that were not asked for, and keys that stand twice.
    func finish() throws(ConfigurationError) {
        var seen: [String] = []
        for (key, _) in pairs {
            let text = key.string ?? "?"
            guard asked.contains(text) else {
                throw ConfigurationError(
                    file: file, line: key.mark?.line,
                    "unknown key \(name(text)); the keys here are \(asked.sorted().joined(separator: ", "))")
            }
            guard !seen.contains(text) else { throw ConfigurationError(file: file, line: key.mark?.line, "\(name(text)) stands twice") }
            seen.append(text)
        }
    }
}

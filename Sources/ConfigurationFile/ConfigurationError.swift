/// What is wrong in a configuration file: the file, the line, the key path, and the limit.
public struct ConfigurationError: Error, Hashable, CustomStringConvertible {
    /// The codes.
    public enum Code: String, Hashable, Sendable, CaseIterable {
        /// The file cannot be read.
        case unreadable = "configuration-unreadable"
        /// The file is no YAML.
        case malformed = "configuration-malformed"
        /// A key that means nothing here.
        case unknownKey = "configuration-unknown-key"
        /// A key that must be there is not.
        case missingKey = "configuration-missing-key"
        /// A value of the wrong kind or beyond its limit.
        case badValue = "configuration-bad-value"
    }

    /// What kind of fault it is.
    public let code: Code
    /// The sentence for people, beginning with the file and, where it is known, the line.
    public let message: String

    init(_ code: Code, file: String, line: Int? = nil, _ text: String) {
        self.code = code
        message = "\(file)\(line.map { ":\($0)" } ?? ""): \(text)"
    }

    public var description: String { message }
}

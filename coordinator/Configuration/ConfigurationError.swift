/// What is wrong in a configuration file: the file, the line, the key path, and the limit.
struct ConfigurationError: Error, Hashable, CustomStringConvertible {
    /// The codes.
    enum Code: String, Hashable, CaseIterable {
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

    let code: Code
    let message: String

    init(_ code: Code, file: String, line: Int? = nil, _ text: String) {
        self.code = code
        message = "\(file)\(line.map { ":\($0)" } ?? ""): \(text)"
    }

    var description: String { message }
}

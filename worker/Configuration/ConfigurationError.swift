/// What is wrong in a configuration file: the file, the line, the key path, and the limit.
struct ConfigurationError: Error, CustomStringConvertible {
    let description: String

    init(file: String, line: Int? = nil, _ text: String) {
        description = "\(file)\(line.map { ":\($0)" } ?? ""): \(text)"
    }
}

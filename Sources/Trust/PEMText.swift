/// A text of several PEM blocks (RFC 7468 §2), such as a key with its certificates.
enum PEMText {
    /// The blocks of `text` in their order, each from its `BEGIN` to its `END` line, with LF at its end. What stands between them does not count.
    static func blocks(of text: String) -> [String] {
        var blocks: [String] = []
        var block: [Substring] = []
        for line in text.split(whereSeparator: \.isNewline) {
            if line.hasPrefix("-----BEGIN ") { block = [] }
            guard !block.isEmpty || line.hasPrefix("-----BEGIN ") else { continue }
            block.append(line)
            if line.hasPrefix("-----END ") {
                blocks.append(block.joined(separator: "\n") + "\n")
                block = []
            }
        }
        return blocks
    }
}

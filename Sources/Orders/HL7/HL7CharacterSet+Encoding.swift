internal import DICOM

extension HL7CharacterSet {
    /// Whether text can be written in it: sets that are called by escape sequences are read alone.
    public var isWritable: Bool { bytes(of: "A") != nil }

    /// The bytes of `text`; nil when it has a character that the set does not have. Nothing is replaced.
    func bytes(of text: String) -> [UInt8]? {
        switch reading {
        case .ascii: return text.utf8.allSatisfy { $0 < 0x80 && $0 != 0x1B } ? Array(text.utf8) : nil
        case .utf8: return Array(text.utf8)
        case .encoding(let name): return Iconv(from: "UTF-8", to: name)?.convert(text.utf8)
        // KS X 1001 alone is in its right half from the message's beginning on, without escape sequences. Syllables that it lacks are not written as Korean Windows has
        // them: not every receiver reads those.
        case .extensible: return plain == nil ? nil : Iconv(from: "UTF-8", to: "EUC-KR")?.convert(text.utf8)
        }
    }
}

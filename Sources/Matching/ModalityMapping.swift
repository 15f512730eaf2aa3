/// The hospital's modality codes and the DICOM modalities (PS3.3 C.7.3.1.1.1) that they stand for.
///
/// A code that is not mapped stands for itself. Case and surrounding spaces do not count.
public struct ModalityMapping: Hashable, Sendable, CustomStringConvertible {
    private let modalities: [String: [String]]

    /// A mapping of `codes`, each to one or several modalities.
    public init(_ codes: [String: [String]] = ModalityMapping.standardCodes) {
        var modalities: [String: [String]] = [:]
        for (code, meanings) in codes.sorted(by: { $0.key < $1.key }) {
            // Two spellings of one code add up.
            modalities[Self.normalised(code), default: []] += meanings.map(Self.normalised)
        }
        self.modalities = modalities
    }

    /// Codes that hospitals use and DICOM has retired: DSA is recorded as XA.
    public static var standardCodes: [String: [String]] { ["DSA": ["XA"]] }

    /// The DICOM modalities that the hospital's `code` stands for; none when it is empty.
    public func modalities(of code: String) -> [String] {
        let code = Self.normalised(code)
        return modalities[code] ?? (code.isEmpty ? [] : [code])
    }

    /// Whether the hospital's `code` stands for one of `modalities`.
    func code(_ code: String, standsForOneOf modalities: [String]) -> Bool {
        let meanings = self.modalities(of: code)
        return modalities.contains { meanings.contains(Self.normalised($0)) }
    }

    /// The codes in their order, the same for the same mapping.
    public var description: String {
        modalities.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value.joined(separator: "/"))" }.joined(separator: ", ")
    }

    static func normalised(_ code: String) -> String { trimmed(code).uppercased() }
}

/// `text` without the spaces at its ends, which do not count in LO, SH and CS (PS3.5 §6.2).
func trimmed(_ text: String) -> String {
    guard text.utf8.first == UInt8(ascii: " ") || text.utf8.last == UInt8(ascii: " ") else { return text }
    let start = text.drop { $0 == " " }
    guard let last = start.lastIndex(where: { $0 != " " }) else { return "" }
    return String(start[...last])
}

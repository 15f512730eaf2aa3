import DICOM
import Terminal

/// An element as an option names it, with a value or without: `PatientID=4711`, `0008,0050=`, `StudyDate`.
struct NamedElement {
    /// As it was given: a keyword or a number.
    let name: String
    let tag: Tag
    /// What stands behind the equals sign; nil: there is none.
    let value: String?

    /// What the words of an option name.
    ///
    /// - Throws: ``CommandFailure`` with status 2 for a word that names no element, and for an element that is named twice.
    static func all(_ words: [String], option: String) throws(CommandFailure) -> [NamedElement] {
        var elements: [NamedElement] = []
        for word in words {
            let element = try NamedElement(word, option: option)
            if elements.contains(where: { $0.tag == element.tag }) {
                throw CommandFailure(.usage, "\(option): \(element.name) \(element.tag) is given twice")
            }
            elements.append(element)
        }
        return elements
    }

    private init(_ word: String, option: String) throws(CommandFailure) {
        let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        name = parts[0]
        value = parts.count > 1 ? parts[1] : nil
        guard !name.isEmpty else { throw CommandFailure(.usage, "\(option): “\(word)” names no element: the keyword is missing") }
        guard let tag = DataDictionary.tag(named: name) ?? Self.tag(numbered: name) else {
            throw CommandFailure(.usage, "\(option): “\(name)” is neither a keyword of PS3.6 nor a number like 0008,0050")
        }
        self.tag = tag
    }

    private static func tag(numbered text: String) -> Tag? {
        let halves = text.split(separator: ",", omittingEmptySubsequences: false)
        guard halves.count == 2, halves.allSatisfy({ $0.count == 4 && $0.allSatisfy(\.isHexDigit) }), let group = UInt16(halves[0], radix: 16),
            let element = UInt16(halves[1], radix: 16)
        else { return nil }
        return Tag(group, element)
    }
}

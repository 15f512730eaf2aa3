/// A person's name as PN writes it (PS3.5 §6.2.1.1), made ready for comparison.
///
/// Groups are told apart by the script they are written in, not by their place: order systems put the hangul alone into the first group.
struct PersonName: Hashable, Sendable {
    /// The groups that can be compared.
    let groups: [NameGroup]

    /// The name's groups. What is empty, or not readable text, says nothing and is left out.
    init(_ text: String) {
        groups = text.split(separator: "=").compactMap { NameGroup(String($0)) }
    }

    /// Whether two names, in UTF-8, agree as they are written: their first groups are the same, in plain letters that need no reading. Most are.
    static func agreeAsWritten<Bytes: Collection<UInt8>>(_ left: Bytes, _ right: Bytes) -> Bool {
        let group = firstGroup(left)
        return group.elementsEqual(firstGroup(right)) && isPlain(group)
    }

    private static func firstGroup<Bytes: Collection<UInt8>>(_ text: Bytes) -> Bytes.SubSequence { text.prefix { $0 != UInt8(ascii: "=") } }

    /// Whether a group is in ASCII and has a letter in it, so that it surely says something.
    private static func isPlain(_ group: some Collection<UInt8>) -> Bool {
        var hasLetter = false
        for byte in group {
            if byte >= 0x80 { return false }
            if (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20) { hasLetter = true }
        }
        return hasLetter
    }

    /// A group that agrees makes the names agree; groups of the same script that all differ contradict.
    ///
    /// Latin letters that are a way to write the other's Hangul agree with it. Those that are none say nothing: no table has all ways.
    func compared(with other: PersonName) -> Agreement {
        var isComparable = false
        for left in groups {
            for right in other.groups {
                if left.script == right.script {
                    if left.agrees(with: right) { return .agrees }
                    isComparable = true
                } else if left.romanises(right) || right.romanises(left) {
                    return .agrees
                }
            }
        }
        return isComparable ? .contradicts : .silent
    }

    /// Whether both, in Latin letters, may stand for one name: a person decides, or something else does.
    func maySpellSame(as other: PersonName) -> Bool {
        groups.contains { left in other.groups.contains { left.maySpellSame(as: $0) } }
    }

    /// Whether a Latin name of this one is the other's but for one letter.
    func isMistyped(for other: PersonName) -> Bool {
        groups.contains { left in other.groups.contains { left.isMistyped(for: $0) } }
    }

    /// Whether a Latin name of one is no way to write the other's Hangul, but a way to write another Korean name.
    func isOtherName(than other: PersonName) -> Bool {
        groups.contains { left in other.groups.contains { left.isOtherName(than: $0) || $0.isOtherName(than: left) } }
    }
}

/// One component group: its script and its components without case, width, spaces and punctuation.
struct NameGroup: Hashable, Sendable {
    /// The script it is written in.
    let script: NameScript
    /// Family name, given name, middle name, prefix, suffix; absent ones are empty.
    let components: [String]

    /// Components of a group: family, given, middle, prefix, suffix (PS3.5 §6.2.1.1). More are joined to the last.
    private static var componentCount: Int { 5 }

    /// Reads a group; nil when it has no letter or digit, or has a replacement character: what was not decoded says nothing.
    init?(_ text: String) {
        guard !text.unicodeScalars.contains("\u{FFFD}") else { return nil }
        var components = text.split(separator: "^", maxSplits: Self.componentCount - 1, omittingEmptySubsequences: false)
            .map { NameFolding.folded(String($0)) }
        guard components.contains(where: { !$0.isEmpty }) else { return nil }
        components += Array(repeating: "", count: Self.componentCount - components.count)
        self.components = components
        script = NameScript(of: components.joined())
    }

    /// Whether both name the same person, as far as they go.
    ///
    /// Names written with and without separators are compared as a whole. A middle name or suffix that only one of them gives says nothing,
    /// and a prefix is a title.
    func agrees(with other: NameGroup) -> Bool {
        if withoutTitles == other.withoutTitles { return true }
        guard hasParts, other.hasParts else { return false }
        return components[0] == other.components[0] && components[1] == other.components[1]
            && Self.isCompatible(components[2], other.components[2]) && Self.isCompatible(components[4], other.components[4])
    }

    /// Whether this group in Latin letters is a way to write `other` in Hangul.
    func romanises(_ other: NameGroup) -> Bool {
        script == .latin && other.script == .hangul && KoreanRomanisation.spells(withoutTitles, other.withoutTitles)
    }

    /// Whether both, in Latin letters, may stand for one name: a Korean one, or one whose accents only one of them has.
    func maySpellSame(as other: NameGroup) -> Bool {
        guard script == .latin, other.script == .latin else { return false }
        let (ours, theirs) = (withoutTitles, other.withoutTitles)
        if Accents.removed(from: ours) == Accents.removed(from: theirs) { return Accents.areLeftOut(ours, theirs) }
        return KoreanRomanisation.maySpellSame(ours, theirs)
    }

    /// Whether this group in Latin letters is `other`, in these or in Hangul, but for one letter.
    func isMistyped(for other: NameGroup) -> Bool {
        guard script == .latin else { return false }
        let (ours, theirs) = (withoutTitles, other.withoutTitles)
        if other.script == .hangul { return KoreanRomanisation.nearlySpells(ours, theirs) }
        guard other.script == .latin, ours.utf8.count >= Self.leastLetters, ours.utf8.count == theirs.utf8.count else { return false }
        return zip(ours.utf8, theirs.utf8).count { $0 != $1 } == 1
    }

    /// Letters that a Latin name has at least where one of them is taken for mistyped: of Li and Lo nobody knows.
    private static var leastLetters: Int { 5 }

    /// Whether this group in Latin letters is a Korean name, and not `other` in Hangul.
    func isOtherName(than other: NameGroup) -> Bool {
        script == .latin && other.script == .hangul && !romanises(other) && KoreanRomanisation.isName(withoutTitles)
    }

    private var withoutTitles: String { components[0] + components[1] + components[2] + components[4] }

    /// Whether family and given name are told apart.
    var hasParts: Bool { !components[0].isEmpty && !components[1].isEmpty }

    private static func isCompatible(_ left: String, _ right: String) -> Bool { left.isEmpty || right.isEmpty || left == right }
}

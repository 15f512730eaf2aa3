internal import Migration

/// How near the name in the objects is to one that the hospital gives; what is farthest comes first.
enum NameLikeness: Int, Comparable, Sendable {
    /// Another name.
    case other
    /// They cannot be compared, or one is empty.
    case silent
    /// The same but for one letter, in Latin letters.
    case mistyped
    /// In Latin letters both may be ways to write one name, or only one of them has its accents.
    case spelling
    /// The same in Latin letters, or these are a way to write the other's Hangul: another name may be written so too.
    case agreeing
    /// The same in letters that stand for this name alone.
    case plain

    static func < (left: NameLikeness, right: NameLikeness) -> Bool { left.rawValue < right.rawValue }

    /// How near somebody else's name must be for the objects to show that person as well as the one to whose name they are so near: of Latin names, which several
    /// Korean ones are written as, those count that may be one.
    var rivalled: NameLikeness {
        switch self {
        case .plain: .agreeing
        case .agreeing, .spelling: .spelling
        case .mistyped: .mistyped
        case .silent, .other: .silent
        }
    }
}

extension PersonName {
    /// How near this name, of objects, is to that of the hospital.
    func likeness(to hospital: PersonName) -> NameLikeness {
        let agreement = compared(with: hospital)
        if agreement == .agrees { return agrees(with: hospital) { $0 != .latin } ? .plain : .agreeing }
        if maySpellSame(as: hospital) { return .spelling }
        if isMistyped(for: hospital) { return .mistyped }
        return agreement == .contradicts || isOtherName(than: hospital) ? .other : .silent
    }

    /// Whether a group agrees with one of the same script, one that `counts`: no reading is needed.
    func agrees(with other: PersonName, _ counts: (NameScript) -> Bool = { _ in true }) -> Bool {
        groups.contains { left in other.groups.contains { left.script == $0.script && counts(left.script) && left.agrees(with: $0) } }
    }

    /// Whether the family names may be one; false only where they can be compared, and all differ.
    func mayShareFamily(with other: PersonName) -> Bool {
        var isComparable = false
        for left in groups {
            for right in other.groups {
                guard let same = left.hasFamily(of: right) else { continue }
                if same { return true }
                isComparable = true
            }
        }
        return !isComparable
    }
}

extension NameGroup {
    /// Whether the family name is that of `other`; nil where that cannot be said.
    fileprivate func hasFamily(of other: NameGroup) -> Bool? {
        guard hasParts, other.hasParts else { return nil }
        let (ours, theirs) = (components[0], other.components[0])
        if script == other.script { return ours == theirs || script == .latin && KoreanRomanisation.areOneFamily(ours, theirs) }
        if script == .latin, other.script == .hangul { return KoreanRomanisation.spells(ours, theirs) }
        if script == .hangul, other.script == .latin { return KoreanRomanisation.spells(theirs, ours) }
        return nil
    }
}

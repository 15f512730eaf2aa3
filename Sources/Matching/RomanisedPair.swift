extension KoreanRomanisation {
    /// Whether some Korean name may be written both ways: both folded (``NameFolding``), the family name first.
    static func maySpellSame(_ left: String, _ right: String) -> Bool {
        let (left, right) = (Array(left.utf8), Array(right.utf8))
        guard max(left.count, right.count) <= RomanisedPair.longest else { return false }
        let start = RomanisedPair(left, right)
        var syllables = start.after(families).joined(with: start.afterSyllable())
        // A family name, and a given name of one to three syllables; some families have two.
        for _ in 1...RomanisedPair.mostSyllables - 1 {
            syllables = syllables.afterSyllable()
            if syllables.isAtEnd { return true }
        }
        return false
    }

    /// Whether both may be ways to write one Korean family name: both folded.
    static func areOneFamily(_ left: String, _ right: String) -> Bool {
        let (left, right) = (Array(left.utf8), Array(right.utf8))
        guard max(left.count, right.count) <= RomanisedPair.longest else { return false }
        let start = RomanisedPair(left, right)
        return start.after(families).joined(with: start.afterSyllable()).isAtEnd
    }

    /// By family name with spellings of its own: all its spellings, those of its letters too.
    private static let families: [[String]] = familySpellings.sorted { $0.value.lexicographicallyPrecedes($1.value) }.map { syllable, words in
        let regular = initials[syllable.initial].flatMap { initial in
            medials[syllable.medial].flatMap { medial in finals[syllable.final].map { initial + medial + $0 } }
        }
        return words + regular
    }
}

/// How far two texts can be read as the same Hangul syllables so far.
private struct RomanisedPair {
    private let left: [UInt8]
    private let right: [UInt8]
    /// By letters of the left text, then of the right: whether the syllables can take up so many of each.
    private var ends: [Bool]

    /// Letters of a name: four syllables of eight. Longer ones are no Korean names.
    static var longest: Int { 32 }
    static var mostSyllables: Int { 5 }

    init(_ left: [UInt8], _ right: [UInt8]) {
        self.left = left
        self.right = right
        ends = Array(repeating: false, count: (left.count + 1) * (right.count + 1))
        ends[0] = true
    }

    var isAtEnd: Bool { ends[ends.count - 1] }

    func afterSyllable() -> RomanisedPair {
        after(KoreanRomanisation.initials).after(KoreanRomanisation.medials).after(KoreanRomanisation.finals)
    }

    /// Each of `letters` with its spellings: both texts go on with the same one.
    func after(_ letters: [[String]]) -> RomanisedPair {
        var result = self
        result.ends = Array(repeating: false, count: ends.count)
        for place in ends.indices where ends[place] {
            let (first, second) = (place / (right.count + 1), place % (right.count + 1))
            for spellings in letters {
                let seconds = spellings.filter { right[second...].starts(with: $0.utf8) }
                guard !seconds.isEmpty else { continue }
                for spelling in spellings where left[first...].starts(with: spelling.utf8) {
                    for other in seconds { result.ends[(first + spelling.utf8.count) * (right.count + 1) + second + other.utf8.count] = true }
                }
            }
        }
        return result
    }

    func joined(with other: RomanisedPair) -> RomanisedPair {
        var result = self
        result.ends = zip(ends, other.ends).map { $0 || $1 }
        return result
    }
}

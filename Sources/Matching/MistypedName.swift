extension KoreanRomanisation {
    /// Whether some Korean name is written so: `latin` folded (``NameFolding``), the family name first.
    static func isName(_ latin: String) -> Bool { maySpellSame(latin, latin) }

    /// Whether `latin` is a way to write `hangul` but for one letter that another one stands for: both folded, the family name first.
    static func nearlySpells(_ latin: String, _ hangul: String) -> Bool {
        guard let syllables = HangulSyllable.all(in: hangul), !syllables.isEmpty else { return false }
        let letters = Array(latin.utf8)
        var reach = Reach(letters.count)
        for (index, syllable) in syllables.enumerated() {
            let whole = reach.after(index == 0 ? familySpellings[syllable] ?? [] : [], letters)
            reach = reach.after(initials[syllable.initial], letters).after(medials[syllable.medial], letters).after(finals[syllable.final], letters)
            reach.join(whole)
        }
        return reach.wrong[letters.count]
    }
}

/// How many letters syllables can take up so far.
private struct Reach {
    /// By the number of letters: with all of them right, and with one of them wrong.
    private(set) var right: [Bool]
    private(set) var wrong: [Bool]

    /// Nothing of so many letters is taken up.
    init(_ count: Int) {
        right = Array(repeating: false, count: count + 1)
        wrong = right
        right[0] = true
    }

    /// Goes on with one of `spellings`.
    func after(_ spellings: [String], _ letters: [UInt8]) -> Reach {
        var result = Reach(letters.count)
        result.right[0] = false
        for start in right.indices where right[start] || wrong[start] {
            for spelling in spellings where start + spelling.utf8.count <= letters.count {
                let faults = zip(letters[start...], spelling.utf8).count { $0 != $1 }
                let end = start + spelling.utf8.count
                if faults == 0, right[start] { result.right[end] = true }
                if faults == 0 && wrong[start] || faults == 1 && right[start] { result.wrong[end] = true }
            }
        }
        return result
    }

    mutating func join(_ other: Reach) {
        right = zip(right, other.right).map { $0 || $1 }
        wrong = zip(wrong, other.wrong).map { $0 || $1 }
    }
}

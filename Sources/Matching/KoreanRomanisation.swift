/// Whether Latin letters are a way to write a Korean name.
///
/// Passports, order systems and consoles follow no one standard: the Revised Romanisation (2000), McCune-Reischauer (1939) and habit stand side
/// by side, so that 김민수 is Kim Minsu, Gim Min-su and Kim Minsoo. Each syllable has the spellings that its letters have; family names have
/// their own as well.
enum KoreanRomanisation {
    /// Whether `latin` may be how `hangul` is written in Latin letters: both folded (``NameFolding``), the family name first.
    static func spells(_ latin: String, _ hangul: String) -> Bool {
        guard let syllables = HangulSyllable.all(in: hangul), !syllables.isEmpty else { return false }
        let letters = Array(latin.utf8)
        // Which numbers of letters the syllables so far can take up.
        var ends = Array(repeating: false, count: letters.count + 1)
        ends[0] = true
        for (index, syllable) in syllables.enumerated() {
            ends = after(syllable, isFamily: index == 0, ends, letters)
        }
        return ends[letters.count]
    }

    private static func after(_ syllable: HangulSyllable, isFamily: Bool, _ ends: [Bool], _ letters: [UInt8]) -> [Bool] {
        let whole = isFamily ? familySpellings[syllable] ?? [] : []
        return union(
            step(whole, ends, letters),
            step(finals[syllable.final], step(medials[syllable.medial], step(initials[syllable.initial], ends, letters), letters), letters))
    }

    /// Where the letters can go on after one of `spellings`, begun where `ends` allows.
    private static func step(_ spellings: [String], _ ends: [Bool], _ letters: [UInt8]) -> [Bool] {
        var result = Array(repeating: false, count: ends.count)
        for start in ends.indices where ends[start] {
            for spelling in spellings where letters[start...].starts(with: spelling.utf8) { result[start + spelling.utf8.count] = true }
        }
        return result
    }

    private static func union(_ left: [Bool], _ right: [Bool]) -> [Bool] { zip(left, right).map { $0 || $1 } }

    /// By initial consonant in Unicode's order, ㄱ to ㅎ (Unicode §3.12).
    static let initials = spellings(
        "g k", "kk gg k g", "n", "d t", "tt dd d t", "r l n", "m", "b p v", "pp bb b p", "s sh", "ss s", "-", "j ch", "jj j", "ch", "k", "t", "p f",
        "h")

    /// By vowel in Unicode's order, ㅏ to ㅣ.
    static let medials = spellings(
        "a ah", "ae ai e", "ya", "yae", "eo u uh", "e", "yeo yu you", "ye", "o oh oa", "wa", "wae", "oe oi we", "yo", "u oo woo", "wo weo", "we",
        "wi ui", "yu yoo you", "eu u", "ui eui i ee", "i ee yi")

    /// By final consonant in Unicode's order: none, then ㄱ to ㅎ.
    static let finals = spellings(
        "-", "k g ck", "k", "k", "n", "n", "n", "t d", "l r", "k", "m", "l", "l", "l", "p", "l", "m", "p b", "p", "t s", "t", "ng", "t", "t", "k", "t",
        "p", "- h")

    /// Family names that are written otherwise than their letters say.
    static let familySpellings: [HangulSyllable: [String]] = {
        let table = [
            ("이", "lee li rhee rhie yi i"), ("박", "park"), ("임", "lim rim yim"), ("유", "ryu ryoo you"), ("류", "yu yoo you"), ("노", "roh ro noh"),
            ("나", "ra na"), ("양", "ryang"), ("여", "ryu yeo"), ("전", "chon"), ("정", "chong"), ("허", "hur"), ("최", "choy"), ("백", "back"), ("조", "joe"),
        ]
        var result: [HangulSyllable: [String]] = [:]
        for (family, words) in table {
            for syllable in HangulSyllable.all(in: family) ?? [] { result[syllable] = spellings(words)[0] }
        }
        return result
    }()

    /// Each word of each text; `-` stands for no letter.
    private static func spellings(_ texts: String...) -> [[String]] {
        texts.map { $0.split(separator: " ").map { $0 == "-" ? "" : String($0) } }
    }
}

/// A Hangul syllable by its letters, each the place in Unicode's order (Unicode §3.12, "Conjoining Jamo Behavior").
struct HangulSyllable: Hashable {
    /// The initial consonant, 0 to 18.
    let initial: Int
    /// The vowel, 0 to 20.
    let medial: Int
    /// The final consonant, 1 to 27; 0 where there is none.
    let final: Int

    /// The syllables of `text`, precomposed or in conjoining letters; nil when anything else is in it.
    static func all(in text: String) -> [HangulSyllable]? {
        var result: [HangulSyllable] = []
        var scalars = text.unicodeScalars.map(\.value)[...]
        while let first = scalars.popFirst() {
            switch first {
            case 0xAC00...0xD7A3:
                let index = Int(first - 0xAC00)
                let final = index % 28
                result.append(HangulSyllable(initial: index / 588, medial: index / 28 % 21, final: final == 0 ? Self.final(&scalars) : final))
            case 0x1100...0x1112:
                guard let vowel = scalars.popFirst(), (0x1161...0x1175).contains(vowel) else { return nil }
                result.append(HangulSyllable(initial: Int(first - 0x1100), medial: Int(vowel - 0x1161), final: Self.final(&scalars)))
            default: return nil
            }
        }
        return result
    }

    /// Takes the conjoining final consonant that comes next; 0 when there is none.
    private static func final(_ scalars: inout ArraySlice<UInt32>) -> Int {
        guard let next = scalars.first, (0x11A8...0x11C2).contains(next) else { return 0 }
        scalars.removeFirst()
        return Int(next - 0x11A7)
    }
}

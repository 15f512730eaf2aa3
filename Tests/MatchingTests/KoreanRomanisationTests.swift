@testable import Matching
import Testing

@Suite struct KoreanRomanisationTests {
    func compare(_ left: String, _ right: String) -> Agreement {
        let result = PersonName(left).compared(with: PersonName(right))
        #expect(result == PersonName(right).compared(with: PersonName(left)), "comparison has no direction")
        return result
    }

    @Test(arguments: [
        ("김^민수", ["KIM^MINSU", "Gim^Minsoo", "KIM^MIN SU", "KIM MIN-SU", "KIMMINSU"]),
        ("이^영희", ["LEE^YOUNGHEE", "YI^YEONGHUI", "RHEE^YOUNG-HI", "I^YEONGHUI"]),
        ("박^지훈", ["PARK^JIHOON", "BAK^JIHUN", "PAK^CHIHUN"]),
        ("최^현우", ["CHOI^HYUNWOO", "CHOE^HYEONU"]),
        ("정^경숙", ["JUNG^KYUNGSOOK", "CHUNG^KYUNG SUK", "JEONG^GYEONGSUK"]),
        ("류^성진", ["RYU^SEONGJIN", "YOO^SUNGJIN"]),
        ("임^동길", ["LIM^DONGGIL", "IM^TONGKIL", "RIM^DONGKIL"]),
        ("남궁^옥", ["NAMGUNG^OK", "NAMKOONG^OAK"]),
        ("노^은주", ["ROH^EUNJU", "NOH^UNJOO"]),
    ])
    func `Romanisations in use agree with the Hangul`(hangul: String, spellings: [String]) {
        for spelling in spellings { #expect(compare(spelling, hangul) == .agrees, "\(spelling)") }
    }

    @Test(arguments: [
        ("김^민수", "KIM^MINHO"), ("김^민수", "LEE^MINSU"), ("김^민수", "KIM^MINSUK"), ("김^민수", "KIM^MIN"), ("김^민수", "KIM"),
        ("김^민수", "KIM^MINSÜ"), ("박^지훈", "PARK^JIHUI"), ("이^지희", "LEE^JIHOON"), ("김^이수", "KIM^LEESU"),
    ])
    func `Letters that are no way to write it say nothing`(hangul: String, latin: String) {
        #expect(compare(latin, hangul) == .silent)
    }

    @Test func `Conjoining letters are the syllables that they make`() {
        #expect(compare("KIM^MINSU", "\u{1100}\u{1175}\u{11B7}^\u{1106}\u{1175}\u{11AB}\u{1109}\u{116E}") == .agrees)
        #expect(compare("KIM^MINSU", "기\u{11B7}^미\u{11AB}수") == .agrees)
        #expect(compare("KIM^MINSU", "\u{1100}^민수") == .silent, "a consonant alone is no syllable")
    }

    @Test func `Every syllable is told apart from its neighbours by the letters that make it`() throws {
        for index in 0..<11172 {
            let scalar = try #require(Unicode.Scalar(0xAC00 + UInt32(index)))
            let composed = String(Character(scalar))
            let initial = try #require(Unicode.Scalar(0x1100 + UInt32(index / 588)))
            let medial = try #require(Unicode.Scalar(0x1161 + UInt32(index / 28 % 21)))
            let final = index % 28 == 0 ? nil : Unicode.Scalar(0x11A7 + UInt32(index % 28))
            var letters = String.UnicodeScalarView([initial, medial])
            if let final { letters.append(final) }
            #expect(HangulSyllable.all(in: composed) == HangulSyllable.all(in: String(letters)))
        }
    }

    @Test func `A long name takes no longer than its letters and syllables`() {
        let many = String(repeating: "아", count: 64)
        #expect(KoreanRomanisation.spells(String(repeating: "ah", count: 64), many))
        #expect(KoreanRomanisation.spells(String(repeating: "a", count: 64), many))
        #expect(!KoreanRomanisation.spells(String(repeating: "a", count: 63), many))
    }
}

@testable import Matching
import Migration
import Testing

@Suite struct PersonNameTests {
    func compare(_ left: String, _ right: String) -> Agreement {
        let result = PersonName(left).compared(with: PersonName(right))
        #expect(result == PersonName(right).compared(with: PersonName(left)), "comparison has no direction")
        return result
    }

    @Test(arguments: [
        ("KIM^MINSU", "Kim^Minsu"),
        ("KIM^MIN SU", "KIM^MIN-SU"),
        ("KIM^MINSU", "KIM MINSU"),
        ("KIM^MINSU", "KIM^MINSU^^^"),
        ("KIM, MINSU", "KIM^MINSU"),
        ("O'HARA^MARY", "OHARA^MARY"),
        ("ＫＩＭ^ＭＩＮＳＵ", "KIM^MINSU"),
        ("Müller^Jörg", "Mu\u{308}ller^Jo\u{308}rg"),
        ("MÜLLER^JÖRG", "müller^jörg"),
        ("GROß^ANNA", "GROSS^ANNA"),
        ("DOE^JOHN^^DR", "DOE^JOHN"),
        ("DOE^JOHN^A", "DOE^JOHN"),
        ("DOE^JOHN^^^JR", "DOE^JOHN"),
        ("ﾔﾏﾀﾞ^ﾀﾛｳ=山田^太郎=やまだ^たろう", "ヤマダ^タロウ"),
        ("ﾊﾟｸ", "ぱく"),
        ("金^民秀", "\u{F90A}^民秀"),
        ("김^민수", "\u{1100}\u{1175}\u{11B7}^민수"),
    ])
    func `Spellings of one name agree`(left: String, right: String) {
        #expect(compare(left, right) == .agrees)
    }

    @Test(arguments: [
        ("KIM^MINSU", "KIM^MINHO"),
        ("KIM^MINSU", "LEE^MINSU"),
        ("DOE^JOHN^A", "DOE^JOHN^B"),
        ("DOE^JOHN^^^JR", "DOE^JOHN^^^SR"),
        ("김^민수", "김^민호"),
        ("山田^太郎", "山田^花子"),
        ("Müller^Jörg", "Moller^Jorg"),
        ("Müller^Jörg", "Mùller^Jörg"),
        ("KIM", "KIM^MINSU"),
        ("KIM^MINSU", "KIM^MINSUN"),
        ("SMITH^JOHN", "SMYTH^JON"),
        ("1", "2"),
    ])
    func `Different names in one script contradict`(left: String, right: String) {
        #expect(compare(left, right) == .contradicts)
    }

    @Test(arguments: [
        ("KIM^MINSU", "김^민호"),
        ("KIM^MINSU", "金^民秀"),
        ("金^民秀", "김^민수"),
        ("山田^太郎", "やまだ^たろう"),
        ("Иванов^Иван", "IVANOV^IVAN"),
        ("Παπάς", "PAPAS"),
        ("", "KIM^MINSU"),
        ("^^", "KIM^MINSU"),
        ("==", "KIM^MINSU"),
        ("KIM^\u{FFFD}\u{FFFD}", "KIM^MINSU"),
        ("金^민수", "김^민수"),
    ])
    func `Empty, unreadable and differently written names say nothing`(left: String, right: String) {
        #expect(compare(left, right) == .silent)
    }

    @Test func `One of three groups is enough to agree`() {
        let full = "KIM^MINSU=金^民秀=김^민수"
        #expect(compare(full, full) == .agrees)
        #expect(compare(full, "GIM^MINSOO=金^民秀") == .agrees)
        #expect(compare(full, "김^민수") == .agrees)
        #expect(compare(full, "=金^民秀") == .agrees)
        #expect(compare(full, "GIM^MINSOO") == .agrees)
        #expect(compare("Kim^Minsu", "GIM^MINSOO") == .contradicts, "which Hangul it is, nobody says")
        #expect(compare(full, "LEE^JIHOON=李^志勳=이^지훈") == .contradicts)
        #expect(compare(full, "LEE^JIHOON") == .contradicts)
    }

    @Test("Ways to write one name in Latin letters are told from two names, though a person decides by the rule", arguments: [
        ("KIM^MINSU", "GIM^MIN-SOO", true), ("YI^SEONGHO", "RHEE^SUNGHO", true), ("LEE SUNGHO", "I^SEONGHO", true), ("PARK^JUNGHEE", "BAK^JEONGHUI", true),
        ("NAMGUNG^MIN", "NAMKOONG^MIN", true), ("Müller^Jörg", "MULLER^JORG", true), ("SØRENSEN^ASE", "Sørensen^Åse", true),
        ("KIM^MINSU", "KIM^MINHO", false), ("KIM^MINSU", "LEE^MINSU", false), ("Müller^Jörg", "Mùller^Jörg", false), ("SMITH^JOHN", "SMYTH^JON", false),
        ("KIM", "KIM^MINSU", false), ("김^민수", "김^민호", false),
    ])
    func latinSpellings(left: String, right: String, maySpellSame: Bool) {
        for (one, other) in [(left, right), (right, left)] {
            #expect(compare(one, other) == .contradicts)
            #expect(PersonName(one).maySpellSame(as: PersonName(other)) == maySpellSame)
        }
    }

    @Test func `Kana among Han characters is one script with them`() {
        #expect(compare("佐々木^りえ", "佐々木^りえ") == .agrees)
        #expect(compare("佐々木^りえ", "田中^花子") == .contradicts)
    }

    @Test func `Names that are written alike agree without being read, unless they say nothing`() {
        func identity(_ name: String) -> PatientIdentity { PatientIdentity(patientID: "1", name: Identifying(name)) }
        for (name, agreement) in [
            ("KIM^MINSU", Agreement.agrees), ("KIM^MINSU=\u{FFFD}", .agrees), ("김^민수", .agrees), ("^^", .silent), ("=", .silent),
            ("KIM^\u{FFFD}", .silent), ("\u{FFFD}=", .silent),
        ] {
            #expect(IdentityComparison(study: identity(name), order: identity(name)).name == agreement, "\(name)")
        }
    }
}

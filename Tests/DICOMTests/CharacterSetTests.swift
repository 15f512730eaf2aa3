import Testing

@testable import DICOM

@Suite struct CharacterSetTests {
    /// Examples of PS3.5 annexes H, I, J and K, and one for each other set: terms, text, bytes.
    static let examples: [(terms: [String], name: String, bytes: String)] = [
        (["", "ISO 2022 IR 87"], "Yamada^Tarou=山田^太郎=やまだ^たろう",
            "Yamada^Tarou=\u{1B}$B;3ED\u{1B}(B^\u{1B}$BB@O:\u{1B}(B=\u{1B}$B$d$^$@\u{1B}(B^\u{1B}$B$?$m$&\u{1B}(B"),
        (["ISO 2022 IR 13", "ISO 2022 IR 87"], "ﾔﾏﾀﾞ^ﾀﾛｳ=山田^太郎=やまだ^たろう",
            "\u{D4}\u{CF}\u{C0}\u{DE}^\u{C0}\u{DB}\u{B3}=\u{1B}$B;3ED\u{1B}(J^\u{1B}$BB@O:\u{1B}(J=\u{1B}$B$d$^$@\u{1B}(J^\u{1B}$B$?$m$&\u{1B}(J"),
        (["", "ISO 2022 IR 149"], "Hong^Gildong=洪^吉洞=홍^길동",
            "Hong^Gildong=\u{1B}$)C\u{FB}\u{F3}^\u{1B}$)C\u{D1}\u{CE}\u{D4}\u{D7}=\u{1B}$)C\u{C8}\u{AB}^\u{1B}$)C\u{B1}\u{E6}\u{B5}\u{BF}"),
        (["", "ISO 2022 IR 58"], "Zhang^XiaoDong=张^小东=",
            "Zhang^XiaoDong=\u{1B}$)A\u{D5}\u{C5}^\u{1B}$)A\u{D0}\u{A1}\u{B6}\u{AB}"),
        (["GB18030"], "Wang^XiaoDong=王^小东", "Wang^XiaoDong=\u{CD}\u{F5}^\u{D0}\u{A1}\u{B6}\u{AB}"),
        (["GBK"], "Wang^XiaoDong=王^小东", "Wang^XiaoDong=\u{CD}\u{F5}^\u{D0}\u{A1}\u{B6}\u{AB}"),
        (["ISO_IR 100"], "Buc^Jérôme", "Buc^J\u{E9}r\u{F4}me"),
        (["ISO_IR 101"], "Wałęsa", "Wa\u{B3}\u{EA}sa"),
        (["ISO_IR 109"], "Ĝaŭ", "\u{D8}a\u{FD}"),
        (["ISO_IR 110"], "Āķis", "\u{C0}\u{F3}is"),
        (["ISO_IR 144"], "Люкceмбypг", "\u{BB}\u{EE}\u{DA}ce\u{DC}\u{D1}yp\u{D3}"),
        (["ISO_IR 127"], "قباني^لنزار", "\u{E2}\u{C8}\u{C7}\u{E6}\u{EA}^\u{E4}\u{E6}\u{D2}\u{C7}\u{D1}"),
        (["ISO_IR 126"], "Διονυσιος", "\u{C4}\u{E9}\u{EF}\u{ED}\u{F5}\u{F3}\u{E9}\u{EF}\u{F2}"),
        (["ISO_IR 138"], "שרון^דבורה", "\u{F9}\u{F8}\u{E5}\u{EF}^\u{E3}\u{E1}\u{E5}\u{F8}\u{E4}"),
        (["ISO_IR 148"], "Çavuşoğlu", "\u{C7}avu\u{FE}o\u{F0}lu"),
        (["ISO_IR 203"], "Œuvre €", "\u{BC}uvre \u{A4}"),
        (["ISO_IR 166"], "สมชาย", "\u{CA}\u{C1}\u{AA}\u{D2}\u{C2}"),
        (["ISO_IR 13"], "ﾔﾏﾀﾞ", "\u{D4}\u{CF}\u{C0}\u{DE}"),
        (["ISO 2022 IR 100", "ISO 2022 IR 144"], "Dubé^Люк", "Dub\u{E9}^\u{1B}-L\u{BB}\u{EE}\u{DA}"),
        (["", "ISO 2022 IR 87", "ISO 2022 IR 159"], "Maruo=丸尾=鷗",
            "Maruo=\u{1B}$B4]Hx\u{1B}(B=\u{1B}$(Dl?\u{1B}(B"),
    ]

    /// Bytes written as the characters of the same numbers.
    static func bytes(_ text: String) -> [UInt8] { text.unicodeScalars.map { UInt8($0.value) } }

    @Test(arguments: examples.indices)
    func `a name is read and written as in the standard's examples`(index: Int) throws {
        let (terms, name, text) = Self.examples[index]
        let set = SpecificCharacterSet(terms: terms)
        let bytes = Self.bytes(text)
        let trimmed = name.hasSuffix("=") ? String(name.dropLast()) : name
        #expect(set.decode(bytes[...], vr: .PN) == trimmed)
        #expect(try set.encode(personName: name) == bytes)
    }

    @Test func `UTF-8 is read and written as it is`() throws {
        let name = "Wang^XiaoDong=王^小東=왕^소동"
        #expect(try SpecificCharacterSet.unicode.encode(personName: name) == Array(name.utf8))
        #expect(SpecificCharacterSet.unicode.decode(Array(name.utf8)[...], vr: .PN) == name)
    }

    @Test func `groups of a name that the set cannot write are left out`() throws {
        let name = "HONG^GILDONG=洪^吉洞=홍^길동"
        #expect(try SpecificCharacterSet.defaultRepertoire.encode(personName: name) == Array("HONG^GILDONG".utf8))
        let japanese = SpecificCharacterSet(terms: ["", "ISO 2022 IR 87"])
        let written = try japanese.encode(personName: name)
        #expect(japanese.decode(written[...], vr: .PN) == "HONG^GILDONG=洪^吉洞")
        #expect(try SpecificCharacterSet(terms: ["", "ISO 2022 IR 149"]).encode(personName: "A=👍=가").starts(with: "A==".utf8))
    }

    @Test func `a name whose alphabetic group cannot be written is refused`() {
        for (terms, name) in [([], "홍^길동"), (["ISO_IR 100"], "Łódź"), ([""], "=洪^吉洞"), (["ISO_IR 6"], "é")] {
            #expect { try SpecificCharacterSet(terms: terms).encode(personName: name) } throws: {
                ($0 as? DICOMError)?.code == .characterSet
            }
        }
    }

    @Test func `an undeclared Korean name is read as Korean only if that is assumed`() {
        let bytes = Self.bytes("\u{C8}\u{AB}^\u{B1}\u{E6}\u{B5}\u{BF}")
        #expect(SpecificCharacterSet(terms: []).decode(bytes[...], vr: .PN) == "È«^±æµ¿")
        let term = AssumedCharacterSet("ISO 2022 IR 149", insteadOf: ["ISO_IR 101"])
        let assumed = SpecificCharacterSet(terms: [], assuming: term)
        #expect(assumed.decode(bytes[...], vr: .PN) == "홍^길동")
        #expect(throws: DICOMError.self) { try assumed.encode(personName: "홍^길동") }
        // What is declared counts more than what is assumed.
        let declared = SpecificCharacterSet(terms: ["ISO_IR 100"], assuming: term)
        #expect(declared.decode(bytes[...], vr: .PN) == "È«^±æµ¿")
        // Unless it is known to be wrong in that source; then it is not written in either.
        let wrong = SpecificCharacterSet(terms: ["ISO_IR 101"], assuming: term)
        #expect(wrong.decode(bytes[...], vr: .PN) == "홍^길동")
        #expect(throws: DICOMError.self) { try wrong.encode("é", vr: .LO) }
        #expect([assumed.isAssumed, declared.isAssumed, wrong.isAssumed] == [true, false, true])
        #expect(AssumedCharacterSet("ISO_IR 999") == nil)
    }

    @Test(arguments: ["ISO_IR 149", "ISO 2022 IR 149"])
    func `the invalid single term for Korean is understood`(term: String) {
        let bytes = Self.bytes("\u{C8}\u{AB}^\u{B1}\u{E6}\u{B5}\u{BF}")
        #expect(SpecificCharacterSet(terms: [term]).decode(bytes[...], vr: .PN) == "홍^길동")
    }

    @Test func `escape sequences are obeyed without a declared set`() {
        let bytes = Self.bytes("\u{1B}$)C\u{C8}\u{AB}^A")
        #expect(SpecificCharacterSet.defaultRepertoire.decode(bytes[...], vr: .PN) == "홍^A")
    }

    @Test func `bytes that no set knows become replacement characters and lose nothing else`() {
        let korean = SpecificCharacterSet(terms: ["", "ISO 2022 IR 149"])
        #expect(korean.decode(Self.bytes("\u{1B}$)C\u{C8}\u{AB}\u{FF}\u{FF}\u{B1}")[...], vr: .LO) == "홍\u{FFFD}\u{FFFD}")
        let chinese = SpecificCharacterSet(terms: ["GB18030"])
        #expect(chinese.decode(Self.bytes("A\u{FF}\u{CD}\u{F5}")[...], vr: .LO) == "A\u{FFFD}王")
        #expect(SpecificCharacterSet.defaultRepertoire.decode(Self.bytes("A\u{1B}")[...], vr: .LO) == "A\u{1B}")
    }

    @Test func `a name in one set and a description in another are read by what is declared, and no byte of either is lost`() throws {
        let description = Self.bytes("\u{B0}\u{A1}\u{BD}\u{BF} PA")
        let expected = [(["ISO 2022 IR 100", "ISO 2022 IR 149"], "°¡½¿ PA"), (["ISO_IR 192"], "\u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD} PA")]
        for (terms, text) in expected {
            var dataSet = DataSet()
            try dataSet.set(.specificCharacterSet, terms.joined(separator: "\\"))
            try dataSet.set(.patientName, "Jérôme")
            try dataSet.set(.studyDescription, vr: .LO, value: description + [0x20])
            #expect(dataSet.string(.patientName) == "Jérôme")
            #expect(dataSet.string(.studyDescription) == text)
            let implicit = try DataSet(parsing: dataSet.encode(as: .implicitVRLittleEndian), as: .implicitVRLittleEndian)
            #expect(implicit[.studyDescription]?.value.map { Array($0) } == description + [0x20])
            // With the escape sequence that says so, both are read.
            try dataSet.set(.studyDescription, vr: .LO, value: Self.bytes("\u{1B}$)C") + description)
            #expect(dataSet.string(.studyDescription) == (terms == ["ISO_IR 192"] ? "\u{1B}$)C\u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD} PA" : "가슴 PA"))
        }
    }

    @Test func `a backslash within a multi-byte character separates no values`() throws {
        // 0x975C is one character of GBK; its second byte is a backslash.
        var dataSet = DataSet()
        try dataSet.set(.specificCharacterSet, "GBK")
        try dataSet.set(.studyDescription, vr: .LO, value: [0x97, 0x5C])
        #expect(dataSet.strings(.studyDescription).count == 1)
    }
}

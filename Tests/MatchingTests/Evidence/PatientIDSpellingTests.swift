import Matching
import Testing

@Suite("Spellings of patient IDs") struct PatientIDSpellingTests {
    private let spelling = PatientIDSpelling(
        length: 8, prefixes: ["R", "A-"], checkDigit: .init(weights: [1, 2, 3, 4, 5, 6, 7, 8], modulus: 10))

    @Test("A spelling stands for one number", arguments: [
        ("00012345", "00012345"), ("12345", "00012345"), ("0012345", "00012345"), ("R00012345", "00012345"), ("A-12345", "00012345"),
        // 4·1 + 5·2 + 6·3 + 7·4 + 8·5 = 100.
        ("000123450", "00012345"), ("R000123450", "00012345"),
        // Another digit than the check digit, too long, another prefix, no digits: themselves.
        ("000123457", "000123457"), ("0000123450", "0000123450"), ("B12345", "B12345"), ("A12-45", "A12-45"), ("", ""), ("R", "R"),
        // Full-width digits are none of a number.
        ("１２３４５", "１２３４５"),
    ])
    func canonical(text: String, number: String) { #expect(spelling.canonical(text) == number) }

    @Test("The texts that stand for one number are a family: each names the same one")
    func family() {
        for text in ["00012345", "12345", "R000123450", "98765432", "00000000", "0", "X1", "000123457", "10000000"] {
            let family = spelling.family(of: text)
            #expect(family.contains(text), "\(text)")
            #expect(family == family.sorted() && Set(family).count == family.count)
            for member in family { #expect(spelling.family(of: member) == family, "\(member) of \(text)") }
        }
        #expect(Set(spelling.family(of: "12345")).isSuperset(of: ["00012345", "0012345", "012345", "12345", "R12345", "A-00012345", "000123450"]))
    }

    @Test("Without a length an ID stands for itself alone")
    func unknown() {
        #expect(PatientIDSpelling().family(of: " 012 ") == ["012"])
        #expect(PatientIDSpelling(prefixes: ["R"]).canonical("R12") == "R12")
    }
}

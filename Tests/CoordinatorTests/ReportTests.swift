import Testing

@testable import coordinator

@Suite struct ReportTests {
    @Test("Text from discs cannot become markup in the HTML report")
    func markup() {
        #expect(HTMLReport.escaped("<script>&\"'") == "&lt;script&gt;&amp;&quot;&#39;")
    }

    @Test("Text from discs cannot become a formula or another field in the CSV report", arguments: [
        ("plain", "\"plain\""), ("a \"b\", c", "\"a \"\"b\"\", c\""), ("=HYPERLINK(1)", "\"'=HYPERLINK(1)\""), ("@x", "\"'@x\""),
        ("a\r\nb", "\"a··b\""),
    ])
    func fields(text: String, field: String) {
        #expect(CSVReport.field(text) == field)
    }

    @Test("Text from discs cannot drive the operator's terminal")
    func terminal() {
        var table = TextTable(["LABEL", "N"])
        table.add(["\u{1B}[2Jx", "1"])
        #expect(table.text == "LABEL  N\n·[2Jx  1")
    }
}

@testable import Orders
import Migration
import Testing

@Suite struct CSVMediaReaderTests {
    private func media(_ text: String) throws -> (media: [ExpectedMedium], faults: [TableFault]) {
        var reader = try CSVMediaReader(source: source(text))
        var media: [ExpectedMedium] = []
        var faults: [TableFault] = []
        while let item = try reader.next() {
            switch item {
            case .value(let medium, _): media.append(medium)
            case .fault(let fault): faults.append(fault)
            }
        }
        return (media, faults)
    }

    @Test func `A medium has every column of its row`() throws {
        let result = try media(
            "label,kind,date_from,date_to,shelf,copy_of\n1999-CT-003,CD,19990101,19990331,\"B 2, left\",\n1999-CT-003b,cd,,,,1999-CT-003\n")
        #expect(
            result.media == [
                ExpectedMedium(
                    label: "1999-CT-003", kind: .cd, dateFrom: CalendarDate("19990101"), dateTo: CalendarDate("19990331"),
                    shelf: "B 2, left"),
                ExpectedMedium(label: "1999-CT-003b", kind: .cd, copyOf: "1999-CT-003"),
            ])
        #expect(result.faults.isEmpty)
    }

    @Test func `Each broken row is named, and the others are read`() throws {
        let text = """
            label,kind,date_from,date_to,copy_of
            A,cd,,,
            ,cd,,,
            B,floppy,,,
            C,cd,19990401,19990331,
            D,cd,,,D
            A,dvd,,,
            E,dlt,19990230,,
            F,folder,,19990331,A

            """
        let result = try media(text)
        #expect(result.media.map(\.label) == ["A", "F"])
        #expect(
            result.faults.map(\.message) == [
                "line 3: label is empty", "line 4: kind is none of cd, dvd, dlt, folder", "line 5: date_to is before date_from",
                "line 6: copy_of is the medium's own label", "line 7: label is also that of line 2",
                "line 8: date_from is no date of the form YYYYMMDD",
            ])
    }

    @Test func `Label and kind are required`() {
        #expect(throws: TableError.self) { try media("label,shelf\n") }
    }

    @Test func `A label of the greatest length is taken, a longer one is not`() throws {
        let label = String(repeating: "x", count: TableLimits.label)
        let result = try media("label,kind\n\(label),cd\n\(label)y,cd\n")
        #expect(result.media.map(\.label) == [label])
        #expect(result.faults.map(\.code) == [.badValue])
    }
}

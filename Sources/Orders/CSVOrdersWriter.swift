public import Migration

/// Writes orders as the file that ``CSVOrdersReader`` reads in UTF-8: all of its columns (docs/matching.md, "The orders file").
public enum CSVOrdersWriter {
    /// The file of `orders`, with its header row.
    public static func file(_ orders: [Order]) -> String {
        let rows = [CSVOrdersReader.Column.allCases.map(\.rawValue)] + orders.map { order in CSVOrdersReader.Column.allCases.map { value($0, of: order) } }
        return rows.map { $0.map(quoted).joined(separator: ",") + "\r\n" }.joined()
    }

    private static func value(_ column: CSVOrdersReader.Column, of order: Order) -> String {
        switch column {
        case .patientID: order.patient.patientID.trimmed
        case .issuer: order.patient.issuer.trimmed
        case .patientName: order.patient.name.trimmed
        // What is no date, or no code, stays in the objects: a row with it would be broken.
        case .birthDate: CalendarDate(order.patient.birthDate.trimmed)?.description ?? ""
        case .sex: ["M", "F", "O"].contains(order.patient.sex.trimmed) ? order.patient.sex.trimmed : ""
        case .accessionNumber: order.accessionNumber
        case .studyInstanceUID: order.studyInstanceUID
        case .examDate: order.examDate?.description ?? ""
        case .examTime: order.examTime
        case .modality: order.modality
        case .procedureCode: order.procedureCode
        case .procedureDescription: order.procedureDescription
        case .department: order.department
        case .status: order.status
        }
    }

    /// RFC 4180 §2: quotes where a comma, a quote, a line break or a space at an end needs them.
    private static func quoted(_ text: String) -> String {
        let needsQuotes = text.utf8.contains { [0x22, 0x2C, 0x0A, 0x0D].contains($0) } || text.hasPrefix(" ") || text.hasSuffix(" ")
        guard needsQuotes else { return text }
        return "\"" + text.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
    }
}

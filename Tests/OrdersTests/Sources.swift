@testable import Orders
import Migration

/// A source that gives `bytes` in chunks of `size`.
func source(_ bytes: [UInt8], chunk size: Int = 7) -> ByteSource {
    var rest = bytes[...]
    return {
        if rest.isEmpty { return nil }
        defer { rest = rest.dropFirst(size) }
        return Array(rest.prefix(size))
    }
}

func source(_ text: String, chunk size: Int = 7) -> ByteSource { source(Array(text.utf8), chunk: size) }

/// All rows of a CSV text as strings, and all faults.
func rows(_ text: String, columns: Int = 0, chunk: Int = 7) throws -> (rows: [[String]], faults: [TableFault]) {
    var reader = CSVReader(source: source(text, chunk: chunk))
    reader.columnCount = columns
    var rows: [[String]] = []
    var faults: [TableFault] = []
    while let item = try reader.next() {
        switch item {
        case .row(let row): rows.append((0..<row.count).map { String(decoding: row[$0], as: UTF8.self) })
        case .fault(let fault): faults.append(fault)
        }
    }
    return (rows, faults)
}

/// All orders of a file with their lines, and all faults.
func orders(_ bytes: ByteSource) throws -> (orders: [(line: Int, order: Order)], faults: [TableFault]) {
    try withoutActuallyEscaping(bytes) { bytes in
        var reader = try CSVOrdersReader(source: bytes)
        var found: [(line: Int, order: Order)] = []
        var faults: [TableFault] = []
        while let item = try reader.next() {
            switch item {
            case .value(let order, let line): found.append((line, order))
            case .fault(let fault): faults.append(fault)
            }
        }
        return (found, faults)
    }
}

let ordersHeader =
    "patient_id,issuer,patient_name,birth_date,sex,accession_number,study_instance_uid,exam_date,exam_time,modality,procedure_code,procedure_description,department,status"

/// A sound row with this accession number and patient.
func orderRow(_ accession: String, patient: String = "00012345", name: String = "KIM^MINSU", description: String = "Chest CT") -> String {
    "\(patient),SEVERANCE,\(name),19500312,M,\(accession),,19990312,093000,CT,C100,\(description),RAD,completed"
}

/// SplitMix64, seeded.
struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

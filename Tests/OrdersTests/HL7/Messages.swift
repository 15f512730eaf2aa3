@testable import Orders
import Migration

/// The segments of a message, one after the other.
func message(_ segments: String..., header: String = #"MSH|^~\&|RIS|HOSP|SKEIN|HOSP|20261123101500||ORM^O01|M1|P|2.5"#) -> [UInt8] {
    Array(([header] + segments).joined(separator: "\r").utf8) + [0x0D]
}

func header(type: String = "ORM^O01", at moment: String = "20261123101500", version: String = "2.5", rest: String = "") -> String {
    #"MSH|^~\&|RIS|HOSP|SKEIN|HOSP|\#(moment)||\#(type)|M1|P|\#(version)\#(rest)"#
}

let pid = "PID|1||00012345^^^HOSP^MR||KIM^MINSU||19500312|M"
let orc = "ORC|NW|P1|F1"
let obr = "OBR|1|P1|F1|C100^Chest CT^L||||||||||||||A7||||||CT||||||||||||20030310093000"

/// What a message says, by the conventions where a hospital names none.
func read(_ bytes: [UInt8], _ conventions: HL7Conventions = HL7Conventions()) throws(HL7Fault) -> HospitalMessage {
    try HL7Reader(conventions: conventions).read(bytes[...], header: try HL7Header(of: bytes[...]))
}

/// The one order of a message, as if nothing had been known of it.
func order(_ bytes: [UInt8], _ conventions: HL7Conventions = HL7Conventions()) throws(HL7Fault) -> Order? {
    guard case .order(let notice)? = try read(bytes, conventions).notices.first else { return nil }
    return notice.applied(to: nil)
}

/// Why a message is not taken.
func fault(_ bytes: [UInt8], _ conventions: HL7Conventions = HL7Conventions()) -> HL7Fault? {
    do throws(HL7Fault) {
        _ = try read(bytes, conventions)
        return nil
    } catch {
        return error
    }
}

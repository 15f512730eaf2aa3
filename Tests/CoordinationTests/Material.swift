import Crypto
import Foundation
import LineProtocol
import Migration

/// Studies and orders to play with.
extension Bench {
    static func sha256(_ bytes: [UInt8]) -> String { SHA256.hash(data: bytes).map { String(format: "%02x", $0) }.joined() }

    static func hex(_ text: String) -> String { sha256(Array(text.utf8)) }

    static func digest(of request: Request) -> [UInt8] {
        let line = (try? LineCodec().encode(request)) ?? []
        let body = line.drop { $0 != UInt8(ascii: " ") }.dropFirst()
        return Array(SHA256.hash(data: Array(body)))
    }

    /// A study of `count` CT images of patient `patient`.
    static func study(
        _ uid: String, patient: String = "P1", name: String = "Kim^Chulsoo", birthDate: String = "19600101", sex: String = "M",
        date: String = "20030210", modality: String = "CT", instances count: Int = 3, from first: Int = 1, content: String = ""
    ) -> StudyInventory {
        let identity = PatientIdentity(
            patientID: Identifying(patient), name: Identifying(name), birthDate: Identifying(birthDate), sex: Identifying(sex))
        let header = StudyHeader(studyInstanceUID: uid, patient: identity, studyDate: date, modalities: [modality])
        return StudyInventory(
            header: header, instances: (first..<(first + count)).map { instance("\(uid).1.\($0)", content: content) })
    }

    static func instance(_ uid: String, content: String = "", path: String? = nil) -> InstanceRecord {
        InstanceRecord(
            sopInstanceUID: uid, sopClassUID: "1.2.840.10008.5.1.4.1.1.2", seriesInstanceUID: "1.2.3.1",
            transferSyntaxUID: "1.2.840.10008.1.2.1", sha256: hex("file " + uid + content), contentDigest: hex(uid + content),
            byteCount: 525_000, path: path ?? "IMAGES/\(uid)")
    }

    /// The order of the standard study's patient.
    static func order(
        _ accession: String, patient: String = "P1", name: String = "Kim^Chulsoo", birthDate: String = "19600101", sex: String = "M",
        date: String = "20030210", modality: String = "CT", status: String = "completed"
    ) -> Order {
        Order(
            patient: PatientIdentity(
                patientID: Identifying(patient), name: Identifying(name), birthDate: Identifying(birthDate), sex: Identifying(sex)),
            accessionNumber: accession, examDate: CalendarDate(date), modality: modality, status: status)
    }

    static func cut(_ path: String, study: String = "", instance: String = "") -> UnreadableFile {
        UnreadableFile(
            path: path, code: "cut", detail: "ends at byte 1000 of 525000", studyInstanceUID: study, sopInstanceUID: instance)
    }
}

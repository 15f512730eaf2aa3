import DICOM
import Media
import Terminal

/// What `worker inspect` found out about one file, in the order in which it is printed.
struct Inspection {
    private enum Value {
        case absent
        case text(String)
        case number(Int64)
    }

    let isDamaged: Bool
    private let fields: [(name: String, value: Value)]

    private static let elements: [(name: String, tag: Tag)] = [
        ("sopClassUID", .sopClassUID), ("sopInstanceUID", .sopInstanceUID),
        ("studyInstanceUID", .studyInstanceUID), ("seriesInstanceUID", .seriesInstanceUID),
        ("patientID", .patientID), ("issuerOfPatientID", .issuerOfPatientID), ("patientName", .patientName),
        ("patientBirthDate", .patientBirthDate), ("patientSex", .patientSex), ("studyDate", .studyDate),
        ("studyTime", .studyTime), ("modality", .modality), ("accessionNumber", .accessionNumber),
        ("studyDescription", .studyDescription), ("characterSet", .specificCharacterSet),
    ]

    /// Reads the file once, from begin to end.
    init(of file: InspectionSource.File, in source: InspectionSource, digestsPixels: Bool) {
        var reader = ObjectHeaderReader(byteCount: file.byteCount, digestsPixels: digestsPixels)
        var digester = ContentDigester()
        var damage: DICOMError?
        var failure: (any Error)?
        do {
            try source.read(file) { piece in
                piece.withUnsafeBytes { digester.update($0) }
                do throws(DICOMError) { _ = try reader.feed(piece) } catch { damage = error }
            }
        } catch {
            failure = error
        }
        var header: ObjectHeader?
        do throws(DICOMError) { header = try reader.finish() } catch {
            damage = damage ?? error
            header = reader.headerSoFar
        }
        let error = failure.map { "\($0)" } ?? damage?.description
        isDamaged = error != nil
        let status = error != nil ? "damaged" : header == nil ? "not-dicom" : "dicom"
        var fields: [(name: String, value: Value)] = [
            ("path", .text(file.path)), ("status", .text(status)), ("error", Self.value(error)),
            ("byteCount", .number(file.byteCount)),
            ("sha256", failure == nil ? .text(digester.digest().description) : .absent),
        ]
        if digestsPixels { fields.append(("pixelDigest", Self.value(reader.pixelDigest?.description))) }
        fields.append(("transferSyntaxUID", Self.value(header?.transferSyntax.uid)))
        for (name, tag) in Self.elements {
            fields.append((name, Self.value(header?.dataSet.string(tag))))
        }
        self.fields = fields
    }

    private static func value(_ text: String?) -> Value { text.map { .text($0) } ?? .absent }

    /// One JSON object on one line.
    var jsonLine: String {
        let members = fields.map { name, value in
            switch value {
            case .absent: "\"\(name)\":null"
            case .text(let text): "\"\(name)\":\(Self.quoted(text))"
            case .number(let number): "\"\(name)\":\(number)"
            }
        }
        return "{\(members.joined(separator: ","))}"
    }

    /// The path, and below it what is there, a line each.
    var text: String {
        let lines = fields.compactMap { name, value -> String? in
            switch value {
            case .absent: nil
            case .text(let text): (name == "path" ? "" : "  \(name): ") + Standard.plain(text)
            case .number(let number): "  \(name): \(number)"
            }
        }
        return lines.joined(separator: "\n")
    }

    /// RFC 8259 §7.
    private static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\u{0}"..."\u{1F}", "\u{7F}":
                let digits = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}

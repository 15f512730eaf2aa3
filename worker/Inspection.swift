import DICOM
import Media
import Terminal

/// What `worker inspect` found out about one file, in the order in which it is printed.
struct Inspection {
    private enum Value {
        case absent
        case text(String)
        case number(Int64)
        case digests([ElementDigests.Entry])
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

    /// How far files are read.
    enum Depth {
        /// All but the pixels: no SHA-256.
        case header
        case whole
        /// To the end, with the digests of elements and pixels.
        case wholeWithDigests
    }

    /// Reads the file once, as far as `depth` says.
    init(of file: InspectionSource.File, in source: InspectionSource, depth: Depth) {
        let reading = Reading(of: file, in: source, depth: depth)
        let error = reading.failure.map { "\($0)" } ?? reading.damage?.description
        isDamaged = error != nil
        let status = error != nil ? "damaged" : reading.header == nil ? "not-dicom" : "dicom"
        var fields: [(name: String, value: Value)] = [
            ("path", .text(file.path)), ("status", .text(status)), ("error", Self.value(error)),
            ("byteCount", .number(file.byteCount)), ("sha256", Self.value(reading.sha256?.description)),
        ]
        if depth == .wholeWithDigests {
            fields.append(("pixelDigest", Self.value(reading.pixelDigest?.description)))
            fields.append(("dataSetDigest", Self.value(reading.elementDigests?.dataSet.description)))
            fields.append(("elementDigests", reading.elementDigests.map { .digests($0.entries) } ?? .absent))
        }
        fields.append(("transferSyntaxUID", Self.value(reading.header?.transferSyntax.uid)))
        for (name, tag) in Self.elements {
            fields.append((name, Self.value(reading.header?.dataSet.string(tag))))
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
            case .digests(let entries):
                "\"\(name)\":{\(entries.map { "\"\($0.tag.digits)\":\"\($0.digest)\"" }.joined(separator: ","))}"
            }
        }
        return "{\(members.joined(separator: ","))}"
    }

    /// The path, and below it what is there, a line each.
    var text: String {
        let lines = fields.compactMap { name, value -> String? in
            switch value {
            case .absent, .digests: nil
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

/// One file being read.
private struct Reading {
    private(set) var header: ObjectHeader?
    private(set) var damage: DICOMError?
    /// Why the medium gave not all of it.
    private(set) var failure: (any Error)?
    /// Of the whole file; nil where it was not read whole.
    private(set) var sha256: ContentDigest?
    var pixelDigest: ContentDigest? { reader.pixelDigest }
    var elementDigests: ElementDigests? { reader.elementDigests }
    private var reader: ObjectHeaderReader

    init(of file: InspectionSource.File, in source: InspectionSource, depth: Inspection.Depth) {
        let digests = depth == .wholeWithDigests
        reader = ObjectHeaderReader(byteCount: file.byteCount, digestsPixels: digests, digestsElements: digests)
        do {
            if depth == .header { try readHeader(file, source) } else { try readWhole(file, source) }
            header = try reader.finish()
        } catch let error as DICOMError {
            damage = error
        } catch {
            failure = error
        }
        if header == nil { header = reader.headerSoFar }
    }

    private mutating func readHeader(_ file: InspectionSource.File, _ source: InspectionSource) throws {
        try reader.readWithoutPixels(file.byteCount) { reader, range in
            var progress = ObjectHeaderReader.Progress.needsMore
            try source.read(file, range: range) { progress = try reader.feed($0) }
            return progress
        }
    }

    /// Damage ends no reading: the digest is of all bytes.
    private mutating func readWhole(_ file: InspectionSource.File, _ source: InspectionSource) throws {
        var digester = ContentDigester()
        try source.read(file, range: 0..<file.byteCount) { piece in
            piece.withUnsafeBytes { digester.update($0) }
            _ = try? reader.feed(piece)
        }
        sha256 = digester.digest()
    }
}

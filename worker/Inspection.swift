import DICOM
import JSONText
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
    /// Whether the pixels are whole and compressed: their digest is told by a codec.
    let hasCompressedPixels: Bool
    private var fields: [(name: String, value: Value)]

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
    init(of file: ContentsOfPath.File, in source: ContentsOfPath, depth: Depth, assuming assumed: AssumedCharacterSet? = nil) {
        let reading = Reading(of: file, in: source, depth: depth, assuming: assumed)
        self.init(file.path, reading, error: reading.error, errorCode: reading.errorCode, byteCount: file.byteCount, depth, assumed)
    }

    /// A path that cannot be opened has the same members as a file; nothing is known of it but why.
    init(unopened finding: PathFinding, depth: Depth, assuming assumed: AssumedCharacterSet? = nil) {
        self.init(finding.path, nil, error: finding.detail, errorCode: finding.code, byteCount: nil, depth, assumed)
    }

    private init(
        _ path: String, _ reading: Reading?, error: String?, errorCode: String?, byteCount: Int64?, _ depth: Depth, _ assumed: AssumedCharacterSet?
    ) {
        let header = reading?.header
        isDamaged = error != nil
        hasCompressedPixels = error == nil && header?.hasPixels == true && header?.transferSyntax.isEncapsulated == true
        let status = error != nil ? "damaged" : header == nil ? "not-dicom" : "dicom"
        var fields: [(name: String, value: Value)] = [
            ("path", .text(path)), ("status", .text(status)), ("error", Self.value(error)), ("errorCode", Self.value(errorCode)),
            ("byteCount", byteCount.map { .number($0) } ?? .absent), ("sha256", Self.value(reading?.sha256?.description)),
        ]
        if depth == .wholeWithDigests {
            fields.append(("pixelDigest", Self.value(reading?.pixelDigest?.description)))
            fields.append(("dataSetDigest", Self.value(reading?.elementDigests?.dataSet.description)))
            fields.append(("elementDigests", reading?.elementDigests.map { .digests($0.entries) } ?? .absent))
        }
        fields.append(("transferSyntaxUID", Self.value(header?.transferSyntax.uid)))
        for (name, tag) in Self.elements {
            fields.append((name, Self.value(header?.dataSet.string(tag))))
        }
        if let assumed {
            let isUsed = header?.dataSet.usesAssumedCharacterSet ?? false
            fields.append(("assumedCharacterSet", isUsed ? .text(assumed.term) : .absent))
        }
        self.fields = fields
    }

    /// The digest of compressed pixels, once a codec told it.
    mutating func set(pixelDigest: ContentDigest) {
        for index in fields.indices where fields[index].name == "pixelDigest" { fields[index].value = .text(pixelDigest.description) }
    }

    private static func value(_ text: String?) -> Value { text.map { .text($0) } ?? .absent }

    /// One JSON object on one line.
    var jsonLine: String {
        var line = JSONWriter(capacity: Self.usualLineByteCount)
        for (index, field) in fields.enumerated() {
            line.plain(index == 0 ? "{" : ",")
            line.string(field.name)
            line.plain(":")
            switch field.value {
            case .absent: line.plain("null")
            case .text(let text): line.string(text)
            case .number(let number): line.number(number)
            case .digests(let entries): Self.write(entries, to: &line)
            }
        }
        line.plain("}")
        return line.text
    }

    /// What most lines fit into; longer ones grow.
    private static let usualLineByteCount = 1_024

    private static func write(_ entries: [ElementDigests.Entry], to line: inout JSONWriter) {
        line.plain("{")
        for (index, entry) in entries.enumerated() {
            if index > 0 { line.plain(",") }
            line.string(entry.tag.digits)
            line.plain(":")
            line.string(entry.digest.description)
        }
        line.plain("}")
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
}

/// One file being read.
private struct Reading {
    private(set) var header: ObjectHeader?
    private(set) var damage: DICOMError?
    /// Why the medium gave not all of it.
    private(set) var failure: (any Error)?
    /// What either says.
    var error: String? { failure.map { "\($0)" } ?? damage?.description }
    /// The stable code of either.
    var errorCode: String? { damage?.code.description ?? (failure as? MediumError)?.code.description }
    /// Of the whole file; nil where it was not read whole.
    private(set) var sha256: ContentDigest?
    var pixelDigest: ContentDigest? { reader.pixelDigest }
    var elementDigests: ElementDigests? { reader.elementDigests }
    private var reader: ObjectHeaderReader

    init(
        of file: ContentsOfPath.File, in source: ContentsOfPath, depth: Inspection.Depth, assuming assumed: AssumedCharacterSet?
    ) {
        let digests = depth == .wholeWithDigests
        reader = ObjectHeaderReader(byteCount: file.byteCount, digestsPixels: digests, digestsElements: digests, assuming: assumed)
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

    private mutating func readHeader(_ file: ContentsOfPath.File, _ source: ContentsOfPath) throws {
        try reader.readWithoutPixels(file.byteCount) { reader, range in
            var progress = ObjectHeaderReader.Progress.needsMore
            try source.read(file, range: range) { progress = try reader.feed($0) }
            return progress
        }
    }

    /// Damage ends no reading: the digest is of all bytes.
    private mutating func readWhole(_ file: ContentsOfPath.File, _ source: ContentsOfPath) throws {
        var digester = ContentDigester()
        try source.read(file, range: 0..<file.byteCount) { piece in
            piece.withUnsafeBytes { digester.update($0) }
            _ = try? reader.feed(piece)
        }
        sha256 = digester.digest()
    }
}

import DICOM
import Media
import Migration

/// What one file of a medium turned out to be.
enum FileFinding: Sendable {
    /// No DICOM object, or a DICOMDIR.
    case notDICOM
    /// A whole object, where its data set ends in the file, and whether text of it was read by the character set that its source assumes.
    case object(StudyHeader, InstanceRecord, dataSetEnd: Int64, isTextAssumed: Bool)
    /// Not to be read, or no whole object.
    case unreadable(UnreadableFile)
}

/// One pass over one file: what it is, the SHA-256 of its bytes and of its data set, whether it is whole. Nothing is kept but the header.
struct FileExamination {
    /// What to do with the bytes fed last.
    enum Step {
        /// The header is not complete: the bytes are kept here, nothing is staged yet.
        case wait
        /// These bytes are of an object and are to be staged, in this order.
        case stage([ArraySlice<UInt8>])
        /// No object: the rest of the file need not be read.
        case skip
    }

    private let file: MediumFile
    private let rules: ReadingRules
    private var reader: ObjectHeaderReader
    private var fileDigest = ContentDigester()
    private var dataSetDigest = ContentDigester()
    /// Bytes fed before the header was complete.
    private var begin: [UInt8] = []
    private var isStarted = false

    init(_ file: MediumFile, rules: ReadingRules) {
        self.file = file
        self.rules = rules
        reader = ObjectHeaderReader(byteCount: file.byteCount, assuming: rules.characterSet)
    }

    /// Takes the next bytes of the file.
    mutating func feed(_ chunk: ArraySlice<UInt8>) throws(DICOMError) -> Step {
        chunk.withUnsafeBytes { fileDigest.update($0) }
        let progress = try reader.feed(chunk)
        if isStarted {
            chunk.withUnsafeBytes { dataSetDigest.update($0) }
            return .stage([chunk])
        }
        switch progress {
        case .notDICOM: return .skip
        case .needsMore:
            begin += chunk
            return .wait
        case .done(let header):
            if ObjectIdentity.isDirectory(header) { return .skip }
            return .stage(start(header, chunk))
        }
    }

    /// The header is complete: what was kept, and this chunk.
    private mutating func start(_ header: ObjectHeader, _ chunk: ArraySlice<UInt8>) -> [ArraySlice<UInt8>] {
        isStarted = true
        let offset = Int(header.dataSetOffset)
        let kept = begin
        begin = []
        kept.dropFirst(offset).withUnsafeBytes { dataSetDigest.update($0) }
        chunk.dropFirst(max(0, offset - kept.count)).withUnsafeBytes { dataSetDigest.update($0) }
        return [kept[...], chunk]
    }

    /// The file ended.
    ///
    /// - Returns: what it is, and bytes that are still to be staged: an object without pixel data shows its whole header only here.
    mutating func finish() throws(DICOMError) -> (finding: FileFinding, rest: [ArraySlice<UInt8>]) {
        guard let header = try reader.finish(), !ObjectIdentity.isDirectory(header) else { return (.notDICOM, []) }
        let rest = isStarted ? [] : start(header, [])
        let contentDigest = dataSetDigest.digest()
        let identity = ObjectIdentity(header, contentDigest: contentDigest, rules: rules)
        if let fault = identity.fault { return (damaged(fault.code, fault.detail), []) }
        let record = InstanceRecord(
            sopInstanceUID: identity.sopInstanceUID, sopClassUID: identity.sopClassUID, seriesInstanceUID: identity.seriesInstanceUID,
            transferSyntaxUID: header.transferSyntax.uid, sha256: fileDigest.digest().description,
            contentDigest: contentDigest.description, byteCount: file.byteCount, path: file.path)
        let finding = FileFinding.object(
            identity.studyHeader, record, dataSetEnd: header.dataSetEnd ?? file.byteCount, isTextAssumed: header.dataSet.usesAssumedCharacterSet)
        return (finding, rest)
    }

    /// The finding for a file that is no whole object, with what its header said so far.
    func damaged(_ code: String, _ detail: String) -> FileFinding {
        if let header = reader.headerSoFar, ObjectIdentity.isDirectory(header) { return .notDICOM }
        let identity = reader.headerSoFar.map { ObjectIdentity($0) }
        return .unreadable(
            UnreadableFile(
                path: file.path, code: code, detail: String(detail.prefix(GatewayLimits.detailLength)),
                studyInstanceUID: identity?.validStudyInstanceUID ?? "", sopInstanceUID: identity?.validSOPInstanceUID ?? ""))
    }
}

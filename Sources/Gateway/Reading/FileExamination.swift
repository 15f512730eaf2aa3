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
        /// Whether the file holds an object is not known yet: the bytes are kept here, nothing is staged.
        case wait
        /// These bytes are of an object and are to be staged, in this order.
        case stage([ArraySlice<UInt8>])
        /// No object: the rest of the file need not be read, and what was staged of it is of no use.
        case skip
    }

    private let file: MediumFile
    private let rules: ReadingRules
    private var reader: ObjectHeaderReader
    private var fileDigest = ContentDigester()
    private var dataSetDigest = DataSetDigest()
    /// Bytes fed before it was known that they are of an object: a meta header at most, and one chunk.
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
        switch try reader.feed(chunk) {
        case .notDICOM: return .skip
        case .done(let header) where ObjectIdentity.isDirectory(header): return .skip
        case .done, .needsMore: break
        }
        guard !isStarted else {
            dataSetDigest.take(chunk, upTo: reader.dataSetEndSoFar)
            return .stage([chunk])
        }
        guard reader.dataSetOffset != nil else {
            begin += chunk
            return .wait
        }
        return .stage(start(chunk))
    }

    /// The file holds an object: what was kept, and this chunk.
    private mutating func start(_ chunk: ArraySlice<UInt8>) -> [ArraySlice<UInt8>] {
        isStarted = true
        let offset = reader.dataSetOffset ?? 0
        let kept = begin
        begin = []
        dataSetDigest.begin(at: offset)
        dataSetDigest.take(kept.dropFirst(Int(offset)), upTo: nil)
        dataSetDigest.take(chunk.dropFirst(max(0, Int(offset) - kept.count)), upTo: reader.dataSetEndSoFar)
        return [kept[...], chunk]
    }

    /// The file ended.
    ///
    /// - Returns: what it is, and bytes that are still to be staged: that a file of few bytes is an object shows only here.
    mutating func finish() throws(DICOMError) -> (finding: FileFinding, rest: [ArraySlice<UInt8>]) {
        guard let header = try reader.finish(), !ObjectIdentity.isDirectory(header) else { return (.notDICOM, []) }
        let rest = isStarted ? [] : start([])
        let dataSetEnd = header.dataSetEnd ?? file.byteCount
        dataSetDigest.take([], upTo: (dataSetEnd, true))
        let contentDigest = dataSetDigest.digest
        let identity = ObjectIdentity(header, contentDigest: contentDigest, rules: rules)
        if let fault = identity.fault { return (damaged(fault.code, fault.detail), []) }
        let record = InstanceRecord(
            sopInstanceUID: identity.sopInstanceUID, sopClassUID: identity.sopClassUID, seriesInstanceUID: identity.seriesInstanceUID,
            transferSyntaxUID: header.transferSyntax.uid, sha256: fileDigest.digest().description,
            contentDigest: contentDigest.description, byteCount: file.byteCount, path: file.path)
        let finding = FileFinding.object(
            identity.studyHeader, record, dataSetEnd: dataSetEnd, isTextAssumed: header.dataSet.usesAssumedCharacterSet)
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

/// The SHA-256 of a data set whose end shows only behind it: what stands behind the end is never sent, and tells no content from another.
private struct DataSetDigest {
    private var digester = ContentDigester()
    /// Where the bytes begin that were not digested yet.
    private var offset: Int64 = 0
    /// Bytes that may belong to no element: at most a sequence that is being read, of a header that is held in memory as well.
    private var held: [UInt8] = []
    private var isEnded = false

    var digest: ContentDigest { digester.digest() }

    mutating func begin(at offset: Int64) {
        self.offset = offset
    }

    /// Takes the next bytes; all of them so far belong to the data set up to `end`.
    mutating func take(_ chunk: ArraySlice<UInt8>, upTo end: (offset: Int64, isFinal: Bool)?) {
        guard !isEnded else { return }
        let count = end.map { Int(max(0, $0.offset - offset)) } ?? 0
        let ofHeld = min(count, held.count)
        let ofChunk = min(count - ofHeld, chunk.count)
        held[..<ofHeld].withUnsafeBytes { digester.update($0) }
        chunk.prefix(ofChunk).withUnsafeBytes { digester.update($0) }
        offset += Int64(ofHeld + ofChunk)
        held.removeFirst(ofHeld)
        held += chunk.dropFirst(ofChunk)
        if end?.isFinal == true { (isEnded, held) = (true, []) }
    }
}

internal import Ledger
internal import Migration

/// A row of the list of exceptions as JSON: a study that was given up.
public struct ExceptionShape: Codable, Hashable, Sendable {
    /// Study Instance UID.
    public var studyInstanceUID: String
    /// Why it was given up.
    public var category: String
    /// The destination's status or our finding.
    public var detail: String
    /// Since when, ISO 8601.
    @OrNull public var since: String?
    /// The labels of the media that hold parts of it.
    public var media: [String]
}

extension ExceptionShape {
    /// - Parameter since: when the study came into its state.
    init(_ row: StudyRow, since: Instant?) {
        let progress = row.study.progress
        self.init(
            studyInstanceUID: row.study.header.studyInstanceUID, category: progress.category?.rawValue ?? "",
            detail: progress.detail, since: since?.text, media: row.labels)
    }
}

/// A file that could not be read, as JSON.
public struct UnreadableShape: Codable, Hashable, Sendable {
    /// The label of the medium it lies on.
    public var medium: String
    /// Where it lies there.
    public var path: String
    /// `unreadable`, `cut`, `invalid` or `no-uid`.
    public var code: String
    /// The place and the limit in words.
    public var detail: String
    /// The study that its header names, if that could be read.
    @OrNull public var studyInstanceUID: String?
    /// The SOP Instance UID that its header names, if that could be read.
    @OrNull public var sopInstanceUID: String?
}

extension UnreadableShape {
    init(_ row: UnreadableRow) {
        let file = row.record.file
        self.init(
            medium: row.label, path: file.path, code: file.code, detail: file.detail,
            studyInstanceUID: file.studyInstanceUID.isEmpty ? nil : file.studyInstanceUID,
            sopInstanceUID: file.sopInstanceUID.isEmpty ? nil : file.sopInstanceUID)
    }
}

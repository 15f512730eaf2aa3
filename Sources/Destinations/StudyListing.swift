internal import DICOM

/// What a destination lists of one study by C-FIND, row by row, nothing judged yet (PS3.4 §C.6.2.1).
struct StudyListing: Sendable {
    /// Series of a study: the largest known have some hundred.
    static let maximumSeries = 10_000
    /// Instances of a study: the largest known have some ten thousand.
    static let maximumInstances = 200_000

    var studies: [StudyRow] = []
    var instances: [InstanceRow] = []

    /// A row of the study level.
    struct StudyRow: Hashable, Sendable {
        let patientID: String
        let accessionNumber: String

        init(patientID: String, accessionNumber: String) {
            self.patientID = patientID
            self.accessionNumber = accessionNumber
        }

        init(_ match: DataSet) {
            self.init(patientID: match.trimmed(.patientID) ?? "", accessionNumber: match.trimmed(.accessionNumber) ?? "")
        }
    }

    /// A row of the series level.
    struct SeriesRow: Hashable, Sendable {
        let seriesInstanceUID: String
        /// Number of Series Related Instances (0020,1209), where the destination gives it.
        let instanceCount: Int?

        init(_ match: DataSet) {
            seriesInstanceUID = match.trimmed(.seriesInstanceUID) ?? ""
            instanceCount = match.integer(.numberOfSeriesRelatedInstances)
        }
    }

    /// A row of the image level. Patient and accession number are there when the destination gives them, which it need not.
    struct InstanceRow: Hashable, Sendable {
        let sopInstanceUID: String
        let seriesInstanceUID: String
        let patientID: String?
        let accessionNumber: String?

        init(sopInstanceUID: String, seriesInstanceUID: String, patientID: String? = nil, accessionNumber: String? = nil) {
            self.sopInstanceUID = sopInstanceUID
            self.seriesInstanceUID = seriesInstanceUID
            self.patientID = patientID
            self.accessionNumber = accessionNumber
        }

        /// The series is the one in the answer; a destination that leaves it out answers for the one it was asked for.
        init(_ match: DataSet, askedSeries: String) {
            let series = match.trimmed(.seriesInstanceUID) ?? ""
            self.init(
                sopInstanceUID: match.trimmed(.sopInstanceUID) ?? "", seriesInstanceUID: series.isEmpty ? askedSeries : series,
                patientID: match.trimmed(.patientID).flatMap { $0.isEmpty ? nil : $0 },
                accessionNumber: match.trimmed(.accessionNumber).flatMap { $0.isEmpty ? nil : $0 })
        }
    }

    static func studyQuery(_ study: String) throws -> DataSet {
        try query(level: "STUDY", keys: [(.studyInstanceUID, study)], asking: [.patientID, .accessionNumber])
    }

    static func seriesQuery(_ study: String) throws -> DataSet {
        var query = try query(level: "SERIES", keys: [(.studyInstanceUID, study)], asking: [.seriesInstanceUID])
        try query.set(.numberOfSeriesRelatedInstances, "")
        return query
    }

    static func imageQuery(_ study: String, series: String) throws -> DataSet {
        try query(
            level: "IMAGE", keys: [(.studyInstanceUID, study), (.seriesInstanceUID, series)],
            asking: [.sopInstanceUID, .patientID, .accessionNumber])
    }

    private static func query(level: String, keys: [(Tag, String)], asking: [Tag]) throws -> DataSet {
        var query = DataSet()
        try query.set(.queryRetrieveLevel, level)
        for tag in asking { try query.set(tag, "") }
        for (tag, value) in keys { try query.set(tag, value) }
        return query
    }
}

extension Tag {
    /// Number of Series Related Instances.
    static let numberOfSeriesRelatedInstances = Tag(0x0020, 0x1209)
}

extension DataSet {
    /// An element's text without the spaces around it, which mean nothing in identifiers (PS3.5 §6.2).
    func trimmed(_ tag: Tag) -> String? {
        guard let text = string(tag) else { return nil }
        return text.trimmingSpaces()
    }
}

extension String {
    /// The text without spaces at its beginning and end.
    func trimmingSpaces() -> String {
        let start = drop { $0 == " " }
        return String(start.prefix(start.count - start.reversed().prefix { $0 == " " }.count))
    }
}

internal import DICOM
internal import DICOMNetwork
public import Migration

/// Where a study lies at a destination now, whoever's it should be.
public struct StudyWhereabouts: Sendable {
    /// One study as the destination lists it. Under two patients one Study Instance UID makes two.
    public struct Row: Hashable, Sendable {
        /// The patient; what the destination leaves out is the empty string.
        public var patient: PatientIdentity
        /// Accession Number (0008,0050).
        public var accessionNumber: String

        /// A row of these.
        public init(patient: PatientIdentity, accessionNumber: String) {
            self.patient = patient
            self.accessionNumber = accessionNumber
        }
    }

    /// The studies under the UID, as the destination lists them.
    public let rows: [Row]
    private let listing: StudyListing

    init(rows: [Row], listing: StudyListing) {
        self.rows = rows
        self.listing = listing
    }

    /// Whether the destination has nothing under the UID: no study, and no instance in any of its series.
    public var isNothing: Bool { rows.isEmpty && listing.studies.isEmpty && listing.instances.isEmpty }

    /// How many instances lie under the UID that are none of `ours`, by their SOP Instance UIDs.
    public func strangers(besides ours: Set<String>) -> Int { Set(listing.instances.map(\.sopInstanceUID)).subtracting(ours).count }

    /// Which of `ours` lie under the UID, by their SOP Instance UIDs.
    public func listed(of ours: Set<String>) -> Set<String> { ours.intersection(listing.instances.map(\.sopInstanceUID)) }

    /// What of `expected` lies where it should.
    public func report(on expected: ExpectedStudy) -> VerificationReport { VerificationReport(listing, expected: expected) }
}

extension CStoreDestination {
    /// Asks for everything that lies under a Study Instance UID, once.
    ///
    /// - Parameters:
    ///   - studyInstanceUID: The study.
    ///   - seriesInstanceUIDs: Series that are asked for even when the destination does not list them.
    /// - Throws: `DestinationError`. An answer that failed, was cut, or contradicts its own count is an error, not an empty answer.
    public func whereabouts(ofStudy studyInstanceUID: String, series seriesInstanceUIDs: [String]) async throws -> StudyWhereabouts {
        let listing = try await listing(of: studyInstanceUID, series: seriesInstanceUIDs, countsMustAgree: true)
        do {
            let rows = try await Association.with(
                address, proposing: [QueryModel.studyRootFind.proposedContext], timeouts: timeouts, security: security
            ) { association in
                try await association.find(StudyListing.patientQuery(studyInstanceUID)).map(StudyWhereabouts.Row.init)
            }
            return StudyWhereabouts(rows: rows, listing: listing)
        } catch let error as NetworkError where error.code == .cancelled {
            throw CancellationError()
        } catch {
            throw DestinationError(error, doing: "C-FIND at \(address.calledAETitle)")
        }
    }
}

extension StudyListing {
    /// Asks whose a study is. Names are asked for in UTF-8.
    static func patientQuery(_ study: String) throws -> DataSet {
        var query = try studyQuery(study)
        try query.set(.specificCharacterSet, "ISO_IR 192")
        for tag in [Tag.patientName, .patientBirthDate, .patientSex, .issuerOfPatientID] { try query.set(tag, "") }
        return query
    }
}

extension StudyWhereabouts.Row {
    init(_ match: DataSet) {
        func text(_ tag: Tag) -> Identifying { Identifying(match.trimmed(tag) ?? "") }
        self.init(
            patient: PatientIdentity(
                patientID: text(.patientID), issuer: text(.issuerOfPatientID), name: text(.patientName), birthDate: text(.patientBirthDate),
                sex: text(.patientSex)),
            accessionNumber: match.trimmed(.accessionNumber) ?? "")
    }
}

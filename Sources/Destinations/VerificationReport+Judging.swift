internal import Migration

extension VerificationReport {
    /// Judges a listing against what is expected. Pure: the same listing is always judged the same way.
    init(_ listing: StudyListing, expected: ExpectedStudy) {
        self.init()
        let judge = ListingJudge(listing, expected: expected)
        for instance in expected.instances {
            self[keyPath: judge.list(for: instance)].append(instance.sopInstanceUID)
        }
        let ours = Set(expected.instances.map(\.sopInstanceUID))
        beyond = Set(listing.instances.map(\.sopInstanceUID)).subtracting(ours).filter { !$0.isEmpty }.sorted()
    }
}

/// Where in a report an instance belongs.
private struct ListingJudge {
    private let patientID: String
    private let accessionNumber: String
    private let studies: [StudyListing.StudyRow]
    private let rows: [String: [StudyListing.InstanceRow]]

    init(_ listing: StudyListing, expected: ExpectedStudy) {
        patientID = expected.patientID.reveal().trimmingSpaces()
        accessionNumber = expected.accessionNumber.trimmingSpaces()
        studies = listing.studies
        rows = Dictionary(grouping: listing.instances, by: \.sopInstanceUID)
    }

    func list(for instance: ExpectedStudy.Instance) -> WritableKeyPath<VerificationReport, [String]> {
        guard let rows = rows[instance.sopInstanceUID], !studies.isEmpty else { return \.missing }
        guard rows.allSatisfy({ $0.seriesInstanceUID == instance.seriesInstanceUID }) else { return \.wrongSeries }
        guard rows.allSatisfy(isUnderPatient) else { return \.underOtherPatient }
        guard rows.allSatisfy(hasAccessionNumber) else { return \.wrongAccession }
        return \.verified
    }

    /// The row's own word counts; where it has none, every study row must say the same: a study UID under two patients
    /// does not tell whose an instance is.
    private func isUnderPatient(_ row: StudyListing.InstanceRow) -> Bool {
        let isStudyRight = studies.contains { $0.patientID == patientID }
        guard let own = row.patientID else { return studies.allSatisfy { $0.patientID == patientID } }
        return own == patientID && isStudyRight
    }

    /// The study level's word is asked for first: a destination keeps one accession number a study, whatever its instances say.
    private func hasAccessionNumber(_ row: StudyListing.InstanceRow) -> Bool {
        let ofPatient = studies.filter { $0.patientID == patientID }
        return ofPatient.allSatisfy { $0.accessionNumber == accessionNumber }
            && (row.accessionNumber ?? accessionNumber) == accessionNumber
    }
}

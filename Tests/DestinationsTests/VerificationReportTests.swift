import Migration
import Testing

@testable import Destinations

/// How a listing is judged, without a network.
@Suite struct VerificationReportTests {
    private typealias Row = StudyListing.InstanceRow

    private let expected = ExpectedStudy(
        studyInstanceUID: "1", patientID: "P1", accessionNumber: "A1",
        instances: [
            .init(sopInstanceUID: "1.1", seriesInstanceUID: "S1"), .init(sopInstanceUID: "1.2", seriesInstanceUID: "S1"),
            .init(sopInstanceUID: "1.3", seriesInstanceUID: "S2"),
        ])

    private let rows = [
        Row(sopInstanceUID: "1.1", seriesInstanceUID: "S1"), Row(sopInstanceUID: "1.2", seriesInstanceUID: "S1"),
        Row(sopInstanceUID: "1.3", seriesInstanceUID: "S2"),
    ]

    private let right = StudyListing.StudyRow(patientID: "P1", accessionNumber: "A1")

    private func report(_ studies: [StudyListing.StudyRow], _ rows: [StudyListing.InstanceRow]) -> VerificationReport {
        VerificationReport(StudyListing(studies: studies, instances: rows), expected: expected)
    }

    @Test("What is found as intended is verified, also when the destination lists the study or an instance twice")
    func verified() {
        let once = report([right], rows)
        #expect(once.isComplete && once.verified == ["1.1", "1.2", "1.3"] && once.beyond.isEmpty)
        #expect(report([right, right], rows + rows) == once)
    }

    @Test("Spaces around identifiers mean nothing")
    func spaces() {
        var padded = expected
        padded.patientID = " P1 "
        padded.accessionNumber = "A1  "
        let report = VerificationReport(StudyListing(studies: [right], instances: rows), expected: padded)
        #expect(report.isComplete)
    }

    @Test("What is not listed is missing, and so is everything of a study that the study level does not know")
    func missing() {
        #expect(report([right], Array(rows.dropLast())).missing == ["1.3"])
        #expect(report([], rows).missing == ["1.1", "1.2", "1.3"])
        #expect(report([], []).missing.count == 3)
    }

    @Test("An instance in another series, or in another one too, is not verified")
    func wrongSeries() {
        let moved = report([right], rows.dropLast() + [Row(sopInstanceUID: "1.3", seriesInstanceUID: "S1")])
        #expect(moved.wrongSeries == ["1.3"] && moved.verified == ["1.1", "1.2"])
        #expect(report([right], rows + [Row(sopInstanceUID: "1.3", seriesInstanceUID: "S1")]).wrongSeries == ["1.3"])
    }

    @Test("A study under another patient, or under two who cannot be told apart, is not verified")
    func otherPatient() {
        let other = StudyListing.StudyRow(patientID: "P2", accessionNumber: "A1")
        #expect(report([other], rows).underOtherPatient.count == 3)
        #expect(report([right, other], rows).underOtherPatient.count == 3)
    }

    @Test("Where instances say whose they are, each is judged by its own word")
    func ownPatient() {
        let other = StudyListing.StudyRow(patientID: "P2", accessionNumber: "A2")
        let rows = [
            Row(sopInstanceUID: "1.1", seriesInstanceUID: "S1", patientID: "P1"),
            Row(sopInstanceUID: "1.2", seriesInstanceUID: "S1", patientID: "P2"),
            Row(sopInstanceUID: "1.3", seriesInstanceUID: "S2", patientID: "P1"),
        ]
        let report = report([right, other], rows)
        #expect(report.verified == ["1.1", "1.3"] && report.underOtherPatient == ["1.2"])
    }

    @Test("Another accession number, or none, is found on the study level and on the image level")
    func wrongAccession() {
        #expect(report([.init(patientID: "P1", accessionNumber: "")], rows).wrongAccession.count == 3)
        let own = [Row(sopInstanceUID: "1.1", seriesInstanceUID: "S1", accessionNumber: "A9")] + rows.dropFirst()
        #expect(report([right], own).wrongAccession == ["1.1"])
    }

    @Test("What the destination has beyond is listed in order, and is no fault")
    func beyond() {
        let more = rows + [Row(sopInstanceUID: "9", seriesInstanceUID: "S9"), Row(sopInstanceUID: "8", seriesInstanceUID: "S1")]
        let report = report([right], more)
        #expect(report.isComplete && report.beyond == ["8", "9"])
    }
}

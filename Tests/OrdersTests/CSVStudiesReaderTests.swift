@testable import Orders
import Migration
import Testing

@Suite struct CSVStudiesReaderTests {
    private let header =
        "study_instance_uid,patient_id,issuer,patient_name,birth_date,sex,study_date,study_time,modality,accession_number,study_description,instance_count,medium_label"

    private func studies(_ lines: String...) throws -> (studies: [LegacyStudy], faults: [TableFault]) {
        var reader = try CSVStudiesReader(source: source(lines.joined(separator: "\n")))
        var studies: [LegacyStudy] = []
        var faults: [TableFault] = []
        while let item = try reader.next() {
            switch item {
            case .value(let study, _): studies.append(study)
            case .fault(let fault): faults.append(fault)
            }
        }
        return (studies, faults)
    }

    @Test func `A study has every column of its row`() throws {
        let result = try studies(header, "1.2.3,00012345,SEV,KIM^MINSU,1950-03-12,m,19990312,09:30,CT/ SR,A1,\"Chest, contrast\",120,DLT001")
        let patient = PatientIdentity(patientID: "00012345", issuer: "SEV", name: "KIM^MINSU", birthDate: "19500312", sex: "M")
        let wanted = StudyHeader(
            studyInstanceUID: "1.2.3", patient: patient, studyDate: "19990312", studyTime: "093000", accessionNumber: "A1",
            studyDescription: "Chest, contrast", modalities: ["CT", "SR"])
        #expect(result.studies == [LegacyStudy(header: wanted, instanceCount: 120, mediumLabel: "DLT001")])
        #expect(result.faults.isEmpty)
    }

    @Test func `Several modalities are parted by slashes or backslashes, sorted, each once`() throws {
        let result = try studies(
            "study_instance_uid,patient_id,study_date,modality", "1.1,P,19990312,SR/CT", "1.2,P,19990312,PT\\CT\\ CT", "1.3,P,19990312,", "1.4,P,19990312,/")
        #expect(result.studies.map(\.header.modalities) == [["CT", "SR"], ["CT", "PT"], [], []])
    }

    @Test func `What is evidence of the exam is read, and a code that is none costs itself`() throws {
        let columns = "study_instance_uid,patient_id,study_date,modality,other_patient_names,body_part,laterality"
        let result = try studies(
            columns, "1.1,P,19990312,CR,김^민수,KNEE/ FOOT,R", "1.2,P,19990312,CR,,\(String(repeating: "K", count: 17)),L\\R",
            "1.3,P,19990312,CR,,\((1...17).map { "P\($0)" }.joined(separator: "/")),")
        #expect(result.studies.map(\.header.otherNames.trimmed) == ["김^민수", "", ""])
        #expect(result.studies.map(\.header.bodyParts) == [["FOOT", "KNEE"], [], []])
        #expect(result.studies.map(\.header.lateralities) == [["R"], ["L", "R"], []])
        #expect(result.faults.map(\.code) == [.valueLeftOut, .valueLeftOut])
    }

    @Test func `What the index leaves empty stays empty: it is counted, not lost`() throws {
        let result = try studies(header, "1.1,,,,,,,,,,,,", "1.2,   ,,,,,,,,,,0,")
        #expect(result.faults.isEmpty)
        #expect(result.studies.map(\.header.patient.patientID) == ["", ""])
        #expect(result.studies.map(\.header.date) == [nil, nil])
        #expect(result.studies.map(\.instanceCount) == [nil, 0])
    }

    @Test func `Each broken row is named, and the others are read`() throws {
        let columns = "study_instance_uid,patient_id,study_date,modality,instance_count"
        let result = try studies(
            columns, ",P,19990312,CT,1", "1.x,P,19990312,CT,1", "1.4,P,19990312,CT", "1.6,P\\Q,19990312,CT,1", "1.5,P,19990312,CT,2147483647")
        #expect(result.studies.map(\.header.studyInstanceUID) == ["1.5"])
        #expect(
            result.faults.map(\.message) == [
                "line 2: study_instance_uid is empty", "line 3: study_instance_uid is no UID: digits and dots, at most 64",
                "line 4: 4 fields, where the header row has 5", "line 5: patient_id has a backslash in it",
            ])
        #expect(!result.faults.contains { $0.isRowKept })
    }

    @Test func `A value that says nothing costs itself only, and each is told: a study without a day is counted as one`() throws {
        let rest = "1.1,P1,,KIM,19500231,U,00000000,25:00,CT,ACCESSION-NUMBER-17,,-1,DLT001"
        let result = try studies(header, rest, "1.2,P1,,KIM,,,19990312,,\(String(repeating: "C", count: 65)),,\(String(repeating: "흉", count: 65)),2147483648,")
        #expect(result.studies.map(\.header.studyInstanceUID) == ["1.1", "1.2"])
        let study = try #require(result.studies.first)
        #expect(study.header.date == nil && study.header.studyTime == "" && study.header.accessionNumber == "" && study.instanceCount == nil)
        #expect(study.header.patient == PatientIdentity(patientID: "P1", name: "KIM"))
        #expect(study.header.modalities == ["CT"] && study.mediumLabel == "DLT001")
        #expect(result.studies[1].header.studyDescription == String(repeating: "흉", count: 64))
        #expect(result.studies[1].header.modalities.isEmpty)
        let left = "; the row counts without it"
        #expect(
            Set(result.faults.map(\.message)) == [
                "line 2: birth_date is no date of the form YYYYMMDD\(left)", "line 2: sex is none of M, F, O and empty\(left)",
                "line 2: study_date is no date of the form YYYYMMDD\(left)", "line 2: study_time is no time of day\(left)",
                "line 2: accession_number has 19 characters, at most 16 are allowed\(left)",
                "line 2: instance_count is no number from 0 to 2147483647\(left)", "line 3: modality has 65 characters, at most 64 are allowed\(left)",
                "line 3: study_description has more than 64 characters; the first 64 are kept",
                "line 3: instance_count is no number from 0 to 2147483647\(left)",
            ])
        #expect(result.faults.count == 9 && result.faults.allSatisfy { $0.isRowKept })
    }

    @Test func `A Study Instance UID that comes twice is a warning that names both lines, and another patient`() throws {
        let columns = "study_instance_uid,patient_id,study_date,modality"
        let result = try studies(columns, "1.1,P1,19990312,CT", "1.1,P1,19990313,CT", "1.1,P2,19990312,CT")
        #expect(result.studies.count == 3)
        #expect(result.faults.map(\.code) == [.studyRepeated, .studyTwoPatients])
        #expect(result.faults.allSatisfy { $0.isRowKept && $0.message.contains("that of line 2") && !$0.message.contains("P1") })
    }

    @Test func `A header without a column that is needed, or with one that is not known, is refused`() {
        for header in ["study_instance_uid,patient_id,study_date", "study_instance_uid,patient_id,study_date,modality,medium"] {
            #expect(throws: TableError.self) { try studies(header, "1.1,P1,19990312,CT") }
        }
    }
}

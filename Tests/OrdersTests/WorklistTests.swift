import DICOM
import Migration
import Testing

@testable import Orders

@Suite("Orders from a modality worklist")
struct WorklistTests {
    private func answer(_ change: (inout DataSet) throws -> Void = { _ in }, step: (inout DataSet) throws -> Void = { _ in }) throws -> DataSet {
        var inner = DataSet()
        try inner.set(.modality, "CT")
        try inner.set(WorklistKeys.startDate, "20030310")
        try inner.set(WorklistKeys.startTime, "0930")
        try step(&inner)
        var code = DataSet()
        try code.set(WorklistKeys.codeValue, "C100")
        try code.set(WorklistKeys.codeMeaning, "Chest")
        var answer = DataSet()
        try answer.set(.specificCharacterSet, "ISO_IR 192")
        for (tag, text) in [
            (Tag.patientID, "00012345"), (.issuerOfPatientID, "HOSP"), (.patientName, "KIM^MINSU=金^民秀=김^민수"), (.patientBirthDate, "19500312"), (.patientSex, "M"),
            (.accessionNumber, "A7"), (.studyInstanceUID, "1.2.840.1"), (.requestedProcedureDescription, "Chest CT"), (WorklistKeys.requestingService, "RAD"),
        ] { try answer.set(tag, text) }
        try answer.set(WorklistKeys.scheduledProcedureStepSequence, items: [inner])
        try answer.set(WorklistKeys.requestedProcedureCodeSequence, items: [code])
        try change(&answer)
        return answer
    }

    private func fault(_ answer: DataSet) -> String? {
        do throws(WorklistFault) {
            _ = try WorklistEntry.notice(answer)
            return nil
        } catch {
            return error.message
        }
    }

    @Test("An answer has every value of an order")
    func whole() throws {
        let patient = PatientIdentity(
            patientID: "00012345", issuer: "HOSP", name: "KIM^MINSU=金^民秀=김^민수", birthDate: "19500312", sex: "M")
        let expected = Order(
            patient: patient, accessionNumber: "A7", studyInstanceUID: "1.2.840.1", examDate: CalendarDate("20030310"), examTime: "093000", modality: "CT",
            procedureCode: "C100", procedureDescription: "Chest CT", department: "RAD")
        #expect(try WorklistEntry.notice(answer()).applied(to: nil) == expected)
        #expect(try WorklistEntry.notice(answer({ try $0.set(.requestedProcedureDescription, "") })).procedureDescription == .value("Chest"))
    }

    @Test("What is left empty says nothing")
    func empty() throws {
        var known = try WorklistEntry.notice(answer()).applied(to: nil)
        known.status = "CA"
        let sparse = try answer {
            for tag in [Tag.patientName, .patientBirthDate, .patientSex, .studyInstanceUID, .requestedProcedureDescription, WorklistKeys.requestingService] { try $0.set(tag, "") }
            $0.remove(WorklistKeys.scheduledProcedureStepSequence)
            $0.remove(WorklistKeys.requestedProcedureCodeSequence)
        }
        #expect(try WorklistEntry.notice(sparse).applied(to: known) == known)
    }

    @Test("An answer that cannot be an order is named by its attribute, without its value")
    func faults() throws {
        #expect(fault(try answer { try $0.set(.accessionNumber, "") }) == "Accession Number is empty")
        #expect(fault(try answer { try $0.set(.patientID, " ") }) == "Patient ID is empty")
        #expect(fault(try answer { try $0.set(.patientBirthDate, "19500231") }) == "Patient's Birth Date is no day")
        #expect(fault(try answer { try $0.set(.patientSex, "W") })?.hasPrefix("Patient's Sex") == true)
        #expect(fault(try answer { try $0.set(.studyInstanceUID, "1.2.X") }) == "Study Instance UID is no UID")
        #expect(fault(try answer { try $0.set(.patientID, #"1\2"#) })?.hasPrefix("Patient ID has several values") == true)
        for time in ["2561", "+9+9+9"] {
            #expect(fault(try answer(step: { try $0.set(WorklistKeys.startTime, time) }))?.hasSuffix("is no time of day") == true)
        }
    }

    @Test("A sex of U is not known, as in HL7")
    func unknownSex() throws {
        #expect(try WorklistEntry.notice(answer { try $0.set(.patientSex, "U") }).patient.sex == .none)
    }

    @Test("Steps of one order are one, with the lowest modality whatever their order; the same numbers of two issuers are two")
    func steps() throws {
        let worklist = try Worklist(address: "dicom://RIS@127.0.0.1:104?calling=SKEIN")
        let answers = try [answer(step: { try $0.set(.modality, "MR") }), answer(), answer(step: { try $0.set(.modality, "") }), answer { try $0.set(.issuerOfPatientID, "LAB") }]
        for answers in [answers, answers.reversed()] {
            let notices = worklist.read(answers, batch: 10).messages.flatMap(\.notices).compactMap { notice -> OrderNotice? in
                if case .order(let order) = notice { order } else { nil }
            }
            #expect(Set(notices.map { "\($0.patient.key.issuer.reveal()) \($0.modality.over("", nothing: ""))" }) == ["HOSP CT", "LAB CT"])
            #expect(notices.count == 2)
        }
    }

    @Test("Times of day as TM has them", arguments: [("09", "090000"), ("0930", "093000"), ("093015.123456", "093015"), ("", "")])
    func times(tm: String, time: String) throws {
        let notice = try WorklistEntry.notice(answer(step: { try $0.set(WorklistKeys.startTime, tm) }))
        #expect(notice.examTime == (time.isEmpty ? .unsaid : .value(time)))
    }

    @Test("A question asks for the day, the patient, and all that an order has")
    func question() throws {
        let question = try WorklistKeys.question("20261122"..."20261124", patientID: "김1")
        #expect(question.string(.specificCharacterSet) == "ISO_IR 192")
        #expect(question.string(.patientID) == "김1")
        let step = try #require(try question.items(WorklistKeys.scheduledProcedureStepSequence).first)
        #expect(step.string(WorklistKeys.startDate) == "20261122-20261124")
        #expect(try WorklistKeys.question("20261122"..."20261122", patientID: nil).items(WorklistKeys.scheduledProcedureStepSequence).first?.string(WorklistKeys.startDate) == "20261122")
        let answered = try answer()
        #expect(Set(answered.elements.map(\.tag)).subtracting(question.elements.map(\.tag)).isEmpty)
    }

    @Test("An address that is none is named")
    func address() {
        let error = #expect(throws: WorklistError.self) { try Worklist(address: "dicom://RIS@") }
        #expect(error?.message.hasPrefix("worklist: ") == true)
    }

    @Test("Days with too many answers are asked for in halves, down to single days")
    func halves() throws {
        func days(_ window: WorklistWindow) -> [WorklistWindow] { window.halves.map { days($0.0) + days($0.1) } ?? [window] }
        let single = days(WorklistWindow("20231230"..."20240302"))
        #expect(single.count == 64)
        #expect(single.map { $0.dates?.lowerBound } == single.map { $0.dates?.upperBound })
        #expect(single.first?.dates?.lowerBound == "20231230" && single.last?.dates?.lowerBound == "20240302")
        #expect(single.contains(WorklistWindow("20240229"..."20240229")))
        #expect(WorklistWindow(nil).halves == nil)
    }

    @Test("What a worklist says is an answer, which gives way to messages")
    func isAnswer() throws {
        let worklist = try Worklist(address: "dicom://RIS@127.0.0.1:104?calling=SKEIN")
        #expect(worklist.read([try answer()], ["too many"], batch: 10).messages.map(\.isAnswer) == [true])
        #expect(worklist.read([try answer()], ["too many"], batch: 10).faults == ["too many"])
    }
}

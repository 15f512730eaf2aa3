import Coordination
import Ledger
import LineProtocol
import Migration
import Testing

@Suite("With evidence, nothing is filed under a patient of the hospital's on less than a match needs")
struct UnconfirmedPatientTests {
    /// A bench that files what has no order, knows 0012 by an order of another day, or 0013 by what the hospital told, and has read a study.
    private func bench(_ patient: String, name: String = "", birthDate: String = "", evidence: Bool = true) throws -> Bench {
        var configuration = try EvidenceTests.configuration()
        if !evidence { configuration.evidence = nil }
        configuration.policies = Policies(patientLevelFailed: .unspecifiedExam)
        configuration.issuerOfUnknownPatients = "LEGACY"
        var bench = try Bench(configuration)
        bench.expect("A")
        if patient != "0013" { bench.act(.importOrders([Bench.order("ACC1", patient: "0012", name: "김^선영", date: "20010101")])) }
        let told = IdentityNotice(key: PatientKey(patientID: "0013"), name: .value("김^선영"), birthDate: .value("19600101"))
        if patient != "0012" { bench.act(.importPatients([PatientNotice(identity: told)])) }
        bench.read("A", [Bench.study("1.1", patient: patient, name: name, birthDate: birthDate)], by: bench.enrol("gateway1"))
        return bench
    }

    @Test("Neither name nor birth date, a name in another script alone: a person looks", arguments: ["0012", "0013"], ["", "PARK^CHULSOO"])
    func unconfirmed(patient: String, name: String) throws {
        var bench = try bench(patient, name: name)
        #expect(try bench.study("1.1").holdReason == .patientUnconfirmed)
        #expect(try bench.study("1.1").progress.sentence == Sentence(.patientUnconfirmed, [.patient(Identifying(patient))]))
        #expect(try bench.study("1.1").reservedAccession == nil)
        bench.act(.fileAsUnspecified(studyInstanceUID: "1.1"))
        #expect(try bench.study("1.1").progress.state == .ready)
    }

    @Test("A birth date that agrees, or a name where there is none, confirms", arguments: ["0012", "0013"], [("", "19600101"), ("KIM^SUNYOUNG", ""), ("김^선영", "")])
    func confirmed(patient: String, said: (name: String, birthDate: String)) throws {
        let study = try bench(patient, name: said.name, birthDate: said.birthDate).study("1.1")
        #expect(study.progress.state == .ready)
        #expect(study.plan?.patientID.reveal() == patient)
    }

    @Test("Whom the hospital does not know is filed under another issuer, as before; and the rule alone wants nothing")
    func others() throws {
        #expect(try bench("0099").study("1.1").plan?.coercions.contains { $0.value.reveal() == "LEGACY" } == true)
        for patient in ["0012", "0013"] { #expect(try bench(patient, evidence: false).study("1.1").progress.state == .ready) }
    }
}

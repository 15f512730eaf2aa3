import Coordination
import Ledger
import LineProtocol
import Migration
import Testing

@Suite("Patients whom the hospital does not know are never filed under its issuer of patient IDs")
struct UnknownPatientTests {
    private static let issuerTag = "00100021"

    /// A bench that files unknown patients, knows an order of P1 of HOSP, and has read a study of `patient`, whose objects name `issuer`.
    private func bench(
        _ patient: String, _ issuer: String, name: String = "Kim^Chulsoo", unknown: String? = nil, policy: OutcomePolicy = .unspecifiedExam,
        ordered: Identifying = "HOSP", hospital: [String] = []
    ) throws -> Bench {
        var configuration = MigrationConfiguration(destination: "dicom://PACS@127.0.0.1:4242", policies: Policies(patientLevelFailed: policy))
        configuration.issuerOfUnknownPatients = unknown
        configuration.hospitalIssuers = hospital
        var bench = try Bench(configuration)
        bench.expect("A")
        var order = Bench.order("ACC1")
        order.patient.issuer = ordered
        bench.act(.importOrders([order]))
        let worker = bench.enrol("gateway1")
        var study = Bench.study("1.1", patient: patient, name: name)
        study.header.patient.issuer = Identifying(issuer)
        bench.read("A", [study], by: worker)
        return bench
    }

    /// The issuer that the objects go out with; nil: they are held.
    private func issuer(_ patient: String, _ issuer: String, unknown: String?, ordered: Identifying = "HOSP", hospital: [String] = []) throws -> String? {
        let study = try bench(patient, issuer, unknown: unknown, ordered: ordered, hospital: hospital).study("1.1")
        guard let plan = study.plan else {
            #expect(study.holdReason == .issuerMissing)
            #expect(study.progress.sentence?.code == "issuer-missing")
            return nil
        }
        return plan.coercions.first { $0.tag == Self.issuerTag }?.value.reveal() ?? issuer
    }

    @Test("Where no other issuer is configured, the study is held; objects of another issuer keep theirs")
    func unconfigured() throws {
        for named in ["HOSP", " HOSP ", ""] { #expect(try issuer("P9", named, unknown: nil) == nil) }
        #expect(try issuer("P9", "LAB", unknown: nil) == "LAB")
        #expect(try issuer("P1", "LAB", unknown: nil) == "LAB")
        #expect(try issuer("", "", unknown: nil) == nil)
    }

    @Test("With one, they go out under that, whether the objects name the hospital's or none")
    func configured() throws {
        for named in ["HOSP", " HOSP ", ""] { #expect(try issuer("P9", named, unknown: "LEGACY") == "LEGACY") }
        #expect(try issuer("", "HOSP", unknown: "LEGACY") == "LEGACY")
        #expect(try issuer("P9", "LAB", unknown: "LEGACY") == "LAB")
        // One that the hospital's own orders name will not do.
        #expect(try issuer("P9", "", unknown: "HOSP") == nil)
    }

    @Test("Where orders name no issuer, the configuration says which are the hospital's; where nothing does, objects that name one are held")
    func withoutIssuers() throws {
        #expect(try issuer("P9", "HOSP", unknown: "LEGACY", ordered: "") == nil)
        #expect(try issuer("P9", "", unknown: "LEGACY", ordered: "") == "LEGACY")
        #expect(try issuer("P9", "HOSP", unknown: "LEGACY", ordered: "", hospital: ["HOSP"]) == "LEGACY")
        #expect(try issuer("P9", "LAB", unknown: "LEGACY", ordered: "", hospital: ["HOSP"]) == "LAB")
        #expect(try issuer("P9", "", unknown: "HOSP", ordered: "", hospital: ["HOSP"]) == nil)
    }

    @Test("By hand it is no other: refused where no issuer is configured, and a patient ID that orders contradict counts as unknown")
    func byHand() throws {
        for (patient, name) in [("P9", "Kim^Chulsoo"), ("P1", "Lee^Younghee")] {
            var held = try bench(patient, "HOSP", name: name, policy: .hold)
            guard case .refused(let error) = held.act(.fileAsUnspecified(studyInstanceUID: "1.1")) else { return #expect(Bool(false)) }
            #expect(error.code == .notNow)
            #expect(!error.message.contains("Lee"))
            #expect(try held.study("1.1").progress.state == .held)
            var known = try bench(patient, "HOSP", name: name, unknown: "LEGACY", policy: .hold)
            guard case .done = known.act(.fileAsUnspecified(studyInstanceUID: "1.1")) else { return #expect(Bool(false)) }
            #expect(try known.study("1.1").plan?.coercions.first { $0.tag == Self.issuerTag }?.value.reveal() == "LEGACY")
        }
    }

    @Test("Who becomes known before the study is sent is filed as the hospital says, and the issuer that a list names is the hospital's too")
    func becomesKnown() throws {
        var bench = try bench("P9", "", unknown: "LEGACY")
        #expect(try bench.study("1.1").plan?.coercions.contains { $0.value.reveal() == "LEGACY" } == true)
        bench.act(.importPatients([PatientNotice(identity: IdentityNotice(key: PatientKey(patientID: "P9", issuer: "CLINIC")))]))
        #expect(try bench.study("1.1").plan?.coercions.contains { $0.value.reveal() == "LEGACY" } == false)
        #expect(try bench.ledger.read { try $0.isIssuerOfHospital("CLINIC") && !$0.isIssuerOfHospital("LEGACY") && !$0.isIssuerOfHospital(" ") })
    }
}

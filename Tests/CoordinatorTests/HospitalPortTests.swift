import Coordination
import Orders
import Testing

@testable import coordinator

@Suite("Why a message is refused") struct HospitalPortTests {
    @Test("Only what the message says is the sender's fault; what is ours may be sent again", arguments: ActionError.Code.allCases)
    func cause(of code: ActionError.Code) {
        let refusal = HospitalPort.refusal(in: .refused(ActionError(code, "why")))
        let expected: HL7Inlet.Refusal.Cause =
            switch code {
            case .ledgerUnavailable, .internal: .unavailable
            case .ambiguousPatient: .patient
            case .unknown, .badValue, .taken, .outdated, .notNow, .tooMany: .content
            }
        #expect(refusal == HL7Inlet.Refusal(expected, "why"))
    }

    @Test("An answer that no message has is our fault")
    func otherAnswers() {
        #expect(HospitalPort.refusal(in: .nothing)?.cause == .unavailable)
    }
}

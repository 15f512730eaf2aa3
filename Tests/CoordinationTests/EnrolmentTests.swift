import Coordination
import LineProtocol
import Migration
import Testing

@Suite("Enrolments")
struct EnrolmentTests {
    @Test("An enrolment needs an invitation that is known, unused and not expired")
    func invitations() throws {
        var bench = try Bench()
        func code(_ answer: Answer) -> LineError.Code? {
            guard case .reply(.error(let error)) = answer else { return nil }
            return error.code
        }
        let digest = [UInt8](repeating: 9, count: 32)
        #expect(code(bench.process(.enrolment(secretDigest: digest, identity: "x"))) == .invitationUnknown)
        bench.act(.invite(name: "g", site: "", secretDigest: digest, expires: bench.now + .minutes(1)))
        bench.now = bench.now + .minutes(2)
        #expect(code(bench.process(.enrolment(secretDigest: digest, identity: "x"))) == .invitationExpired)
        let second = [UInt8](repeating: 8, count: 32)
        bench.act(.invite(name: "g", site: "", secretDigest: second, expires: bench.now + .minutes(1)))
        #expect(bench.process(.enrolment(secretDigest: second, identity: "x")) == .enrolled(name: "g", worker: WorkerID(1)))
        #expect(code(bench.process(.enrolment(secretDigest: second, identity: "y"))) == .invitationUsed)
        guard case .refused(let taken) = bench.act(.invite(name: "g", site: "", secretDigest: digest, expires: bench.now + .minutes(1)))
        else { return #expect(Bool(false)) }
        #expect(taken.code == .taken)
        guard case .refused(let bad) = bench.act(.invite(name: "a b", site: "", secretDigest: [1], expires: bench.now + .minutes(1)))
        else { return #expect(Bool(false)) }
        #expect(bad.code == .badValue)
    }
}

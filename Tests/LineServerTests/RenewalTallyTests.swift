import Foundation
import Migration
import NIOCore
import NIOSSL
import Testing

@testable import LineServer
@testable import Trust

@Suite struct RenewalTallyTests {
    let now = NIODeadline.now()
    let tally = RenewalTally()
    let worker = GatewayIdentity()
    let authority: Authority

    init() throws { authority = try Authority.make(named: "test", at: Instant(milliseconds: 0)) }

    private func certificate(_ number: Int64) throws -> PeerCertificate {
        let pem = try authority.issueWorker(
            for: SigningRequest().pem, name: "w", identity: worker, number: number, at: Instant(milliseconds: 0))
        return try PeerCertificate(verified: NIOSSLCertificate(bytes: Array(pem.utf8), format: .pem))
    }

    @Test("By itself a worker has one new certificate an hour, whichever it asks with; others have their own")
    func unordered() throws {
        let (first, second) = (try certificate(1), try certificate(2))
        #expect(tally.take(worker, with: first, isOrdered: false, at: now) == nil)
        #expect(tally.take(worker, with: first, isOrdered: false, at: now + .minutes(59)) == .minutes(1))
        #expect(tally.take(worker, with: second, isOrdered: false, at: now + .minutes(59)) == .minutes(1))
        #expect(tally.take(GatewayIdentity(), with: first, isOrdered: false, at: now) == nil)
        #expect(tally.take(worker, with: second, isOrdered: false, at: now + .hours(1)) == nil)
        #expect(tally.take(worker, with: second, isOrdered: false, at: now + .minutes(61)) == .minutes(59))
    }

    @Test("Ordered, it has the next one after ten seconds, or at once when the last one has spoken")
    func ordered() throws {
        let (first, second) = (try certificate(1), try certificate(2))
        #expect(tally.take(worker, with: first, isOrdered: false, at: now) == nil)
        #expect(tally.wait(of: worker, with: first, isOrdered: true, at: now + .seconds(4)) == .seconds(6))
        #expect(tally.take(worker, with: second, isOrdered: true, at: now + .seconds(4)) == nil)
        #expect(tally.take(worker, with: second, isOrdered: true, at: now + .seconds(5)) == .seconds(9))
        #expect(tally.take(worker, with: second, isOrdered: true, at: now + .seconds(14)) == nil)
    }
}

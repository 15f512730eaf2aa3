import NIOCore
import Testing

@testable import LineServer

@Suite struct ConnectionTimingTests {
    private let start = NIODeadline.uptimeNanoseconds(1_000_000_000)

    @Test("A connection that finishes no handshake is closed")
    func handshake() {
        let timing = ConnectionTiming(now: start)
        #expect(timing.overdue(at: start + ConnectionLimits.handshake) == nil)
        #expect(timing.overdue(at: start + ConnectionLimits.handshake + .seconds(1)) != nil)
    }

    @Test("A stranger may be silent for a while, and stay for a while whatever it says")
    func stranger() {
        var timing = ConnectionTiming(now: start)
        timing.became(.stranger)
        #expect(timing.overdue(at: start + ConnectionLimits.strangerIdle) == nil)
        #expect(timing.overdue(at: start + ConnectionLimits.strangerIdle + .seconds(1)) != nil)
        timing.lineCame(at: start + ConnectionLimits.strangerLife)
        #expect(timing.overdue(at: start + ConnectionLimits.strangerLife) == nil)
        #expect(timing.overdue(at: start + ConnectionLimits.strangerLife + .seconds(1)) != nil)
    }

    @Test("A worker may stay as long as whole lines come")
    func worker() {
        var timing = ConnectionTiming(now: start)
        timing.became(.worker)
        timing.lineCame(at: start + .hours(3))
        #expect(timing.overdue(at: start + .hours(3) + ConnectionLimits.workerIdle) == nil)
        #expect(timing.overdue(at: start + .hours(3) + ConnectionLimits.workerIdle + .seconds(1)) != nil)
    }
}

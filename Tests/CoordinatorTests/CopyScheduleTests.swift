import Migration
import Testing

@testable import coordinator

@Suite("When the ledger's next copy is made")
struct CopyScheduleTests {
    private let now = Instant(milliseconds: 1_795_262_400_000)
    private let hourly = CopySchedule(every: .minutes(60))

    @Test("At once without any, else an interval after the newest, whatever the clock says")
    func regular() {
        #expect(hourly.pause(after: nil, now: now) == .seconds(0))
        #expect(hourly.pause(after: now, now: now + .minutes(45)) == .minutes(15))
        #expect(hourly.pause(after: now, now: now + .minutes(61)) == .seconds(0))
        #expect(hourly.pause(after: now + .minutes(6000), now: now) == .minutes(60))
    }

    @Test("After a failure not at once")
    func failed() {
        var schedule = hourly
        schedule.hasFailed = true
        #expect(schedule.pause(after: nil, now: now) == .minutes(5))
        #expect(schedule.pause(after: now, now: now + .minutes(45)) == .minutes(15))
        #expect(CopySchedule(every: .minutes(1), hasFailed: true).pause(after: nil, now: now) == .minutes(1))
    }

    @Test("After a copy that took long, the disk rests for twenty times as long")
    func long() {
        var schedule = hourly
        schedule.last = (took: .minutes(2), end: now)
        #expect(schedule.pause(after: now, now: now) == .minutes(60))
        schedule.last = (took: .minutes(10), end: now)
        #expect(schedule.pause(after: now, now: now) == .minutes(200))
        #expect(schedule.pause(after: now, now: now + .minutes(150)) == .minutes(50))
        #expect(schedule.pause(after: now, now: now + .minutes(201)) == .seconds(0))
        #expect(schedule.pause(after: now, now: now + .minutes(-600)) == .minutes(200))
    }
}

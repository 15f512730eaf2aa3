import Matching
import Migration
import Testing

@Suite struct UnreadMediumTests {
    let spring = CalendarDate("19990301")
    let summer = CalendarDate("19990601")

    @Test func `A medium without dates may hold any day`() {
        #expect(mayHold(from: nil, to: nil, day: spring))
    }

    @Test func `A range holds its own ends and no day beside them`() {
        #expect(mayHold(from: spring, to: summer, day: spring))
        #expect(mayHold(from: spring, to: summer, day: summer))
        #expect(!mayHold(from: spring, to: summer, day: CalendarDate("19990228")))
        #expect(!mayHold(from: spring, to: summer, day: CalendarDate("19990602")))
    }

    @Test func `A range with one end is open at the other`() {
        #expect(mayHold(from: spring, to: nil, day: summer))
        #expect(!mayHold(from: summer, to: nil, day: spring))
        #expect(mayHold(from: nil, to: summer, day: spring))
        #expect(!mayHold(from: nil, to: spring, day: summer))
    }

    @Test func `What is not known is not ruled out`() {
        #expect(mayHold(from: spring, to: summer, day: nil))
        #expect(mayHold(from: summer, to: spring, day: CalendarDate("20200101")))
    }
}

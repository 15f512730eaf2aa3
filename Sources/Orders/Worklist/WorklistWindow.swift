internal import Migration

/// The days of one question to a worklist.
struct WorklistWindow: Hashable, Sendable, CustomStringConvertible {
    /// The first and the last day, YYYYMMDD; nil: any.
    let dates: ClosedRange<String>?

    init(_ dates: ClosedRange<String>?) { self.dates = dates }

    /// The days in two halves, the first one first; nil where there is one day alone, or any.
    var halves: (WorklistWindow, WorklistWindow)? {
        guard let dates, let first = CalendarDate(dates.lowerBound), let last = CalendarDate(dates.upperBound), first < last else { return nil }
        var days = [first]
        while let day = days.last, day < last, let next = Self.day(after: day) { days.append(next) }
        let middle = days.count / 2
        guard days.count > 1 else { return nil }
        return (WorklistWindow(days[0].description...days[middle - 1].description), WorklistWindow(days[middle].description...days[days.count - 1].description))
    }

    /// The next day of the calendar: in this month, in the next, or in the next year.
    private static func day(after day: CalendarDate) -> CalendarDate? {
        let number = Int64(day.number)
        let candidates = [number + 1, (number / 100 + 1) * 100 + 1, (number / 10_000 + 1) * 10_000 + 101]
        return candidates.lazy.compactMap { CalendarDate(number: $0) }.first
    }

    var description: String {
        guard let dates else { return "the worklist" }
        return dates.lowerBound == dates.upperBound ? "the worklist of \(dates.lowerBound)" : "the worklist of \(dates.lowerBound) to \(dates.upperBound)"
    }
}

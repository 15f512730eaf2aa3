import Migration

/// How long after an order's time a study was begun, as far as both say.
struct TimeGap {
    /// Minutes; nil when one of them has no time.
    let minutes: Int?
    /// Whether the study is of the day before or behind, across midnight.
    let isAcrossMidnight: Bool

    /// The gap; nil when the study cannot be of the order's day.
    init?(_ study: StudyTraits, _ order: OrderTraits) {
        guard let studyDay = study.day, let orderDay = order.order.examDate else { return nil }
        let days = studyDay.ordinal - orderDay.ordinal
        guard abs(days) <= 1 else { return nil }
        minutes = study.minute.flatMap { begun in order.minute.map { days * Self.day + begun - $0 } }
        isAcrossMidnight = days != 0
        guard isAcrossMidnight else { return }
        guard let minutes, abs(minutes) <= Self.acrossMidnight else { return nil }
    }

    /// What the gap says, in hundredths; nil when there is none.
    var weight: Int? {
        guard let minutes else { return nil }
        if Self.usual.contains(minutes) { return 100 }
        if abs(minutes) <= Self.near { return 30 }
        return isClockFault ? -50 : -400
    }

    /// Whether it is too long for one exam, and no fault of a clock explains it.
    var isFar: Bool { minutes.map { abs($0) > Self.near } ?? false && !isClockFault }

    /// Whether it is that of a console whose clock shows another zone's time, or twelve hours for twenty-four.
    var isClockFault: Bool {
        guard let minutes, abs(minutes) > Self.near else { return false }
        return Self.clockFaults.contains { Self.afterCall.contains(minutes - $0) }
    }

    /// The minute of a time HHMM, with whatever stands behind it (TM, PS3.5 §6.2, and HH:MM of older objects); nil when it is none.
    static func minute(_ time: String) -> Int? {
        let digits = time.utf8.filter { $0 != UInt8(ascii: ":") && $0 != UInt8(ascii: " ") }.prefix(4)
        guard digits.count == 4, digits.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        let number = digits.reduce(0) { $0 * 10 + Int($1) - 0x30 }
        return number / 100 < 24 && number % 100 < 60 ? number / 100 * 60 + number % 100 : nil
    }

    private static var day: Int { 24 * 60 }
    /// An exam is begun within the hour after it was called up, and clocks differ by some minutes.
    private static var usual: ClosedRange<Int> { -10...60 }
    private static var afterCall: ClosedRange<Int> { -5...60 }
    /// Times of day tell two exams apart when they lie further apart than this.
    private static var near: Int { 120 }
    /// A night shift's exam at midnight.
    private static var acrossMidnight: Int { 90 }
    /// Korea's time against UTC, and a clock of twelve hours.
    private static var clockFaults: [Int] { [540, -540, 720, -720] }
}

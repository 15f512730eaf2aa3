public import Migration

/// Whether an expected, unread medium could hold more of the patient and day of a study: an uncorroborated match waits for it.
///
/// - Parameters:
///   - first: The first day on the medium, as its label or list says; nil when unknown.
///   - last: The last day on the medium; nil when unknown.
///   - day: The study's day; nil when unknown.
/// - Returns: False only when the range is known to leave the day out. A range whose end lies before its start says nothing.
public func mayHold(from first: CalendarDate?, to last: CalendarDate?, day: CalendarDate?) -> Bool {
    guard let day else { return true }
    if let first, let last, last < first { return true }
    if let first, day < first { return false }
    if let last, last < day { return false }
    return true
}

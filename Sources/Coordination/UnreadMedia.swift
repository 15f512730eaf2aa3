public import Ledger
import Migration

/// The media that are still to be read, looked up once for all requests that are looked at together.
public struct UnreadMedia: Sendable {
    private let dated: [MediumRecord]
    /// How many there are.
    let count: Int

    /// The media that `ledger` has not read.
    public init(in ledger: any LedgerLookup) throws {
        let all = try ledger.unreadMedia()
        count = all.count
        dated = all.filter(\.expected.isDated)
    }

    /// How many have no range of dates: any of them may hold anything.
    var undatedCount: Int { count - dated.count }

    /// Up to `limit` of them whose range of dates contains `day`, by label.
    func covering(_ day: CalendarDate, limit: Int) -> [MediumRecord] {
        Array(dated.lazy.filter { $0.expected.dateFrom ?? day <= day && day <= $0.expected.dateTo ?? day }.prefix(limit))
    }
}

extension ExpectedMedium {
    /// Whether its dates say anything; a range whose end lies before its start does not.
    fileprivate var isDated: Bool {
        guard let dateFrom, let dateTo else { return dateFrom != nil || dateTo != nil }
        return dateFrom <= dateTo
    }
}

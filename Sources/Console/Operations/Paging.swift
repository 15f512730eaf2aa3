internal import Ledger

/// The key to continue a list after `rows`; nil when they are fewer than a page, so that the list is at its end.
func nextKey<Row>(_ rows: [Row], _ key: (Row) -> Int64) -> Int64? {
    guard let last = rows.last, rows.count == Page<Int64>().limit else { return nil }
    return key(last)
}

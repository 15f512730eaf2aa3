/// What is to happen, ordered by its moment; of one moment, by when it was entered.
struct Agenda {
    /// One thing that is to happen.
    typealias Deed = () -> Void

    private struct Entry {
        let at: Int64
        let number: Int
        let deed: Deed

        func isBefore(_ other: Entry) -> Bool { (at, number) < (other.at, other.number) }
    }

    /// A binary heap: the first entry is the next one.
    private var entries: [Entry] = []
    private var count = 0

    mutating func enter(at moment: Int64, _ deed: @escaping Deed) {
        count += 1
        entries.append(Entry(at: moment, number: count, deed: deed))
        var place = entries.count - 1
        while place > 0, entries[place].isBefore(entries[(place - 1) / 2]) {
            entries.swapAt(place, (place - 1) / 2)
            place = (place - 1) / 2
        }
    }

    /// When the next entry is due; nil when there is none.
    var nextMoment: Int64? { entries.first?.at }

    /// Takes the next entry out.
    mutating func next() -> (at: Int64, deed: Deed)? {
        guard let first = entries.first else { return nil }
        let last = entries.removeLast()
        if !entries.isEmpty {
            entries[0] = last
            sink()
        }
        return (first.at, first.deed)
    }

    private mutating func sink() {
        var place = 0
        while 2 * place + 1 < entries.count {
            var least = 2 * place + 1
            if least + 1 < entries.count, entries[least + 1].isBefore(entries[least]) { least += 1 }
            guard entries[least].isBefore(entries[place]) else { return }
            entries.swapAt(place, least)
            place = least
        }
    }
}

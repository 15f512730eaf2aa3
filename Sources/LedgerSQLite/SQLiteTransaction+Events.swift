internal import Crypto
internal import Foundation
internal import JSONText
internal import Ledger
internal import Migration

/// The chain: an event's hash is SHA-256 over the previous event's hash and the event's canonical bytes; the first one's previous hash is 32
/// zero bytes. The canonical bytes are the JSON text of ``ChainEntry`` with sorted keys, what does not apply left out, so that anybody can recompute them.
extension SQLiteTransaction {
    private struct ChainEntry {
        var seq: Int64
        var at: Int64
        var code: String
        var arguments: String
        var study: Int64?
        var medium: Int64?
        var worker: Int64?
        var grant: Int64?

        func hash(after previous: [UInt8]) -> [UInt8] {
            SHA256.hash(data: bytes(after: previous)).withUnsafeBytes { [UInt8]($0) }
        }

        /// The previous hash and the canonical bytes.
        private func bytes(after previous: [UInt8]) -> [UInt8] {
            var json = JSONWriter(after: previous, capacity: 512)
            json.plain("{\"arguments\":")
            json.string(arguments)
            json.plain(",\"at\":")
            json.number(at)
            json.plain(",\"code\":")
            json.string(code)
            Self.write(",\"grant\":", grant, to: &json)
            Self.write(",\"medium\":", medium, to: &json)
            json.plain(",\"seq\":")
            json.number(seq)
            Self.write(",\"study\":", study, to: &json)
            Self.write(",\"worker\":", worker, to: &json)
            json.plain("}")
            return json.bytes
        }

        private static func write(_ key: StaticString, _ number: Int64?, to json: inout JSONWriter) {
            guard let number else { return }
            json.plain(key)
            json.number(number)
        }
    }

    private static let origin = [UInt8](repeating: 0, count: 32)
    private static let eventColumns = "seq, at, code, arguments, study, medium, worker, grant_number, hash"

    private static func event(_ fields: inout Fields) throws -> EventRecord {
        let sequence = try fields.integer()
        let at = try fields.instant()
        let code = try fields.text()
        let sentence = Sentence(code, try fields.json())
        let subject = EventSubject(
            study: try fields.idIfPresent(), medium: try fields.idIfPresent(), worker: try fields.idIfPresent(),
            grant: try fields.idIfPresent())
        return EventRecord(sequence: sequence, at: at, sentence: sentence, subject: subject, hash: try fields.bytes())
    }

    func append(_ sentence: Sentence, about subject: EventSubject, at now: Instant) throws {
        let last = try newestEvent()
        let (sequence, previous) = last.map { ($0.sequence, $0.hash) } ?? (0, Self.origin)
        let entry = ChainEntry(
            seq: sequence + 1, at: now.milliseconds, code: sentence.code, arguments: try Coding.json(sentence.arguments),
            study: subject.study?.number, medium: subject.medium?.number, worker: subject.worker?.number,
            grant: subject.grant?.number)
        let hash = entry.hash(after: previous)
        try execute(Self.insertion) {
            $0.put(entry.seq)
            $0.put(entry.at)
            $0.put(entry.code)
            $0.put(entry.arguments)
            $0.put(entry.study)
            $0.put(entry.medium)
            $0.put(entry.worker)
            $0.put(entry.grant)
            $0.put(previous)
            $0.put(hash)
        }
        known.chain = ChainPlace(sequence: entry.seq, hash: hash)
    }

    private static let insertion = FrequentStatement(
        """
        INSERT INTO event(seq, at, code, arguments, study, medium, worker, grant_number, previous, hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """)

    /// The end of the chain; nil before the first event.
    func newestEvent() throws -> ChainPlace? {
        if let chain = known.chain { return chain }
        return try fetchOne("SELECT seq, hash FROM event ORDER BY seq DESC LIMIT 1", []) {
            ChainPlace(sequence: try $0.integer(), hash: try $0.bytes())
        }
    }

    /// Whether the event at `place` is there, with that hash.
    func has(_ place: ChainPlace) throws -> Bool {
        try exists("SELECT 1 FROM event WHERE seq = ? AND hash = ?", [place.sequence, place.hash])
    }

    func verifyChain() throws -> ChainVerdict { try verifyChain(from: 1, after: Self.origin) }

    /// Walks along the last `count` entries of the chain.
    func verifyChainTail(_ count: Int64) throws -> ChainVerdict {
        let newest = try newestEvent()?.sequence ?? 0
        guard newest > count else { return try verifyChain() }
        let first = newest - count + 1
        let before = try fetchOne("SELECT hash FROM event WHERE seq = ?", [first - 1]) { try $0.bytes() }
        guard let before else { return .broken(at: first - 1) }
        return try verifyChain(from: first, after: before)
    }

    private func verifyChain(from first: Int64, after hash: [UInt8]) throws -> ChainVerdict {
        var expected = first
        var previous = hash
        var isWhole = true
        let sql = "SELECT seq, at, code, arguments, study, medium, worker, grant_number, previous, hash FROM event WHERE seq >= ? ORDER BY seq"
        try run(sql, [first]) { fields in
            let entry = ChainEntry(
                seq: try fields.integer(), at: try fields.integer(), code: try fields.text(), arguments: try fields.text(),
                study: try fields.integerIfPresent(), medium: try fields.integerIfPresent(),
                worker: try fields.integerIfPresent(), grant: try fields.integerIfPresent())
            let isNext = try entry.seq == expected && fields.bytes() == previous
            let hash = try fields.bytes()
            isWhole = isNext && entry.hash(after: previous) == hash
            guard isWhole else { return false }
            previous = hash
            expected += 1
            return true
        }
        return isWhole ? .whole(count: expected - 1) : .broken(at: expected)
    }

    func events(about subject: EventSubject, page: Page<Int64>) throws -> [EventRecord] {
        var conditions = ["seq > ?"]
        var arguments: [(any Bindable)?] = [page.after ?? 0]
        let columns = [
            ("study", subject.study?.number), ("medium", subject.medium?.number), ("worker", subject.worker?.number),
            ("grant_number", subject.grant?.number),
        ]
        for case (let name, let value?) in columns {
            conditions.append("\(name) = ?")
            arguments.append(value)
        }
        arguments.append(page.limit)
        return try fetchAll(
            "SELECT \(Self.eventColumns) FROM event WHERE \(conditions.joined(separator: " AND ")) ORDER BY seq LIMIT ?",
            Arguments(arguments), Self.event)
    }
}

/// A place in the chain of events.
struct ChainPlace: Hashable, Sendable {
    var sequence: Int64
    var hash: [UInt8]
}

internal import Ledger
internal import Migration

/// What was said of a patient as the ledger keeps it: all of it as one notice, by whose values it is found, and beside it who said what where a list did.
struct StoredIdentity: Codable {
    private let notice: IdentityNotice
    private let told: IdentityNotice?
    private let listed: IdentityWord?

    private enum Key: String, CodingKey {
        case told, listed
    }

    init(_ record: IdentityRecord) {
        notice = record.notice
        told = record.listed == nil ? nil : record.told.notice
        listed = record.listed
    }

    init(from decoder: any Decoder) throws {
        notice = try IdentityNotice(from: decoder)
        let fields = try decoder.container(keyedBy: Key.self)
        told = try fields.decodeIfPresent(IdentityNotice.self, forKey: .told)
        listed = try fields.decodeIfPresent(IdentityWord.self, forKey: .listed)
    }

    func encode(to encoder: any Encoder) throws {
        try notice.encode(to: encoder)
        var fields = encoder.container(keyedBy: Key.self)
        try fields.encodeIfPresent(told, forKey: .told)
        try fields.encodeIfPresent(listed, forKey: .listed)
    }

    /// The record, with the moment of the messages. Programs that did not tell lists from messages kept one moment of both; that of a list without moments is no message's.
    func record(saidAt: Instant?, formerNames: [Identifying]) -> IdentityRecord {
        if listed == nil, saidAt == IdentityRecord.beforeMessages {
            let nothing = IdentityWord(notice: IdentityNotice(key: notice.key), saidAt: nil)
            return IdentityRecord(told: nothing, listed: IdentityWord(notice: notice, saidAt: saidAt), formerNames: formerNames)
        }
        return IdentityRecord(told: IdentityWord(notice: told ?? notice, saidAt: saidAt), listed: listed, formerNames: formerNames)
    }
}

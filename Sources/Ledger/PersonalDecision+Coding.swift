import Migration

/// As JSON, in a column of the ledger.
extension PersonalDecision {
    private enum CodingKeys: String, CodingKey {
        case by, kind, settled, at, reason, isShared, namesPatient, amendment
    }

    /// Reads what ``encode(to:)`` wrote. Once one hold was kept, by its name alone.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        by = try values.decode(String.self, forKey: .by)
        kind = try values.decode(Kind.self, forKey: .kind)
        if let one = try? values.decodeIfPresent(HoldReason.self, forKey: .settled) {
            settled = [one]
        } else {
            settled = try Set(values.decodeIfPresent([HoldReason].self, forKey: .settled) ?? [])
        }
        at = try values.decodeIfPresent(Instant.self, forKey: .at)
        reason = try values.decodeIfPresent(Identifying.self, forKey: .reason)
        isShared = try values.decodeIfPresent(Bool.self, forKey: .isShared)
        namesPatient = try values.decodeIfPresent(Bool.self, forKey: .namesPatient)
        amendment = try values.decodeIfPresent(Amendment.self, forKey: .amendment)
    }

    /// Writes it, the holds by name, so that equal decisions are equal texts.
    public func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: CodingKeys.self)
        try values.encode(by, forKey: .by)
        try values.encode(kind, forKey: .kind)
        try values.encode(settled.sorted { $0.rawValue < $1.rawValue }, forKey: .settled)
        try values.encodeIfPresent(at, forKey: .at)
        try values.encodeIfPresent(reason, forKey: .reason)
        try values.encodeIfPresent(isShared, forKey: .isShared)
        try values.encodeIfPresent(namesPatient, forKey: .namesPatient)
        try values.encodeIfPresent(amendment, forKey: .amendment)
    }
}

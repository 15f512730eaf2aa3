/// What an operator's command asks of the running worker, over its control socket: one JSON object a line.
public enum ControlRequest: Hashable, Sendable {
    /// This disc is now in this drive.
    case insert(label: String, drive: String)
    /// The disc is to leave this drive; while it is read, only by force.
    case eject(drive: String, isForced: Bool)
}

/// Coded as `{"command":"insert","label":"1999-CT-003","drive":"drive1"}` or `{"command":"eject","drive":"drive1","force":false}`.
extension ControlRequest: Codable {
    private enum Key: String, CodingKey { case command, label, drive, force }
    private enum Word: String, Codable { case insert, eject }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Key.self)
        let drive = try container.decode(String.self, forKey: .drive)
        switch try container.decode(Word.self, forKey: .command) {
        case .insert: self = .insert(label: try container.decode(String.self, forKey: .label), drive: drive)
        case .eject: self = .eject(drive: drive, isForced: try container.decodeIfPresent(Bool.self, forKey: .force) ?? false)
        }
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        switch self {
        case .insert(let label, let drive):
            try container.encode(Word.insert, forKey: .command)
            try container.encode(label, forKey: .label)
            try container.encode(drive, forKey: .drive)
        case .eject(let drive, let isForced):
            try container.encode(Word.eject, forKey: .command)
            try container.encode(drive, forKey: .drive)
            try container.encode(isForced, forKey: .force)
        }
    }
}

/// What became of an operator's command.
public struct ControlReply: Hashable, Sendable, Codable {
    /// How it ended.
    public enum Outcome: String, Hashable, Sendable, Codable, CaseIterable {
        /// Done: the medium is being read, or the drive is empty.
        case done
        /// The coordinator, or the worker, said no.
        case refused
        /// No coordinator answered; the worker asks again when one does.
        case unreachable
    }

    /// How it ended.
    public var outcome: Outcome
    /// The sentence's code, for programs: `label-unknown`.
    public var code: String
    /// What to tell the operator.
    public var message: String

    /// A reply of these values.
    public init(_ outcome: Outcome, code: String, message: String) {
        self.outcome = outcome
        self.code = code
        self.message = message
    }
}

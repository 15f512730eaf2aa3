/// Coded as an object of one key, the argument's kind: `{"label":"1999-CT-003"}`.
extension SentenceArgument: Codable {
    private enum Kind: String, CodingKey, CaseIterable {
        case label, worker, study, accession, count, bytes, interval, instant, text, patient
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Kind.self)
        guard let kind = container.allKeys.first, container.allKeys.count == 1 else {
            throw DecodingError.fault("an argument is an object of one known key", at: container.codingPath)
        }
        switch kind {
        case .label: self = .label(try container.decode(String.self, forKey: kind))
        case .worker: self = .worker(try container.decode(String.self, forKey: kind))
        case .study: self = .study(try container.decode(String.self, forKey: kind))
        case .accession: self = .accession(try container.decode(String.self, forKey: kind))
        case .count: self = .count(try container.decode(Int64.self, forKey: kind))
        case .bytes: self = .bytes(try container.decode(Int64.self, forKey: kind))
        case .interval: self = .interval(try container.decode(Interval.self, forKey: kind))
        case .instant: self = .instant(try container.decode(Instant.self, forKey: kind))
        case .text: self = .text(try container.decode(String.self, forKey: kind))
        case .patient: self = .patient(try container.decode(Identifying.self, forKey: kind))
        }
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Kind.self)
        switch self {
        case .label(let value): try container.encode(value, forKey: .label)
        case .worker(let value): try container.encode(value, forKey: .worker)
        case .study(let value): try container.encode(value, forKey: .study)
        case .accession(let value): try container.encode(value, forKey: .accession)
        case .count(let value): try container.encode(value, forKey: .count)
        case .bytes(let value): try container.encode(value, forKey: .bytes)
        case .interval(let value): try container.encode(value, forKey: .interval)
        case .instant(let value): try container.encode(value, forKey: .instant)
        case .text(let value): try container.encode(value, forKey: .text)
        case .patient(let value): try container.encode(value, forKey: .patient)
        }
    }
}

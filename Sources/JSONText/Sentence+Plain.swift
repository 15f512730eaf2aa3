public import Migration

/// `{"arguments":[{"label":"1999-CT-003"}],"code":"label-unknown"}`.
extension Sentence: PlainCodable {
    public func write(to json: inout JSONWriter) {
        json.plain("{\"arguments\":")
        arguments.write(to: &json)
        json.plain(",\"code\":")
        json.string(code)
        json.plain("}")
    }

    /// The sentence that `json` holds; nil when it is to be read the general way.
    public init?(_ json: JSONValue) {
        guard let arguments = json["arguments"].flatMap([SentenceArgument].init), let code = json["code"]?.text else { return nil }
        self.init(code, arguments)
    }
}

extension SentenceArgument: PlainCodable {
    public func write(to json: inout JSONWriter) {
        switch self {
        case .label(let value): Self.write("{\"label\":", value, to: &json)
        case .worker(let value): Self.write("{\"worker\":", value, to: &json)
        case .study(let value): Self.write("{\"study\":", value, to: &json)
        case .accession(let value): Self.write("{\"accession\":", value, to: &json)
        case .text(let value): Self.write("{\"text\":", value, to: &json)
        case .patient(let value): Self.write("{\"patient\":", value.reveal(), to: &json)
        case .count(let value): Self.write("{\"count\":", value, to: &json)
        case .bytes(let value): Self.write("{\"bytes\":", value, to: &json)
        case .interval(let value): Self.write("{\"interval\":", value.milliseconds, to: &json)
        case .instant(let value): Self.write("{\"instant\":", value.milliseconds, to: &json)
        }
    }

    private static func write(_ key: StaticString, _ value: String, to json: inout JSONWriter) {
        json.plain(key)
        json.string(value)
        json.plain("}")
    }

    private static func write(_ key: StaticString, _ value: Int64, to json: inout JSONWriter) {
        json.plain(key)
        json.number(value)
        json.plain("}")
    }

    /// The argument that `json` holds; nil when it is to be read the general way.
    public init?(_ json: JSONValue) {
        guard case .object(let members) = json, members.count == 1, let member = members.first else { return nil }
        let argument: SentenceArgument? =
            switch (member.key, member.value) {
            case ("label", .text(let value)): .label(value)
            case ("worker", .text(let value)): .worker(value)
            case ("study", .text(let value)): .study(value)
            case ("accession", .text(let value)): .accession(value)
            case ("text", .text(let value)): .text(value)
            case ("patient", .text(let value)): .patient(Identifying(value))
            case ("count", .number(let value)): .count(value)
            case ("bytes", .number(let value)): .bytes(value)
            case ("interval", .number(let value)): .interval(Interval(milliseconds: value))
            case ("instant", .number(let value)): .instant(Instant(milliseconds: value))
            default: nil
            }
        guard let argument else { return nil }
        self = argument
    }
}

internal import JSONText
import Migration

/// Every worker says `BEAT` three times a term, whatever else it does: read and written by hand, the text is that of the `Codable` conformance.
extension BeatRequest {
    init?(_ json: JSONValue) {
        guard let grants = json["grants"]?.list(GrantProgress.init), let drives = json["drives"]?.list(DriveStatus.init),
            let spoolBytes = json["spoolBytes"]?.number, let spoolLimit = json["spoolLimit"]?.number,
            let paused = json.optional("paused", Sentence.init)
        else { return nil }
        self.init(grants: grants, drives: drives, spoolBytes: spoolBytes, spoolLimit: spoolLimit, paused: paused)
    }
}

extension GrantProgress {
    fileprivate init?(_ json: JSONValue) {
        guard let grant = json["grant"]?.number, let items = json["items"]?.number, let bytes = json["bytes"]?.number,
            let done = json.optional("done", { InstanceRanges($0) })
        else { return nil }
        self.init(grant: GrantNumber(grant), items: Int(items), bytes: bytes, done: done)
    }
}

extension DriveStatus {
    fileprivate init?(_ json: JSONValue) {
        guard let name = json["name"]?.text, let label = json.optional("label", { $0.text }),
            let state = json["state"]?.text.flatMap(State.init), let sentence = json.optional("sentence", Sentence.init)
        else { return nil }
        self.init(name: name, label: label, state: state, sentence: sentence)
    }
}

extension JSONValue {
    /// The value of `key` as `read` takes it, which is nil within where there is none, or null; nil when `read` does not take it.
    fileprivate func optional<Value>(_ key: String, _ read: (JSONValue) -> Value?) -> Value?? {
        guard let value = self[key], value != .null else { return .some(nil) }
        return read(value).map { .some($0) }
    }
}

extension BeatReply {
    func write(to json: inout JSONWriter) {
        json.plain("{\"live\":")
        json.list(live) { $0.number($1.number) }
        json.plain(",\"orders\":")
        json.list(orders) { $1.write(to: &$0) }
        json.plain(",\"stale\":")
        json.list(stale) { $0.number($1.number) }
        json.plain("}")
    }
}

extension WorkerOrder {
    fileprivate func write(to json: inout JSONWriter) {
        switch self {
        case .drain: json.plain("{\"order\":\"drain\"}")
        case .resume: json.plain("{\"order\":\"resume\"}")
        case .renew: json.plain("{\"order\":\"renew\"}")
        case .erase(let grant, let study): Self.write(",\"order\":\"erase\",\"studyInstanceUID\":", grant, study, to: &json)
        case .evict(let grant, let study): Self.write(",\"order\":\"evict\",\"studyInstanceUID\":", grant, study, to: &json)
        case .preview(let grant, let study, let instances):
            json.plain("{\"instances\":")
            instances.write(to: &json)
            json.plain(",\"mediumGrant\":")
            json.number(grant.number)
            json.plain(",\"order\":\"preview\",\"studyInstanceUID\":")
            json.string(study)
            json.plain("}")
        }
    }

    private static func write(_ order: StaticString, _ mediumGrant: GrantNumber, _ study: String, to json: inout JSONWriter) {
        json.plain("{\"mediumGrant\":")
        json.number(mediumGrant.number)
        json.plain(order)
        json.string(study)
        json.plain("}")
    }
}

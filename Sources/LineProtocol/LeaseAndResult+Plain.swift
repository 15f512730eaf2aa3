internal import JSONText
import Migration

/// The lines that a busy fleet is made of are written and read by hand; the text is that of their `Codable` conformance.
extension LeaseReply {
    func write(to json: inout JSONWriter) {
        json.plain("{\"delay\":")
        json.number(delay.milliseconds)
        json.plain(",\"items\":")
        json.list(items) { $1.write(to: &$0) }
        if let sentence {
            json.plain(",\"sentence\":")
            sentence.write(to: &json)
        }
        json.plain("}")
    }
}

extension LeaseItem {
    fileprivate func write(to json: inout JSONWriter) {
        json.plain("{\"coercions\":")
        coercions.write(to: &json)
        json.plain(",\"destination\":")
        json.string(destination)
        json.plain(",\"expected\":{\"accessionNumber\":")
        json.string(expected.accessionNumber)
        json.plain(",\"patientID\":")
        json.string(expected.patientID.reveal())
        json.plain("},\"grant\":")
        json.number(grant.number)
        json.plain(",\"instances\":")
        instances.write(to: &json)
        json.plain(",\"level\":")
        json.string(level.rawValue)
        json.plain(mayHaveBeenSent ? ",\"mayHaveBeenSent\":true,\"mediumGrant\":" : ",\"mayHaveBeenSent\":false,\"mediumGrant\":")
        json.number(mediumGrant.number)
        if let round {
            json.plain(",\"round\":")
            json.number(Int64(round))
        }
        json.plain(",\"studyInstanceUID\":")
        json.string(studyInstanceUID)
        if let uids {
            json.plain(",\"uids\":")
            json.string(uids.rawValue)
        }
        json.plain("}")
    }
}

extension LeaseRequest {
    init?(_ json: JSONValue) {
        guard let count = json["count"]?.number else { return nil }
        self.init(count: Int(count))
    }
}

extension ResultReply {
    func write(to json: inout JSONWriter) {
        json.plain("{\"items\":")
        json.list(items) { json, item in
            json.plain("{\"grant\":")
            json.number(item.grant.number)
            json.plain(item.word == .ok ? ",\"word\":\"OK\"}" : ",\"word\":\"STALE\"}")
        }
        json.plain("}")
    }
}

extension ResultRequest {
    init?(_ json: JSONValue) {
        guard let items = json["items"]?.list(ResultItem.init) else { return nil }
        self.init(items: items)
    }
}

extension ResultItem {
    /// The item as JSON with sorted keys: the same item is always the same bytes, however its line wrote it.
    public var canonicalBytes: [UInt8] {
        var json = JSONWriter()
        json.plain("{\"beyond\":")
        beyond.write(to: &json)
        json.plain(",\"changed\":")
        json.list(changed) { json, element in
            json.plain("{\"instances\":")
            json.number(Int64(element.instances))
            json.plain(",\"tag\":")
            json.string(element.tag)
            json.plain("}")
        }
        json.plain(",\"grant\":")
        json.number(grant.number)
        json.plain(",\"verdicts\":")
        json.list(verdicts) { $1.write(to: &$0) }
        json.plain("}")
        return json.bytes
    }

    fileprivate init?(_ json: JSONValue) {
        guard let grant = json["grant"]?.number, let verdicts = json["verdicts"]?.list(VerdictGroup.init),
            let beyond = json["beyond"].flatMap([String].init), let changed = json["changed"]?.list(ChangedElement.init)
        else { return nil }
        self.init(grant: GrantNumber(grant), verdicts: verdicts, beyond: beyond, changed: changed)
    }
}

extension ChangedElement {
    fileprivate init?(_ json: JSONValue) {
        guard let tag = json["tag"]?.text, let instances = json["instances"]?.number else { return nil }
        self.init(tag: tag, instances: Int(instances))
    }
}

extension VerdictGroup {
    fileprivate func write(to json: inout JSONWriter) {
        json.plain("{")
        if case .failed(let category) = verdict {
            json.plain("\"category\":")
            json.string(category.rawValue)
            json.plain(",")
        }
        if !detail.isEmpty {
            json.plain("\"detail\":")
            json.string(detail)
            json.plain(",")
        }
        json.plain("\"instances\":")
        instances.write(to: &json)
        switch verdict {
        case .verified: json.plain(",\"verdict\":\"verified\"}")
        case .acknowledged: json.plain(",\"verdict\":\"acknowledged\"}")
        case .failed: json.plain(",\"verdict\":\"failed\"}")
        }
    }

    fileprivate init?(_ json: JSONValue) {
        guard let instances = json["instances"].flatMap(InstanceRanges.init(_:) as (JSONValue) -> InstanceRanges?) else { return nil }
        let detail = json["detail"]
        guard detail == nil || detail == .null || detail?.text != nil else { return nil }
        switch json["verdict"]?.text {
        case "verified": self.init(instances: instances, verdict: .verified, detail: detail?.text ?? "")
        case "acknowledged": self.init(instances: instances, verdict: .acknowledged, detail: detail?.text ?? "")
        case "failed":
            guard let category = json["category"]?.text.flatMap(ExceptionCategory.init) else { return nil }
            self.init(instances: instances, verdict: .failed(category), detail: detail?.text ?? "")
        default: return nil
        }
    }
}

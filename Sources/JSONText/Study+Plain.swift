public import Migration

/// `{"accessionNumber":…,"coercions":[…],"patientID":…}`.
extension SendPlan: PlainCodable {
    public func write(to json: inout JSONWriter) {
        json.plain("{\"accessionNumber\":")
        json.string(accessionNumber)
        json.plain(",\"coercions\":")
        coercions.write(to: &json)
        json.plain(",\"patientID\":")
        json.string(patientID.reveal())
        json.plain("}")
    }

    /// The plan that `json` holds; nil when it is to be read the general way.
    public init?(_ json: JSONValue) {
        guard let coercions = json["coercions"].flatMap([Coercion].init), let patientID = json["patientID"]?.text,
            let accessionNumber = json["accessionNumber"]?.text
        else { return nil }
        self.init(coercions: coercions, patientID: Identifying(patientID), accessionNumber: accessionNumber)
    }
}

/// `{"rule":"order","tag":"00080050","value":"A1"}`.
extension Coercion: PlainCodable {
    public func write(to json: inout JSONWriter) {
        json.plain("{\"rule\":")
        json.string(rule.rawValue)
        json.plain(",\"tag\":")
        json.string(tag)
        json.plain(",\"value\":")
        json.string(value.reveal())
        json.plain("}")
    }

    /// The coercion that `json` holds; nil when it is to be read the general way.
    public init?(_ json: JSONValue) {
        guard let rule = json["rule"]?.text.flatMap(CoercionRule.init), let tag = json["tag"]?.text, let value = json["value"]?.text else {
            return nil
        }
        self.init(tag: tag, value: Identifying(value), rule: rule)
    }
}

extension StudyHeader: PlainCodable {
    public func write(to json: inout JSONWriter) {
        json.plain("{\"accessionNumber\":")
        json.string(accessionNumber)
        if !bodyParts.isEmpty {
            json.plain(",\"bodyParts\":")
            bodyParts.write(to: &json)
        }
        if !lateralities.isEmpty {
            json.plain(",\"lateralities\":")
            lateralities.write(to: &json)
        }
        json.plain(",\"modalities\":")
        modalities.write(to: &json)
        if !otherNames.isBlank {
            json.plain(",\"otherNames\":")
            json.string(otherNames.reveal())
        }
        json.plain(",\"patient\":")
        patient.write(to: &json)
        json.plain(",\"studyDate\":")
        json.string(studyDate)
        json.plain(",\"studyDescription\":")
        json.string(studyDescription)
        json.plain(",\"studyInstanceUID\":")
        json.string(studyInstanceUID)
        json.plain(",\"studyTime\":")
        json.string(studyTime)
        json.plain("}")
    }

    /// The header that `json` holds; nil when it is to be read the general way.
    public init?(_ json: JSONValue) {
        guard let uid = json["studyInstanceUID"]?.text, let patient = json["patient"].flatMap(PatientIdentity.init),
            let date = json["studyDate"]?.text, let time = json["studyTime"]?.text, let accessionNumber = json["accessionNumber"]?.text,
            let description = json["studyDescription"]?.text, let modalities = json["modalities"].flatMap([String].init)
        else { return nil }
        self.init(
            studyInstanceUID: uid, patient: patient, studyDate: date, studyTime: time, accessionNumber: accessionNumber,
            studyDescription: description, modalities: modalities)
        bodyParts = json["bodyParts"].flatMap([String].init) ?? []
        lateralities = json["lateralities"].flatMap([String].init) ?? []
        otherNames = Identifying(json["otherNames"]?.text ?? "")
    }
}

extension PatientIdentity: PlainCodable {
    public func write(to json: inout JSONWriter) {
        json.plain("{\"birthDate\":")
        json.string(birthDate.reveal())
        json.plain(",\"issuer\":")
        json.string(issuer.reveal())
        json.plain(",\"name\":")
        json.string(name.reveal())
        json.plain(",\"patientID\":")
        json.string(patientID.reveal())
        json.plain(",\"sex\":")
        json.string(sex.reveal())
        json.plain("}")
    }

    /// The patient that `json` holds; nil when it is to be read the general way.
    public init?(_ json: JSONValue) {
        guard let patientID = json["patientID"]?.text, let issuer = json["issuer"]?.text, let name = json["name"]?.text,
            let birthDate = json["birthDate"]?.text, let sex = json["sex"]?.text
        else { return nil }
        self.init(
            patientID: Identifying(patientID), issuer: Identifying(issuer), name: Identifying(name), birthDate: Identifying(birthDate),
            sex: Identifying(sex))
    }
}

/// `[[0,511],[600,600]]`.
extension InstanceRanges: PlainCodable {
    public func write(to json: inout JSONWriter) {
        json.list(ranges) { json, range in
            json.plain("[")
            json.number(Int64(range.lowerBound))
            json.plain(",")
            json.number(Int64(range.upperBound))
            json.plain("]")
        }
    }

    /// The positions that `json` holds; nil when it is to be read the general way.
    public init?(_ json: JSONValue) {
        guard let pairs = json.list({ $0.list { $0.number } }) else { return nil }
        self.init()
        for pair in pairs {
            guard pair.count == 2, pair[0] <= pair[1], append(Int(pair[0])...Int(pair[1])) else { return nil }
        }
    }
}

public import Migration

/// `{"accessionNumber":…,"department":…,"examDate":…,…}`; an order without a day has no `examDate`.
extension Order: PlainCodable {
    public func write(to json: inout JSONWriter) {
        json.plain("{\"accessionNumber\":")
        json.string(accessionNumber)
        json.plain(",\"department\":")
        json.string(department)
        if let examDate {
            json.plain(",\"examDate\":")
            json.string(examDate.description)
        }
        json.plain(",\"examTime\":")
        json.string(examTime)
        json.plain(",\"modality\":")
        json.string(modality)
        json.plain(",\"patient\":")
        patient.write(to: &json)
        json.plain(",\"procedureCode\":")
        json.string(procedureCode)
        json.plain(",\"procedureDescription\":")
        json.string(procedureDescription)
        json.plain(",\"status\":")
        json.string(status)
        json.plain(",\"studyInstanceUID\":")
        json.string(studyInstanceUID)
        json.plain("}")
    }

    /// The order that `json` holds; nil when it is to be read the general way.
    public init?(_ json: JSONValue) {
        guard let accessionNumber = json["accessionNumber"]?.text, let department = json["department"]?.text, let examTime = json["examTime"]?.text,
            let modality = json["modality"]?.text, let patient = json["patient"].flatMap(PatientIdentity.init),
            let procedureCode = json["procedureCode"]?.text, let procedureDescription = json["procedureDescription"]?.text,
            let status = json["status"]?.text, let studyInstanceUID = json["studyInstanceUID"]?.text
        else { return nil }
        var examDate: CalendarDate?
        if let day = json["examDate"] {
            guard let read = day.text.flatMap({ CalendarDate($0) }) else { return nil }
            examDate = read
        }
        self.init(
            patient: patient, accessionNumber: accessionNumber, studyInstanceUID: studyInstanceUID, examDate: examDate, examTime: examTime,
            modality: modality, procedureCode: procedureCode, procedureDescription: procedureDescription, department: department, status: status)
    }
}

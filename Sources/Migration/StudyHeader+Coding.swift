/// Coded by the names of its properties. Those that came later are left out where they are empty.
extension StudyHeader: Codable {
    private enum Key: String, CodingKey {
        case studyInstanceUID, patient, studyDate, studyTime, accessionNumber, studyDescription, modalities, bodyParts, lateralities, otherNames
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Key.self)
        func text(_ key: Key) throws -> String { try container.decode(String.self, forKey: key) }
        self.init(
            studyInstanceUID: try text(.studyInstanceUID), patient: try container.decode(PatientIdentity.self, forKey: .patient),
            studyDate: try text(.studyDate), studyTime: try text(.studyTime), accessionNumber: try text(.accessionNumber),
            studyDescription: try text(.studyDescription), modalities: try container.decode([String].self, forKey: .modalities))
        bodyParts = try container.decodeIfPresent([String].self, forKey: .bodyParts) ?? []
        lateralities = try container.decodeIfPresent([String].self, forKey: .lateralities) ?? []
        otherNames = try container.decodeIfPresent(Identifying.self, forKey: .otherNames) ?? ""
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(studyInstanceUID, forKey: .studyInstanceUID)
        try container.encode(patient, forKey: .patient)
        try container.encode(studyDate, forKey: .studyDate)
        try container.encode(studyTime, forKey: .studyTime)
        try container.encode(accessionNumber, forKey: .accessionNumber)
        try container.encode(studyDescription, forKey: .studyDescription)
        try container.encode(modalities, forKey: .modalities)
        if !bodyParts.isEmpty { try container.encode(bodyParts, forKey: .bodyParts) }
        if !lateralities.isEmpty { try container.encode(lateralities, forKey: .lateralities) }
        if !otherNames.isBlank { try container.encode(otherNames, forKey: .otherNames) }
    }
}

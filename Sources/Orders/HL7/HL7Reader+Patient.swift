internal import Migration

/// The patient (PID, HL7 v2.9 §3.4.2).
extension HL7Reader {
    /// What a PID says of its patient.
    func patient(_ pid: HL7Segment) throws(HL7Fault) -> IdentityNotice {
        IdentityNotice(
            key: try key(pid, field: 3), name: Self.identifying(try name(pid)), birthDate: Self.identifying(try birthDate(pid)),
            sex: Self.identifying(try sex(pid)))
    }

    /// Types of identifiers (HL7 table 0203) that hospitals file under: medical record number, patient internal identifier, patient external identifier,
    /// none given. A number of an insurance or a state is taken only where there is nothing else.
    private static var types: [String] { ["MR", "PI", "PT", ""] }

    /// The patient ID and its issuer in a field of type CX (PID-3, MRG-1).
    func key(_ segment: HL7Segment, field: Int) throws(HL7Fault) -> PatientKey {
        let place = segment.place(field)
        let identifiers = try segment.repetitions(field).filter { !$0.text(1).isEmpty }
        if identifiers.isEmpty { throw HL7Fault(.requiredField, at: place, "there is no patient ID") }
        let own = identifiers.filter(isOwn)
        let type = Self.types.first { type in own.contains { $0.text(5) == type } }
        let chosen = own.filter { type == nil || $0.text(5) == type }.map(key(of:))
        guard let key = chosen.first else {
            throw HL7Fault(.requiredField, at: place, "there is no patient ID of the assigning authority that the configuration names")
        }
        // Which of several is the hospital's own nobody may guess: it may be another patient's here.
        guard chosen.allSatisfy({ $0 == key }) else {
            throw HL7Fault(.dataType, at: place, "has several patient IDs of one type: hl7.assigning-authority in the configuration says whose counts")
        }
        for part in [key.patientID, key.issuer] { _ = try value(.value(part.reveal()), limit: TableLimits.longString, at: place) }
        return key
    }

    private func isOwn(_ identifier: HL7Value) -> Bool {
        guard let authority = conventions.assigningAuthority else { return true }
        return identifier.text(4, 1) == authority || identifier.text(4, 2) == authority
    }

    /// A sender may name the configured authority by its namespace or its universal ID: both are one issuer.
    private func key(of identifier: HL7Value) -> PatientKey {
        let issuer = conventions.assigningAuthority ?? (identifier.text(4, 1).isEmpty ? identifier.text(4, 2) : identifier.text(4, 1))
        return PatientKey(patientID: Identifying(identifier.text(1)), issuer: Identifying(issuer))
    }

    private static func identifying(_ text: Stated<String>) -> Stated<Identifying> {
        switch text {
        case .unsaid: .unsaid
        case .none: .none
        case .value(let text): .value(Identifying(text))
        }
    }

    private func name(_ pid: HL7Segment) throws(HL7Fault) -> Stated<String> {
        let repetitions = try pid.repetitions(5)
        guard let first = repetitions.first else { return .unsaid }
        if first[1] == .none { return .none }
        guard let name = HL7PersonName.groups(of: repetitions) else { return .unsaid }
        guard !HL7PersonName.isAmbiguous(repetitions), !ValueRule.hasControl(name), ValueRule.isPersonName(name) else {
            throw HL7Fault(
                .dataType, at: pid.place(5),
                "has a circumflex, an equals sign, a backslash or control characters in a part of the name, or a name of more than \(TableLimits.nameGroup) characters")
        }
        return .value(name)
    }

    private func birthDate(_ pid: HL7Segment) throws(HL7Fault) -> Stated<String> {
        guard let field = try pid.first(7), case .value(let text) = field[1] else { return try pid.first(7)?[1] ?? .unsaid }
        guard let moment = HL7Moment(text) else { throw HL7Fault(.dataType, at: pid.place(7), "is no day of the form YYYYMMDD") }
        return .value(moment.day.description)
    }

    /// HL7 table 0001 as DICOM has it: what is neither male nor female nor unknown is other.
    private func sex(_ pid: HL7Segment) throws(HL7Fault) -> Stated<String> {
        guard let field = try pid.first(8), case .value(let text) = field[1] else { return try pid.first(8)?[1] ?? .unsaid }
        switch text.uppercased() {
        case "M": return .value("M")
        case "F": return .value("F")
        case "O", "A", "N", "X": return .value("O")
        case "U": return .none
        default: throw HL7Fault(.tableValue, at: pid.place(8), "is none of F, M, O, A, N, X, U")
        }
    }
}

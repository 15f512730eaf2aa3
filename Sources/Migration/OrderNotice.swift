/// What a message says of one order; its properties are those of ``Order``.
public struct OrderNotice: Hashable, Sendable, Codable {
    /// The patient.
    public var patient: IdentityNotice
    /// Accession Number (0008,0050).
    public var accessionNumber: String
    /// Study Instance UID.
    public var studyInstanceUID: Stated<String> = .unsaid
    /// The day of the exam.
    public var examDate: Stated<CalendarDate> = .unsaid
    /// The time of the exam, HHMMSS.
    public var examTime: Stated<String> = .unsaid
    /// The hospital's modality code.
    public var modality: Stated<String> = .unsaid
    /// The hospital's procedure code.
    public var procedureCode: Stated<String> = .unsaid
    /// What was asked for, in the hospital's words.
    public var procedureDescription: Stated<String> = .unsaid
    /// The department that asked.
    public var department: Stated<String> = .unsaid
    /// The order's status.
    public var status: Stated<String> = .unsaid
    /// The placer's and the filler's order numbers, each with its kind before it and its authority behind it: by them alone a cancel may come.
    public var numbers: [String] = []

    /// A notice that names an order and says nothing more of it.
    public init(patient: IdentityNotice, accessionNumber: String) {
        self.patient = patient
        self.accessionNumber = accessionNumber
    }

    /// Whether of two steps of one order this is the one that tells of it: that with the lowest modality, in whatever order and by whatever way they come.
    public func goesBefore(_ other: OrderNotice) -> Bool {
        guard case .value(let modality) = modality else { return false }
        guard case .value(let known) = other.modality else { return true }
        return modality < known
    }

    /// The order after this, where `known` was it before; nil: it was not known.
    public func applied(to known: Order?) -> Order {
        var order = known ?? Order(patient: PatientIdentity(patientID: ""), accessionNumber: accessionNumber, examDate: nil, modality: "")
        order.patient = patient.applied(to: order.patient)
        order.studyInstanceUID = studyInstanceUID.over(order.studyInstanceUID, nothing: "")
        switch examDate {
        case .unsaid: break
        case .none: order.examDate = nil
        case .value(let day): order.examDate = day
        }
        order.examTime = examTime.over(order.examTime, nothing: "")
        order.modality = modality.over(order.modality, nothing: "")
        order.procedureCode = procedureCode.over(order.procedureCode, nothing: "")
        order.procedureDescription = procedureDescription.over(order.procedureDescription, nothing: "")
        order.department = department.over(order.department, nothing: "")
        order.status = status.over(order.status, nothing: "")
        return order
    }

    /// `known`, which newer messages told of, with what it lacks and this says. A status that nobody told of becomes that of a cancelled order, and no other: what comes
    /// late never lets an order hold.
    ///
    /// - Parameter isOfItsPatient: whether this names the order's patient; otherwise what it says of the patient is of another number, and is left out.
    public func filling(_ known: Order, isOfItsPatient: Bool) -> Order {
        known.filled(from: applied(to: nil), isOfItsPatient: isOfItsPatient)
    }
}

extension PatientIdentity {
    /// This, with what it lacks and `older` has.
    fileprivate func filled(from older: PatientIdentity) -> PatientIdentity {
        PatientIdentity(
            patientID: patientID, issuer: issuer.isBlank ? older.issuer : issuer, name: name.isBlank ? older.name : name,
            birthDate: birthDate.isBlank ? older.birthDate : birthDate, sex: sex.isBlank ? older.sex : sex)
    }
}

extension Order {
    /// This order with what it lacks and `older` says, as ``OrderNotice/filling(_:isOfItsPatient:)`` has it.
    public func filled(from older: Order, isOfItsPatient: Bool) -> Order {
        var order = self
        if isOfItsPatient { order.patient = order.patient.filled(from: older.patient) }
        if order.studyInstanceUID.isEmpty { order.studyInstanceUID = older.studyInstanceUID }
        if order.examDate == nil { order.examDate = older.examDate }
        if order.examTime.isEmpty, order.examDate == older.examDate { order.examTime = older.examTime }
        if order.modality.isEmpty { order.modality = older.modality }
        if order.procedureCode.isEmpty { order.procedureCode = older.procedureCode }
        if order.procedureDescription.isEmpty { order.procedureDescription = older.procedureDescription }
        if order.department.isEmpty { order.department = older.department }
        if order.status.isEmpty, older.isCancelled { order.status = older.status }
        return order
    }
}

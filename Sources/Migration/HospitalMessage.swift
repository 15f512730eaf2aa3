/// What a system of the hospital says at once: an HL7 message, or an answer of a modality worklist. It counts as a whole or not at all.
public struct HospitalMessage: Hashable, Sendable, Codable {
    /// Who says it, without patient data: sending application and facility, or an AE title.
    public var sender: String
    /// When it was said, by the sender's clock; nil where that is not known.
    public var saidAt: Instant?
    /// Whether it is the answer to a question of ours. Who answers tells what it has, whenever that was said: of a patient it gives way to what messages told.
    public var isAnswer: Bool
    /// What it says, in its order.
    public var notices: [HospitalNotice]

    /// A message of these.
    public init(sender: String, saidAt: Instant? = nil, isAnswer: Bool = false, notices: [HospitalNotice]) {
        self.sender = sender
        self.saidAt = saidAt
        self.isAnswer = isAnswer
        self.notices = notices
    }
}

/// One thing that a message says.
public enum HospitalNotice: Hashable, Sendable, Codable {
    /// An order is new, changed or cancelled.
    case order(OrderNotice)
    /// An order is cancelled that is known by its placer or filler order number alone.
    case cancel(OrderCancel)
    /// A patient is called otherwise than before (ADT^A08).
    case identity(IdentityNotice)
    /// What was kept under one patient ID belongs to another patient from now on (ADT^A40).
    case merge(former: PatientKey, survivor: IdentityNotice)
}

/// What a patient is found by.
public struct PatientKey: Hashable, Sendable, Codable {
    /// Patient ID (0010,0020), without spaces around it.
    public var patientID: Identifying
    /// Issuer of Patient ID (0010,0021), likewise; empty when unknown.
    public var issuer: Identifying

    /// The key of these, whose spaces at the ends do not count (PS3.5 §6.2, LO).
    public init(patientID: Identifying, issuer: Identifying = "") {
        self.patientID = Identifying(patientID.trimmed)
        self.issuer = Identifying(issuer.trimmed)
    }

    /// The key of who is so identified.
    public init(_ patient: PatientIdentity) { self.init(patientID: patient.patientID, issuer: patient.issuer) }

    /// Whether both issuers are the same; one that is unknown says nothing.
    public func mayBeIssued(by other: Identifying) -> Bool { issuer.isBlank || other.isBlank || issuer.reveal() == other.trimmed }
}

/// What a message says of a patient.
public struct IdentityNotice: Hashable, Sendable, Codable {
    /// Whom it is about.
    public var key: PatientKey
    /// Patient's Name (0010,0010), component groups in the order alphabetic, ideographic, phonetic.
    public var name: Stated<Identifying>
    /// Patient's Birth Date (0010,0030), YYYYMMDD.
    public var birthDate: Stated<Identifying>
    /// Patient's Sex (0010,0040): M, F, O.
    public var sex: Stated<Identifying>

    /// A notice of these.
    public init(key: PatientKey, name: Stated<Identifying> = .unsaid, birthDate: Stated<Identifying> = .unsaid, sex: Stated<Identifying> = .unsaid) {
        self.key = key
        self.name = name
        self.birthDate = birthDate
        self.sex = sex
    }

    /// The identity after this, where `known` was it before. An issuer that is not said stays.
    public func applied(to known: PatientIdentity) -> PatientIdentity {
        PatientIdentity(
            patientID: key.patientID, issuer: key.issuer.isBlank ? known.issuer : key.issuer, name: name.over(known.name, nothing: ""),
            birthDate: birthDate.over(known.birthDate, nothing: ""), sex: sex.over(known.sex, nothing: ""))
    }

    /// What both say, this one after `earlier`.
    public func over(_ earlier: IdentityNotice) -> IdentityNotice {
        IdentityNotice(key: key, name: name.over(earlier.name), birthDate: birthDate.over(earlier.birthDate), sex: sex.over(earlier.sex))
    }

    /// What of this `newer` says nothing of.
    public func leftOpen(by newer: IdentityNotice) -> IdentityNotice {
        IdentityNotice(
            key: key, name: newer.name == .unsaid ? name : .unsaid, birthDate: newer.birthDate == .unsaid ? birthDate : .unsaid,
            sex: newer.sex == .unsaid ? sex : .unsaid)
    }

    /// Whether it says more than whom it is about.
    public var saysAnything: Bool { name != .unsaid || birthDate != .unsaid || sex != .unsaid }
}

/// What a message says that cancels an order without naming its accession number.
public struct OrderCancel: Hashable, Sendable, Codable {
    /// The patient.
    public var patient: PatientKey
    /// The order's numbers, as in ``OrderNotice/numbers``.
    public var numbers: [String]
    /// The order's status from now on.
    public var status: String

    /// A cancel of these.
    public init(patient: PatientKey, numbers: [String], status: String) {
        self.patient = patient
        self.numbers = numbers
        self.status = status
    }
}

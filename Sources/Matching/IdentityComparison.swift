public import Migration

/// What one thing says of another.
public enum Agreement: Hashable, Sendable {
    /// Both are given and the same.
    case agrees
    /// Both are given and differ.
    case contradicts
    /// One is empty, or they cannot be compared.
    case silent
}

/// How the identity that a study's objects give compares with that of an order (law 13).
public struct IdentityComparison: Hashable, Sendable {
    /// The names, group by group in the same script.
    public var name: Agreement
    /// The birth dates.
    public var birthDate: Agreement
    /// The sexes. Agreement of the sex corroborates nothing.
    public var sex: Agreement

    /// Compares `study`, the identity in the objects, with `order`, the hospital's.
    public init(study: PatientIdentity, order: PatientIdentity) {
        name = Self.compareNames(study.name.reveal(), order.name.reveal())
        birthDate = Self.compareBirthDates(study.birthDate.reveal(), order.birthDate.reveal())
        sex = Self.compareSexes(study.sex.reveal(), order.sex.reveal())
    }

    /// Whether name, birth date or sex forbids an automatic match, whatever else agrees.
    public var contradicts: Bool { name == .contradicts || birthDate == .contradicts || sex == .contradicts }

    /// Whether name or birth date speaks for the match.
    public var corroborates: Bool { name == .agrees || birthDate == .agrees }

    private static func compareNames(_ left: String, _ right: String) -> Agreement {
        if left.isEmpty || right.isEmpty { return .silent }
        // One group that agrees is enough.
        if PersonName.agreeAsWritten(left.utf8, right.utf8) { return .agrees }
        return PersonName(left).compared(with: PersonName(right))
    }

    /// Days are compared as days, so that `1961.02.03` is `19610203`; what is no day is compared as text.
    private static func compareBirthDates(_ left: String, _ right: String) -> Agreement {
        let (left, right) = (trimmed(left), trimmed(right))
        if left.isEmpty || right.isEmpty { return .silent }
        if left == right { return .agrees }
        if let leftDay = CalendarDate(left), let rightDay = CalendarDate(right) {
            return leftDay == rightDay ? .agrees : .contradicts
        }
        return .contradicts
    }

    /// Only M and F can contradict each other; O (other) and what is no defined term (PS3.3 C.7.1.1) say nothing.
    static func compareSexes(_ left: String, _ right: String) -> Agreement {
        let (left, right) = (ModalityMapping.normalised(left), ModalityMapping.normalised(right))
        guard ["M", "F"].contains(left), ["M", "F"].contains(right) else { return .silent }
        return left == right ? .agrees : .contradicts
    }
}

extension PatientIdentity {
    /// Whether the birth date is a day that tells the patient from others: consoles that ask for one get the first day that comes to mind.
    var hasBirthDateOfItsOwn: Bool { birthday != nil }

    /// The birth date, where it is such a day; nil where it is none, or everybody's.
    public var birthday: CalendarDate? {
        guard let day = CalendarDate(birthDate.reveal()), ![19_000_101, 19_010_101, 19_111_111, 18_000_101].contains(Int(day.number)) else { return nil }
        return day
    }
}

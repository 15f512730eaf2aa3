public import Migration

/// The hospital's other patients by birth date: of two who were born on one day, as twins are, objects may show either, whatever number they bear.
public struct Contemporaries: Hashable, Sendable {
    /// By birth date: they, without those who are matched; nil where too many have it for it to say anything.
    private var days: [CalendarDate: [PatientIdentity]?] = [:]

    /// Patients of one birth date beyond which it is no birth date, but what consoles write who ask for one.
    public static var limit: Int { 500 }

    /// Nobody.
    public init() {}

    /// Notes who else was born on `day`; nil: too many.
    public mutating func note(_ patients: [PatientIdentity]?, bornOn day: CalendarDate) { days[day] = .some(patients) }

    /// The days on which too many were born.
    public var crowdedDays: [CalendarDate] { days.filter { $0.value == nil }.keys.sorted() } // unordered: it is sorted

    /// Whether too many were born on the day that `patient` gives.
    func isCrowded(_ patient: PatientIdentity) -> Bool {
        guard let day = patient.birthday, case .some(.none) = days[day] else { return false }
        return true
    }

    /// Whether objects may show another patient than `patient`, the hospital's: one of the birth date that they give, or else `patient` has, whose sex does not
    /// contradict theirs and whose name they fit as well. Where they say nothing of the name, one of the same family.
    public func haveNamesake(of study: StudyHeader, beside patient: PatientIdentity) -> Bool {
        others(of: study, patient).contains(where: Self.fits(study, patient))
    }

    /// Those others, in the order of their patient IDs.
    public func namesakes(of study: StudyHeader, beside patient: PatientIdentity) -> [PatientIdentity] {
        others(of: study, patient).filter(Self.fits(study, patient))
    }

    private func others(of study: StudyHeader, _ patient: PatientIdentity) -> [PatientIdentity] {
        (study.patient.birthday ?? patient.birthday).flatMap { days[$0] ?? nil } ?? []
    }

    private static func fits(_ study: StudyHeader, _ patient: PatientIdentity) -> (PatientIdentity) -> Bool {
        let shown = ShownName(study)
        let own = PersonName(patient.name.reveal())
        let least = shown.likeness(to: own).rivalled
        return { other in
            let name = PersonName(other.name.reveal())
            let likeness = likeness(of: study, shown, to: other, name)
            return likeness >= least && (likeness > .silent || name.mayShareFamily(with: own))
        }
    }

    /// Whether objects may show `patient`, as far as name and sex tell: whether it matters to them that there is such a patient of their birth date.
    public static func mayShow(_ study: StudyHeader, _ patient: PatientIdentity) -> Bool {
        likeness(of: study, ShownName(study), to: patient, PersonName(patient.name.reveal())) >= .silent
    }

    /// How near the nearest name in the objects is to that of `patient`; another one's where the sex contradicts, or the hospital knows no name.
    private static func likeness(of study: StudyHeader, _ shown: ShownName, to patient: PatientIdentity, _ name: PersonName) -> NameLikeness {
        let isOfSex = IdentityComparison.compareSexes(study.patient.sex.reveal(), patient.sex.reveal()) != .contradicts
        return isOfSex && !name.groups.isEmpty ? shown.nearest(to: name) : .other
    }
}

/// The names in a study's objects: Patient's Name (0010,0010) and Other Patient Names (0010,1001).
struct ShownName {
    private let names: [PersonName]

    /// What is empty is left out: it says nothing.
    init(_ study: StudyHeader) { names = [study.patient.name, study.otherNames].map { PersonName($0.reveal()) }.filter { !$0.groups.isEmpty } }

    /// How near they are to a name of the hospital's: where one of them contradicts it, the other helps only if it agrees and the first one cannot be compared.
    func likeness(to hospital: PersonName) -> NameLikeness {
        let all = names.map { $0.likeness(to: hospital) }
        guard let nearest = all.max(), all.contains(.other) else { return all.max() ?? .silent }
        return nearest >= .agreeing && names[0].compared(with: hospital) != .contradicts ? nearest : .other
    }

    /// How near the nearer of them is.
    func nearest(to hospital: PersonName) -> NameLikeness { names.map { $0.likeness(to: hospital) }.max() ?? .silent }

    /// Whether one of them contradicts a name of the hospital's.
    func contradicts(_ hospital: PersonName) -> Bool { names.contains { $0.compared(with: hospital) == .contradicts } }

    /// Whether one of them agrees as it is written, without a reading.
    func agreesPlainly(with hospital: PersonName) -> Bool { names.contains { $0.agrees(with: hospital) } }
}

extension StudyHeader {
    /// Whether the name agrees with that of `patient` as it is written: then the paper's rule looks for nobody else.
    func isPlainly(_ patient: PatientIdentity) -> Bool {
        let (shown, known) = (self.patient.name.reveal(), patient.name.reveal())
        return PersonName.agreeAsWritten(shown.utf8, known.utf8) || ShownName(self).agreesPlainly(with: PersonName(known))
    }
}

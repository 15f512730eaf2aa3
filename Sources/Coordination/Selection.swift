public import Migration

/// Which studies are migrated at all. What cannot be told of a study never leaves it out.
public struct Selection: Hashable, Sendable {
    /// How long the law wants studies kept; older ones are left out.
    public struct Retention: Hashable, Sendable {
        /// Years after the Study Date.
        public var years: Int
        /// A study whose patient is younger than that today is kept however old it is, where the birth date is known; nil: age makes no difference.
        public var untilAge: Int?

        /// A retention of these.
        public init(years: Int, untilAge: Int? = nil) {
            self.years = years
            self.untilAge = untilAge
        }
    }

    /// Only studies with an object of one of these modalities; empty: any.
    public var modalities: [String]
    /// Only studies from this day on.
    public var from: CalendarDate?
    /// Only studies up to this day.
    public var to: CalendarDate?
    /// Only studies whose order is of one of these departments, in the hospital's words; empty: any.
    public var departments: [String]
    /// Only studies of these patients; nil: all.
    public var patients: PatientList?
    /// Only studies that must still be kept; nil: all.
    public var retention: Retention?

    /// A selection of these; without any, all studies.
    public init(
        modalities: [String] = [], from: CalendarDate? = nil, to: CalendarDate? = nil, departments: [String] = [], patients: PatientList? = nil,
        retention: Retention? = nil
    ) {
        self.modalities = modalities
        self.from = from
        self.to = to
        self.departments = departments
        self.patients = patients
        self.retention = retention
    }

    /// Whether nothing is left out.
    var isAll: Bool { self == Selection() }

    /// The rule that leaves a study out; nil: it is migrated.
    ///
    /// - Parameters:
    ///   - order: the order that it is matched with; nil: none.
    ///   - others: patient IDs under which its patient is known beside that of its objects.
    ///   - today: the day of the decision.
    func exclusion(of header: StudyHeader, order: Order?, others: [Identifying], today: CalendarDate?) -> Sentence? {
        exclusionByModality(header) ?? exclusionByDate(header) ?? exclusionByDepartment(order) ?? exclusionByPatient(header, others)
            ?? exclusionByRetention(header, order, today)
    }

    private func exclusionByModality(_ header: StudyHeader) -> Sentence? {
        guard !modalities.isEmpty, !header.modalities.isEmpty, !header.modalities.contains(where: modalities.contains) else { return nil }
        return Sentence(.excludedByModality, [.text(header.modalities.joined(separator: "/")), .text(modalities.joined(separator: ", "))])
    }

    private func exclusionByDate(_ header: StudyHeader) -> Sentence? {
        guard let date = header.date else { return nil }
        if let from, date < from { return Sentence(.excludedAsOlder, [.text("\(date)"), .text("\(from)")]) }
        if let to, date > to { return Sentence(.excludedAsNewer, [.text("\(date)"), .text("\(to)")]) }
        return nil
    }

    private func exclusionByDepartment(_ order: Order?) -> Sentence? {
        guard !departments.isEmpty, let department = order?.department, !department.isEmpty, !departments.contains(department) else { return nil }
        return Sentence(.excludedByDepartment, [.text(department), .text(departments.joined(separator: ", "))])
    }

    private func exclusionByPatient(_ header: StudyHeader, _ others: [Identifying]) -> Sentence? {
        let known = ([header.patient.patientID] + others).filter { !$0.isBlank }
        guard let patients, !known.isEmpty, !known.contains(where: patients.contains) else { return nil }
        return Sentence(.excludedByPatient)
    }

    private func exclusionByRetention(_ header: StudyHeader, _ order: Order?, _ today: CalendarDate?) -> Sentence? {
        guard let retention, let today, let date = header.date, date.isOver(years: retention.years, before: today) else { return nil }
        if let age = retention.untilAge {
            let births = [header.patient.birthDate, order?.patient.birthDate].compactMap(\.self).compactMap { CalendarDate($0.trimmed) }
            if births.contains(where: { !$0.isOver(years: age, before: today) }) { return nil }
        }
        return Sentence(.excludedByRetention, [.text("\(date)"), .count(Int64(retention.years))])
    }
}

extension CalendarDate {
    /// Whether so many years have gone by since this day.
    fileprivate func isOver(years: Int, before today: CalendarDate) -> Bool { Int(number) + years * 10_000 <= Int(today.number) }
}

extension Instant {
    /// Its day in UTC.
    var day: CalendarDate? { CalendarDate(String(text.prefix(10))) }
}

/// Patient IDs, without the spaces at their ends.
public struct PatientList: Hashable, Sendable {
    private let keys: Set<String>
    /// FNV-1a over the patient IDs in their order, by which a later start sees whether it is the same list.
    let digest: UInt64

    /// A list of these.
    public init(_ patientIDs: [Identifying]) {
        let keys = Set(patientIDs.map(\.trimmed))
        self.keys = keys
        var digest: UInt64 = 0xCBF2_9CE4_8422_2325
        for key in keys.sorted() { // unordered: it is sorted
            for byte in Array(key.utf8) + [10] { digest = (digest ^ UInt64(byte)) &* 0x100_0000_01B3 }
        }
        self.digest = digest
    }

    /// How many there are.
    public var count: Int { keys.count }

    func contains(_ patientID: Identifying) -> Bool { keys.contains(patientID.trimmed) }
}

extension Selection: CustomStringConvertible {
    /// The rules in words, without patient data, by which a later start sees whether they are the same.
    public var description: String {
        var words: [String] = []
        if !modalities.isEmpty { words.append("modalities \(modalities.joined(separator: " "))") }
        if let from { words.append("from \(from)") }
        if let to { words.append("to \(to)") }
        if !departments.isEmpty { words.append("departments \(departments.joined(separator: " | "))") }
        if let patients { words.append("\(patients.count) patients, digest \(String(patients.digest, radix: 16))") }
        if let retention { words.append("retention \(retention.years) years\(retention.untilAge.map { ", until the age of \($0)" } ?? "")") }
        return words.isEmpty ? "all" : words.joined(separator: "; ")
    }
}

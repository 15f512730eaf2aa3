import Ledger
import Matching
import Migration

/// Whom the hospital got to know in one turn, or knows no more as such: studies of others may show them.
struct IdentityChanges {
    private var identities: Set<PatientIdentity> = []
    private var days: Set<CalendarDate> = []

    /// An order, or what was said of a patient, gives `present` now and gave `former` before; it is written already.
    mutating func note(_ former: PatientIdentity?, _ present: PatientIdentity?, in tx: any LedgerTransaction) throws {
        guard former != present, try tx.hasStudies() else { return }
        for patient in [former, present].compactMap(\.self) where !identities.contains(patient) {
            guard let day = patient.birthday else { continue }
            days.insert(day)
            // What another order of the patient says as well makes no difference.
            guard try tx.orderCount(of: patient, limit: 2) <= (patient == present ? 1 : 0) else { continue }
            identities.insert(patient)
        }
    }

    /// The patients whose studies are to be matched at once: those whose objects have the birth date, or have none and a patient who has it, and may show one of those
    /// who changed. Where they are many, or the birth date becomes one that says nothing, or ceases to, they are queued.
    func concerned(by matching: MatchingPolicy, in tx: any LedgerTransaction) throws -> [Identifying] {
        var queued: Set<CalendarDate> = []
        for day in days.sorted() { // unordered: it is sorted
            let isCrowded = try tx.isCrowded(day, limit: Contemporaries.limit)
            guard try isCrowded != tx.wasCrowded(day) else { continue }
            try tx.noteCrowded(day, isCrowded)
            try tx.queuePatients(bornOn: day)
            queued.insert(day)
        }
        var room = Self.studiesAtOnce
        var found: Set<Identifying> = []
        for patient in identities.sorted(by: Self.isBefore) { // unordered: it is sorted
            guard let day = patient.birthday, !queued.contains(day) else { continue }
            guard let others = try others(than: patient, bornOn: day, by: matching, room: &room, in: tx) else {
                try tx.queuePatients(bornOn: day)
                queued.insert(day)
                continue
            }
            found.formUnion(others)
        }
        let all = found.sorted() // unordered: it is sorted
        for patient in all.dropFirst(Self.patientsAtOnce) where try !tx.isAnyQueued([patient]) { try tx.queue(QueuedPatient(patientID: patient)) }
        return Array(all.prefix(Self.patientsAtOnce))
    }

    /// Studies and patients that one turn looks at, and patients that it matches: bounds the writer's time (law 1).
    private static var studiesAtOnce: Int { 2000 }
    private static var patientsAtOnce: Int { 100 }

    /// Those born on `day` who may show `patient`; nil: there are more than there is room for. A birth date that says nothing concerns nobody.
    private func others(
        than patient: PatientIdentity, bornOn day: CalendarDate, by matching: MatchingPolicy, room: inout Int, in tx: any LedgerTransaction
    ) throws -> Set<Identifying>? {
        guard room > 0, let all = try tx.patients(bornOn: day, limit: Contemporaries.limit) else { return room > 0 ? [] : nil }
        let studies = try tx.studies(bornOn: day, limit: room)
        room -= studies.count
        guard room > 0 else { return nil }
        var found = Set(studies.filter { Contemporaries.mayShow($0.header, patient) }.map { Identifying($0.header.patient.patientID.trimmed) })
        if try tx.hasStudiesWithoutBirthday() {
            let numbers = Set(all.map { Identifying($0.patientID.trimmed) })
            room -= numbers.count
            guard room > 0 else { return nil }
            for number in numbers.sorted() { // unordered: it is sorted
                if try hasStudiesWithoutBirthday(number, by: matching, in: tx) { found.insert(number) }
            }
        }
        return found.subtracting([Identifying(patient.patientID.trimmed), ""])
    }

    /// Whether a study of a patient, under any number, has no birth date; where the numbers are too many for one turn it counts as if.
    private func hasStudiesWithoutBirthday(_ patient: Identifying, by matching: MatchingPolicy, in tx: any LedgerTransaction) throws -> Bool {
        do {
            return try tx.hasStudiesWithoutBirthday(ofPatients: tx.family(of: patient, by: matching).members)
        } catch let error as LedgerError where error.code == .limit {
            return true
        }
    }

    private static func isBefore(_ left: PatientIdentity, _ right: PatientIdentity) -> Bool { texts(of: left).lexicographicallyPrecedes(texts(of: right)) }

    private static func texts(of patient: PatientIdentity) -> [String] {
        [patient.birthDate, patient.patientID, patient.issuer, patient.name, patient.sex].map { $0.reveal() }
    }
}

public import Ledger
public import Matching
public import Migration

/// Other patients of one birth date.
extension LedgerLookup {
    /// Birth dates of one family of patient IDs by which others are looked up: whoever has more is no patient, but the ID under which all tests were made.
    private var birthdayLimit: Int { 16 }

    /// The patients beside those of `family` who were born on the days that matching `studies` with `orders` asks for.
    public func contemporaries(
        of studies: [MatchableStudy], _ orders: [MatchableOrder], besides family: [Identifying], by matching: MatchingPolicy
    ) throws -> Contemporaries {
        var result = Contemporaries()
        for (place, day) in matching.birthdays(of: studies, orders: orders).enumerated() {
            result.note(place < birthdayLimit ? try patients(bornOn: day, besides: family) : nil, bornOn: day)
        }
        return result
    }

    /// The patients beside those whom merges, and spellings of IDs, bind to `patient`, who were born on `day`.
    public func contemporaries(of patient: Identifying, bornOn day: CalendarDate, by matching: MatchingPolicy) throws -> Contemporaries {
        var result = Contemporaries()
        result.note(try patients(bornOn: day, besides: family(of: Identifying(patient.trimmed), by: matching).members), bornOn: day)
        return result
    }

    private func patients(bornOn day: CalendarDate, besides family: [Identifying]) throws -> [PatientIdentity]? {
        let own = Set(family)
        return try patients(bornOn: day, limit: Contemporaries.limit)?.filter { !own.contains(Identifying($0.patientID.trimmed)) }
    }

    /// The patients whose studies are to be matched anew when the hospital gets to know `patient`, or knows them no more as such: those whose objects have the birth
    /// date, or have none and an order that has it, and may show this one. Where the birth date becomes one that says nothing, or ceases to, all of these.
    func patients(concernedBy patient: PatientIdentity) throws -> [Identifying] {
        guard let day = patient.birthday, try hasStudies(), let all = try patients(bornOn: day, limit: Contemporaries.limit + 1) else { return [] }
        let studies = try studies(bornOn: day, limit: concernedLimit) + studiesWithoutBirthDate(ofPatientsBornOn: day, limit: concernedLimit)
        let isAtLimit = Set(all.map(\.patientID.trimmed)).count >= Contemporaries.limit
        let found = studies.filter { isAtLimit || Contemporaries.mayShow($0.header, patient) }.map { Identifying($0.header.patient.patientID.trimmed) }
        return Set(found).subtracting([Identifying(patient.patientID.trimmed)]).sorted() // unordered: it is sorted
    }

    /// Studies of those of one birth date: some twenty of each.
    private var concernedLimit: Int { 20 * Contemporaries.limit }
}

extension Turn {
    /// The patients whose studies are to be matched anew because an order, or what was said of a patient, gives `present` now and gave `former` before.
    func concerned(by former: PatientIdentity?, _ present: PatientIdentity?) throws -> [Identifying] {
        guard former != present else { return [] }
        return try [former, present].compactMap(\.self).flatMap { patient in
            // What another order of the patient says as well makes no difference.
            try tx.hasStudies() && tx.orders(ofPatient: patient.patientID).count { $0.order.patient == patient } <= (patient == present ? 1 : 0)
                ? tx.patients(concernedBy: patient) : []
        }
    }
}

public import Ledger
public import Matching
public import Migration

/// Other patients of one birth date.
extension LedgerLookup {
    /// Birth dates of one family of patient IDs by which others are looked up where nothing bounds it: whoever has more is no patient, but the ID of all tests.
    private var birthdayLimit: Int { 16 }

    /// The patients beside those of `family` who were born on the days that matching `studies` with `orders` asks for, the first of them.
    public func contemporaries(
        of studies: [MatchableStudy], _ orders: [MatchableOrder], besides family: [Identifying], by matching: MatchingPolicy
    ) throws -> Contemporaries {
        let days = matching.birthdays(of: studies, orders: orders)
        var result = try contemporaries(bornOn: Array(days.prefix(birthdayLimit)), besides: family)
        for day in days.dropFirst(birthdayLimit) { result.note(nil, bornOn: day) }
        return result
    }

    /// The patients beside those of `family` who were born on `days`.
    func contemporaries(bornOn days: [CalendarDate], besides family: [Identifying]) throws -> Contemporaries {
        var result = Contemporaries()
        for day in days { result.note(try patients(bornOn: day, besides: family), bornOn: day) }
        return result
    }

    /// The patients beside those whom merges, and spellings of IDs, bind to `patient`, who were born on `day`.
    public func contemporaries(of patient: Identifying, bornOn day: CalendarDate, by matching: MatchingPolicy) throws -> Contemporaries {
        try contemporaries(bornOn: [day], besides: family(of: Identifying(patient.trimmed), by: matching).members)
    }

    private func patients(bornOn day: CalendarDate, besides family: [Identifying]) throws -> [PatientIdentity]? {
        let own = Set(family)
        return try patients(bornOn: day, limit: Contemporaries.limit)?.filter { !own.contains(Identifying($0.patientID.trimmed)) }
    }

    /// Who the patient of a study is by the hospital's own word, without an order; nil: it said nothing.
    func told(of header: StudyHeader) throws -> PatientIdentity? {
        let said = PatientKey(header.patient)
        guard !said.patientID.isBlank else { return nil }
        let present = try current(said)
        let told = try fittingIdentity(of: present)
        guard present != said || told?.notice.saysAnything == true else { return nil }
        return (told?.notice ?? IdentityNotice(key: present)).applied(to: PatientIdentity(patientID: ""))
    }
}

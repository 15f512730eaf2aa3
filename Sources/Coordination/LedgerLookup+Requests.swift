public import Ledger
import Migration

extension LedgerLookup {
    /// Studies of one request: more have a patient ID that stands for many patients (law 9).
    var requestedStudiesLimit: Int { 1000 }

    /// The open requests that ask for `study`, in the order of their numbers.
    public func openRequests(for study: StudyRecord) throws -> [RequestRecord] {
        guard try hasOpenRequests() else { return [] }
        var found = try openRequests(study: study.header.studyInstanceUID)
        for number in Set(study.accessionNumbers).sorted() { found += try openRequests(accessionNumber: number) } // unordered: it is sorted
        var present: [PatientKey: PatientKey] = [:]
        let patients = try patients(of: study, &present)
        for patientID in Set(patients.map(\.patientID)).sorted() { // unordered: it is sorted
            found += try openRequests(ofPatient: patientID).filter { $0.asks(for: study, of: patients) }
        }
        var seen: Set<RequestID> = []
        return found.filter { seen.insert($0.id).inserted }.sorted { $0.id < $1.id }
    }

    /// As whom the patient of a study may be asked for: as its objects name him, as he is called since, and as it is to be filed. Where the objects do not
    /// name the issuer of the number that it is filed under, the order does.
    ///
    /// - Parameter present: the present keys that are known by now.
    private func patients(of study: StudyRecord, _ present: inout [PatientKey: PatientKey]) throws -> [PatientKey] {
        let filed = study.plan.map { PatientKey(patientID: $0.patientID, issuer: $0.issuer ?? study.header.patient.issuer) }
        var said = PatientKey(patientID: study.header.patient.patientID, issuer: study.header.patient.issuer)
        if said.issuer.isBlank, let filed, filed.patientID == said.patientID { said = filed }
        let now = try present[said] ?? current(said)
        present[said] = now
        return [said, now, filed].compactMap(\.self).filter { !$0.patientID.isBlank }
    }

    /// The studies that `request` asks for, open or not, in the order of their numbers; one more than ``requestedStudiesLimit`` at most.
    public func studies(of request: RequestRecord) throws -> [StudyRecord] {
        var found: [StudyRecord] = []
        switch request.subject {
        case .study(let uid): found = try study(uid: uid).map { [$0] } ?? []
        case .exam(let number): found = try studies(accessionNumber: number, limit: requestedStudiesLimit + 1)
        case .patient: break
        }
        if let patient = request.patient {
            let limit = requestedStudiesLimit + 1
            for key in try formerKeys(of: patient) where found.count < limit { found += try studies(ofPatient: key.patientID, limit: limit) }
            found += try studies(underOrdersOf: patient.patientID, limit: limit)
        }
        var seen: Set<StudyID> = []
        var present: [PatientKey: PatientKey] = [:]
        let asked = try found.filter { study in try seen.insert(study.id).inserted && request.asks(for: study, of: patients(of: study, &present)) }
        return Array(asked.sorted { $0.id < $1.id }.prefix(requestedStudiesLimit + 1))
    }

    /// A patient's present key and those that were merged into it.
    func formerKeys(of patient: PatientKey) throws -> [PatientKey] {
        var keys = [patient]
        var next = 0
        while next < keys.count, keys.count <= mergeLimit {
            let former = try merges(into: keys[next].patientID, limit: mergeLimit).map(\.former)
            for key in former where try !keys.contains(key) && !path(from: key, to: patient).isEmpty { keys.append(key) }
            next += 1
        }
        return keys
    }
}

extension SendPlan {
    /// The issuer of the patient ID that is written; nil: that of the objects stays.
    fileprivate var issuer: Identifying? { coercions.first { $0.tag == "00100021" }?.value }
}

extension StudyRecord {
    /// The accession numbers that its objects bear and that are to be written into them.
    fileprivate var accessionNumbers: [String] { [plan?.accessionNumber, header.accessionNumber].compactMap(\.self).filter { !$0.isEmpty } }
}

extension RequestRecord {
    /// Whether it asks for `study`, whose patient is any of `patients`.
    fileprivate func asks(for study: StudyRecord, of patients: [PatientKey]) -> Bool {
        switch subject {
        case .study(let uid) where uid == study.header.studyInstanceUID: return true
        case .exam(let number) where study.accessionNumbers.contains(number): return true
        case .study, .exam, .patient: break
        }
        guard let patient, day == nil || day == study.header.date else { return false }
        return patients.contains { $0.patientID == patient.patientID && patient.mayBeIssued(by: $0.issuer) }
    }
}

import Migration

/// What the rows of a list of patients say of each other: which merges cannot all hold, and which numbers may be of several issuers.
///
/// It keeps 64-bit digests, as ``RepetitionRegister`` does: a chance agreement of two may refuse a sound row, which is then named.
struct PatientsSurvey {
    struct Merge {
        let survivor: UInt64
        let line: Int
    }

    /// By the former patient: the first merge that is told of.
    private(set) var merges: [UInt64: Merge] = [:]
    /// The former patients of whom two merges are told.
    private var twice: Set<UInt64> = []
    /// By the line: why its merge cannot hold.
    private var faults: [Int: String] = [:]
    /// By patient ID: whether it comes with an issuer.
    private(set) var hasIssuer: [UInt64: Bool] = [:]
    /// Entries of each kind that are kept (law 9); rows behind them are not compared.
    private let limit: Int

    /// A survey of up to `limit` patients.
    init(limit: Int = TableLimits.rememberedIdentifiers) { self.limit = limit }

    /// Merges that follow each other, as the coordinator bounds them.
    static var chainLimit: Int { 64 }

    /// Notes a sound row.
    mutating func note(_ patient: PatientNotice, line: Int) {
        noteIssuer(of: patient.identity.key)
        guard let survivor = patient.mergedInto else { return }
        noteIssuer(of: survivor)
        let key = TextDigest.of(patient.identity.key.text)
        let merge = Merge(survivor: TextDigest.of(survivor.text), line: line)
        if let known = merges[key], known.survivor != merge.survivor {
            twice.insert(key)
            for place in [known.line, line] { faults[place] = "is another than that of line \(place == line ? known.line : line), of the same patient" }
        } else if merges.count < limit || merges[key] != nil {
            merges[key] = merges[key] ?? merge
        }
    }

    private mutating func noteIssuer(of key: PatientKey) {
        let number = TextDigest.of(key.patientID.reveal())
        guard hasIssuer.count < limit || hasIssuer[number] != nil else { return }
        hasIssuer[number] = hasIssuer[number] ?? false || !key.issuer.isBlank
    }

    /// All rows were noted: finds the merges that end where they began, and those of which too many follow each other.
    mutating func end() {
        for former in twice { merges[former] = nil } // unordered: each by itself
        var cyclic: Set<UInt64> = []
        // unordered: each merge is looked at by itself
        for (former, merge) in merges where isCyclic(former) {
            cyclic.insert(former)
            faults[merge.line] = "leads back to the patient by the merges of other lines"
        }
        for (former, merge) in merges where !cyclic.contains(former) { // unordered: as above
            var next = merge.survivor
            var count = 1
            while count <= Self.chainLimit, !cyclic.contains(next), let following = merges[next] {
                next = following.survivor
                count += 1
            }
            if count > Self.chainLimit { faults[merge.line] = "is followed by more than \(Self.chainLimit - 1) merges of other lines" }
        }
    }

    private func isCyclic(_ former: UInt64) -> Bool {
        var place = former
        for _ in 0...Self.chainLimit {
            guard let merge = merges[place] else { return false }
            place = merge.survivor
            if place == former { return true }
        }
        return false
    }

    /// Refuses a row that cannot hold beside the others.
    func check(_ patient: PatientNotice, _ row: TableRow<CSVPatientsReader.Column>) throws(TableFault) {
        if let fault = faults[row.line] { throw row.fault(.mergedInto, .mergeImpossible, fault) }
        if isUnclear(patient.identity.key) { throw row.fault(.issuer, .missingValue, Self.unclear) }
        if let survivor = patient.mergedInto, isUnclear(survivor) { throw row.fault(.mergedIntoIssuer, .missingValue, Self.unclear) }
    }

    private func isUnclear(_ key: PatientKey) -> Bool { key.issuer.isBlank && hasIssuer[TextDigest.of(key.patientID.reveal())] == true }

    private static var unclear: String { "is empty, and another line has the patient ID with an issuer" }
}

import Console
import Terminal

/// A study of the manual worklist for people.
enum WorklistText {
    static func text(_ item: WorklistItemShape) -> String {
        let lines = study(item) + decision(item) + item.candidates.enumerated().flatMap { candidate($1, number: $0 + 1) } + rest(item)
        return lines.map(Standard.plain).joined(separator: "\n")
    }

    private static func study(_ item: WorklistItemShape) -> [String] {
        let (study, header) = (item.study, item.header)
        let accession = header.accessionNumber.isEmpty ? "" : ", accession number \(header.accessionNumber)"
        var lines = [
            "study \(study.studyInstanceUID): \(study.state)\(study.reasonText.map { ", \($0)" } ?? "")",
            "  patient \(words(header.patient))\(header.otherNames.isEmpty ? "" : ", also \(header.otherNames)")",
            "  \(["exam of", header.studyDate, header.studyTime, study.modalities.joined(separator: "/"), header.studyDescription].filter { !$0.isEmpty }.joined(separator: " "))\(accession)",
            "  \(study.instanceCount) instances, \(study.verifiedCount) arrived, \(study.unreadableCount) files unreadable",
        ]
        let parts = (header.bodyParts + header.lateralities).joined(separator: ", ")
        if !parts.isEmpty { lines.append("  body part and side: \(parts)") }
        lines += item.parts.map { "  \($0.instanceCount) instances from \($0.medium), \($0.custody) by \($0.worker ?? "a revoked worker")" }
        lines += study.requests.map { "  request \($0) asks for it" }
        if !study.flags.isEmpty { lines.append("  came up after it was settled: \(study.flags.joined(separator: ", "))") }
        if let taken = study.taken { lines.append("  taken by \(taken.by) until \(taken.until)") }
        if let postponed = study.postponed { lines.append("  put off until \(postponed.until) by \(postponed.by): \(postponed.reason)") }
        return lines + ["  seen as \(item.revision)"]
    }

    private static func decision(_ item: WorklistItemShape) -> [String] {
        var lines: [String] = []
        if let decision = item.decision {
            lines.append("  \(decision.kind) by \(decision.by)\(decision.at.map { " at \($0)" } ?? "")\(decision.reason.map { ": \($0)" } ?? "")")
            if let accession = decision.amendedTo { lines.append("  sent as order \(item.study.accessionNumber ?? "-"), and to be order \(accession)'s") }
        }
        if item.study.sharesOrder { lines.append("  shares its order with other studies") }
        return lines + item.servedOrders.map { "  serves \(words($0)) as well" }
    }

    private static func candidate(_ candidate: CandidateShape, number: Int) -> [String] {
        let score = candidate.score.map { ", score \($0)" } ?? ""
        let margin = candidate.margin.map { ", better than any other way by \($0)" } ?? ""
        let bar = candidate.bar.map { ", barred: \($0)" } ?? ""
        let best = candidate.isBest ? ", fits best" : candidate.isCandidate ? ", a candidate" : ""
        var lines = ["\(number). \(words(candidate.order))\(best)\(score)\(margin)\(bar)", "     \(words(candidate.order.patient))"]
        lines += candidate.facts.map { "     \(mark($0)) \($0.text)\($0.weight.map { " (\($0))" } ?? "")" }
        return lines + candidate.rivals.map { "     study \($0.studyInstanceUID), \($0.state), has it or would get it\($0.isDecided ? " by a person's decision" : "")" }
    }

    private static func rest(_ item: WorklistItemShape) -> [String] {
        if item.candidates.isEmpty { return ["no order of the patient is known"] }
        return item.moreCandidates > 0 ? ["\(item.moreCandidates) more orders of the patient"] : []
    }

    private static func mark(_ fact: CandidateShape.Fact) -> String {
        switch fact.bearing {
        case "contradicts": "!!"
        case "against": " -"
        default: " +"
        }
    }

    private static func words(_ order: OrderShape) -> String {
        let procedure = [order.procedureCode, order.procedureDescription].filter { !$0.isEmpty }.joined(separator: " ")
        return (["order", order.accessionNumber, order.examDate, order.examTime, order.modality, procedure, order.department, order.status]).filter { !$0.isEmpty }
            .joined(separator: " ")
    }

    private static func words(_ patient: PatientShape) -> String {
        [patient.patientID, patient.issuer, patient.name, patient.birthDate, patient.sex].filter { !$0.isEmpty }.joined(separator: " ")
    }
}

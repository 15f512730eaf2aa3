import Console
import Terminal

/// A report as CSV (RFC 4180): one row a study.
enum CSVReport {
    static func text(_ report: Report) -> String {
        let header = [
            "study_instance_uid", "state", "outcome", "reason", "reason_text", "category", "accession_number", "patient_id", "study_date",
            "modalities", "instances", "verified", "bytes", "media", "unreadable_files", "flags", "shares_order", "orders_served",
            "correction", "correction_detail", "should_be", "study_instance_uid_at_destination",
        ]
        let corrections = Dictionary(uniqueKeysWithValues: report.corrections.map { ($0.studyInstanceUID, $0) })
        let rows = report.studies.map { study in
            let correction = corrections[study.studyInstanceUID]
            return [
                study.studyInstanceUID, study.state, study.outcome ?? "", study.reason ?? "", study.reasonText ?? "",
                study.category ?? "", study.accessionNumber ?? "", study.patientID, study.studyDate,
                study.modalities.joined(separator: " "), "\(study.instanceCount)", "\(study.verifiedCount)", "\(study.byteCount)",
                study.media.joined(separator: " "), "\(study.unreadableCount)", study.flags.joined(separator: " "), study.sharesOrder ? "yes" : "",
                study.servedOrders.joined(separator: " "), correction?.state ?? "", correction?.detail ?? "", correction?.shouldBe.words ?? "",
                study.studyInstanceUIDAtDestination ?? study.studyInstanceUID,
            ]
        }
        return ([header] + rows).map { $0.map(field).joined(separator: ",") }.joined(separator: "\r\n")
    }

    /// A quoted field. A text that a spreadsheet would take for a formula gets an apostrophe before it, since it may come from a disc.
    static func field(_ text: String) -> String {
        let plain = Standard.plain(text)
        let isFormula = plain.first.map { "=+-@".contains($0) } ?? false
        return "\"" + (isFormula ? "'" : "") + plain.replacing("\"", with: "\"\"") + "\""
    }
}

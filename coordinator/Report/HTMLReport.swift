import Console

/// A report as one HTML page without scripts, that prints well.
enum HTMLReport {
    static func text(_ report: Report) -> String {
        """
        <!DOCTYPE html>
        <html lang="en"><head><meta charset="utf-8"><title>Migration report</title>
        <style>body{font-family:sans-serif;margin:2em}table{border-collapse:collapse;width:100%;margin-bottom:2em}
        th,td{border:1px solid #999;padding:.2em .4em;text-align:left;font-size:85%;overflow-wrap:anywhere}thead{display:table-header-group}</style></head>
        <body><h1>Migration report</h1>
        <pre>\(escaped(StatusText.text(report.summary)))</pre>
        <h2>Not, or not wholly, migrated</h2>
        \(studies(report.open))
        <h2>At the destination under another patient or order than they should be</h2>
        \(table(["Study", "Correction", "Since", "Sent as", "Should be", "Study is", "Detail"], report.correctionsByState.map {
            [$0.studyInstanceUID, $0.state, $0.since, $0.sentAs.words, $0.shouldBe.words, $0.studyState, $0.detail]
        }))
        <h2>Something came up after they were sent or decided on</h2>
        \(studies(report.flagged))
        <h2>Files that could not be read</h2>
        \(table(["Medium", "Path", "Code", "Detail"], report.unreadableFiles.map { [$0.medium, $0.path, $0.code, $0.detail] }))
        <h2>Studies that share an order, or serve several</h2>
        \(table(["Study", "State", "Accession number", "Shared", "Serves as well"], report.linked.map {
            [$0.studyInstanceUID, $0.state, $0.accessionNumber ?? "", $0.sharesOrder ? "yes" : "", $0.servedOrders.joined(separator: " ")]
        }))
        <h2>Studies that were rejected at the destination and sent again with new UIDs</h2>
        \(table(["Study", "State", "At the destination"], report.renewed.map { [$0.studyInstanceUID, $0.state, $0.studyInstanceUIDAtDestination ?? ""] }))
        <h2>Media</h2>
        \(table(["Label", "State", "Reason", "Studies", "Unreadable files"],
            report.media.map { [$0.label, $0.state, $0.reason ?? "", "\($0.studyCount)", "\($0.unreadableCount)"] }))
        <h2>All studies</h2>
        \(studies(report.told))
        </body></html>
        """
    }

    private static func studies(_ studies: [StudyShape]) -> String {
        table(
            ["Study", "State", "Outcome", "Accession number", "Patient ID", "Date", "Modality", "Verified", "Media", "Flags", "Why"],
            studies.map { study in
                [
                    study.studyInstanceUID, study.state, study.outcome ?? "", study.accessionNumber ?? "", study.patientID, study.studyDate,
                    study.modalities.joined(separator: " "), "\(study.verifiedCount)/\(study.instanceCount)",
                    study.media.joined(separator: " "), study.flags.joined(separator: " "), study.reasonText ?? "",
                ]
            })
    }

    private static func table(_ header: [String], _ rows: [[String]]) -> String {
        let head = header.map { "<th scope=\"col\">\(escaped($0))</th>" }.joined()
        let body = rows.map { "<tr>" + $0.map { "<td>\(escaped($0))</td>" }.joined() + "</tr>" }.joined(separator: "\n")
        return "<table><thead><tr>\(head)</tr></thead><tbody>\n\(body)\n</tbody></table>"
    }

    /// Text as HTML: names and labels come from discs and may hold anything.
    static func escaped(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;").replacing("\"", with: "&quot;")
            .replacing("'", with: "&#39;")
    }
}

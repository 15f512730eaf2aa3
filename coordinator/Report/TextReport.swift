import Console

/// A report for the terminal.
enum TextReport {
    static func text(_ report: Report) -> String {
        let parts = [
            StatusText.text(report.summary),
            "Not, or not wholly, migrated (\(report.open.count) studies):\n" + StudiesCommand.table(report.open).text,
            "Studies that lie, or lay, at the destination under another patient or order than they should (\(counts(report))):\n" + corrections(report).text,
            "Studies against which something came up after they were sent or decided on (\(report.flagged.count)):\n" + StudiesCommand.table(report.flagged).text,
            "Files that could not be read (\(report.unreadableFiles.count)):\n" + files(report.unreadableFiles).text,
            "Studies that share an order, or serve several (\(report.linked.count)):\n" + linked(report.linked).text,
            "Studies that were rejected at the destination and sent again with new UIDs (\(report.renewed.count)):\n" + renewed(report.renewed).text,
            "Media that were not read whole:\n" + media(report.media.filter { !["read", "drained"].contains($0.state) }).text,
        ]
        return parts.joined(separator: "\n\n")
    }

    private static func counts(_ report: Report) -> String {
        let counts = report.summary.corrections.filter { $0.value > 0 }.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }
        return counts.isEmpty ? "none" : counts.joined(separator: ", ")
    }

    private static func corrections(_ report: Report) -> TextTable {
        var table = TextTable(["STUDY", "CORRECTION", "SINCE", "SENT AS", "SHOULD BE", "STUDY IS", "DETAIL"])
        for row in report.correctionsByState {
            table.add([row.studyInstanceUID, row.state, row.since, row.sentAs.words, row.shouldBe.words, row.studyState, row.detail])
        }
        return table
    }

    private static func linked(_ studies: [StudyShape]) -> TextTable {
        var table = TextTable(["STUDY", "STATE", "ACCESSION", "SHARED", "SERVES AS WELL"])
        for study in studies {
            table.add([
                study.studyInstanceUID, study.state, study.accessionNumber ?? "-", study.sharesOrder ? "yes" : "", study.servedOrders.joined(separator: " "),
            ])
        }
        return table
    }

    private static func renewed(_ studies: [StudyShape]) -> TextTable {
        var table = TextTable(["STUDY", "STATE", "AT THE DESTINATION"])
        for study in studies { table.add([study.studyInstanceUID, study.state, study.studyInstanceUIDAtDestination ?? ""]) }
        return table
    }

    private static func files(_ files: [UnreadableShape]) -> TextTable {
        var table = TextTable(["MEDIUM", "PATH", "CODE", "DETAIL"])
        for file in files { table.add([file.medium, file.path, file.code, file.detail]) }
        return table
    }

    private static func media(_ media: [MediumShape]) -> TextTable {
        var table = TextTable(["LABEL", "STATE", "REASON"])
        for medium in media { table.add([medium.label, medium.state, medium.reason ?? ""]) }
        return table
    }
}

import Foundation
import Matching
import Migration

/// A simulation as one HTML page that needs nothing beside it: the tables, and a chart where Chart.js is installed.
enum SimulationPage {
    /// Where Debian's libjs-chart.js puts Chart.js; it is read when the page is made, and is inside the page.
    static var chartLibrary: String { "/usr/share/javascript/chart.js/chart.min.js" }
    /// Bytes of Chart.js that a page takes in: 3.9 has 200 kB.
    private static var libraryLimit: Int { 4 << 20 }

    /// The page; with the script at `library`, or words about why there is no chart.
    static func text(_ tables: SimulationTables, library: String = chartLibrary) -> String {
        """
        <!DOCTYPE html>
        <html lang="en"><head><meta charset="utf-8"><title>Matching simulation</title>
        <style>body{font-family:sans-serif;margin:2em}table{border-collapse:collapse;margin-bottom:2em}
        th,td{border:1px solid #999;padding:.2em .5em;font-size:85%}td{text-align:right}th{text-align:left}
        thead{display:table-header-group}.chart{max-width:60em}.part{padding-left:2em;font-weight:normal}</style></head>
        <body><h1>Matching simulation</h1>
        <p>\(SimulationTables.figure(tables.whole.total)) studies, of which \(SimulationTables.figure(tables.legacyStudies)) were not read yet and are listed
        by the legacy index. Nothing was sent or changed.</p>
        \(chart(tables, library))
        <h2>All studies</h2>
        \(lines(tables))
        \(tables.grouping == nil ? "" : "<h2>By \(tables.grouping == .modality ? "modality" : "modality and year")</h2>\n" + outcomes(tables))
        </body></html>
        """
    }

    private static func lines(_ tables: SimulationTables) -> String {
        let rows = tables.lines.map { line in
            let percentage = line.isPart ? "" : SimulationTables.percentage(line.count, of: tables.whole.total)
            return "<tr><th scope=\"row\"\(line.isPart ? " class=\"part\"" : "")>\(line.words)</th>"
                + "<td>\(SimulationTables.figure(line.count))</td><td>\(percentage)</td></tr>"
        }
        return table(["Studies", "Number", "%"], rows)
    }

    private static func outcomes(_ tables: SimulationTables) -> String {
        let years = tables.grouping == .modalityAndYear ? tables.years : []
        let rows = tables.modalities.flatMap { modality in
            SimulationTables.outcomes.map { outcome in
                let all = tables.counts(modality)
                let figures = years.map { tables.counts(modality, $0).count(of: outcome) } + [all.count(of: outcome)]
                let cells = figures.map { "<td>\(SimulationTables.figure($0))</td>" }.joined()
                return "<tr><th scope=\"row\">\(HTMLReport.escaped(SimulationTables.heading(modality)))</th><th>\(outcome.rawValue)</th>\(cells)"
                    + "<td>\(SimulationTables.percentage(all.count(of: outcome), of: all.total))</td></tr>"
            }
        }
        return table(["Modality", "Matching"] + years + ["Total", "%"], rows)
    }

    private static func table(_ header: [String], _ rows: [String]) -> String {
        let head = header.map { "<th scope=\"col\">\($0)</th>" }.joined()
        return "<table><thead><tr>\(head)</tr></thead><tbody>\n\(rows.joined(separator: "\n"))\n</tbody></table>"
    }

    // MARK: The chart

    private static func chart(_ tables: SimulationTables, _ library: String) -> String {
        guard let script = script(at: library) else {
            return "<p>No chart: \(library) is missing or cannot be taken in. It comes with Debian's package libjs-chart.js.</p>"
        }
        return """
            <div class="chart"><canvas id="chart" role="img" aria-label="Studies by modality and outcome; the tables below have the figures"></canvas></div>
            <script>\(script)</script>
            <script>new Chart(document.getElementById("chart"), \(configuration(tables)));</script>
            """
    }

    /// The script, if it can stand inside a page.
    private static func script(at path: String) -> String? {
        guard let file = FileHandle(forReadingAtPath: path), let data = try? file.read(upToCount: libraryLimit + 1), data.count <= libraryLimit,
            let text = String(data: data, encoding: .utf8), !text.lowercased().contains("</script")
        else { return nil }
        return text
    }

    private struct Chart: Encodable {
        struct DataSet: Encodable {
            var label: String
            var data: [Int]
            var backgroundColor: String
        }
        struct Content: Encodable {
            var labels: [String]
            var datasets: [DataSet]
        }
        struct Axis: Encodable { var stacked = true }
        struct Options: Encodable {
            var animation = false
            var scales = ["x": Axis(), "y": Axis()]
        }
        var type = "bar"
        var data: Content
        var options = Options()
    }

    /// Of each outcome, from the one to hope for on: colours that are told apart without green and red.
    private static var colours: [(Outcome, String)] {
        [(.matched, "#0072b2"), (.manualMatch, "#e69f00"), (.examLevelFailed, "#999999"), (.patientLevelFailed, "#444444")]
    }

    private static func configuration(_ tables: SimulationTables) -> String {
        let sets = colours.map { outcome, colour in
            Chart.DataSet(label: outcome.rawValue, data: tables.modalities.map { tables.counts($0).count(of: outcome) }, backgroundColor: colour)
        }
        let chart = Chart(data: Chart.Content(labels: tables.modalities.map(SimulationTables.heading), datasets: sets))
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        // Within a script `</script` and `<!--` have a meaning of their own, also in strings.
        return (try? encoder.encode(chart)).map { String(decoding: $0, as: UTF8.self).replacing("<", with: "\\u003C") } ?? "{}"
    }
}

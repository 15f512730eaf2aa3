import ConfigurationFile
import Coordination
import Foundation
import Migration

/// Readers of what says which studies are migrated.
extension CoordinatorConfiguration {
    /// Shorter than a year nothing is kept for the law's sake; longer than any hospital's images are old.
    private static var retentionRange: ClosedRange<Int> { 1...200 }
    /// Patient IDs of one list: more than a hospital's patients of a decade.
    private static var patientLimit: Int { 5_000_000 }

    mutating func readSelection(_ section: ConfigurationSection?) throws(ConfigurationError) {
        guard var section else { return }
        let modality = "a DICOM modality (PS3.3 C.7.3.1.1.1) such as CT"
        let day = "a day, YYYYMMDD"
        var selection = Selection()
        selection.modalities = try section.values("modalities", modality) { Self.isModality($0) ? $0 : nil } ?? []
        selection.from = try section.value("from", day) { CalendarDate($0) }
        selection.to = try section.value("to", day) { CalendarDate($0) }
        selection.departments = try section.values("departments", "a department in the hospital's words") { $0.isEmpty ? nil : $0 } ?? []
        let list = try section.value("patients", "a file of patient IDs, one a line", path)
        selection.retention = try Self.retention(section.section("retention"))
        try section.finish()
        if let from = selection.from, let to = selection.to, to < from { throw section.contradiction("to", "is before from, \(from)") }
        if let list { selection.patients = try Self.patients(in: list, section) }
        migration.selection = selection
    }

    private static func retention(_ section: ConfigurationSection?) throws(ConfigurationError) -> Selection.Retention? {
        guard var section else { return nil }
        let years = try section.required("years", "a number from 1 to \(retentionRange.upperBound)") { text in
            Int(text).flatMap { retentionRange.contains($0) ? $0 : nil }
        }
        let age = try section.number("until-age", retentionRange)
        try section.finish()
        return Selection.Retention(years: years, untilAge: age)
    }

    /// The patient IDs in the file at `path`; empty lines say nothing.
    private static func patients(in path: String, _ section: ConfigurationSection) throws(ConfigurationError) -> PatientList {
        guard let data = FileManager.default.contents(atPath: path), let text = String(data: data, encoding: .utf8) else {
            throw section.contradiction("patients", "names \(path), which cannot be read as UTF-8")
        }
        var lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).map(String.init)
        if lines.first?.first == "\u{FEFF}" { lines[0].removeFirst() }
        guard lines.count <= patientLimit else {
            throw section.contradiction("patients", "names \(path), which has \(lines.count) lines; at most \(patientLimit) are allowed")
        }
        if let long = lines.firstIndex(where: { $0.count > 64 }) {
            throw section.contradiction("patients", "names \(path), whose line \(long + 1) is longer than the 64 characters of a patient ID")
        }
        let list = PatientList(lines.map { Identifying($0) }.filter { !$0.isBlank })
        guard list.count > 0 else { throw section.contradiction("patients", "names \(path), which has no patient ID: nothing would be migrated") }
        return list
    }
}

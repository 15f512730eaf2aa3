import ArgumentParser
import DICOM
import DICOMNetwork
import Destinations
import Foundation
import Gateway
import Terminal

/// The DICOM objects under some paths, ready to be sent; their bytes stay where they are until then.
struct OutgoingFiles {
    /// An object.
    struct File {
        let path: String
        let instance: OutgoingInstance
    }

    /// A file that is, or seems to be, an object and cannot be sent.
    struct Damage {
        let path: String
        let reason: String
    }

    private(set) var files: [File] = []
    private(set) var damaged: [Damage] = []
    private(set) var notDICOMCount = 0
    /// What is wrong with the paths themselves; it was told already.
    private(set) var findings: [PathFinding] = []

    /// Looks through all paths.
    init(paths: [String], progress: ProgressBar) {
        for path in paths {
            let opened = OpenedPath(path)
            findings += opened.findings
            if let contents = opened.contents { add(contents, progress) }
            progress.end()
        }
    }

    private mutating func add(_ contents: ContentsOfPath, _ progress: ProgressBar) {
        let count = contents.files.count
        for (index, file) in contents.files.enumerated() {
            add(path: file.path) { try contents.content(of: file) }
            progress.show(index + 1, of: count, "\(index + 1) of \(count) files looked through")
        }
    }

    private mutating func add(path: String, content: () throws -> any ObjectContent) {
        do {
            let whole = try content()
            guard let header = try ObjectHeader(reading: whole) else {
                notDICOMCount += 1
                return
            }
            files.append(File(path: path, instance: try Self.instance(header, whole)))
        } catch {
            damaged.append(Damage(path: path, reason: "\(error)"))
        }
    }

    private static func instance(_ header: ObjectHeader, _ whole: any ObjectContent) throws -> OutgoingInstance {
        let meta = header.metaInformation
        guard let sopClass = header.dataSet.string(.sopClassUID) ?? meta?.string(.mediaStorageSOPClassUID),
            let sopInstance = header.dataSet.string(.sopInstanceUID) ?? meta?.string(.mediaStorageSOPInstanceUID),
            !sopInstance.isEmpty
        else { throw ValidationError("no SOP Class UID or SOP Instance UID") }
        // Nothing is changed, but elements are written as the transfer syntax wants them where the file does not.
        let object = try header.coerced(
            by: Coercion(), record: CoercionRecord(modifyingSystem: Implementation.modifyingSystem, dateTime: WallClock.dateTime())
        ) { try whole.bytes($0) }
        return OutgoingInstance(
            sopClassUID: sopClass, sopInstanceUID: sopInstance,
            studyInstanceUID: header.dataSet.string(.studyInstanceUID) ?? "",
            seriesInstanceUID: header.dataSet.string(.seriesInstanceUID) ?? "",
            transferSyntaxUID: header.transferSyntax.uid, content: CoercedContent(object, from: whole))
    }
}

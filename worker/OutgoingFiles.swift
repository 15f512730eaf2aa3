import ArgumentParser
import DICOM
import DICOMNetwork
import Destinations
import Foundation
import Gateway
import Media
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

    /// Looks through all paths.
    ///
    /// - Throws: ``CommandFailure`` with status 1 for a path that cannot be opened.
    init(paths: [String], progress: ProgressBar) throws {
        for path in paths {
            do {
                try add(path, progress)
            } catch {
                throw CommandFailure(.failed, "\(error)")
            }
        }
    }

    private mutating func add(_ path: String, _ progress: ProgressBar) throws {
        let found = try ContentsOfPath(path).files
        for (index, file) in found.enumerated() {
            add(file.content, path: file.path)
            progress.show(index + 1, of: found.count, "\(index + 1) of \(found.count) files looked through")
        }
    }

    private mutating func add(_ whole: any ObjectContent, path: String) {
        do {
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
            by: Coercion(), record: CoercionRecord(modifyingSystem: Implementation.modifyingSystem, dateTime: WallClock.dateTime()))
        return OutgoingInstance(
            sopClassUID: sopClass, sopInstanceUID: sopInstance,
            studyInstanceUID: header.dataSet.string(.studyInstanceUID) ?? "",
            seriesInstanceUID: header.dataSet.string(.seriesInstanceUID) ?? "",
            transferSyntaxUID: header.transferSyntax.uid, content: CoercedContent(object, from: whole))
    }
}

import ArgumentParser
import DICOM
import DICOMNetwork
import Destinations
import Foundation
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
        do {
            let medium = try openMedium(at: path)
            let folder = path.hasSuffix("/") ? path : path + "/"
            for (index, file) in medium.files.enumerated() {
                add(MediumContent(medium: medium, file: file), path: folder + file.path)
                progress.show(index + 1, of: medium.files.count, "\(index + 1) of \(medium.files.count) files looked through")
            }
        } catch let error as MediumError where error.code == .notAMedium {
            add(try FileContent(path: path), path: path)
        }
    }

    private mutating func add(_ whole: some ObjectContent, path: String) {
        do {
            guard let header = try Self.header(of: whole) else {
                notDICOMCount += 1
                return
            }
            files.append(File(path: path, instance: try Self.instance(header, whole)))
        } catch {
            damaged.append(Damage(path: path, reason: "\(error)"))
        }
    }

    /// Goes through the file but for its pixels, so that an object that was cut is found before it is sent; nil for what is no object.
    private static func header(of whole: some ObjectContent) throws -> ObjectHeader? {
        var reader = ObjectHeaderReader(byteCount: whole.byteCount)
        var buffer = ReadBuffer()
        try reader.readWithoutPixels(whole.byteCount) { reader, range in
            buffer.clear()
            try whole.read(from: range.lowerBound, count: range.count, into: &buffer)
            return try reader.feed(buffer.readableBytesView)
        }
        return try reader.finish()
    }

    private static func instance(_ header: ObjectHeader, _ whole: some ObjectContent) throws -> OutgoingInstance {
        let meta = header.metaInformation
        guard let sopClass = header.dataSet.string(.sopClassUID) ?? meta?.string(.mediaStorageSOPClassUID),
            let sopInstance = header.dataSet.string(.sopInstanceUID) ?? meta?.string(.mediaStorageSOPInstanceUID),
            !sopInstance.isEmpty
        else { throw ValidationError("no SOP Class UID or SOP Instance UID") }
        return OutgoingInstance(
            sopClassUID: sopClass, sopInstanceUID: sopInstance,
            studyInstanceUID: header.dataSet.string(.studyInstanceUID) ?? "",
            seriesInstanceUID: header.dataSet.string(.seriesInstanceUID) ?? "",
            transferSyntaxUID: header.transferSyntax.uid,
            content: PartOfContent(whole: whole, range: header.dataSetOffset..<(header.dataSetEnd ?? whole.byteCount)))
    }
}

/// A file of a medium.
private struct MediumContent: ObjectContent {
    let medium: any Medium
    let file: MediumFile
    var byteCount: Int64 { file.byteCount }

    func read(from offset: Int64, count: Int, into buffer: inout ReadBuffer) throws {
        try medium.read(file, range: offset..<offset + Int64(count)) { _ = buffer.writeBytes($0) }
    }
}

/// The data set in a file: without preamble, meta header and trailing bytes.
private struct PartOfContent: ObjectContent {
    let whole: any ObjectContent
    let range: Range<Int64>
    var byteCount: Int64 { Int64(range.count) }

    func read(from offset: Int64, count: Int, into buffer: inout ReadBuffer) throws {
        try whole.read(from: range.lowerBound + offset, count: count, into: &buffer)
    }
}

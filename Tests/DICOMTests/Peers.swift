import Foundation

@testable import DICOM

/// A file of PS3.10 around a data set.
enum PartTen {
    static func bytes(dataSet: [UInt8], syntax: TransferSyntax) throws -> [UInt8] {
        var meta = DataSet(as: .explicitVRLittleEndian)
        try meta.set(Tag(0x0002, 0x0001), vr: .OB, value: [0, 1])
        try meta.set(.mediaStorageSOPClassUID, "1.2.840.10008.5.1.4.1.1.7")
        try meta.set(.mediaStorageSOPInstanceUID, "1.2.3.4")
        try meta.set(.transferSyntaxUID, syntax.uid)
        try meta.set(Tag(0x0002, 0x0012), "1.2.3.4.5")
        let elements = try meta.encode(as: .explicitVRLittleEndian)
        try meta.set(Tag(0x0002, 0x0000), UInt32(elements.count))
        let preamble = [UInt8](repeating: 0, count: 128) + Array("DICM".utf8)
        return try preamble + meta.encode(as: .explicitVRLittleEndian) + dataSet
    }
}

/// DCMTK's own reading of a file.
enum DCMTK {
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    /// What `dcmdump` prints; fails where it prints an error.
    static func dump(_ file: [UInt8], _ options: String...) throws -> String {
        let folder = FileManager.default.temporaryDirectory
        let place = folder.appendingPathComponent("skein-\(UUID().uuidString).dcm")
        try Data(file).write(to: place)
        defer { try? FileManager.default.removeItem(at: place) }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/dcmdump")
        process.arguments = ["--print-all", "--load-short"] + options + [place.path]
        let (output, errors) = (Pipe(), Pipe())
        process.standardOutput = output
        process.standardError = errors
        try process.run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        let complaints = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        guard process.terminationStatus == 0, !complaints.contains("E: ") else {
            throw Failure(description: "dcmdump: \(process.terminationStatus): \(complaints)")
        }
        return text
    }
}

/// A program in Python that knows its standard library only.
enum Python {
    /// What it prints.
    static func run(_ program: String, _ arguments: String...) throws -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["python3", "-c", program] + arguments
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        return text
    }
}

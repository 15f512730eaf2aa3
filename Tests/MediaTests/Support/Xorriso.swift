import Foundation
import Testing

/// xorriso, the program that makes the discs of these tests and tells what is on them.
enum Xorriso {
    struct Failed: Error, CustomStringConvertible {
        let description: String
    }

    /// Runs xorriso with UTF-8 names.
    static func run(_ arguments: [String]) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["LC_ALL=C.UTF-8", "xorriso"] + arguments
        let output = Pipe()
        process.standardOutput = output
        process.standardError = output
        try process.run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw Failed(description: "xorriso \(arguments.joined(separator: " ")): \(text)") }
    }

    /// Makes an image of `content` with the volume name CDROM.
    static func make(_ image: String, from content: String, _ options: [String] = ["-J"]) throws {
        try run(["-as", "mkisofs", "-quiet", "-V", "CDROM"] + options + ["-o", image, content])
    }

    /// Writes `content` as a further session behind the image, as a burner would: the table of contents stays outside.
    static func append(session content: String, to image: String, gap: Int = 16, _ options: [String] = ["-J"]) throws {
        let size = try FileManager.default.attributesOfItem(atPath: image)[.size] as? Int ?? 0
        let start = ((size + 2047) / 2048 + gap + 15) / 16 * 16
        let part = image + ".part"
        try run(["-as", "mkisofs", "-quiet", "-V", "CDROM"] + options + ["-C", "0,\(start)", "-M", image, "-o", part, content])
        var bytes = try Data(contentsOf: URL(fileURLWithPath: image))
        bytes.append(Data(count: start * 2048 - bytes.count))
        bytes.append(try Data(contentsOf: URL(fileURLWithPath: part)))
        try bytes.write(to: URL(fileURLWithPath: image))
        try FileManager.default.removeItem(atPath: part)
    }

    /// Extracts everything that xorriso sees in `image`.
    static func extract(_ image: String, into folder: String, names: String = "any") throws {
        try run(["-osirrox", "on", "-read_fs", names, "-indev", image, "-extract", "/", folder])
        let chmod = Process()
        chmod.executableURL = URL(fileURLWithPath: "/bin/chmod")
        chmod.arguments = ["-R", "u+rwX", folder]
        try chmod.run()
        chmod.waitUntilExit()
    }
}

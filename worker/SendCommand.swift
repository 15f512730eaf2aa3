import ArgumentParser
import DICOM
import DICOMNetwork
import Destinations
import Foundation
import Gateway
import Terminal

/// `worker send`: C-STORE of files, folders and disc images without a coordinator.
struct SendCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "send",
        abstract: "Send files without a coordinator (C-STORE).",
        discussion: """
            Each PATH is a file, a folder or a disc image. Files that are no DICOM objects are passed over; objects \
            go out unchanged, in the transfer syntax they are in. For a destination that does not take that one they are \
            decompressed, and the elements that this changes are told. What cannot be opened or read is told, and all else \
            is sent. Exit status 0 if every object was acknowledged, 1 if not, if there is none, or if a path cannot be opened \
            or files of a medium may be missing, 2 for wrong arguments.
            """)

    /// More associations than this are no use: a PACS grants some tens at most.
    static let maximumAssociations = 64

    @OptionGroup var destination: DestinationOption

    @Argument(help: "Files, folders, disc images.")
    var paths: [String]

    @Option(help: "How many associations at once, 1 to \(Self.maximumAssociations).")
    var associations = 1

    @Flag(help: "Print one JSON document.")
    var json = false

    func run() async throws {
        let address = try destination.address()
        guard (1...Self.maximumAssociations).contains(associations) else {
            throw CommandFailure(.usage, "--associations: \(associations) is not between 1 and \(Self.maximumAssociations)")
        }
        let security = try destination.security()
        let progress = ProgressBar()
        defer { progress.end() }
        let outgoing = OutgoingFiles(paths: paths, progress: progress)
        let tally = SendTally(total: outgoing.files.count, progress: progress)
        let start = ContinuousClock.now
        let transcoder = PixelTranscoder(folder: FileManager.default.temporaryDirectory.path)
        try await CStoreDestination(address: address, security: security, transcoder: transcoder).store(
            outgoing.files.map(\.instance), associations: associations, mayStart: { true }
        ) { place, verdict in
            await tally.add(place, verdict)
        }
        let seconds = (ContinuousClock.now - start) / .seconds(1)
        let report = SendReport(outgoing, verdicts: await tally.verdicts, seconds: seconds)
        progress.end()
        if json { try Standard.json(report) } else { try report.show() }
        if report.files.isEmpty { throw CommandFailure.nothing(to: "send", meansLoss: report.meansLoss) }
        if !report.isGood { throw CommandFailure(.failed) }
    }
}

/// Verdicts as they come, and how many there are.
private actor SendTally {
    /// By the file's place; nil for one without a verdict yet.
    private(set) var verdicts: [InstanceVerdict?]
    private var count = 0
    private let progress: ProgressBar

    init(total: Int, progress: ProgressBar) {
        self.progress = progress
        verdicts = Array(repeating: nil, count: total)
    }

    func add(_ place: Int, _ verdict: InstanceVerdict) {
        verdicts[place] = verdict
        count += 1
        progress.show(count, of: verdicts.count, "\(count) of \(verdicts.count) objects sent")
    }
}

/// What became of each file.
struct SendReport: Encodable {
    struct File: Encodable {
        let path: String
        let sopInstanceUID: String?
        /// `acknowledged`, `failed` or `damaged`.
        let status: String
        let category: String?
        let detail: String?
        /// The transfer syntax in which it was sent, if it was acknowledged.
        let transferSyntaxUID: String?
        /// Tags of the elements that changed because the destination wanted another transfer syntax.
        let changed: [String]
    }

    let acknowledged: Int
    /// How many of these had compressed pixels and were sent with uncompressed ones.
    let decompressed: Int
    let failed: Int
    let damaged: Int
    let notDICOM: Int
    let bytes: Int64
    let seconds: Double
    let files: [File]
    /// What is wrong with the paths themselves.
    let findings: [PathFinding]

    /// Whether objects may be missing among the files.
    var meansLoss: Bool { findings.contains(where: \.meansLoss) }
    var isGood: Bool { failed == 0 && damaged == 0 && !meansLoss }

    init(_ outgoing: OutgoingFiles, verdicts: [InstanceVerdict?], seconds: Double) {
        let sent = zip(outgoing.files, verdicts).map { file, verdict in
            Self.file(file, verdict ?? .failed(.worker, detail: "not tried"))
        }
        acknowledged = sent.count { $0.status == "acknowledged" }
        decompressed = zip(outgoing.files, sent).count { file, sent in
            let isCompressedNow = sent.transferSyntaxUID.map { TransferSyntax(uid: $0).isEncapsulated }
            return TransferSyntax(uid: file.instance.transferSyntaxUID).isEncapsulated && isCompressedNow == false
        }
        failed = sent.count - acknowledged
        damaged = outgoing.damaged.count
        notDICOM = outgoing.notDICOMCount
        findings = outgoing.findings
        bytes = zip(outgoing.files, sent).reduce(0) { $1.1.status == "acknowledged" ? $0 + $1.0.instance.content.byteCount : $0 }
        self.seconds = (seconds * 1_000).rounded() / 1_000
        files = sent + outgoing.damaged.map {
            File(path: $0.path, sopInstanceUID: nil, status: "damaged", category: nil, detail: $0.reason, transferSyntaxUID: nil, changed: [])
        }
    }

    private static func file(_ file: OutgoingFiles.File, _ verdict: InstanceVerdict) -> File {
        switch verdict {
        case .acknowledged(let warning, let changed, let other):
            File(
                path: file.path, sopInstanceUID: file.instance.sopInstanceUID, status: "acknowledged", category: nil,
                detail: warning.isEmpty ? nil : warning, transferSyntaxUID: other ?? file.instance.transferSyntaxUID, changed: changed.map(\.description))
        case .failed(let category, let detail):
            File(
                path: file.path, sopInstanceUID: file.instance.sopInstanceUID, status: "failed", category: category.rawValue,
                detail: detail, transferSyntaxUID: nil, changed: [])
        }
    }

    /// Failures and warnings one a line, then the sum.
    func show() throws {
        for file in files {
            let changed = file.changed.isEmpty ? nil : "changed for another transfer syntax: \(file.changed.joined(separator: " "))"
            let details = [file.detail, changed].compactMap(\.self)
            guard !details.isEmpty else { continue }
            let category = file.category.map { " (\($0))" } ?? ""
            try Standard.output(Standard.plain("\(file.path): \(file.status)\(category): \(details.joined(separator: "; "))"))
        }
        let rate = seconds > 0 ? Double(bytes) / seconds / 1_000_000 : 0
        let anew = decompressed > 0 ? " (\(decompressed) of them decompressed)" : ""
        try Standard.output(
            "\(acknowledged) objects acknowledged\(anew), \(failed) failed, \(damaged) damaged, \(notDICOM) other files; "
                + String(format: "%.1f MB in %.2f s, %.1f MB/s", Double(bytes) / 1_000_000, seconds, rate))
    }
}

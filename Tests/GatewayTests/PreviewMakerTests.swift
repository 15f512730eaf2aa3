import Crypto
import DICOM
import Foundation
@testable import Gateway
import LineProtocol
import Media
import Migration
import PixelCodec
import Testing

/// Previews of what is in custody, with the worker's own codec as child process.
@Suite(.timeLimit(.minutes(5))) struct PreviewMakerTests {
    /// The worker beside the tests.
    private static let program = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
        .appendingPathComponent("worker").path

    /// A station that has read these files of the wheel, and the jobs of all images by file name.
    private func station(
        _ names: [String], isSealed: Bool, isOnline: Bool = false, change: (String) throws -> Void = { _ in }
    ) async throws -> (Station, [String: PreviewJob]) {
        let station = try Station(isSealed: isSealed)
        let content = station.scratch("content")
        try Wheel.copy(names, to: content)
        try change(content)
        _ = try await station.reader(of: try openMedium(at: content), grant: 1, isOnline: isOnline, path: content).read()
        guard case .inventory(let line) = try LineCodec().decodeRequest(try station.spool.line(of: GrantNumber(1), 0)), case .piece(_, let piece) = line.matter
        else { throw Wheel.Absent() }
        var jobs: [String: PreviewJob] = [:]
        for study in Set(piece.studies.map(\.header.studyInstanceUID)) {
            for (position, record) in try station.spool.instances(of: study, under: GrantNumber(1)).enumerated() {
                jobs[record.path] = PreviewJob(study: StagedStudy(mediumGrant: GrantNumber(1), studyInstanceUID: study), position: position)
            }
        }
        return (station, jobs)
    }

    private func maker(_ station: Station) -> PreviewMaker { PreviewMaker(spool: station.spool, online: OnlineMedia(), program: Self.program) }

    /// The picture that lines say; their order, numbers and end are checked.
    private func picture(_ lines: [PreviewRequest], of job: PreviewJob) throws -> [UInt8] {
        var bytes: [UInt8] = []
        for (number, line) in lines.enumerated() {
            #expect(line.mediumGrant == GrantNumber(1) && line.studyInstanceUID == job.study.studyInstanceUID && line.position == job.position)
            if case .piece(number, let piece) = line.matter { bytes += piece } else { #expect(number == lines.count - 1) }
        }
        let digest = SHA256.hash(data: bytes).map { String(format: "%02x", $0) }.joined()
        #expect(lines.last?.matter == .end(PreviewEnd(pieces: lines.count - 1, byteCount: bytes.count, digest: digest)))
        return bytes
    }

    private static let images = [
        "CT_small.dcm", "MR_small_bigendian.dcm", "JPEG2000.dcm", "JPGExtended.dcm", "MR_small_RLE.dcm", "MR_small_jpeg_ls_lossless.dcm", "SC_rgb_jpeg_dcmtk.dcm",
        "examples_palette.dcm", "examples_rgb_color.dcm", "image_dfl.dcm",
    ]

    @Test("A preview is the picture that worker preview makes of the file, compressed or not, sealed, in the clear or online", arguments: [0, 1, 2])
    func same(kind: Int) async throws {
        let (station, jobs) = try await station(Self.images, isSealed: kind == 0, isOnline: kind == 2)
        let maker = maker(station)
        #expect(Set(jobs.keys) == Set(Self.images))
        for name in Self.images {
            let job = try #require(jobs[name])
            let expected = try await Preview(codec: CodecProcess(program: Self.program)).png(of: FileImageSource(path: "\(try Wheel.folder())/\(name)"))
            #expect(try picture(try await maker.lines(for: job), of: job) == expected, "\(name)")
        }
        #expect(Preview.smallEdge == LineLimits.previewEdge)
    }

    /// Doubles the rows of an explicit little endian file, which has no pixels for them: (0028,0010), US.
    private func damage(_ path: String) throws {
        var bytes = try Data(contentsOf: URL(fileURLWithPath: path))
        let rows = try #require(bytes.range(of: Data([0x28, 0, 0x10, 0, 0x55, 0x53, 2, 0])))
        bytes[rows.upperBound + 1] += 1
        try bytes.write(to: URL(fileURLWithPath: path))
    }

    @Test("Of what has no pixels, or damaged ones, it is said that there is no picture, and why", arguments: [
        ("rtplan.dcm", "no-pixels: "), ("CT_small.dcm", "malformed-pixels: "), ("test-SR.dcm", "no-pixels: "),
    ])
    func none(name: String, words: String) async throws {
        let (station, jobs) = try await station([name], isSealed: true) { folder in
            if name == "CT_small.dcm" { try damage("\(folder)/\(name)") }
        }
        let job = try #require(jobs[name])
        let lines = try await maker(station).lines(for: job)
        guard lines.count == 1, case .failed(let sentence) = lines[0].matter, case .text(let text)? = sentence.arguments.first else {
            Issue.record("\(lines.count) lines")
            return
        }
        #expect(sentence.code == "preview-failed" && text.hasPrefix(words) && text.count <= LineLimits.previewFaultLength, "\(text)")
    }

    @Test("A staged file that was changed shows nothing, and one that is gone is no fault of the image")
    func changed() async throws {
        let (station, jobs) = try await station(["CT_small.dcm", "MR_small.dcm"], isSealed: false)
        for (name, change) in [("CT_small.dcm", true), ("MR_small.dcm", false)] {
            let job = try #require(jobs[name])
            let record = try station.spool.instances(of: job.study.studyInstanceUID, under: GrantNumber(1))[job.position]
            let path = station.spool.stagedPath(record.sha256)
            if change {
                var bytes = try Data(contentsOf: URL(fileURLWithPath: path))
                bytes[bytes.count - 1] ^= 1
                try bytes.write(to: URL(fileURLWithPath: path))
                guard case .failed(let sentence)? = try await maker(station).lines(for: job).first?.matter else {
                    Issue.record("a picture")
                    return
                }
                #expect(sentence.code == "preview-failed")
            } else {
                try FileManager.default.removeItem(atPath: path)
                #expect(try await troubled(job, station).contains("No such file"))
            }
        }
    }

    /// Why a picture cannot be made at the moment, as the worker says it.
    private func troubled(_ job: PreviewJob, _ station: Station) async throws -> String {
        let lines = try await maker(station).lines(for: job)
        guard lines.count == 1, case .failed(let sentence) = lines[0].matter, sentence.code == "preview-not-now", case .text(let text)? = sentence.arguments.first
        else { throw Wheel.Absent() }
        return text
    }

    @Test("A position that the part does not have is no picture's fault")
    func absent() async throws {
        let (station, jobs) = try await station(["CT_small.dcm"], isSealed: true)
        let study = try #require(jobs["CT_small.dcm"]).study
        for position in [1, -1] {
            #expect(try await troubled(PreviewJob(study: study, position: position), station) == "the part has 1 instances; position \(position) is none of them")
        }
    }
}

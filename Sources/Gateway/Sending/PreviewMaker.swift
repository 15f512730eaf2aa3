internal import Crypto
internal import DICOM
internal import Destinations
internal import LineProtocol
internal import Migration
internal import PixelCodec

/// A preview to be made: of the instance at a position of a part.
struct PreviewJob: Hashable, Sendable {
    let study: StagedStudy
    let position: Int
}

/// Makes previews of instances in custody: the same pictures as `worker preview` makes of their files.
final class PreviewMaker: Sendable {
    private let spool: Spool
    private let online: OnlineMedia
    /// One: previews are for people who wait, and for nothing else.
    private let codecs: CodecPool

    /// - Parameter program: the worker, whose `codec` command is the child process that decodes pixels.
    init(spool: Spool, online: OnlineMedia, program: String) {
        self.spool = spool
        self.online = online
        codecs = CodecPool(program: program, count: 1)
    }

    /// The lines that say the picture, or that there is none: for good, or at the moment when the worker has a trouble of its own or the image is gone.
    ///
    /// - Throws: `CancellationError`.
    func lines(for job: PreviewJob) async throws -> [PreviewRequest] {
        do {
            return Self.lines(of: try await png(of: job), for: job)
        } catch let error as PixelCodecError {
            let isOfTheMoment = error.code == .file || error.code == .codecUnavailable
            return [Self.failure("\(error.code): \(error.description)", of: job, as: isOfTheMoment ? .previewNotNow : .previewFailed)]
        } catch let error as DICOMError {
            return [Self.failure("\(error.code): \(error)", of: job)]
        } catch let error as SourceChanged {
            return [Self.failure(error.reason, of: job)]
        } catch let error as CancellationError {
            throw error
        } catch {
            return [Self.failure(reason(of: error), of: job, as: .previewNotNow)]
        }
    }

    private func png(of job: PreviewJob) async throws -> [UInt8] {
        let records = try spool.instances(of: job.study.studyInstanceUID, under: job.study.mediumGrant)
        guard records.indices.contains(job.position) else {
            throw GatewayError(.spool, "the part has \(records.count) instances; position \(job.position) is none of them")
        }
        return try await codecs.withCodec { [spool, online] codec in
            let source = try spool.source(of: records[job.position], in: job.study, online: online)
            // A person will decide by what it shows: it is to be the image that was read.
            try source.check(against: records[job.position])
            return try await Preview(codec: codec).png(of: StagedImage(source: source))
        }
    }

    private static func lines(of png: [UInt8], for job: PreviewJob) -> [PreviewRequest] {
        guard png.count <= LineLimits.previewByteCount else {
            return [failure("limit: the picture has \(png.count) bytes, the limit is \(LineLimits.previewByteCount)", of: job)]
        }
        let size = LineLimits.previewPieceByteCount
        let pieces = stride(from: 0, to: png.count, by: size).map { Array(png[$0..<min($0 + size, png.count)]) }
        let digest = SHA256.hash(data: png).map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
        return pieces.enumerated().map { job.line(.piece(number: $0.offset, $0.element)) }
            + [job.line(.end(PreviewEnd(pieces: pieces.count, byteCount: png.count, digest: digest)))]
    }

    private static func failure(_ reason: String, of job: PreviewJob, as code: SentenceCode = .previewFailed) -> PreviewRequest {
        job.line(.failed(Sentence(code, [.text(String(reason.prefix(LineLimits.previewFaultLength)))])))
    }
}

extension PreviewJob {
    fileprivate func line(_ matter: PreviewRequest.Matter) -> PreviewRequest {
        PreviewRequest(mediumGrant: study.mediumGrant, studyInstanceUID: study.studyInstanceUID, position: position, matter: matter)
    }
}

/// A file in the spool, or on a medium that stays online, as the source of an image.
private struct StagedImage: ImageSource {
    let source: ObjectSource

    var byteCount: Int64 { source.byteCount }

    func bytes(_ range: Range<Int64>) throws -> [UInt8] {
        guard range.upperBound <= byteCount else {
            throw PixelCodecError(.malformed, "The object ends before byte \(range.upperBound)")
        }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(range.count)
        try source.read(range) { bytes += $0 }
        guard bytes.count == range.count else { throw SourceChanged.cut(at: range.lowerBound + Int64(bytes.count)) }
        return bytes
    }
}

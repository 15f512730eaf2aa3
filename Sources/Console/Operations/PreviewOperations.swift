public import Coordination
internal import Foundation
internal import LineProtocol
internal import LineServer
public import Migration
public import Previews

/// Lists the previews of a study. Those that are not here yet are asked of the worker that has the images; nothing in the ledger changes.
public struct ListPreviews: ConsoleOperation {
    public static let path = "/v1/previews"
    public static let isReading = true

    /// The study's previews.
    public struct Output: Codable, Hashable, Sendable {
        /// Study Instance UID.
        public var studyInstanceUID: String
        /// How many different images the study has: a second content of one SOP Instance UID is another one.
        public var imageCount: Int
        /// Some of them: contents that share a SOP Instance UID first, then of each series first the one in its middle.
        public var previews: [PreviewShape]
    }

    /// The Study Instance UID.
    public var study: String
    /// How many at most; nil: as many as may be.
    public var limit: Int?

    /// The previews of `study`.
    public init(study: String, limit: Int? = nil) {
        self.study = study
        self.limit = limit
    }

    public func perform(at desk: Desk) async throws -> Output {
        let limit = limit ?? PreviewLimits.imagesOfAStudy
        guard (1...PreviewLimits.imagesOfAStudy).contains(limit) else {
            throw OperationError.badValue("limit is \(limit), and a study's previews are 1 to \(PreviewLimits.imagesOfAStudy)")
        }
        let workers = desk.engine.live.previewWorkers(at: SystemClock.reading())
        guard let standing = try await desk.previews.standing(of: study, limit: limit, among: workers, at: SystemClock.reading()) else {
            throw OperationError(code: "unknown", message: "there is no study \(study)")
        }
        let shapes = standing.images.enumerated().map { PreviewShape(number: $0.offset + 1, $0.element) }
        return Output(studyInstanceUID: standing.studyInstanceUID, imageCount: standing.imageCount, previews: shapes)
    }
}

/// Gives one picture.
public struct FetchPreview: ConsoleOperation {
    public static let path = "/v1/previews/picture"
    public static let isReading = true

    /// The picture.
    public struct Output: Codable, Hashable, Sendable {
        /// A PNG, in base64.
        public var png: String

        /// The PNG's bytes.
        public var bytes: [UInt8] { Data(base64Encoded: png).map(Array.init) ?? [] }
    }

    /// The Study Instance UID.
    public var study: String
    /// The SOP Instance UID.
    public var instance: String
    /// The digest of the content that is meant.
    public var content: String

    /// The picture of the content `content` of `instance` of `study`.
    public init(study: String, instance: String, content: String) {
        self.study = study
        self.instance = instance
        self.content = content
    }

    public func perform(at desk: Desk) async throws -> Output {
        guard let bytes = await desk.previews.picture(of: ImageContent(instance, digest: content), in: study) else {
            throw OperationError(code: "unknown", message: "there is no picture of that content of instance \(instance) of study \(study) here now")
        }
        return Output(png: Data(bytes).base64EncodedString())
    }
}

/// A preview as JSON.
public struct PreviewShape: Codable, Hashable, Sendable {
    /// Its place among those of the study, from 1.
    public var number: Int
    /// Series Instance UID.
    public var seriesInstanceUID: String
    /// SOP Instance UID.
    public var sopInstanceUID: String
    /// The digest of what it shows: contents that differ under one SOP Instance UID are shown each.
    public var contentDigest: String
    /// The labels of the media that it was read from.
    public var media: [String]
    /// `made`, `awaited`, `failed`, `unavailable`.
    public var state: PreviewStanding.State
    /// The code of the reason why it is not here.
    @OrNull public var reason: String?
    /// The same in words.
    @OrNull public var reasonText: String?
    /// Bytes of the picture.
    @OrNull public var byteCount: Int64?
    /// SHA-256 of the picture.
    @OrNull public var sha256: String?
}

extension PreviewShape {
    init(number: Int, _ image: PreviewStanding.Image) {
        self.init(
            number: number, seriesInstanceUID: image.seriesInstanceUID, sopInstanceUID: image.content.sopInstanceUID, contentDigest: image.content.digest,
            media: image.labels, state: image.state, reason: image.sentence?.code, reasonText: image.sentence?.text(showsPatients: true), byteCount: image.byteCount, sha256: image.sha256)
    }
}

extension LiveSnapshot {
    /// What is known of the workers that may make previews.
    public func previewWorkers(at now: Instant) -> [PreviewWorker] {
        workers.map { worker in
            PreviewWorker(
                identity: worker.identity, isConnected: worker.isConnected(within: term, at: now),
                makesPreviews: worker.version ?? 0 >= LineLimits.previewVersion)
        }
    }
}

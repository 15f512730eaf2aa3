public import Migration

/// What is known of a worker when previews are asked for.
public struct PreviewWorker: Hashable, Sendable {
    /// The identity in its certificate.
    public var identity: String
    /// Whether it is connected now.
    public var isConnected: Bool
    /// Whether its program makes previews.
    public var makesPreviews: Bool

    /// A worker of these values.
    public init(identity: String, isConnected: Bool, makesPreviews: Bool) {
        self.identity = identity
        self.isConnected = isConnected
        self.makesPreviews = makesPreviews
    }
}

/// How far the previews of a study are.
public struct PreviewStanding: Hashable, Sendable {
    /// How far the preview of one image is.
    public enum State: String, Hashable, Sendable, Codable, CaseIterable {
        /// It is here.
        case made
        /// Its worker is told to make it.
        case awaited
        /// There is none, and will be none.
        case failed
        /// Nobody can make it now.
        case unavailable
    }

    /// One image.
    public struct Image: Hashable, Sendable {
        /// What it shows.
        public let content: ImageContent
        /// Its Series Instance UID.
        public let seriesInstanceUID: String
        /// The labels of the media that it was read from.
        public let labels: [String]
        /// How far its preview is.
        public let state: State
        /// Why it is not here; nil when it is.
        public let sentence: Sentence?
        /// Bytes of the picture; nil when it is not here.
        public let byteCount: Int64?
        /// SHA-256 of the picture, 64 lower-case hexadecimal digits; nil when it is not here.
        public let sha256: String?
    }

    /// The study's UID.
    public let studyInstanceUID: String
    /// How many different images it has; ``images`` are some of them.
    public let imageCount: Int
    /// Those that are shown, in their order.
    public let images: [Image]
}

extension PreviewStanding.Image {
    init(_ image: PreviewImage, _ picture: PreviewShelf.Picture) {
        self.init(
            content: image.content, seriesInstanceUID: image.seriesInstanceUID, labels: image.labels, state: .made, sentence: nil,
            byteCount: picture.byteCount, sha256: picture.sha256)
    }

    init(_ image: PreviewImage, _ state: PreviewStanding.State, _ sentence: Sentence) {
        self.init(
            content: image.content, seriesInstanceUID: image.seriesInstanceUID, labels: image.labels, state: state, sentence: sentence, byteCount: nil,
            sha256: nil)
    }
}

/// Why an image was not transcoded or shown. The message names the thing, the place and the limit, and nothing of the patient.
public struct PixelCodecError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What kind of reason it is; the text is stable and goes into records.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        /// The stable text.
        public let description: String

        /// The file is no DICOM object.
        public static let notDICOM = Code(description: "not-dicom")
        /// The object has fewer frames than the one that was asked for.
        public static let noFrame = Code(description: "no-frame")
        /// The object holds no pixels.
        public static let noPixels = Code(description: "no-pixels")
        /// This program cannot transcode from or to the transfer syntax, or not this kind of image.
        public static let unsupported = Code(description: "unsupported")
        /// Cells have data in bits that are allocated and not stored: overlays, markers. Compressed, receivers would lose them.
        public static let bitsAboveStored = Code(description: "bits-above-stored")
        /// The pixels were compressed with loss, and nobody asked to decompress them.
        public static let lossySource = Code(description: "lossy-source")
        /// The pixel data is cut, or does not agree with the object's attributes.
        public static let malformed = Code(description: "malformed-pixels")
        /// What was compressed does not decode to the same cells.
        public static let cellsDiffer = Code(description: "cells-differ")
        /// The codec refused the frame.
        public static let codecFailed = Code(description: "codec-failed")
        /// The codec's process could not be started, which says nothing of the object.
        public static let codecUnavailable = Code(description: "codec-unavailable")
        /// The codec's process ended by itself.
        public static let codecCrashed = Code(description: "codec-crashed")
        /// The codec's process took longer than it may.
        public static let codecTimeout = Code(description: "codec-timeout")
        /// A bound of this program was reached.
        public static let limit = Code(description: "limit")
        /// A file could not be read or written.
        public static let file = Code(description: "file")
    }

    /// The kind of reason.
    public let code: Code
    /// The whole sentence, in English.
    public let description: String

    /// An error of these values.
    public init(_ code: Code, _ description: String) {
        self.code = code
        self.description = description
    }
}

internal import Glibc

/// The bytes of an object's file, at any place.
public protocol ImageSource {
    /// Bytes of the whole file.
    var byteCount: Int64 { get }
    /// The bytes of a range. Throws where they cannot be read.
    func bytes(_ range: Range<Int64>) throws -> [UInt8]
}

/// A file as the source of an image.
public final class FileImageSource: ImageSource {
    public let byteCount: Int64
    private let path: String
    private let descriptor: Int32

    /// Opens the file. Throws `PixelCodecError` of code `file`.
    public init(path: String) throws {
        self.path = path
        descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw PixelCodecError(.file, "\(path) cannot be opened: \(String(cString: strerror(errno)))") }
        var information = stat()
        guard fstat(descriptor, &information) == 0, information.st_mode & S_IFMT == S_IFREG else {
            close(descriptor)
            throw PixelCodecError(.file, "\(path) is no file")
        }
        byteCount = Int64(information.st_size)
    }

    deinit { close(descriptor) }

    public func bytes(_ range: Range<Int64>) throws -> [UInt8] {
        var place = 0
        return try [UInt8](unsafeUninitializedCapacity: range.count) { buffer, count in
            while place < range.count {
                let got = pread(descriptor, buffer.baseAddress! + place, range.count - place, off_t(range.lowerBound) + place)
                if got < 0, errno == EINTR { continue }
                guard got > 0 else { throw PixelCodecError(.file, "\(path) cannot be read at byte \(range.lowerBound + Int64(place))") }
                place += got
            }
            count = place
        }
    }
}

/// Bytes at hand as the source of an image.
public struct MemoryImageSource: ImageSource {
    private let content: [UInt8]
    public var byteCount: Int64 { Int64(content.count) }

    /// The bytes of a whole file, or of a data set as it comes over the network.
    public init(content: [UInt8]) {
        self.content = content
    }

    public func bytes(_ range: Range<Int64>) throws -> [UInt8] {
        guard range.lowerBound >= 0, range.upperBound <= byteCount else {
            throw PixelCodecError(.malformed, "The object ends before byte \(range.upperBound)")
        }
        return Array(content[Int(range.lowerBound)..<Int(range.upperBound)])
    }
}

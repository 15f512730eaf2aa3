internal import CGDCM
internal import Glibc

/// The codec's process: answers one request after the other on its standard input until that ends.
///
/// Nothing that it is given is trusted; what it breaks is its own process, which has limits, no file of its parent's, and can write none.
public enum CodecServer {
    /// Sets the process's limits and serves until the parent closes the connection.
    ///
    /// - Parameters:
    ///   - memoryByteCount: address space of the process.
    ///   - processorSeconds: processor time for each request.
    /// - Throws: `PixelCodecError` of code `malformed` for bytes that are no request, `limit` where a limit cannot be set.
    public static func serve(memoryByteCount: Int, processorSeconds: Int) throws {
        try limit(RLIMIT_AS, to: memoryByteCount)
        // A core would hold a patient's image.
        try limit(RLIMIT_CORE, to: 0)
        try limit(RLIMIT_FSIZE, to: 0)
        while let head = read(CodecRequest.byteCount) {
            guard let request = CodecRequest(head) else {
                throw PixelCodecError(.malformed, "The codec was asked what it does not know")
            }
            guard let payload = read(request.payloadByteCount) else { return }
            try allow(processorSeconds)
            let reply = answer(request, payload)
            guard write(reply.head), write(reply.payload) else { return }
        }
    }

    private static func answer(_ request: CodecRequest, _ payload: [UInt8]) -> CodecReply {
        guard request.family == .rle else { return gdcm(request, payload) }
        do throws(PixelCodecError) {
            let bytes = switch request.operation {
            case .decode: try RunLength.decode(payload, request.shape)
            case .encode: try RunLength.encode(payload, request.shape)
            }
            return CodecReply(isDone: true, payload: bytes)
        } catch {
            return CodecReply(isDone: false, payload: Array(error.description.utf8))
        }
    }

    private static func gdcm(_ request: CodecRequest, _ payload: [UInt8]) -> CodecReply {
        let shape = request.shape
        var frame = cgdcm_frame(
            columns: UInt32(shape.columns), rows: UInt32(shape.rows), samples: UInt8(shape.samples),
            sample_bytes: UInt8(shape.sampleByteCount), precision: UInt8(shape.precision), is_signed: shape.isSigned ? 1 : 0,
            colour: shape.colour.rawValue)
        let codec = cgdcm_codec(UInt32(request.family.rawValue))
        var result: cgdcm_result
        switch request.operation {
        case .decode:
            let stream = request.family == .jpeg ? HarmlessWarnings.removed(from: payload) : payload
            result = cgdcm_decode(codec, &frame, stream, stream.count)
        case .encode: result = cgdcm_encode(codec, &frame, payload, payload.count)
        }
        defer { cgdcm_release(&result) }
        guard let bytes = result.bytes else {
            return CodecReply(isDone: false, payload: Array(String(cString: result.failure).utf8))
        }
        return CodecReply(isDone: true, payload: Array(UnsafeBufferPointer(start: bytes, count: result.count)))
    }

    private static func limit(_ resource: __rlimit_resource, to amount: Int) throws(PixelCodecError) {
        try set(resource, rlimit(rlim_cur: rlim_t(amount), rlim_max: rlim_t(amount)))
    }

    /// So many seconds of processor time from now on.
    private static func allow(_ seconds: Int) throws(PixelCodecError) {
        var usage = rusage()
        _ = getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        let used = usage.ru_utime.tv_sec + usage.ru_stime.tv_sec
        try set(RLIMIT_CPU, rlimit(rlim_cur: rlim_t(used + seconds + 1), rlim_max: rlim_t.max))
    }

    private static func set(_ resource: __rlimit_resource, _ bounds: rlimit) throws(PixelCodecError) {
        var bounds = bounds
        guard setrlimit(__rlimit_resource_t(resource.rawValue), &bounds) == 0 else {
            throw PixelCodecError(.limit, "Limit \(resource.rawValue) of the codec's process cannot be set: error \(errno)")
        }
    }

    /// `nil` when the connection ends before.
    private static func read(_ count: Int) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: count)
        var place = 0
        while place < count {
            let got = bytes.withUnsafeMutableBytes { Glibc.read(STDIN_FILENO, $0.baseAddress! + place, count - place) }
            if got < 0, errno == EINTR { continue }
            guard got > 0 else { return nil }
            place += got
        }
        return bytes
    }

    private static func write(_ bytes: [UInt8]) -> Bool {
        var place = 0
        while place < bytes.count {
            let put = bytes.withUnsafeBytes { Glibc.write(STDOUT_FILENO, $0.baseAddress! + place, bytes.count - place) }
            if put < 0, errno == EINTR { continue }
            guard put > 0 else { return false }
            place += put
        }
        return true
    }
}

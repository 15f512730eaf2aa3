#include "CGDCM.h"

#include <gdcm-3.0/gdcmByteValue.h>
#include <gdcm-3.0/gdcmDataElement.h>
#include <gdcm-3.0/gdcmFragment.h>
#include <gdcm-3.0/gdcmJPEG2000Codec.h>
#include <gdcm-3.0/gdcmJPEGCodec.h>
#include <gdcm-3.0/gdcmJPEGLSCodec.h>
#include <gdcm-3.0/gdcmSequenceOfFragments.h>
#include <gdcm-3.0/gdcmTrace.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace {

cgdcm_result failed(const char *why) { return {nullptr, 0, 0, why}; }

cgdcm_result made(const char *bytes, size_t count, bool isLossy) {
    auto *copy = static_cast<uint8_t *>(std::malloc(count ? count : 1));
    if (!copy) return failed("no memory for the result");
    std::memcpy(copy, bytes, count);
    return {copy, count, isLossy, nullptr};
}

gdcm::PhotometricInterpretation interpretation(const cgdcm_frame &frame) {
    switch (frame.colour) {
    case CGDCM_RGB: return gdcm::PhotometricInterpretation::RGB;
    case CGDCM_YBR: return gdcm::PhotometricInterpretation::YBR_FULL;
    default: return gdcm::PhotometricInterpretation::MONOCHROME2;
    }
}

gdcm::PixelFormat format(const cgdcm_frame &frame) {
    const auto bits = static_cast<unsigned short>(frame.sample_bytes * 8);
    return gdcm::PixelFormat(frame.samples, bits, frame.precision, frame.precision - 1, frame.is_signed);
}

size_t cellByteCount(const cgdcm_frame &frame) {
    return size_t(frame.columns) * frame.rows * frame.samples * frame.sample_bytes;
}

/// What libjpeg says to `stderr`, which is a variable in glibc: GDCM lets its first warning pass, and gives the cells that were made up
/// for those that are missing. Of an image libjpeg tells no second one: `cgdcm_decode` wants streams without anything that it warns of needlessly.
class Messages {
public:
    Messages() : stream(fmemopen(text, sizeof text - 1, "w")), former(stderr) {
        if (!stream) return;
        std::setvbuf(stream, nullptr, _IONBF, 0);
        stderr = stream;
    }

    ~Messages() {
        stderr = former;
        if (stream) std::fclose(stream);
    }

    Messages(const Messages &) = delete;
    Messages &operator=(const Messages &) = delete;

    bool isOpen() const { return stream; }

    /// Whether anything was said but what costs no cell. More than there is room for is no such thing.
    bool tellOfLoss() const {
        if (std::strlen(text) >= sizeof text - 2) return true;
        for (const char *line = text; line && *line; line = std::strchr(line, '\n')) {
            line += *line == '\n';
            if (*line && !isHarmless(line)) return true;
        }
        return false;
    }

private:
    /// That one of GDCM's three copies of libjpeg, for 8, 12 and 16 bits, is not the right one: it asks each.
    static bool isHarmless(const char *line) {
        const char *begin = "Unsupported JPEG data precision";
        return std::strncmp(line, begin, std::strlen(begin)) == 0;
    }

    char text[1024] = {};
    FILE *stream;
    FILE *former;
};

template <typename Codec> void describe(Codec &codec, const cgdcm_frame &frame) {
    const unsigned int dimensions[3] = {frame.columns, frame.rows, 1};
    codec.SetNumberOfDimensions(2);
    codec.SetDimensions(dimensions);
    codec.SetPlanarConfiguration(0);
    codec.SetPhotometricInterpretation(interpretation(frame));
    codec.SetPixelFormat(format(frame));
}

template <typename Codec>
cgdcm_result decode(Codec &codec, const cgdcm_frame &frame, const uint8_t *bytes, size_t count) {
    describe(codec, frame);
    gdcm::Fragment fragment;
    fragment.SetByteValue(reinterpret_cast<const char *>(bytes), static_cast<uint32_t>(count));
    gdcm::SmartPointer<gdcm::SequenceOfFragments> fragments = new gdcm::SequenceOfFragments;
    fragments->AddFragment(fragment);
    gdcm::DataElement stream(gdcm::Tag(0x7FE0, 0x0010)), cells;
    stream.SetValue(*fragments);
    if (!codec.Decode(stream, cells)) return failed("the codec cannot decode the frame");
    const gdcm::ByteValue *value = cells.GetByteValue();
    const size_t expected = cellByteCount(frame);
    // A byte value of odd length is padded to an even one.
    if (!value || value->GetLength() < expected || value->GetLength() > expected + 1)
        return failed("the frame has another number of cells than its header says");
    return made(value->GetPointer(), expected, codec.IsLossy());
}

template <typename Codec>
cgdcm_result encode(Codec &codec, const cgdcm_frame &frame, const uint8_t *bytes, size_t count) {
    describe(codec, frame);
    gdcm::DataElement plain(gdcm::Tag(0x7FE0, 0x0010)), stream;
    plain.SetByteValue(reinterpret_cast<const char *>(bytes), static_cast<uint32_t>(count));
    if (!codec.Code(plain, stream)) return failed("the codec cannot encode the frame");
    const gdcm::SequenceOfFragments *fragments = stream.GetSequenceOfFragments();
    const gdcm::ByteValue *value = fragments && fragments->GetNumberOfFragments() == 1
        ? fragments->GetFragment(0).GetByteValue() : nullptr;
    if (!value || value->GetLength() == 0) return failed("the codec made no frame");
    return made(value->GetPointer(), value->GetLength(), false);
}

cgdcm_result decodeFrame(cgdcm_codec family, const cgdcm_frame &frame, const uint8_t *bytes, size_t count) {
    switch (family) {
    case CGDCM_JPEG: {
        gdcm::JPEGCodec codec;
        const Messages messages;
        if (!messages.isOpen()) return failed("no memory for the codec's messages");
        cgdcm_result result = decode(codec, frame, bytes, count);
        if (!messages.tellOfLoss()) return result;
        cgdcm_release(&result);
        return failed("the frame's data are damaged, or end too early");
    }
    case CGDCM_JPEG_LS: {
        gdcm::JPEGLSCodec codec;
        return decode(codec, frame, bytes, count);
    }
    case CGDCM_JPEG_2000: {
        gdcm::JPEG2000Codec codec;
        return decode(codec, frame, bytes, count);
    }
    }
    return failed("no such codec");
}

cgdcm_result encodeFrame(cgdcm_codec family, const cgdcm_frame &frame, const uint8_t *bytes, size_t count) {
    switch (family) {
    case CGDCM_JPEG: {
        gdcm::JPEGCodec codec;
        codec.SetLossless(true);
        return encode(codec, frame, bytes, count);
    }
    case CGDCM_JPEG_LS: {
        gdcm::JPEGLSCodec codec;
        codec.SetLossless(true);
        return encode(codec, frame, bytes, count);
    }
    case CGDCM_JPEG_2000: {
        gdcm::JPEG2000Codec codec;
        codec.SetReversible(true);
        codec.SetMCT(frame.colour == CGDCM_RGB ? 1 : 0);
        return encode(codec, frame, bytes, count);
    }
    }
    return failed("no such codec");
}

} // namespace

cgdcm_result cgdcm_decode(cgdcm_codec codec, const cgdcm_frame *frame, const uint8_t *bytes, size_t count) {
    try {
        gdcm::Trace::SetDebug(false);
        gdcm::Trace::SetWarning(false);
        gdcm::Trace::SetError(false);
        return decodeFrame(codec, *frame, bytes, count);
    } catch (...) {
        return failed("the codec threw an exception");
    }
}

cgdcm_result cgdcm_encode(cgdcm_codec codec, const cgdcm_frame *frame, const uint8_t *bytes, size_t count) {
    try {
        return encodeFrame(codec, *frame, bytes, count);
    } catch (...) {
        return failed("the codec threw an exception");
    }
}

void cgdcm_release(cgdcm_result *result) {
    std::free(result->bytes);
    result->bytes = nullptr;
}

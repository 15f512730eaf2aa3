#pragma once

#include <stddef.h>
#include <stdint.h>

/// GDCM's codecs over memory, one frame at a time. No exception leaves these functions, and none keeps what it was given.
/// GDCM itself may end the process when a stream is broken, and JPEG 2000 streams longer than twice their cells overflow a
/// buffer of its own: call these in a process that may end, and not for images of a few pixels.

#ifdef __cplusplus
extern "C" {
#endif

/// The codecs (PS3.5 §8.2) that GDCM is used for.
typedef enum {
    CGDCM_JPEG = 1,
    CGDCM_JPEG_LS = 2,
    CGDCM_JPEG_2000 = 3,
} cgdcm_codec;

/// What the samples of a pixel mean to a codec.
typedef enum {
    CGDCM_GRAY = 0,
    CGDCM_RGB = 1,
    /// Luminance and chrominance, which stay what they are.
    CGDCM_YBR = 2,
} cgdcm_colour;

/// The cells of a frame: little endian, row by row, colour by pixel.
typedef struct {
    uint32_t columns;
    uint32_t rows;
    /// 1 or 3.
    uint8_t samples;
    /// Bytes of a cell: 1 or 2.
    uint8_t sample_bytes;
    /// Bits of a cell that the codec's stream has, or is to have.
    uint8_t precision;
    uint8_t is_signed;
    uint8_t colour;
} cgdcm_frame;

/// What a codec made of a frame.
typedef struct {
    /// The cells, or the compressed frame; NULL after a failure.
    uint8_t *bytes;
    size_t count;
    /// Whether the stream that was decoded had lost something when it was made.
    int is_lossy;
    /// Why there are no bytes; a text for logs, without anything of the image.
    const char *failure;
} cgdcm_result;

/// Decodes a compressed frame whose own header says what `frame` says. Of JPEG, whatever libjpeg warns of is taken for damage.
cgdcm_result cgdcm_decode(cgdcm_codec codec, const cgdcm_frame *frame, const uint8_t *bytes, size_t count);

/// Compresses the cells of a frame without loss.
cgdcm_result cgdcm_encode(cgdcm_codec codec, const cgdcm_frame *frame, const uint8_t *bytes, size_t count);

/// Gives the bytes of a result back.
void cgdcm_release(cgdcm_result *result);

#ifdef __cplusplus
}
#endif

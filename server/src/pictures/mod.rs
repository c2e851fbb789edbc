//! Pictures that people send: whether they are what they say, cleaned of what they say besides, and kept in files. Knows no rooms
//! and not who may send what.
//!
//! A picture is taken apart as its container has it (`jpeg`, `png`, `webp`), put together again from the parts that make up the
//! picture, and decoded in full. What comes out is what was decoded. Places, times, names, comments, thumbnails, unknown parts and
//! whatever stands behind the end are left out; the colour profile stays, and of EXIF the orientation. Animations are refused: only
//! their first image would have been looked at.

mod exif;
mod jpeg;
mod kept;
mod png;
#[cfg(test)]
mod tests;
mod webp;

use std::io::Cursor;
use std::panic::AssertUnwindSafe;

use bytes::Bytes;
use image::{DynamicImage, ImageDecoder as _, ImageFormat, ImageReader, Limits};

pub(crate) use kept::{Pictures, mime_of};

/// Most pixels on a side.
const SIDE: u32 = 12_000;
/// Most pixels in all.
const PIXELS: u64 = 40_000_000;
/// Most memory that decoding may take.
const MEMORY: u64 = 256 << 20;

/// A picture that is what it says and says nothing else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Checked {
    /// Its content type.
    pub(crate) mime: &'static str,
    /// The picture; the very bytes that were sent, when there was nothing to clean.
    pub(crate) bytes: Bytes,
    /// Pixels across, before any orientation.
    pub(crate) width: u32,
    /// Pixels down.
    pub(crate) height: u32,
}

/// Why a picture is not taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum PictureError {
    /// The content type is none of those that are taken.
    #[error("a picture is image/jpeg, image/png or image/webp")]
    Mime,
    /// The bytes are no such picture, or a damaged one.
    #[error("this is no {kind} picture: {what}")]
    Damaged {
        /// What it says it is.
        kind: &'static str,
        /// What is wrong.
        what: String,
    },
    /// It moves.
    #[error("animated pictures are not taken")]
    Animated,
    /// It has too many pixels.
    #[error("a picture has at most {SIDE} pixels on a side and {PIXELS} in all")]
    TooLarge,
    /// Too many pictures are being looked at.
    #[error("too many pictures at once; try again in a moment")]
    Busy,
}

impl PictureError {
    /// The code that clients act on.
    pub(crate) fn code(&self) -> &'static str {
        match self {
            PictureError::Mime | PictureError::Damaged { .. } | PictureError::Animated => "BAD_PICTURE",
            PictureError::TooLarge => "TOO_LARGE",
            PictureError::Busy => "BUSY",
        }
    }
}

/// What a picture can be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Jpeg,
    Png,
    Webp,
}

impl Kind {
    const ALL: [Kind; 3] = [Kind::Jpeg, Kind::Png, Kind::Webp];

    fn mime(self) -> &'static str {
        match self {
            Kind::Jpeg => "image/jpeg",
            Kind::Png => "image/png",
            Kind::Webp => "image/webp",
        }
    }

    fn name(self) -> &'static str {
        match self {
            Kind::Jpeg => "JPEG",
            Kind::Png => "PNG",
            Kind::Webp => "WebP",
        }
    }

    fn format(self) -> ImageFormat {
        match self {
            Kind::Jpeg => ImageFormat::Jpeg,
            Kind::Png => ImageFormat::Png,
            Kind::Webp => ImageFormat::WebP,
        }
    }

    fn begins(self, bytes: &[u8]) -> bool {
        match self {
            Kind::Jpeg => bytes.starts_with(&[0xff, 0xd8, 0xff]),
            Kind::Png => bytes.starts_with(png::SIGNATURE),
            Kind::Webp => bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP"),
        }
    }

    fn damaged(self, what: impl Into<String>) -> PictureError {
        PictureError::Damaged { kind: self.name(), what: what.into() }
    }
}

/// Looks at a picture and cleans it. Takes as long as decoding it, up to a second for the largest: not for an async thread.
///
/// # Errors
/// What is wrong with it. It never panics, whatever the bytes are.
pub(crate) fn check(mime: &str, bytes: &[u8]) -> Result<Checked, PictureError> {
    let kind = Kind::ALL.into_iter().find(|kind| kind.mime() == mime).ok_or(PictureError::Mime)?;
    if !kind.begins(bytes) {
        return Err(kind.damaged("it does not begin like one"));
    }
    let clean = match kind {
        Kind::Jpeg => jpeg::cleaned(bytes),
        Kind::Png => png::cleaned(bytes),
        Kind::Webp => webp::cleaned(bytes),
    }?;
    // The decoders are not ours: should one panic after all, the picture is at fault and nothing else is lost.
    let decoded = std::panic::catch_unwind(AssertUnwindSafe(|| decode(kind, &clean)));
    let (width, height) = decoded.unwrap_or_else(|_| Err(kind.damaged("it cannot be decoded")))?;
    Ok(Checked { mime: kind.mime(), bytes: clean.into(), width, height })
}

/// Decodes a picture in full and gives its size.
fn decode(kind: Kind, bytes: &[u8]) -> Result<(u32, u32), PictureError> {
    let wrong = |error: image::ImageError| match error {
        image::ImageError::Limits(_) => PictureError::TooLarge,
        error => kind.damaged(error.to_string()),
    };
    let mut limits = Limits::default();
    (limits.max_image_width, limits.max_image_height, limits.max_alloc) = (Some(SIDE), Some(SIDE), Some(MEMORY));
    let mut reader = ImageReader::with_format(Cursor::new(bytes), kind.format());
    reader.limits(limits);
    let decoder = reader.into_decoder().map_err(wrong)?;
    let (width, height) = decoder.dimensions();
    if width > SIDE || height > SIDE || u64::from(width) * u64::from(height) > PIXELS || decoder.total_bytes() > MEMORY {
        return Err(PictureError::TooLarge);
    }
    if width == 0 || height == 0 {
        return Err(kind.damaged("it has no pixels"));
    }
    DynamicImage::from_decoder(decoder).map_err(wrong)?;
    Ok((width, height))
}

//! Of EXIF the orientation is kept, without which a picture would lie on its side. It is written as the smallest EXIF there is.

use image::metadata::Orientation;

/// What JPEG, and some programs that write WebP, set before EXIF.
pub(super) const PREFIX: &[u8] = b"Exif\0\0";

/// EXIF that has the orientation of another and nothing else; none when that says nothing, or that nothing is turned.
pub(super) fn orientation_only(exif: &[u8]) -> Option<[u8; 26]> {
    let orientation = Orientation::from_exif_chunk(exif)?;
    if orientation == Orientation::NoTransforms {
        return None;
    }
    // Little endian; one directory with one entry: tag 0x0112, one number of 16 bits; no further directory.
    let mut minimal = *b"II\x2a\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\0\0\0\0\0\0\0\0";
    minimal[18] = orientation.to_exif();
    Some(minimal)
}

/// Whether these bytes are a colour profile as far as its header says: its length, and the mark of all profiles.
pub(super) fn is_profile(bytes: &[u8]) -> bool {
    let length = bytes.first_chunk::<4>().map(|length| u32::from_be_bytes(*length));
    length.is_some_and(|length| length as usize == bytes.len()) && bytes.get(36..40) == Some(b"acsp")
}

//! JPEG: markers, segments, and the coded data between them.
//!
//! ```text
//! file     = SOI segment* (SOS coded segment*)+ EOI
//! segment  = 0xff marker length(2) content
//! coded    = bytes in which 0xff is followed by 0x00 or a restart marker
//! ```

use super::exif::{self, orientation_only};
use super::{Kind, PictureError};

const SOI: u8 = 0xd8;
const EOI: u8 = 0xd9;
const SOS: u8 = 0xda;
const APP0: u8 = 0xe0;
const APP1: u8 = 0xe1;
const APP2: u8 = 0xe2;
const APP14: u8 = 0xee;
const PROFILE: &[u8] = b"ICC_PROFILE\0";
/// Scans of one picture. Each costs a pass over all of it however few bytes it has; cameras and encoders write about ten.
const SCANS: usize = 100;

struct Segment<'a> {
    marker: u8,
    content: &'a [u8],
    /// What follows a start of scan.
    coded: &'a [u8],
}

/// The picture without what is not picture.
pub(super) fn cleaned(bytes: &[u8]) -> Result<Vec<u8>, PictureError> {
    let segments = segments(bytes)?;
    let profile = has_whole_profile(&segments);
    let mut clean = Vec::with_capacity(bytes.len());
    clean.extend([0xff, SOI]);
    let mut turned = false;
    for segment in &segments {
        let Segment { marker, content, coded } = segment;
        match *marker {
            APP0 => put(&mut clean, APP0, &jfif(content).unwrap_or_default()),
            APP1 if !turned && content.starts_with(exif::PREFIX) => {
                turned = true;
                let minimal = orientation_only(&content[exif::PREFIX.len()..]);
                put(&mut clean, APP1, &minimal.map(|minimal| [exif::PREFIX, &minimal].concat()).unwrap_or_default());
            }
            APP2 if profile && content.starts_with(PROFILE) => put(&mut clean, APP2, content),
            // How the colours are coded: without it they come out wrong.
            APP14 if content.starts_with(b"Adobe") && content.len() >= 12 => put(&mut clean, APP14, &content[..12]),
            marker if is_picture(marker) => put(&mut clean, marker, content),
            _ => {}
        }
        clean.extend_from_slice(coded);
    }
    clean.extend([0xff, EOI]);
    Ok(clean)
}

/// Frames, tables, scans, restarts, number of lines.
fn is_picture(marker: u8) -> bool {
    matches!(marker, 0xc0..=0xcf | 0xda..=0xdd) && marker != 0xc8
}

fn put(clean: &mut Vec<u8>, marker: u8, content: &[u8]) {
    // Nothing that is kept is empty; what was replaced by nothing is left out.
    if content.is_empty() {
        return;
    }
    clean.extend([0xff, marker]);
    // A content comes from a segment or is shorter than it was: with its length it fits into 16 bits.
    clean.extend(((content.len() + 2) as u16).to_be_bytes());
    clean.extend_from_slice(content);
}

/// The header of JFIF without its thumbnail; none when it is another one.
fn jfif(content: &[u8]) -> Option<Vec<u8>> {
    let mut header = content.get(..14).filter(|header| header.starts_with(b"JFIF\0"))?.to_vec();
    header[12..].fill(0);
    Some(header)
}

/// Takes a file apart, up to its end marker.
fn segments(bytes: &[u8]) -> Result<Vec<Segment<'_>>, PictureError> {
    let broken = || Kind::Jpeg.damaged("it breaks off");
    let mut segments: Vec<Segment<'_>> = Vec::new();
    let (mut rest, mut frames, mut scans) = (&bytes[2..], 0, 0);
    loop {
        let (marker, behind) = marker(rest)?;
        match marker {
            EOI if frames == 1 && scans > 0 => return Ok(segments),
            EOI => return Err(Kind::Jpeg.damaged("there is no picture in it")),
            0x00..=0xbf | 0xd0..=SOI | 0xf0..=0xfd => return Err(Kind::Jpeg.damaged(format!("marker {marker:#x} is out of place"))),
            _ => {}
        }
        let length = usize::from(u16::from_be_bytes(*behind.first_chunk().ok_or_else(broken)?));
        let content = behind.get(2..length).ok_or_else(broken)?;
        rest = &behind[length..];
        let mut coded: &[u8] = &[];
        match marker {
            0xc0..=0xc3 | 0xc5..=0xc7 | 0xc9..=0xcb | 0xcd..=0xcf => frames += 1,
            SOS => {
                scans += 1;
                let end = coded_end(rest).ok_or_else(broken)?;
                (coded, rest) = rest.split_at(end);
            }
            _ => {}
        }
        if frames > 1 || scans > SCANS {
            return Err(Kind::Jpeg.damaged("it has more images or scans in it than pictures have"));
        }
        segments.push(Segment { marker, content, coded });
    }
}

/// The marker that stands at the beginning, behind any number of fill bytes, and what follows it.
fn marker(bytes: &[u8]) -> Result<(u8, &[u8]), PictureError> {
    let fill = bytes.iter().take_while(|byte| **byte == 0xff).count();
    match bytes.get(fill) {
        Some(marker) if fill > 0 => Ok((*marker, &bytes[fill + 1..])),
        Some(_) => Err(Kind::Jpeg.damaged("there is no marker where one must be")),
        None => Err(Kind::Jpeg.damaged("it breaks off")),
    }
}

/// Where coded data ends: before the first marker that is no restart.
fn coded_end(bytes: &[u8]) -> Option<usize> {
    bytes.windows(2).position(|pair| pair[0] == 0xff && !matches!(pair[1], 0x00 | 0xd0..=0xd7))
}

/// Whether the parts of a colour profile are all there, in order, and make up one.
fn has_whole_profile(segments: &[Segment<'_>]) -> bool {
    let parts = segments.iter().filter(|segment| segment.marker == APP2).filter_map(|segment| segment.content.strip_prefix(PROFILE));
    let parts: Vec<&[u8]> = parts.collect();
    let in_order = parts
        .iter()
        .enumerate()
        .all(|(at, part)| matches!(part, [number, count, ..] if usize::from(*number) == at + 1 && usize::from(*count) == parts.len()));
    in_order && exif::is_profile(&parts.iter().flat_map(|part| part.get(2..).unwrap_or_default()).copied().collect::<Vec<u8>>())
}

//! WebP: a RIFF file of chunks: `name(4) length(4, little endian) content`, filled up to an even length. A simple one has the image
//! only; an extended one begins with `VP8X`, whose flags say what else there is.

use super::exif::{self, orientation_only};
use super::{Kind, PictureError};

const ANIMATED: u8 = 0x02;
const XMP: u8 = 0x04;
const EXIF: u8 = 0x08;
const ALPHA: u8 = 0x10;
const PROFILE: u8 = 0x20;

/// The picture without what is not picture.
pub(super) fn cleaned(bytes: &[u8]) -> Result<Vec<u8>, PictureError> {
    let broken = || Kind::Webp.damaged("it breaks off");
    let length = u32::from_le_bytes(*bytes[4..].first_chunk().ok_or_else(broken)?) as usize;
    let whole = length.checked_add(8).and_then(|end| bytes.get(..end)).ok_or_else(broken)?;
    let mut rest = whole.get(12..).ok_or_else(broken)?;
    let mut clean = Vec::with_capacity(bytes.len());
    clean.extend_from_slice(&whole[..12]);
    let (mut seen, mut flags_at, mut flags) = (Vec::<&[u8; 4]>::new(), None, 0u8);
    while !rest.is_empty() {
        let chunk = Chunk::read(rest)?;
        rest = chunk.behind;
        let (first_of_all, again) = (seen.is_empty(), seen.contains(&chunk.name));
        seen.push(chunk.name);
        let extended = flags_at.is_some();
        match chunk.name {
            b"VP8X" if first_of_all && chunk.content.len() == 10 => {
                if chunk.content[0] & ANIMATED != 0 {
                    return Err(PictureError::Animated);
                }
                // Set to what is really there, below.
                flags_at = Some(clean.len() + 8);
                flags = chunk.content[0] & !(PROFILE | EXIF | XMP);
                put(&mut clean, chunk.name, chunk.content);
            }
            b"ANIM" | b"ANMF" => return Err(PictureError::Animated),
            b"VP8 " | b"VP8L" if first_of_all || (extended && !again) => put(&mut clean, chunk.name, chunk.content),
            b"ALPH" if extended && !again => {
                flags |= ALPHA;
                put(&mut clean, chunk.name, chunk.content);
            }
            b"ICCP" if extended && !again && exif::is_profile(chunk.content) => {
                flags |= PROFILE;
                put(&mut clean, chunk.name, chunk.content);
            }
            b"EXIF" if extended && !again => {
                let content = chunk.content.strip_prefix(exif::PREFIX).unwrap_or(chunk.content);
                if let Some(minimal) = orientation_only(content) {
                    flags |= EXIF;
                    put(&mut clean, chunk.name, &minimal);
                }
            }
            _ => {}
        }
    }
    if let Some(place) = flags_at.and_then(|at| clean.get_mut(at)) {
        *place = flags;
    }
    let length = u32::try_from(clean.len() - 8).map_err(|_| PictureError::TooLarge)?;
    clean[4..8].copy_from_slice(&length.to_le_bytes());
    Ok(clean)
}

struct Chunk<'a> {
    name: &'a [u8; 4],
    content: &'a [u8],
    behind: &'a [u8],
}

impl<'a> Chunk<'a> {
    fn read(bytes: &'a [u8]) -> Result<Chunk<'a>, PictureError> {
        let broken = || Kind::Webp.damaged("it breaks off");
        let name = bytes.first_chunk::<4>().ok_or_else(broken)?;
        let length = u32::from_le_bytes(*bytes[4..].first_chunk().ok_or_else(broken)?) as usize;
        let content = length.checked_add(8).and_then(|end| bytes.get(8..end)).ok_or_else(broken)?;
        // Some programs forget the fill byte at the very end.
        let behind = bytes.get(8 + length + length % 2..).unwrap_or_default();
        Ok(Chunk { name, content, behind })
    }
}

fn put(clean: &mut Vec<u8>, name: &[u8; 4], content: &[u8]) {
    clean.extend_from_slice(name);
    clean.extend((content.len() as u32).to_le_bytes());
    clean.extend_from_slice(content);
    clean.extend(std::iter::repeat_n(0, content.len() % 2));
}

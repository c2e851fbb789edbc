//! PNG: a signature and chunks: `length(4) name(4) content crc(4)`. Which chunks make up the picture, and how long they may be, is a list;
//! all others go.

use super::exif::orientation_only;
use super::{Kind, PictureError};

pub(super) const SIGNATURE: &[u8] = b"\x89PNG\r\n\x1a\n";

/// Chunks about colours and sizes that stay, and the most bytes each has. A longer one holds something else.
const KEPT: [(&[u8; 4], usize); 11] = [
    (b"tRNS", 256),
    (b"gAMA", 4),
    (b"cHRM", 32),
    (b"sRGB", 1),
    (b"iCCP", 1 << 20),
    (b"sBIT", 4),
    (b"bKGD", 6),
    (b"pHYs", 9),
    (b"cICP", 4),
    (b"mDCV", 24),
    (b"cLLI", 8),
];

/// The picture without what is not picture.
pub(super) fn cleaned(bytes: &[u8]) -> Result<Vec<u8>, PictureError> {
    let mut clean = Vec::with_capacity(bytes.len());
    clean.extend_from_slice(SIGNATURE);
    let mut rest = &bytes[SIGNATURE.len()..];
    let mut seen: Vec<[u8; 4]> = Vec::new();
    loop {
        let chunk = Chunk::read(rest)?;
        rest = &rest[chunk.whole.len()..];
        if seen.is_empty() != (chunk.name == b"IHDR") {
            return Err(Kind::Png.damaged("its header is not at its beginning"));
        }
        let first = !seen.contains(chunk.name);
        if first {
            seen.push(*chunk.name);
        }
        match chunk.name {
            b"IHDR" | b"IDAT" => clean.extend_from_slice(chunk.sound()?.whole),
            b"PLTE" if first => clean.extend_from_slice(chunk.sound()?.whole),
            b"IEND" if chunk.content.is_empty() => {
                clean.extend_from_slice(chunk.sound()?.whole);
                return Ok(clean);
            }
            b"acTL" | b"fcTL" | b"fdAT" => return Err(PictureError::Animated),
            b"eXIf" if first => {
                if let Some(minimal) = orientation_only(chunk.content) {
                    put(&mut clean, b"eXIf", &minimal);
                }
            }
            name if first && KEPT.iter().any(|(kept, most)| *kept == name && chunk.content.len() <= *most) => {
                clean.extend_from_slice(chunk.sound()?.whole);
            }
            // An upper-case letter says that the picture cannot be understood without it.
            name if name[0].is_ascii_uppercase() => return Err(Kind::Png.damaged("it has a chunk that nobody knows")),
            _ => {}
        }
    }
}

struct Chunk<'a> {
    name: &'a [u8; 4],
    content: &'a [u8],
    /// Length, name, content and checksum.
    whole: &'a [u8],
}

impl<'a> Chunk<'a> {
    fn read(bytes: &'a [u8]) -> Result<Chunk<'a>, PictureError> {
        let broken = || Kind::Png.damaged("it breaks off");
        let length = u32::from_be_bytes(*bytes.first_chunk().ok_or_else(broken)?) as usize;
        let whole = length.checked_add(12).and_then(|end| bytes.get(..end)).ok_or_else(broken)?;
        let name = whole[4..].first_chunk::<4>().ok_or_else(broken)?;
        Ok(Chunk { name, content: &whole[8..8 + length], whole })
    }

    /// The chunk, when its checksum is right.
    fn sound(self) -> Result<Chunk<'a>, PictureError> {
        let (covered, kept) = self.whole[4..].split_at(self.content.len() + 4);
        if crc32fast::hash(covered).to_be_bytes() != kept {
            return Err(Kind::Png.damaged("a checksum is wrong"));
        }
        Ok(self)
    }
}

fn put(clean: &mut Vec<u8>, name: &[u8; 4], content: &[u8; 26]) {
    clean.extend((content.len() as u32).to_be_bytes());
    let begin = clean.len();
    clean.extend_from_slice(name);
    clean.extend_from_slice(content);
    let crc = crc32fast::hash(&clean[begin..]);
    clean.extend(crc.to_be_bytes());
}

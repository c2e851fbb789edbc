//! Pictures through their public face. Samples are made by encoders, and dressed up by hand.

mod cleaning;
mod keeping;
mod refusing;

use std::io::Cursor;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use image::codecs::jpeg::JpegEncoder;
use image::{DynamicImage, ImageFormat, ImageReader, Rgb, RgbImage};

use super::*;

/// What must never come out again.
const SECRET: &[u8] = b"<script>SECRET</script>";

fn image() -> DynamicImage {
    DynamicImage::ImageRgb8(RgbImage::from_fn(24, 16, |x, y| Rgb([(x * 10) as u8, (y * 15) as u8, 128])))
}

fn jpeg() -> Vec<u8> {
    let mut bytes = Vec::new();
    image().write_with_encoder(JpegEncoder::new_with_quality(&mut bytes, 80)).unwrap();
    bytes
}

fn written(format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    image().write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

fn png() -> Vec<u8> {
    written(ImageFormat::Png)
}

fn webp() -> Vec<u8> {
    written(ImageFormat::WebP)
}

/// One pixel, coded with losses.
fn lossy_webp() -> Vec<u8> {
    STANDARD.decode("UklGRiIAAABXRUJQVlA4IBYAAAAwAQCdASoBAAEADsD+JaQAA3AAAAAA").unwrap()
}

/// The picture that clients try first.
fn pixel() -> Vec<u8> {
    let text = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
    STANDARD.decode(text).unwrap()
}

fn samples() -> [(&'static str, Vec<u8>); 5] {
    [("image/jpeg", jpeg()), ("image/png", png()), ("image/webp", webp()), ("image/webp", lossy_webp()), ("image/png", pixel())]
}

/// EXIF with an orientation, a text, and a place where the text is.
fn exif(orientation: u8) -> Vec<u8> {
    let mut exif = b"MM\0\x2a\0\0\0\x08\0\x02".to_vec();
    exif.extend(b"\x01\x0e\0\x02");
    exif.extend((SECRET.len() as u32).to_be_bytes());
    exif.extend(38u32.to_be_bytes());
    exif.extend([1, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0, 0, 0, 0, 0]);
    exif.extend(SECRET);
    exif
}

/// The beginning of a colour profile, which is as much as is looked at.
fn profile(length: usize) -> Vec<u8> {
    let mut profile = vec![0; length];
    profile[..4].copy_from_slice(&(length as u32).to_be_bytes());
    profile[36..40].copy_from_slice(b"acsp");
    profile
}

fn segment(marker: u8, content: &[u8]) -> Vec<u8> {
    [&[0xff, marker][..], &((content.len() + 2) as u16).to_be_bytes(), content].concat()
}

/// A JPEG with more segments at its beginning.
fn jpeg_with(segments: &[Vec<u8>]) -> Vec<u8> {
    let jpeg = jpeg();
    [&jpeg[..2], &segments.concat(), &jpeg[2..]].concat()
}

fn png_chunk(name: &[u8; 4], content: &[u8]) -> Vec<u8> {
    let covered = [&name[..], content].concat();
    [&(content.len() as u32).to_be_bytes()[..], &covered, &crc32fast::hash(&covered).to_be_bytes()].concat()
}

/// A PNG with more chunks behind its header.
fn png_with(chunks: &[Vec<u8>]) -> Vec<u8> {
    let png = png();
    [&png[..33], &chunks.concat(), &png[33..]].concat()
}

fn webp_chunk(name: &[u8; 4], content: &[u8]) -> Vec<u8> {
    let mut chunk = [&name[..], &(content.len() as u32).to_le_bytes(), content].concat();
    chunk.extend(std::iter::repeat_n(0, content.len() % 2));
    chunk
}

/// An extended WebP with chunks before and behind the image.
fn webp_with(flags: u8, before: &[Vec<u8>], behind: &[Vec<u8>]) -> Vec<u8> {
    let header = webp_chunk(b"VP8X", &[flags, 0, 0, 0, 23, 0, 0, 15, 0, 0]);
    let chunks = [&header, &before.concat(), &webp()[12..], &behind.concat()[..]].concat();
    [b"RIFF", &(chunks.len() as u32 + 4).to_le_bytes()[..], b"WEBP", &chunks].concat()
}

fn has(bytes: &[u8], text: &[u8]) -> bool {
    bytes.windows(text.len()).any(|window| window == text)
}

#[track_caller]
fn clean(mime: &str, bytes: &[u8]) -> Bytes {
    let checked = check(mime, bytes).unwrap();
    assert!(!has(&checked.bytes, b"SECRET"));
    assert_eq!(check(mime, &checked.bytes).unwrap(), checked, "clean once is clean for good");
    checked.bytes
}

fn pixels(mime: &str, bytes: &[u8]) -> DynamicImage {
    let format = ImageFormat::from_mime_type(mime).unwrap();
    ImageReader::with_format(Cursor::new(bytes), format).decode().unwrap()
}

fn orientation(mime: &str, bytes: &[u8]) -> u8 {
    let format = ImageFormat::from_mime_type(mime).unwrap();
    ImageReader::with_format(Cursor::new(bytes), format).into_decoder().unwrap().orientation().unwrap().to_exif()
}

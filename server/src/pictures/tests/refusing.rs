use proptest::prelude::*;

use super::*;

#[track_caller]
fn refused(mime: &str, bytes: &[u8], code: &str) {
    match check(mime, bytes) {
        Ok(_) => panic!("{mime} was taken"),
        Err(error) => assert_eq!(error.code(), code, "{error}"),
    }
}

#[test]
fn a_picture_is_what_it_says() {
    for (mime, bytes) in samples() {
        for other in ["image/jpeg", "image/png", "image/webp"].into_iter().filter(|other| *other != mime) {
            refused(other, &bytes, "BAD_PICTURE");
        }
        for other in ["", "image/gif", "image/svg+xml", "text/html", "IMAGE/PNG", "image/jpg", "image/png; x=y"] {
            refused(other, &bytes, "BAD_PICTURE");
        }
        for front in [&b"<html>"[..], b"\0", b"GIF89a"] {
            refused(mime, &[front, &bytes].concat(), "BAD_PICTURE");
        }
    }
    let svg = b"<svg xmlns='http://www.w3.org/2000/svg'/>";
    for bytes in [&b""[..], b"\x89PNG\r\n\x1a\n", &[0xff, 0xd8, 0xff], &[0xff, 0xd8, 0xff, 0xd9], b"RIFF\0\0\0\0WEBP", svg] {
        for mime in ["image/jpeg", "image/png", "image/webp"] {
            refused(mime, bytes, "BAD_PICTURE");
        }
    }
}

#[test]
fn a_picture_that_breaks_off_is_refused_wherever_it_does() {
    for (mime, bytes) in samples() {
        for length in 0..bytes.len() {
            refused(mime, &bytes[..length], "BAD_PICTURE");
        }
    }
}

#[test]
fn pictures_of_too_many_pixels_are_refused_before_they_take_memory() {
    let sized = |width: u32, height: u32| {
        let mut header = [width.to_be_bytes(), height.to_be_bytes()].concat();
        header.extend([8, 6, 0, 0, 0]);
        let mut png = super::png();
        png.splice(8..33, png_chunk(b"IHDR", &header));
        png
    };
    for (width, height) in [(12_001, 1), (1, 12_001), (12_000, 12_000), (7_000, 6_000), (u32::MAX >> 1, u32::MAX >> 1)] {
        refused("image/png", &sized(width, height), "TOO_LARGE");
    }
    refused("image/png", &sized(0, 1), "BAD_PICTURE");
    let mut jpeg = jpeg();
    let frame = jpeg.windows(2).position(|pair| pair == [0xff, 0xc0]).unwrap();
    jpeg[frame + 5..frame + 9].copy_from_slice(&[0xff, 0xdc, 0xff, 0xdc]);
    refused("image/jpeg", &jpeg, "TOO_LARGE");
}

#[test]
fn a_large_picture_of_nothing_is_taken_within_the_limits() {
    let large = DynamicImage::new_luma8(8_000, 5_000);
    let mut bytes = Cursor::new(Vec::new());
    large.write_to(&mut bytes, ImageFormat::Png).unwrap();
    let checked = check("image/png", bytes.get_ref()).unwrap();
    assert_eq!((checked.width, checked.height), (8_000, 5_000));
}

#[test]
fn a_jpeg_of_very_many_scans_is_refused() {
    let mut jpeg = jpeg();
    jpeg.truncate(jpeg.len() - 2);
    let scan = jpeg.windows(2).position(|pair| pair == [0xff, 0xda]).unwrap();
    let again = jpeg[scan..].to_vec();
    for _ in 0..100 {
        jpeg.extend_from_slice(&again);
    }
    jpeg.extend([0xff, 0xd9]);
    refused("image/jpeg", &jpeg, "BAD_PICTURE");
}

#[test]
fn animations_are_refused() {
    let frames = png_chunk(b"acTL", &[0, 0, 0, 2, 0, 0, 0, 0]);
    assert_eq!(check("image/png", &png_with(&[frames])), Err(PictureError::Animated));
    assert_eq!(check("image/webp", &webp_with(0x02, &[], &[])), Err(PictureError::Animated));
    let frame = webp_chunk(b"ANMF", &[0; 16]);
    assert_eq!(check("image/webp", &webp_with(0, &[], &[frame])), Err(PictureError::Animated));
}

#[test]
fn chunks_out_of_place_are_refused() {
    let mut late = png();
    late.splice(8..8, png_chunk(b"gAMA", &[0, 0, 0, 1]));
    refused("image/png", &late, "BAD_PICTURE");
    refused("image/png", &png_with(&[png()[8..33].to_vec()]), "BAD_PICTURE");
    refused("image/png", &png_with(&[png_chunk(b"NEWS", SECRET)]), "BAD_PICTURE");
    let mut wrong = png_chunk(b"gAMA", &[0, 0, 0, 1]);
    *wrong.last_mut().unwrap() ^= 1;
    refused("image/png", &png_with(&[wrong]), "BAD_PICTURE");
    refused("image/jpeg", &jpeg_with(&[SECRET.to_vec()]), "BAD_PICTURE");
    refused("image/jpeg", &jpeg_with(&[vec![0xff, 0xd8]]), "BAD_PICTURE");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    /// Whatever is done to a picture with secrets in it: no panic, and what is taken is clean.
    #[test]
    fn changed_pictures_do_no_harm(
        which in 0usize..6,
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..6),
        cut in prop::option::of(any::<prop::sample::Index>()),
        doubled in prop::option::of((any::<prop::sample::Index>(), any::<prop::sample::Index>())),
    ) {
        let prefixed = [b"Exif\0\0", &exif(6)[..]].concat();
        let (mime, mut bytes) = match which {
            0 => ("image/jpeg", jpeg_with(&[segment(0xe1, &prefixed), segment(0xe2, &[b"ICC_PROFILE\0\x01\x01", &profile(60)[..]].concat())])),
            1 => ("image/png", png_with(&[png_chunk(b"eXIf", &exif(6)), png_chunk(b"gAMA", &[0, 0, 0, 9])])),
            2 => ("image/webp", webp_with(0x28, &[webp_chunk(b"ICCP", &profile(60))], &[webp_chunk(b"EXIF", &exif(6))])),
            3 => ("image/webp", lossy_webp()),
            4 => ("image/png", pixel()),
            _ => ("image/jpeg", jpeg()),
        };
        for (at, value) in changes {
            let at = at.index(bytes.len());
            bytes[at] = value;
        }
        if let Some((from, to)) = doubled {
            let (from, to) = (from.index(bytes.len()), to.index(bytes.len()));
            let piece = bytes[from.min(to)..from.max(to)].to_vec();
            bytes.splice(from..from, piece);
        }
        if let Some(cut) = cut {
            bytes.truncate(cut.index(bytes.len()));
        }
        if let Ok(checked) = check(mime, &bytes) {
            prop_assert_eq!(check(mime, &checked.bytes), Ok(checked));
        }
    }

    #[test]
    fn any_bytes_are_refused_without_a_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        for (mime, sample) in samples() {
            prop_assert!(check(mime, &bytes).is_err());
            let _ = check(mime, &[&sample[..20], &bytes].concat());
        }
    }
}

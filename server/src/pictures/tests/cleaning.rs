use super::*;

#[test]
fn a_picture_with_nothing_to_clean_keeps_its_bytes() {
    for (mime, bytes) in samples() {
        let checked = check(mime, &bytes).unwrap();
        assert_eq!(checked.bytes, bytes, "{mime}");
        assert_eq!(checked.mime, mime);
    }
    let checked = check("image/jpeg", &jpeg()).unwrap();
    assert_eq!((checked.width, checked.height), (24, 16));
}

#[test]
fn a_jpeg_loses_everything_but_the_picture() {
    let mut jfif = b"JFIF\0\x01\x02\0\0\x01\0\x01\x03\x03".to_vec();
    jfif.extend(SECRET);
    let segments = [
        segment(0xe0, &jfif),
        segment(0xe0, &[b"JFXX\0\x10", SECRET].concat()),
        segment(0xe1, &[b"http://ns.adobe.com/xap/1.0/\0", SECRET].concat()),
        segment(0xe1, &[b"Exif\0\0", &exif(1)[..]].concat()),
        segment(0xe2, &[b"MPF\0", SECRET].concat()),
        segment(0xe2, &[b"ICC_PROFILE\0\x01\x01", SECRET].concat()),
        segment(0xed, &[b"Photoshop 3.0\0", SECRET].concat()),
        segment(0xee, &[b"Other", SECRET].concat()),
        segment(0xef, SECRET),
        segment(0xfe, SECRET),
    ];
    let dressed = jpeg_with(&segments);
    let bytes = clean("image/jpeg", &dressed);
    assert_eq!(pixels("image/jpeg", &bytes), pixels("image/jpeg", &jpeg()));
    let header = segment(0xe0, b"JFIF\0\x01\x02\0\0\x01\0\x01\0\0");
    assert_eq!(bytes, jpeg_with(&[header]));
}

#[test]
fn a_png_loses_everything_but_the_picture() {
    let chunks = [
        png_chunk(b"tEXt", SECRET),
        png_chunk(b"zTXt", SECRET),
        png_chunk(b"iTXt", SECRET),
        png_chunk(b"tIME", b"\x07\xea\x0b\x19\x0e\x1e\0"),
        png_chunk(b"eXIf", &exif(1)),
        png_chunk(b"prVt", SECRET),
        png_chunk(b"pHYs", &[&[0; 9], SECRET].concat()),
        png_chunk(b"bKGD", SECRET),
    ];
    assert_eq!(clean("image/png", &png_with(&chunks)), png());
    let kept = [png_chunk(b"gAMA", &45455u32.to_be_bytes()), png_chunk(b"pHYs", &[0, 0, 0, 1, 0, 0, 0, 1, 1])];
    assert_eq!(clean("image/png", &png_with(&kept)), png_with(&kept));
    let twice = [kept[0].clone(), kept[0].clone()];
    assert_eq!(clean("image/png", &png_with(&twice)), png_with(&kept[..1]));
}

#[test]
fn a_webp_loses_everything_but_the_picture() {
    let behind = [webp_chunk(b"EXIF", &exif(1)), webp_chunk(b"XMP ", SECRET), webp_chunk(b"prvt", SECRET)];
    let before = [webp_chunk(b"ICCP", SECRET)];
    assert_eq!(clean("image/webp", &webp_with(0x2c, &before, &behind)), webp_with(0, &[], &[]));
    let mut simple = [webp(), webp_chunk(b"EXIF", &exif(6))].concat();
    let length = simple.len() as u32 - 8;
    simple[4..8].copy_from_slice(&length.to_le_bytes());
    assert_eq!(clean("image/webp", &simple), webp());
}

#[test]
fn the_orientation_stays_and_nothing_else_of_exif() {
    for turned in 2..=8 {
        let prefixed = [b"Exif\0\0", &exif(turned)[..]].concat();
        let dressed = [
            ("image/jpeg", jpeg_with(&[segment(0xe1, &prefixed)])),
            ("image/png", png_with(&[png_chunk(b"eXIf", &exif(turned))])),
            ("image/webp", webp_with(0x08, &[], &[webp_chunk(b"EXIF", &exif(turned))])),
            ("image/webp", webp_with(0x08, &[], &[webp_chunk(b"EXIF", &prefixed)])),
        ];
        for (mime, bytes) in dressed {
            let bytes = clean(mime, &bytes);
            // The decoder of PNG gives EXIF, not the orientation in it.
            if mime == "image/png" {
                assert!(has(&bytes, &[0x12, 1, 3, 0, 1, 0, 0, 0, turned, 0]));
            } else {
                assert_eq!(orientation(mime, &bytes), turned, "{mime}");
            }
        }
    }
    for nonsense in [exif(0), exif(9), b"Exif".to_vec(), SECRET.to_vec(), vec![]] {
        assert_eq!(clean("image/png", &png_with(&[png_chunk(b"eXIf", &nonsense)])), png());
    }
}

#[test]
fn the_colour_profile_stays() {
    let whole = profile(300);
    let part = |number: u8, bytes: &[u8]| segment(0xe2, &[b"ICC_PROFILE\0", &[number, 2][..], bytes].concat());
    let (first, second) = (part(1, &whole[..200]), part(2, &whole[200..]));
    let dressed = jpeg_with(&[first.clone(), second.clone()]);
    assert_eq!(clean("image/jpeg", &dressed), dressed);
    for broken in [vec![first.clone()], vec![second.clone()], vec![second, first.clone()], vec![first.clone(), first]] {
        assert_eq!(clean("image/jpeg", &jpeg_with(&broken)), jpeg());
    }
    let dressed = webp_with(0x20, &[webp_chunk(b"ICCP", &whole)], &[]);
    assert_eq!(clean("image/webp", &dressed), dressed);
}

#[test]
fn what_stands_behind_the_end_goes() {
    for (mime, bytes) in samples() {
        for tail in [SECRET, b"PK\x03\x04SECRET", b"\0", &[0xff; 9]] {
            assert_eq!(clean(mime, &[&bytes, tail].concat()), bytes, "{mime}");
        }
    }
}

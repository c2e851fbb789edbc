use tempfile::TempDir;

use super::*;

#[test]
fn a_picture_is_kept_until_it_goes() {
    let folder = TempDir::new().unwrap();
    let pictures = Pictures::new(&folder.path().join("pictures"));
    assert_eq!(pictures.get("room", "one").unwrap(), None);
    pictures.delete("room", "one").unwrap();
    for (at, (mime, bytes)) in samples().into_iter().enumerate() {
        let (id, checked) = (format!("p{at}"), check(mime, &bytes).unwrap());
        pictures.put("room", &id, &checked).unwrap();
        let kept = Pictures::new(&folder.path().join("pictures")).get("room", &id).unwrap().unwrap();
        assert_eq!((kept.mime, &kept.bytes), (mime, &checked.bytes));
    }
    pictures.put("other", "p0", &check("image/png", &pixel()).unwrap()).unwrap();
    pictures.put("room", "p0", &check("image/png", &pixel()).unwrap()).unwrap();
    assert_eq!(pictures.get("room", "p0").unwrap().unwrap().mime, "image/png");
    pictures.delete("room", "p0").unwrap();
    assert_eq!(pictures.get("room", "p0").unwrap(), None);
    assert!(pictures.get("other", "p0").unwrap().is_some());
}

#[test]
fn no_name_leads_out_of_the_folder() {
    let folder = TempDir::new().unwrap();
    std::fs::write(folder.path().join("outside"), pixel()).unwrap();
    let pictures = Pictures::new(&folder.path().join("pictures"));
    let checked = check("image/png", &pixel()).unwrap();
    pictures.put("room", "one", &checked).unwrap();
    let long = "x".repeat(65);
    for bad in ["", ".", "..", "../outside", "a/b", "a\\b", "/etc", "a.b", "a\0b", "ä", "a b", &long] {
        for done in [pictures.put("room", bad, &checked), pictures.put(bad, "one", &checked), pictures.delete(bad, "outside")] {
            assert_eq!(done.unwrap_err().kind(), std::io::ErrorKind::InvalidInput, "{bad:?}");
        }
        assert!(pictures.get(bad, "one").is_err() && pictures.get("room", bad).is_err());
    }
    assert!(folder.path().join("outside").exists());
    assert!(pictures.get("room", "one").unwrap().is_some());
}

#[tokio::test]
async fn many_pictures_are_looked_at_a_few_at_a_time() {
    let folder = TempDir::new().unwrap();
    let pictures = std::sync::Arc::new(Pictures::new(folder.path()));
    let tries = (0..40).map(|_| {
        let pictures = std::sync::Arc::clone(&pictures);
        tokio::spawn(async move { pictures.checked("image/png", pixel().into()).await })
    });
    for done in futures_util::future::join_all(tries).await {
        assert_eq!(done.unwrap().unwrap().bytes, pixel());
    }
    assert_eq!(pictures.checked("image/png", jpeg().into()).await.unwrap_err().code(), "BAD_PICTURE");
}

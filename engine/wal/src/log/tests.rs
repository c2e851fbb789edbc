use super::*;
use proptest::prelude::*;

fn read_all(folder: &Path, after: u64) -> Vec<(u64, Vec<u8>)> {
    let mut seen = Vec::new();
    replay(folder, after, |sequence, batch| {
        seen.push((sequence, batch.to_vec()));
        Ok(())
    })
    .unwrap();
    seen
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn what_was_appended_is_read_back_after_any_cut(batches in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..80), 1..8), cut in 0usize..200) {
        let folder = tempfile::tempdir().unwrap();
        let log = Log::open(folder.path(), 0).unwrap();
        for batch in &batches {
            let sequence = log.append(batch).unwrap();
            log.sync(sequence).unwrap();
        }
        drop(log);
        let (_, path) = files(folder.path()).unwrap().pop().unwrap();
        let bytes = fs::read(&path).unwrap();
        fs::write(&path, &bytes[..bytes.len().saturating_sub(cut)]).unwrap();
        let kept = read_all(folder.path(), 0);
        prop_assert!(cut > 0 || kept.len() == batches.len());
        for (i, (sequence, batch)) in kept.iter().enumerate() {
            prop_assert_eq!(*sequence, i as u64 + 1);
            prop_assert_eq!(batch, &batches[i]);
        }
        // Appending goes on after the last whole record.
        let log = Log::open(folder.path(), 0).unwrap();
        prop_assert_eq!(log.append(&batches[0]).unwrap(), kept.len() as u64 + 1);
        prop_assert_eq!(read_all(folder.path(), 0).len(), kept.len() + 1);
    }
}

#[test]
fn committed_files_are_forgotten_and_numbering_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let batch = *b"one";
    let log = Log::open(folder.path(), 0).unwrap();
    for _ in 0..3 {
        log.append(&batch).unwrap();
    }
    log.rotate().unwrap();
    log.forget(3).unwrap();
    assert_eq!(files(folder.path()).unwrap().len(), 1);
    drop(log);
    assert_eq!(last_sequence(folder.path()).unwrap(), 3);
    let log = Log::open(folder.path(), 3).unwrap();
    assert_eq!(log.append(&batch).unwrap(), 4);
    assert_eq!(read_all(folder.path(), 3).len(), 1);
}

#[test]
fn a_flipped_bit_ends_the_log_there() {
    let folder = tempfile::tempdir().unwrap();
    let log = Log::open(folder.path(), 0).unwrap();
    for _ in 0..3 {
        log.append(b"abc").unwrap();
    }
    drop(log);
    let (_, path) = files(folder.path()).unwrap().pop().unwrap();
    let mut bytes = fs::read(&path).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(&path, bytes).unwrap();
    assert_eq!(read_all(folder.path(), 0).len(), 1);
}

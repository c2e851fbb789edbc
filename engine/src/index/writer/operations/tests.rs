use super::*;
use proptest::prelude::*;

fn operations() -> impl Strategy<Value = Vec<Operation>> {
    let one = prop_oneof![
        ("[a-z]{0,8}", prop::collection::vec(any::<u8>(), 0..60)).prop_map(|(key, source)| Operation::Put { key, source: source.into() }),
        "[a-z]{0,8}".prop_map(|key| Operation::Delete { key }),
    ];
    prop::collection::vec(one, 1..5)
}

proptest! {
    #[test]
    fn a_record_holds_its_batch_and_a_cut_one_is_an_error(batch in operations(), cut in 1usize..20) {
        let record = encode(&batch).unwrap();
        prop_assert_eq!(decode(&record).unwrap(), batch.clone());
        let shorter = &record[..record.len().saturating_sub(cut)];
        prop_assert!(decode(shorter).map_or(true, |read| read.len() < batch.len()));
    }
}

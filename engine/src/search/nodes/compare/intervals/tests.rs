use super::*;
use proptest::prelude::*;

fn intervals() -> impl Strategy<Value = Intervals> {
    prop::collection::vec((0u64..60, 0u64..60), 0..6)
        .prop_map(|ends| ends.into_iter().fold(Intervals::default(), |all, (a, b)| all.union(Intervals::one(a.min(b), a.max(b)))))
}

proptest! {
    #[test]
    fn intervals_are_sets(a in intervals(), b in intervals(), value in 0u64..70) {
        prop_assert_eq!(a.clone().union(b.clone()).contains(value), a.contains(value) || b.contains(value));
        prop_assert_eq!(a.clone().intersection(&b).contains(value), a.contains(value) && b.contains(value));
        prop_assert_eq!(a.complement().contains(value), !a.contains(value));
        prop_assert_eq!(a.complement().complement(), a);
    }
}

#[test]
fn comparisons_respect_halves_and_extremes() {
    let test = |op, value, number: i64| compare(&Domain::I64, op, &value).unwrap().contains(i64_to_u64(number));
    assert!(test(CompareOp::Gt, Literal::Double(2.5), 3));
    assert!(!test(CompareOp::Gt, Literal::Double(2.5), 2));
    assert!(!test(CompareOp::Eq, Literal::Double(2.5), 2));
    assert!(test(CompareOp::Le, Literal::Int(i64::MAX), i64::MAX));
    assert!(test(CompareOp::Ge, Literal::Int(i64::MIN), i64::MIN));
    assert!(test(CompareOp::Lt, Literal::Double(f64::INFINITY), 7));
    assert!(!test(CompareOp::Lt, Literal::Double(f64::NAN), 7));
    let nan = compare(&Domain::F64, CompareOp::Gt, &Literal::Int(0)).unwrap();
    assert!(nan.contains(f64_to_u64(f64::INFINITY)) && !nan.contains(f64_to_u64(f64::NAN)));
}

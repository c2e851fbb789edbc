use super::*;

#[test]
fn fewer_edits_then_frequency_then_the_same_start() {
    let candidate = |term: &str, doc_freq, edits| Candidate { term: term.to_owned(), doc_freq, edits };
    assert_eq!(best("lvoe", vec![candidate("love", 900, 1), candidate("lobe", 9000, 2)]).as_deref(), Some("love"));
    assert_eq!(best("niht", vec![candidate("nicht", 10, 1), candidate("night", 5000, 1)]).as_deref(), Some("night"));
    assert_eq!(best("mooon", vec![candidate("noon", 70, 1), candidate("moon", 65, 1)]).as_deref(), Some("moon"));
    assert_eq!(best("x", Vec::new()), None);
}

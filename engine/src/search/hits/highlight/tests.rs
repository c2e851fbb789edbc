use super::*;

#[track_caller]
fn check(text: &str, words: &[&str], chars: usize, count: usize, expected: &[&str]) {
    let marks: Vec<_> = words.iter().flat_map(|word| text.match_indices(word).map(|(at, found)| at..at + found.len())).collect();
    let options =
        HighlightOptions { pre_tag: "[".into(), post_tag: "]".into(), fragment_chars: chars, max_fragments: count, escape_html: false };
    assert_eq!(highlight(text, &marks, &options), expected);
}

#[test]
fn whole_values_and_fragments() {
    check("love me tender", &["love"], 0, 1, &["[love] me tender"]);
    check("nothing here", &["love"], 0, 1, &[]);
    check("Été d’amour", &["amour"], 0, 1, &["Été d’[amour]"]);
    let long = "One two three four five six. Seven eight nine ten eleven twelve thirteen fourteen fifteen.";
    check(long, &["nine"], 30, 1, &["eight [nine] ten eleven twelve"]);
    check(long, &["two", "ten", "eleven"], 20, 1, &["[ten] [eleven] twelve"]);
    check(long, &["two", "fifteen"], 20, 2, &["One [two] three four", "fourteen [fifteen]."]);
}

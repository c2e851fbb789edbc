use super::*;

fn tokens(text: &str) -> Vec<Token> {
    let mut at = 0;
    let word = |(position, text): (usize, &str)| {
        let token = Token { text: text.to_owned(), position, start: at, end: at + text.len(), position_length: 1 };
        at += text.len() + 1;
        token
    };
    text.split(' ').enumerate().map(word).collect()
}

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

#[test]
fn only_words_of_the_phrase_are_marked() {
    let tokens = tokens("the blue moon and the moon of blue moon");
    let phrase = |words: &[&str]| words.iter().enumerate().map(|(at, word)| (at as u32, vec![(*word).to_owned()])).collect::<Vec<_>>();
    assert_eq!(phrase_marks(&tokens, &phrase(&["blue", "moon"]), 0), [1, 2, 7, 8]);
    assert_eq!(phrase_marks(&tokens, &phrase(&["moon", "blue"]), 0), [] as [usize; 0]);
    assert_eq!(phrase_marks(&tokens, &phrase(&["moon", "blue"]), 1), [5, 7]);
    assert_eq!(phrase_marks(&tokens, &phrase(&["moon", "moon"]), 2), [2, 5, 8]);
}

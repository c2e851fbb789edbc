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

#[test]
fn only_words_of_the_phrase_are_marked() {
    let tokens = tokens("the blue moon and the moon of blue moon");
    let phrase = |words: &[&str]| words.iter().enumerate().map(|(at, word)| (at as u32, vec![(*word).to_owned()])).collect::<Vec<_>>();
    assert_eq!(matching_tokens(&tokens, &phrase(&["blue", "moon"]), 0), [1, 2, 7, 8]);
    assert_eq!(matching_tokens(&tokens, &phrase(&["moon", "blue"]), 0), [] as [usize; 0]);
    assert_eq!(matching_tokens(&tokens, &phrase(&["moon", "blue"]), 1), [5, 7]);
    assert_eq!(matching_tokens(&tokens, &phrase(&["moon", "moon"]), 2), [2, 5, 8]);
}

//! Words as Lucene's `StandardTokenizer` finds them; the expected tokens were taken from Lucene 8.8.1.

use proptest::prelude::*;

use super::*;

/// Tokens as `text@from-to`.
fn tokens(mut tokenizer: StandardTokenizer, text: &str) -> Vec<(String, usize, usize, usize)> {
    let mut stream = tokenizer.token_stream(text);
    let mut out = Vec::new();
    while let Some(token) = stream.next() {
        out.push((token.text.clone(), token.offset_from, token.offset_to, token.position));
    }
    out
}

#[track_caller]
fn check(text: &str, expected: &[&str]) {
    let found: Vec<_> = tokens(StandardTokenizer::lowercase(), text).into_iter().map(|token| token.0).collect();
    assert_eq!(found, expected, "{text}");
}

#[test]
fn words_keep_apostrophes_dots_and_underscores() {
    check("Don't rock'n'roll 3.14 1,000 M.I.A. snake_case a:b", &["don't", "rock'n'roll", "3.14", "1,000", "m.i.a", "snake_case", "a:b"]);
    check(
        "wi-fi AC/DC R&B a@b.c #tag 100% a..b a.1 1:2 _x_ __",
        &["wi", "fi", "ac", "dc", "r", "b", "a", "b.c", "tag", "100", "a", "b", "a", "1", "1", "2", "_x_"],
    );
    check("l’amour d'Été ½ — … a;b 1;2 x' 'x", &["l’amour", "d'été", "a", "b", "1;2", "x", "x"]);
}

#[test]
fn scripts_split_as_in_lucene() {
    check("東京タワーへ 서울 노래a", &["東", "京", "タワー", "へ", "서울", "노래a"]);
    check("ภาษาไทย ខ្មែរ", &["ภาษาไทย", "ខ្មែរ"]);
    check("צה״ל צה\"ל ג'ירפה", &["צה״ל", "צה\"ל", "ג'ירפה"]);
    check("e\u{301}te\u{301} co\u{AD}op a\u{200D}b", &["e\u{301}te\u{301}", "co\u{AD}op", "a\u{200D}b"]);
}

#[test]
fn lower_case_is_per_code_point() {
    check("İstanbul ΟΔΟΣ STRASSE ẞ", &["istanbul", "οδοσ", "strasse", "ß"]);
}

#[test]
fn emoji_are_words() {
    check("love ❤️ 👩🏽‍🚀👍🏿 🇩🇪🇫🇷 1️⃣ #️⃣ ☝🏽x", &["love", "❤️", "👩🏽‍🚀", "👍🏿", "🇩🇪", "🇫🇷", "1️⃣", "#️⃣", "☝🏽", "x"]);
}

#[test]
fn long_words_are_cut() {
    let text = "a".repeat(600);
    let lengths: Vec<_> = tokens(StandardTokenizer::lowercase(), &text).iter().map(|token| (token.0.len(), token.3)).collect();
    assert_eq!(lengths, [(255, 0), (255, 1), (90, 2)]);
    let text = format!("{}𐐀b", "a".repeat(254));
    let lengths: Vec<_> = tokens(StandardTokenizer::lowercase(), &text).iter().map(|token| token.0.chars().count()).collect();
    assert_eq!(lengths, [254, 2]);
}

/// Pieces that meet in every way the rules speak of.
const PIECES: &[&str] = &[
    "a",
    "B",
    "7",
    "_",
    ".",
    "'",
    ":",
    ",",
    ";",
    "\"",
    " ",
    "-",
    "#",
    "*",
    "é",
    "\u{301}",
    "½",
    "漢",
    "か",
    "カ",
    "한",
    "ก",
    "ั",
    "א",
    "״",
    "ع",
    "👩",
    "🏽",
    "\u{200D}",
    "\u{FE0F}",
    "\u{FE0E}",
    "\u{20E3}",
    "🇩",
    "☝",
    "Ⓜ",
    "\u{AD}",
    "’",
    "𐐀",
    "٣",
    "İ",
    "Σ",
    "🏴",
    "\u{E0067}",
    "\u{E007F}",
];

proptest! {
    #[test]
    fn the_fast_path_changes_nothing(text in "[ a-cA-C0-2_.':,;\"#*@-]{0,40}", limit in prop::sample::select(vec![1usize, 3, 255])) {
        let fast = StandardTokenizer::lowercase().max_token_length(limit);
        prop_assert_eq!(tokens(fast.clone(), &text), tokens(fast.without_fast_path(), &text));
    }

    #[test]
    fn nor_beside_other_scripts(pieces in prop::collection::vec(prop::sample::select(PIECES.to_vec()), 0..30), limit in prop::sample::select(vec![2usize, 255])) {
        let text = pieces.concat();
        let fast = StandardTokenizer::new().max_token_length(limit);
        prop_assert_eq!(tokens(fast.clone(), &text), tokens(fast.without_fast_path(), &text));
    }

    #[test]
    fn offsets_cut_the_text_in_order(text in any::<String>()) {
        let mut last = 0;
        for (at, (word, from, to, position)) in tokens(StandardTokenizer::new(), &text).into_iter().enumerate() {
            prop_assert!(from >= last && from < to && position == at);
            prop_assert_eq!(&text[from..to], word);
            last = to;
        }
    }
}

//! Letters to their plain forms: accents off, and the normalisations of single languages (Lucene's
//! `ASCIIFoldingFilter`, `GermanNormalizer`, `ArabicNormalizer`, `ScandinavianNormalizer` and relatives).

use std::cell::RefCell;

use tantivy::tokenizer::{AsciiFoldingFilter, RawTokenizer, TextAnalyzer, TokenStream};

thread_local! {
    static ASCII: RefCell<TextAnalyzer> = RefCell::new(TextAnalyzer::builder(RawTokenizer::default()).filter(AsciiFoldingFilter).build());
}

/// Lucene's `ASCIIFoldingFilter`: Latin letters and signs to ASCII where there is a likeness.
pub(in super::super) fn ascii(word: &str) -> String {
    if word.is_ascii() {
        return word.to_owned();
    }
    ASCII.with_borrow_mut(|analyzer| {
        let mut stream = analyzer.token_stream(word);
        if stream.advance() { stream.token().text.clone() } else { String::new() }
    })
}

/// Lucene's `GermanNormalizer`: ß to ss, ä ae to a, ö oe to o, ü ue to u (not after a vowel or q).
pub(in super::super) fn german(word: &str) -> String {
    let mut out = String::with_capacity(word.len());
    let mut before = ' ';
    for c in word.chars() {
        match c {
            'ä' => out.push('a'),
            'ö' => out.push('o'),
            'ü' => out.push('u'),
            'ß' => out.push_str("ss"),
            'e' if matches!(before, 'a' | 'o') => {}
            'e' if before == 'u' && !out.strip_suffix('u').and_then(|rest| rest.chars().last()).is_some_and(|c| "aeiouyq".contains(c)) => {}
            c => out.push(c),
        }
        before = c;
    }
    out
}

/// Lucene's `DecimalDigitFilter`: the digits of every script to those of ASCII.
pub(in super::super) fn decimal_digits(word: &str) -> String {
    /// The zeros of the scripts; the other nine digits follow each.
    const ZEROS: [u32; 37] = [
        0x660, 0x6F0, 0x7C0, 0x966, 0x9E6, 0xA66, 0xAE6, 0xB66, 0xBE6, 0xC66, 0xCE6, 0xD66, 0xDE6, 0xE50, 0xED0, 0xF20, 0x1040, 0x1090,
        0x17E0, 0x1810, 0x1946, 0x19D0, 0x1A80, 0x1A90, 0x1B50, 0x1BB0, 0x1C40, 0x1C50, 0xA620, 0xA8D0, 0xA900, 0xA9D0, 0xA9F0, 0xAA50,
        0xABF0, 0xFF10, 0x104A0,
    ];
    let digit = |c: char| {
        let code = u32::from(c);
        let zero = ZEROS[..ZEROS.partition_point(|&zero| zero <= code)].last()?;
        char::from_digit(code - zero, 10)
    };
    word.chars().map(|c| digit(c).unwrap_or(c)).collect()
}

/// Lucene's `ArabicNormalizer`: hamza and madda off alef, teh marbuta to heh, dotless yeh to yeh, no vowel signs or tatweel.
pub(in super::super) fn arabic(word: &str) -> String {
    word.chars()
        .filter_map(|c| match c {
            '\u{622}' | '\u{623}' | '\u{625}' => Some('\u{627}'),
            '\u{649}' => Some('\u{64A}'),
            '\u{629}' => Some('\u{647}'),
            '\u{640}' | '\u{64B}'..='\u{652}' => None,
            c => Some(c),
        })
        .collect()
}

/// Lucene's `ArabicStemmer`: the article and common prefixes and suffixes off.
pub(in super::super) fn arabic_stem(word: &str) -> String {
    const PREFIXES: [&str; 7] = ["وال", "بال", "كال", "فال", "ال", "لل", "و"];
    const SUFFIXES: [&str; 10] = ["ها", "ان", "ات", "ون", "ين", "يه", "ية", "ه", "ة", "ي"];
    let mut stem = word;
    for prefix in PREFIXES {
        let least = if prefix == "و" { 4 } else { prefix.chars().count() + 2 };
        if stem.chars().count() >= least
            && let Some(rest) = stem.strip_prefix(prefix)
        {
            stem = rest;
            break;
        }
    }
    for suffix in SUFFIXES {
        if stem.chars().count() >= suffix.chars().count() + 2
            && let Some(rest) = stem.strip_suffix(suffix)
        {
            stem = rest;
        }
    }
    stem.to_owned()
}

/// The plurals in -ões and -ães to their singular in -ão, which Snowball leaves apart (Lucene: `PortugueseLightStemmer`).
pub(in super::super) fn portuguese_plural(word: &str) -> String {
    match word.strip_suffix("ões").or_else(|| word.strip_suffix("ães")) {
        Some(stem) if !stem.is_empty() => format!("{stem}ão"),
        _ => word.to_owned(),
    }
}

/// Lucene's `PersianNormalizer`: Arabic yeh and kaf to the Persian ones' common forms.
pub(in super::super) fn persian(word: &str) -> String {
    word.chars()
        .filter_map(|c| match c {
            '\u{6CC}' | '\u{6D2}' => Some('\u{64A}'),
            '\u{6A9}' => Some('\u{643}'),
            '\u{6C0}' | '\u{6C1}' => Some('\u{647}'),
            '\u{654}' => None,
            c => Some(c),
        })
        .collect()
}

/// Lucene's `ScandinavianNormalizer`: æ ä, ø ö, aa ao ae oe oo to å æ ø as Danish and Norwegian write them.
pub(in super::super) fn scandinavian(word: &str) -> String {
    let mut out = String::with_capacity(word.len());
    let mut rest = word.chars().peekable();
    while let Some(c) = rest.next() {
        let next = rest.peek().copied().unwrap_or(' ');
        let (letter, pair) = match (c, next) {
            ('ä', _) => ('æ', false),
            ('Ä', _) => ('Æ', false),
            ('ö', _) => ('ø', false),
            ('Ö', _) => ('Ø', false),
            ('a', 'a' | 'o') => ('å', true),
            ('A', 'a' | 'A' | 'o' | 'O') => ('Å', true),
            ('a', 'e') => ('æ', true),
            ('A', 'e' | 'E') => ('Æ', true),
            ('o', 'e' | 'o') => ('ø', true),
            ('O', 'e' | 'E' | 'o' | 'O') => ('Ø', true),
            (c, _) => (c, false),
        };
        out.push(letter);
        if pair {
            rest.next();
        }
    }
    out
}

/// Lucene's `ScandinavianFoldingFilter`: å ä æ to a, ö ø to o, and the pairs that stand for them.
pub(in super::super) fn scandinavian_fold(word: &str) -> String {
    scandinavian(word)
        .chars()
        .map(|c| match c {
            'å' | 'æ' => 'a',
            'Å' | 'Æ' => 'A',
            'ø' => 'o',
            'Ø' => 'O',
            c => c,
        })
        .collect()
}

/// Lucene's `GreekLowerCaseFilter`: lower case without accents, every sigma the same.
pub(in super::super) fn greek_lowercase(word: &str) -> String {
    word.chars()
        .map(|c| match super::super::text::lowercase(c) {
            'ς' => 'σ',
            'ά' => 'α',
            'έ' => 'ε',
            'ή' => 'η',
            'ί' | 'ϊ' | 'ΐ' => 'ι',
            'ό' => 'ο',
            'ύ' | 'ϋ' | 'ΰ' => 'υ',
            'ώ' => 'ω',
            c => c,
        })
        .collect()
}

/// Lucene's `TurkishLowerCaseFilter`: I to ı, İ to i.
pub(in super::super) fn turkish_lowercase(word: &str) -> String {
    word.chars().filter(|c| *c != '\u{307}').map(|c| if c == 'I' { 'ı' } else { super::super::text::lowercase(c) }).collect()
}

/// Lucene's `CJKWidthFilter`: full-width ASCII to ASCII, half-width Katakana to full width.
pub(in super::super) fn cjk_width(word: &str) -> String {
    const KATAKANA: &str =
        "。「」、・ヲァィゥェォャュョッーアイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワン";
    let mut out = String::with_capacity(word.len());
    for c in word.chars() {
        match c as u32 {
            code @ 0xFF01..=0xFF5E => out.push(char::from_u32(code - 0xFEE0).unwrap_or(c)),
            code @ 0xFF61..=0xFF9D => out.push(KATAKANA.chars().nth((code - 0xFF61) as usize).unwrap_or(c)),
            // Sound marks belong to the letter before.
            code @ (0xFF9E | 0xFF9F) => match out.pop() {
                Some(letter) => out.push(voiced(letter, code == 0xFF9F)),
                None => out.push(c),
            },
            _ => out.push(c),
        }
    }
    out
}

fn voiced(letter: char, half: bool) -> char {
    let code = letter as u32;
    let with = match letter {
        'ハ' | 'ヒ' | 'フ' | 'ヘ' | 'ホ' => code + if half { 2 } else { 1 },
        'カ'..='ト' if !half => code + 1,
        'ウ' if !half => 0x30F4,
        _ => code,
    };
    char::from_u32(with).unwrap_or(letter)
}

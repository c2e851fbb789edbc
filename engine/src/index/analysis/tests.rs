use tutti_index_schema::IndexDefinition;

use tantivy::tokenizer::TokenStream as _;

use super::standard::StandardTokenizer;
use super::*;
use proptest::prelude::*;

fn definition(analysis: &str) -> IndexDefinition {
    let json = format!(r#"{{"name":"texts","fields":[{{"name":"id","type":"Edm.String","key":true}}]{analysis}}}"#);
    IndexDefinition::from_json(json.as_bytes()).unwrap()
}

/// Tokens as `text` or, where a position is not the next one, `text@position`.
fn shown(tokens: &[Token]) -> String {
    let mut next = 0;
    let show = |token: &Token| {
        let text = if token.position == next { token.text.clone() } else { format!("{}@{}", token.text, token.position) };
        next = token.position + 1;
        text
    };
    tokens.iter().map(show).collect::<Vec<_>>().join(" ")
}

#[track_caller]
fn check(name: &str, text: &str, expected: &str) {
    let analyzer = analyzer(name, &definition("")).unwrap();
    assert_eq!(shown(&analyzer.tokens(text)), expected, "{name}: {text}");
}

#[track_caller]
fn check_custom(analysis: &str, text: &str, expected: &str) {
    let analyzer = analyzer("mine", &definition(&format!(",{analysis}"))).unwrap();
    let tokens = analyzer.tokens(text);
    for token in &tokens {
        assert!(text.get(token.start..token.end).is_some(), "{token:?} of {text}");
    }
    assert_eq!(shown(&tokens), expected, "{text}");
}

#[test]
fn standard_words() {
    check(
        "standard.lucene",
        "Don't stop: rock'n'roll, 3.14 1,000 m.i.a. snake_case wi-fi",
        "don't stop rock'n'roll 3.14 1,000 m.i.a snake_case wi fi",
    );
    check("standard.lucene", "東京 タワー 서울 ½ — ΟΔΟΣ İzmir", "東 京 タワー 서울 οδοσ izmir");
    check("standard.lucene", "I ❤️ 👩‍👩‍👧 🇩🇰", "i ❤️ 👩‍👩‍👧 🇩🇰");
}

#[test]
fn plain_analyzers() {
    check("simple", "Héllo-World 99 times", "héllo world times");
    check("whitespace", "Wi-Fi  is ON", "Wi-Fi is ON");
    check("simple", "Ⓜ ne\u{301}e Ⅷ", "ne e");
    check("whitespace", "a\u{A0}b\u{1F}c\u{202F}d", "a\u{A0}b c\u{202F}d");
    check("keyword", "New York", "New York");
    check("stop", "The Sound of Music", "sound@1 music@3");
    check("pattern", "AC/DC, live!", "ac dc live");
    check("standardasciifolding.lucene", "Motörhead Sigur Rós ﬁn", "motorhead sigur ros fin");
}

#[test]
fn languages() {
    check("en.lucene", "The singer's songs are running", "singer@1 song run@4");
    check("en.lucene", "S os is us a y", "s os us@3 y@5");
    check("ar.lucene", "١٩٨٤", "1984");
    check("fr.lucene", "L'amour des chansons d'été", "amour chanson@2 ete");
    check("de.lucene", "Die schönen Straßen", "schon@1 strass");
    check("es.lucene", "las canciones", "cancion@1");
    check("it.lucene", "dell'amore", "amor");
    check("ru.lucene", "песни о любви", "песн любв@2");
    check("tr.lucene", "İstanbul'da ISPANAK", "istanbul ıspanak");
    check("el.lucene", "Τραγούδια", "τραγουδ");
    check("ar.lucene", "الموسيقى", "موسيق");
    check("ja.lucene", "東京タワー", "東京 京タ タワ ワー");
    check("zh-Hans.lucene", "音乐 abc", "音乐 abc");
    check("fr.microsoft", "les chansons", "chanson@1");
}

#[test]
fn stems_of_one_word_meet_whatever_its_form() {
    let same = [
        ("en.lucene", "dancing", "dances"),
        ("fr.lucene", "chanson", "chansons"),
        ("de.lucene", "Lieder", "Liedern"),
        ("es.lucene", "canción", "canciones"),
        ("pt-PT.lucene", "canção", "canções"),
        ("nl.lucene", "lied", "lieden"),
        ("sv.lucene", "sånger", "sången"),
        ("da.lucene", "sange", "sangen"),
        ("nb.lucene", "sanger", "sangen"),
        ("fi.lucene", "laulu", "laulut"),
        ("ru.lucene", "песня", "песни"),
        ("ro.lucene", "cântec", "cântece"),
        ("hu.lucene", "dal", "dalok"),
        ("tr.lucene", "şarkı", "şarkılar"),
    ];
    for (name, one, other) in same {
        let analyzer = analyzer(name, &definition("")).unwrap();
        assert_eq!(shown(&analyzer.tokens(one)), shown(&analyzer.tokens(other)), "{name}");
    }
}

#[test]
fn custom_chains() {
    let chain = |tokenizer: &str, filters: &str| {
        format!(
            r##""analyzers":[{{"@odata.type":"#Microsoft.Azure.Search.CustomAnalyzer","name":"mine","tokenizer":"{tokenizer}","tokenFilters":{filters}}}]"##
        )
    };
    check_custom(&chain("whitespace", r#"["lowercase","asciifolding"]"#), "Ångström ÉTÉ", "angstrom ete");
    check_custom(&chain("keyword_v2", r#"["lowercase","trim"]"#), " Hey Jude ", "hey jude");
    check_custom(&chain("standard_v2", r#"["elision","uppercase","reverse"]"#), "l'été", "ÉTÉ");
    check_custom(&chain("standard_v2", r#"["shingle"]"#), "one two three", "one one two@0 two two three@1 three");
    check_custom(&chain("standard_v2", r#"["word_delimiter"]"#), "PowerShot500", "Power Shot 500");
    check_custom(&chain("standard_v2", r#"["cjk_bigram"]"#), "音楽祭", "音楽 楽祭");
    let parts = r##""tokenFilters":[{"@odata.type":"#Microsoft.Azure.Search.EdgeNGramTokenFilterV2","name":"edges","minGram":2,"maxGram":3},
        {"@odata.type":"#Microsoft.Azure.Search.SynonymTokenFilter","name":"same","synonyms":["gig, concert","ny => new york"]},
        {"@odata.type":"#Microsoft.Azure.Search.LengthTokenFilter","name":"long","min":3}],
        "charFilters":[{"@odata.type":"#Microsoft.Azure.Search.MappingCharFilter","name":"signs","mappings":["&=>and","ß=>ss"]}],"##;
    check_custom(&format!("{parts}{}", chain("standard_v2", r#"["edges"]"#)), "song a", "so son@0");
    check_custom(&format!("{parts}{}", chain("standard_v2", r#"["same"]"#)), "a gig in ny city", "a gig concert@1 in new york city");
    check_custom(&format!("{parts}{}", chain("standard_v2", r#"["long"]"#)), "up to the sky", "the@2 sky");
    let mapped =
        format!("{parts}{}", chain("standard_v2", "[]").replace(r#""tokenizer""#, r#""charFilters":["html_strip","signs"],"tokenizer""#));
    check_custom(&mapped, "<b>Straße</b> R&amp;B &amp; Soul", "Strasse RandB and Soul");
}

#[test]
fn what_is_not_there_is_named() {
    let error = analyzer("klingon.lucene", &definition("")).map(|_| ()).unwrap_err();
    assert!(error.to_string().starts_with("there is no analyzer `klingon.lucene`; there are standard,"), "{error}");
}

#[test]
fn normalization_changes_letters_only() {
    let normalize = |name: &str, word: &str| analyzer(name, &definition("")).unwrap().normalize(word);
    assert_eq!(normalize("standard.lucene", "Wi-Fİ"), "wi-fi");
    assert_eq!(normalize("en.lucene", "Running"), "running");
    assert_eq!(normalize("keyword", "As Is"), "As Is");
    assert_eq!(normalize("standardasciifolding.lucene", "Été"), "ete");
}

#[test]
fn values_of_a_collection_stand_apart() {
    let inner = analyzer("standard.lucene", &definition("")).unwrap();
    let mut joined = multi_value(inner.text_analyzer());
    let mut stream = joined.token_stream("hip hop\u{1F}\u{1F}rock");
    let mut positions = Vec::new();
    while stream.advance() {
        positions.push((stream.token().text.clone(), stream.token().position, stream.token().offset_from));
    }
    assert_eq!(positions, [("hip".to_owned(), 0, 0), ("hop".to_owned(), 1, 4), ("rock".to_owned(), 202, 9)]);
}

proptest! {
    #[test]
    fn tokens_lie_in_the_text(text in "\\PC{0,40}", which in 0usize..43) {
        let name = languages::names().nth(which % languages::names().count()).unwrap();
        let analyzer = analyzer(name, &definition("")).unwrap();
        let tokens = analyzer.tokens(&text);
        for token in &tokens {
            prop_assert!(text.get(token.start..token.end).is_some(), "{} {:?}", name, token);
        }
        prop_assert!(tokens.windows(2).all(|pair| pair[0].position <= pair[1].position));
    }

    #[test]
    fn ascii_is_read_alike_by_both_machines(text in "[ -~]{0,60}") {
        use tantivy::tokenizer::Tokenizer;
        let read = |mut tokenizer: StandardTokenizer| {
            let mut stream = tokenizer.token_stream(&text);
            let mut out = Vec::new();
            while stream.advance() {
                out.push(stream.token().clone());
            }
            out
        };
        prop_assert_eq!(read(StandardTokenizer::lowercase()), read(StandardTokenizer::lowercase().without_fast_path()));
    }
}

//! The predefined analyzers: one chain for each name, in the order of Lucene's analyzer of that language
//! (`EnglishAnalyzer`, `FrenchAnalyzer` and so on). Stems are Snowball's; where Lucene uses a light stemmer that drops
//! accents, accents are dropped after the stem.

use std::collections::HashSet;
use std::sync::Arc;

use frostem::Stemmer;
use tantivy::tokenizer::Language;

use super::chain::Chain;
use super::filters::{Filter, StopList, folding};
use super::tokenizers::Tokenizer;

/// How a language is analysed.
struct Recipe {
    name: &'static str,
    steps: &'static [Step],
}

#[derive(Clone, Copy)]
enum Step {
    Possessive,
    Elision(&'static [&'static str]),
    Apostrophe,
    Lowercase,
    Letters(fn(&str) -> String),
    Stop(&'static str),
    Stem(&'static str),
    StemWith(fn(&str) -> String),
    Fold,
    Bigrams,
}

use Step::{Apostrophe, Bigrams, Elision, Fold, Letters, Lowercase, Possessive, Stem, StemWith, Stop};

const FRENCH_ARTICLES: &[&str] = &["l", "m", "t", "qu", "n", "s", "j", "d", "c", "jusqu", "quoiqu", "lorsqu", "puisqu"];
const ITALIAN_ARTICLES: &[&str] = &[
    "c", "l", "all", "dall", "dell", "nell", "sull", "coll", "pell", "gl", "agl", "dagl", "degl", "negl", "sugl", "un", "m", "t", "s", "v",
    "d",
];
const CATALAN_ARTICLES: &[&str] = &["d", "l", "m", "n", "s", "t"];

const RECIPES: &[Recipe] = &[
    Recipe { name: "en.lucene", steps: &[Possessive, Lowercase, Stop("english"), Stem("porter")] },
    Recipe { name: "fr.lucene", steps: &[Elision(FRENCH_ARTICLES), Lowercase, Stop("french"), Stem("french"), Fold] },
    Recipe { name: "de.lucene", steps: &[Lowercase, Stop("german"), Letters(folding::german), Stem("german"), Fold] },
    Recipe { name: "es.lucene", steps: &[Lowercase, Stop("spanish"), Stem("spanish"), Fold] },
    Recipe { name: "it.lucene", steps: &[Elision(ITALIAN_ARTICLES), Lowercase, Stop("italian"), Stem("italian"), Fold] },
    Recipe {
        name: "pt-PT.lucene",
        steps: &[Lowercase, Stop("portuguese"), StemWith(folding::portuguese_plural), Stem("portuguese"), Fold],
    },
    Recipe {
        name: "pt-BR.lucene",
        steps: &[Lowercase, Stop("portuguese"), StemWith(folding::portuguese_plural), Stem("portuguese"), Fold],
    },
    Recipe { name: "nl.lucene", steps: &[Lowercase, Stop("dutch"), Stem("dutch")] },
    Recipe { name: "sv.lucene", steps: &[Lowercase, Stop("swedish"), Stem("swedish")] },
    Recipe { name: "da.lucene", steps: &[Lowercase, Stop("danish"), Stem("danish")] },
    Recipe { name: "no.lucene", steps: &[Lowercase, Stop("norwegian"), Stem("norwegian")] },
    Recipe { name: "nb.lucene", steps: &[Lowercase, Stop("norwegian"), Stem("norwegian")] },
    Recipe { name: "fi.lucene", steps: &[Lowercase, Stop("finnish"), Stem("finnish")] },
    Recipe { name: "ru.lucene", steps: &[Lowercase, Stop("russian"), Stem("russian")] },
    Recipe { name: "ro.lucene", steps: &[Lowercase, Stop("romanian"), Stem("romanian")] },
    Recipe { name: "hu.lucene", steps: &[Lowercase, Stop("hungarian"), Stem("hungarian")] },
    Recipe { name: "tr.lucene", steps: &[Apostrophe, Letters(folding::turkish_lowercase), Stop("turkish"), Stem("turkish")] },
    Recipe {
        name: "ar.lucene",
        steps: &[Lowercase, Letters(folding::decimal_digits), Stop("arabic"), Letters(folding::arabic), StemWith(folding::arabic_stem)],
    },
    Recipe { name: "el.lucene", steps: &[Letters(folding::greek_lowercase), Stop("greek"), Stem("greek")] },
    Recipe { name: "ca.lucene", steps: &[Elision(CATALAN_ARTICLES), Lowercase, Stem("catalan")] },
    Recipe { name: "eu.lucene", steps: &[Lowercase, Stem("basque")] },
    Recipe { name: "ga.lucene", steps: &[Lowercase, Stem("irish")] },
    Recipe { name: "hi.lucene", steps: &[Lowercase, Letters(folding::decimal_digits), Stem("hindi")] },
    Recipe { name: "hy.lucene", steps: &[Lowercase, Stem("armenian")] },
    Recipe { name: "id.lucene", steps: &[Lowercase, Stem("indonesian")] },
    Recipe {
        name: "fa.lucene",
        steps: &[Lowercase, Letters(folding::decimal_digits), Letters(folding::arabic), Letters(folding::persian)],
    },
    Recipe { name: "bg.lucene", steps: &[Lowercase] },
    Recipe { name: "cs.lucene", steps: &[Lowercase, Stem("czech")] },
    Recipe { name: "gl.lucene", steps: &[Lowercase] },
    Recipe { name: "lv.lucene", steps: &[Lowercase] },
    Recipe { name: "pl.lucene", steps: &[Lowercase, Stem("polish")] },
    Recipe { name: "th.lucene", steps: &[Lowercase, Letters(folding::decimal_digits)] },
    Recipe { name: "ja.lucene", steps: &[Letters(folding::cjk_width), Lowercase, Bigrams] },
    Recipe { name: "ko.lucene", steps: &[Letters(folding::cjk_width), Lowercase, Bigrams] },
    Recipe { name: "zh-Hans.lucene", steps: &[Letters(folding::cjk_width), Lowercase, Bigrams] },
    Recipe { name: "zh-Hant.lucene", steps: &[Letters(folding::cjk_width), Lowercase, Bigrams] },
];

const PLAIN: [&str; 8] =
    ["standard", "standard.lucene", "standardasciifolding.lucene", "simple", "stop", "whitespace", "keyword", "pattern"];

/// Every predefined analyzer.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    PLAIN.into_iter().chain(RECIPES.iter().map(|recipe| recipe.name))
}

/// The chain of a predefined analyzer; the standard one, which streams, is not among them.
pub(super) fn chain(name: &str) -> Option<Chain> {
    let letters = Tokenizer::Letters { lowercase: true };
    let standard = Tokenizer::standard();
    Some(match name {
        "standardasciifolding.lucene" => Chain::new(standard, vec![Filter::Lowercase, Filter::AsciiFolding { keep: false }]),
        "simple" => Chain::new(letters, Vec::new()),
        "stop" => Chain::new(letters, vec![stop_filter("english")?]),
        "whitespace" => Chain::new(Tokenizer::Whitespace, Vec::new()),
        "keyword" => Chain::new(Tokenizer::Keyword, Vec::new()),
        "pattern" => {
            let pattern = regex::Regex::new(r"\W+").ok()?;
            Chain::new(Tokenizer::Pattern { pattern, group: -1 }, vec![Filter::Lowercase])
        }
        name => {
            let recipe = RECIPES.iter().find(|recipe| recipe.name == name)?;
            Chain::new(standard, recipe.steps.iter().filter_map(|step| filter(*step)).collect())
        }
    })
}

fn filter(step: Step) -> Option<Filter> {
    Some(match step {
        Possessive => Filter::Possessive,
        Elision(articles) => Filter::Elision(set(articles)),
        Apostrophe => Filter::Apostrophe,
        Lowercase => Filter::Lowercase,
        Letters(change) => Filter::Letters(change),
        Stop(language) => return stop_filter(language),
        Stem(language) => return stem_filter(language),
        StemWith(stem) => Filter::StemWith(stem),
        Fold => Filter::AsciiFolding { keep: false },
        Bigrams => Filter::CjkBigram { unigrams: false },
    })
}

/// The French articles `ElisionFilter` takes off by default.
pub(super) fn default_elision() -> Filter {
    Filter::Elision(set(FRENCH_ARTICLES))
}

/// A Snowball stemmer by the name of its language, with Azure's names for variants.
pub(super) fn stem_filter(name: &str) -> Option<Filter> {
    let algorithm = match name {
        "lightEnglish" | "minimalEnglish" | "lovins" => "porter",
        "porter2" => "english",
        "lightFinnish" => "finnish",
        "lightFrench" | "minimalFrench" => "french",
        "german2" | "lightGerman" | "minimalGerman" => "german",
        "lightHungarian" => "hungarian",
        "lightItalian" => "italian",
        "lightNorwegian" | "minimalNorwegian" | "lightNynorsk" | "minimalNynorsk" => "norwegian",
        "lightPortuguese" | "minimalPortuguese" | "portugueseRslp" | "brazilian" => "portuguese",
        "lightRussian" => "russian",
        "lightSpanish" => "spanish",
        "lightSwedish" => "swedish",
        "dutchKp" | "kp" => "dutch",
        "possessiveEnglish" => return Some(Filter::Possessive),
        "arabic" => return Some(Filter::StemWith(folding::arabic_stem)),
        name => name,
    };
    Stemmer::try_from_name(algorithm).ok().map(Filter::Stem)
}

/// Stop words of a language: tantivy's lists where it has them.
pub(super) fn stop_filter(language: &str) -> Option<Filter> {
    let theirs = match language {
        "danish" => Language::Danish,
        "dutch" => Language::Dutch,
        "english" => Language::English,
        "finnish" => Language::Finnish,
        "french" => Language::French,
        "german" => Language::German,
        "hungarian" => Language::Hungarian,
        "italian" => Language::Italian,
        "norwegian" => Language::Norwegian,
        "portuguese" | "brazilian" => Language::Portuguese,
        "russian" => Language::Russian,
        "spanish" => Language::Spanish,
        "swedish" => Language::Swedish,
        "romanian" => return Some(Filter::Stop { words: set(ROMANIAN), ignore_case: false }),
        "turkish" => return Some(Filter::Stop { words: set(TURKISH), ignore_case: false }),
        "arabic" => return Some(Filter::Stop { words: set(ARABIC), ignore_case: false }),
        "greek" => return Some(Filter::Stop { words: set(GREEK), ignore_case: false }),
        _ => return None,
    };
    Some(Filter::StopList(StopList::new(theirs)?))
}

fn set(words: &[&str]) -> Arc<HashSet<String>> {
    Arc::new(words.iter().map(|word| (*word).to_owned()).collect())
}

const ROMANIAN: &[&str] = &[
    "a", "acea", "acest", "aceasta", "această", "acesta", "ai", "al", "ale", "am", "ar", "are", "as", "aș", "au", "avea", "ca", "că",
    "care", "ce", "cel", "cu", "cum", "da", "dar", "de", "din", "după", "e", "ea", "ei", "el", "ele", "eu", "este", "eram", "fi", "fie",
    "fost", "i", "ia", "îi", "îl", "în", "la", "le", "lor", "lui", "mai", "mă", "mea", "meu", "mi", "ne", "noi", "nu", "o", "pe", "pentru",
    "prin", "sa", "să", "sau", "se", "și", "sunt", "ta", "te", "tu", "un", "una", "unei", "unui", "va", "vă", "voi", "vor",
];

const TURKISH: &[&str] = &[
    "acaba", "ama", "ancak", "bana", "bazı", "belki", "ben", "beni", "benim", "bir", "biri", "birkaç", "biz", "bu", "bunu", "bütün", "çok",
    "çünkü", "da", "daha", "de", "defa", "diye", "en", "gibi", "hem", "hep", "her", "hiç", "için", "ile", "ise", "kadar", "ki", "kim",
    "mı", "mi", "mu", "mü", "nasıl", "ne", "neden", "nerde", "nerede", "niye", "o", "olan", "olarak", "onu", "onun", "sen", "siz", "şey",
    "şu", "tüm", "ve", "veya", "ya", "yani",
];

const ARABIC: &[&str] = &[
    "من", "في", "على", "و", "فى", "يا", "عن", "مع", "ان", "هو", "هي", "هذا", "هذه", "أن", "إن", "إلى", "الى", "أو", "او", "ما", "لا", "لم",
    "لن", "كان", "كانت", "قد", "التي", "الذي", "ذلك", "تلك", "كل", "بعد", "قبل", "حتى", "إذا", "ثم", "أي", "نحن", "أنا", "أنت", "هم",
];

const GREEK: &[&str] = &[
    "ο",
    "η",
    "το",
    "οι",
    "τα",
    "του",
    "τησ",
    "των",
    "τον",
    "την",
    "και",
    "κι",
    "κ",
    "ειμαι",
    "εισαι",
    "ειναι",
    "ειμαστε",
    "ειστε",
    "στο",
    "στον",
    "στη",
    "στην",
    "στουσ",
    "στισ",
    "μα",
    "αλλα",
    "απο",
    "για",
    "προσ",
    "με",
    "σε",
    "ωσ",
    "παρα",
    "αντι",
    "κατα",
    "μετα",
    "θα",
    "να",
    "δε",
    "δεν",
    "μη",
    "μην",
    "επι",
    "ενω",
    "εαν",
    "αν",
    "τοτε",
    "που",
    "πωσ",
    "ποιοσ",
    "ποια",
    "ποιο",
    "αυτοσ",
    "αυτη",
    "αυτο",
    "αυτοι",
    "αυτων",
    "εκεινοσ",
    "εκεινη",
    "εκεινο",
    "οπωσ",
    "ομωσ",
    "ισωσ",
    "οσο",
    "οτι",
];

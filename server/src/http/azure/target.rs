//! What a path of the search service names: `/indexes('songs')/docs('1')` and the short forms.

use axum::http::Method;

/// A resource or operation. Names are percent-decoded; whether they exist is not known here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Target {
    Indexes,
    Index(String),
    Statistics(String),
    Analyze(String),
    /// `docs`: search by GET.
    Documents(String),
    Document(String, String),
    Count(String),
    Write(String),
    /// Search by POST.
    Search(String),
    Suggest(String),
    Autocomplete(String),
    SynonymMaps,
    SynonymMap(String),
    Aliases,
    Alias(String),
    ServiceStatistics,
    /// Something only the cloud has: its plural name.
    CloudOnly(&'static str),
}

impl Target {
    /// Whether a request by this method only reads documents, which the query key opens.
    pub(super) fn reads(&self, method: &Method) -> bool {
        match self {
            Target::Documents(_) | Target::Document(..) | Target::Count(_) => method == Method::GET,
            Target::Search(_) => method == Method::POST,
            Target::Suggest(_) | Target::Autocomplete(_) => method == Method::GET || method == Method::POST,
            _ => false,
        }
    }
}

const CLOUD_ONLY: [&str; 8] =
    ["indexers", "datasources", "skillsets", "knowledgebases", "knowledgesources", "knowledgeBases", "knowledgeSources", "agents"];

/// The target of a path, or `None` when it names none.
pub(super) fn parse(path: &str) -> Option<Target> {
    let segments: Vec<String> = path.trim_matches('/').split('/').map(decoded).collect::<Option<_>>()?;
    let (first, rest) = segments.split_first()?;
    let (collection, name) = called(first);
    let rest: Vec<&str> = rest.iter().map(String::as_str).collect();
    if let Some(kind) = CLOUD_ONLY.iter().find(|kind| **kind == collection) {
        return Some(Target::CloudOnly(kind));
    }
    match (collection, name, rest.as_slice()) {
        ("servicestats", None, []) => Some(Target::ServiceStatistics),
        ("synonymmaps", None, []) => Some(Target::SynonymMaps),
        ("synonymmaps", Some(name), []) => Some(Target::SynonymMap(name)),
        ("synonymmaps", None, [name]) => Some(Target::SynonymMap((*name).to_owned())),
        ("aliases", None, []) => Some(Target::Aliases),
        ("aliases", Some(name), []) => Some(Target::Alias(name)),
        ("aliases", None, [name]) => Some(Target::Alias((*name).to_owned())),
        ("indexes", None, []) => Some(Target::Indexes),
        ("indexes", Some(name), rest) => of_index(name, rest),
        ("indexes", None, [name, rest @ ..]) => of_index((*name).to_owned(), rest),
        _ => None,
    }
}

fn of_index(name: String, rest: &[&str]) -> Option<Target> {
    Some(match rest {
        [] => Target::Index(name),
        ["search.stats" | "stats"] => Target::Statistics(name),
        ["search.analyze" | "analyze"] => Target::Analyze(name),
        ["docs"] => Target::Documents(name),
        ["docs", "$count"] => Target::Count(name),
        ["docs", "search.index" | "index"] => Target::Write(name),
        ["docs", "search.post.search" | "search"] => Target::Search(name),
        ["docs", "search.post.suggest" | "search.suggest" | "suggest"] => Target::Suggest(name),
        ["docs", "search.post.autocomplete" | "search.autocomplete" | "autocomplete"] => Target::Autocomplete(name),
        [docs] => match called(docs) {
            ("docs", Some(key)) => Target::Document(name, key),
            _ => return None,
        },
        ["docs", key] => Target::Document(name, (*key).to_owned()),
        _ => return None,
    })
}

/// `indexes('songs')` as `indexes` and `songs`; a doubled quote is one.
fn called(segment: &str) -> (&str, Option<String>) {
    let inner = segment.split_once("('").and_then(|(before, rest)| Some((before, rest.strip_suffix("')")?)));
    match inner {
        Some((before, name)) => (before, Some(name.replace("''", "'"))),
        None => (segment, None),
    }
}

fn decoded(segment: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(segment.len());
    let mut rest = segment.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'%' => {
                let mut digit = || char::from(rest.next()?).to_digit(16);
                u8::try_from(digit()? << 4 | digit()?).ok()?
            }
            byte => byte,
        });
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_forms_of_every_path() {
        let s = || "songs".to_owned();
        for (path, expected) in [
            ("/indexes", Target::Indexes),
            ("/indexes('songs')", Target::Index(s())),
            ("/indexes/songs", Target::Index(s())),
            ("/indexes(%27songs%27)/search.stats", Target::Statistics(s())),
            ("/indexes/songs/docs", Target::Documents(s())),
            ("/indexes('songs')/docs/$count", Target::Count(s())),
            ("/indexes('songs')/docs('1%3D')", Target::Document(s(), "1=".to_owned())),
            ("/indexes/songs/docs/a%2Fb", Target::Document(s(), "a/b".to_owned())),
            ("/indexes('songs')/docs('it''s')", Target::Document(s(), "it's".to_owned())),
            ("/indexes('songs')/docs/search.post.search", Target::Search(s())),
            ("/indexes/songs/docs/search", Target::Search(s())),
            ("/indexes/songs/docs/index", Target::Write(s())),
            ("/synonymmaps('m')", Target::SynonymMap("m".to_owned())),
            ("/aliases", Target::Aliases),
            ("/servicestats", Target::ServiceStatistics),
            ("/indexers('x')/search.run", Target::CloudOnly("indexers")),
        ] {
            assert_eq!(parse(path), Some(expected), "{path}");
        }
        for path in ["/", "/v1", "/indexes/songs/docs/1/2", "/indexes('songs')/nothing", "/indexes(%ZZ)", "/indexes('a')b"] {
            assert!(matches!(parse(path), None | Some(Target::Index(_))), "{path}: {:?}", parse(path));
        }
    }
}

//! What suggestions and completions are called on the wire.

use serde::Serialize;
use serde_json::{Map, Value};
use tutti_engine::search::Completion;
use utoipa::ToSchema;

/// Documents for what is being typed.
#[derive(Serialize, ToSchema)]
pub(crate) struct Suggestions {
    pub(super) suggestions: Vec<SuggestionAnswer>,
    pub(super) took_ms: f64,
}

/// A document that fits.
#[derive(Serialize, ToSchema)]
#[schema(as = Suggestion)]
pub(crate) struct SuggestionAnswer {
    pub(super) key: String,
    /// The value that fits, what was typed marked in it.
    pub(super) text: String,
    #[schema(value_type = Object)]
    pub(super) document: Map<String, Value>,
}

/// How what is being typed may go on.
#[derive(Serialize, ToSchema)]
pub(crate) struct Completions {
    completions: Vec<CompletionAnswer>,
    took_ms: f64,
}

/// One way to go on.
#[derive(Serialize, ToSchema)]
#[schema(as = Completion)]
pub(crate) struct CompletionAnswer {
    /// The completed words.
    text: String,
    /// The whole text with them in it.
    query: String,
}

impl Completions {
    pub(super) fn new(found: Vec<Completion>, took_ms: f64) -> Completions {
        let completions = found.into_iter().map(|one| CompletionAnswer { text: one.text, query: one.query_plus_text }).collect();
        Completions { completions, took_ms }
    }
}

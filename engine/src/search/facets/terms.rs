//! Which terms of a string facet are counted: those a regular expression accepts, without those another one does.

use std::sync::Arc;

use tutti_automata::Dfa;
use tutti_index_schema::ValueType;

use crate::error::{Error, Result};
use crate::search::request::{FacetKind, FacetRequest};

/// The filter of one facet.
#[derive(Clone, Default)]
pub(super) struct TermFilter {
    include: Option<Arc<Dfa>>,
    exclude: Option<Arc<Dfa>>,
}

impl TermFilter {
    /// Compiles what the facet asks for.
    ///
    /// # Errors
    /// A field that holds no strings, an expression that does not parse or is too complex.
    pub(super) fn bind(request: &FacetRequest, value_type: ValueType) -> Result<TermFilter> {
        let FacetKind::Values { include, exclude, .. } = &request.kind else { return Ok(TermFilter::default()) };
        if (include.is_some() || exclude.is_some()) && value_type != ValueType::String {
            return Err(Error::BadRequest(format!("facet `{}`: only strings are filtered by term", request.field)));
        }
        let compile = |pattern: &Option<String>| {
            let Some(pattern) = pattern else { return Ok::<_, Error>(None) };
            let wrong = |error| Error::BadRequest(format!("facet `{}`: /{pattern}/: {error}", request.field));
            Ok(Some(Arc::new(tutti_automata::regex(pattern).map_err(wrong)?)))
        };
        Ok(TermFilter { include: compile(include)?, exclude: compile(exclude)? })
    }

    /// Whether every term is counted.
    pub(super) fn is_all(&self) -> bool {
        self.include.is_none() && self.exclude.is_none()
    }

    /// Whether a term is counted.
    pub(super) fn counts(&self, term: &str) -> bool {
        self.include.as_ref().is_none_or(|dfa| dfa.matches(term.as_bytes()))
            && !self.exclude.as_ref().is_some_and(|dfa| dfa.matches(term.as_bytes()))
    }
}

//! Curation rules in a search: whether they are asked for, and what those that hold make of it.

use tutti_engine::Index;
use tutti_engine::search::SearchRequest;

use crate::clock::Clock;
use crate::http::ApiError;
use crate::http::parameters::Parameters;

/// What rules look at in a search.
pub(super) struct Curated {
    /// `q` and `filter`, as they were typed; `None` is a search without rules.
    texts: Option<(String, String)>,
}

impl Curated {
    /// Rules hold unless `rules=off`, and not for searches that ask for documents like another or for somebody's taste.
    pub(super) fn of(parameters: &Parameters) -> Result<Curated, ApiError> {
        let text = |name| parameters.get(name).unwrap_or_default().to_owned();
        let on = match parameters.get("rules") {
            None | Some("on") => true,
            Some("off") => false,
            Some(other) => return Err(ApiError::bad(format!("parameter `rules` is `{other}`; it must be on or off"))),
        };
        let without = ["like", "tasteOf"].into_iter().any(|name| parameters.get(name).is_some());
        Ok(Curated { texts: (on && !without).then(|| (text("q"), text("filter"))) })
    }

    /// Puts what the rules of `index` say into `request`. Returns the names of those that hold when these are to be shown.
    pub(super) fn resolve(&self, index: &Index, request: &mut SearchRequest) -> Result<Vec<String>, ApiError> {
        match &self.texts {
            Some((query, filter)) => Ok(resolve(index, query, filter, request)?),
            None => Ok(Vec::new()),
        }
    }
}

/// Puts what the rules of `index` say of a query and a filter, as they were typed, into `request`. Returns the names of those that hold
/// when these are to be shown.
pub(crate) fn resolve(index: &Index, query: &str, filter: &str, request: &mut SearchRequest) -> tutti_engine::Result<Vec<String>> {
    let held = index.curation(query, filter, Clock::System.now_micros())?;
    request.curation = held.curation;
    Ok(if request.explain { held.rules } else { Vec::new() })
}

#[cfg(test)]
mod tests {
    use super::{Curated, Parameters};

    #[test]
    fn rules_hold_unless_they_are_switched_off() {
        for (text, hold) in [("q=moon", true), ("rules=on", true), ("rules=off", false), ("like=a", false), ("q=a&tasteOf=ann", false)] {
            assert_eq!(Curated::of(&Parameters::parse(Some(text)).unwrap()).unwrap().texts.is_some(), hold, "{text}");
        }
        assert!(Curated::of(&Parameters::parse(Some("rules=no")).unwrap()).is_err());
    }
}

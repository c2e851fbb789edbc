//! Rules of an index (curation): for some queries documents stand first, are left out, or count for more. [`Rule`] is one as it is
//! given; [`Rules`] are those of an index, ready to be asked which of them hold; they are kept beside the index's generations, so
//! that bulk builds leave them alone and they go with the index.

mod resolve;
mod rule;
mod store;
#[cfg(test)]
mod tests;
mod text;

pub use resolve::{Held, Rules, StoredRule};
pub use rule::{Boost, Match, Rule, RuleError, When};
pub(crate) use store::RuleStore;

use super::open_index::Index;
use crate::binding::Binder;
use crate::error::{Error, Result};
use crate::query::ast::{Query, SearchMode};

impl Index {
    /// The rules as they are now, also when another process has changed them.
    ///
    /// # Errors
    /// Their file cannot be read.
    pub fn rules(&self) -> Result<std::sync::Arc<Rules>> {
        self.rule_store().get()
    }

    /// Makes or replaces a rule. When it returns, the rule is on disk and the next search knows it.
    ///
    /// # Errors
    /// A name that is none, filters that do not bind, too many rules: the caller's. The disk fails.
    pub fn put_rule(&self, name: &str, rule: Rule) -> std::result::Result<StoredRule, RuleError> {
        for (place, text, filter) in rule.filters()? {
            self.binds(&filter).map_err(|error| RuleError::unbound(place, text, error))?;
        }
        self.rule_store().put(name, rule)
    }

    /// Removes a rule; says whether there was one.
    ///
    /// # Errors
    /// The disk fails.
    pub fn delete_rule(&self, name: &str) -> Result<bool> {
        self.rule_store().delete(name)
    }

    /// What the rules that hold for a query text and a filter, as they were typed, make of a search at a time in microseconds since
    /// 1970. Boosts whose filter does not bind since the definition changed are left out.
    ///
    /// # Errors
    /// The rules' file cannot be read.
    pub fn curation(&self, query: &str, filter: &str, now_micros: i64) -> Result<Held> {
        let rules = self.rules()?;
        let mut held = rules.hold(query, filter, now_micros);
        held.curation.boosts.retain(|boost| self.binds(&boost.filter).is_ok());
        Ok(held)
    }

    fn binds(&self, filter: &Query) -> Result<()> {
        let generation = self.generation();
        Binder::new(&generation.fields, SearchMode::Any, &[])?.filter(filter).map(drop).map_err(Error::in_filter)
    }
}

//! What a model says to one user: a profile to score with, candidates by the fast path and by scoring everything, explanations,
//! what is similar, and where to begin with a user of whom nothing is known.

mod candidates;
mod cold_start;
mod exhaustive;
mod explanation;
mod profile;
mod similar;

pub use candidates::Allowed;
pub use explanation::{Contribution, Explanation};
pub use profile::Profile;
pub(crate) use profile::RECENT_WEIGHT;
pub use similar::Similar;

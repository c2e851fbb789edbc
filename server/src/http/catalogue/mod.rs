//! The catalogue: indexes, search, what is being typed, curation rules, single documents, covers of songs.

mod covers;
mod curation;
mod documents;
mod operations;
mod operations_rules;
mod operations_typeahead;
mod rules;
mod search;
mod typeahead;
mod wire;
mod wire_rules;
mod wire_typeahead;

use crate::access::Routes;
pub(crate) use curation::resolve as apply_rules;
pub(crate) use search::sort_with_distance;
pub(crate) use wire::{SearchResult, response, shown};
pub(crate) use wire_rules::{RuleAnswer, RuleList};

pub(super) fn routes() -> Routes {
    Routes::new()
        .get("/v1", search::indexes, operations::indexes)
        .get("/v1/openapi.json", super::openapi::description, operations::openapi)
        .get("/v1/{index}", search::index, operations::index)
        .get("/v1/{index}/facets/{field}", search::facet_values, operations::facet_values)
        .get("/v1/{index}/search", search::search, operations::search)
        .get("/v1/{index}/suggest", typeahead::suggest, operations_typeahead::suggest)
        .get("/v1/{index}/complete", typeahead::complete, operations_typeahead::complete)
        .get("/v1/{index}/rules", rules::list, operations_rules::list)
        .get("/v1/{index}/rules/{name}", rules::read, operations_rules::read)
        .put("/v1/{index}/rules/{name}", rules::write, operations_rules::write)
        .delete("/v1/{index}/rules/{name}", rules::delete, operations_rules::delete)
        .post("/v1/{index}/documents", documents::write, operations::write_documents)
        .get("/v1/{index}/documents/{key}", documents::read, operations::read_document)
        .get("/v1/songs/{id}/cover.svg", covers::of_song, operations::cover)
}

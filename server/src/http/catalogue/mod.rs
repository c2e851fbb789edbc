//! The catalogue: indexes, search, what is being typed, curation rules, single documents, covers of songs.

mod covers;
mod documents;
mod operations;
mod operations_typeahead;
mod search;
mod typeahead;
mod wire;
mod wire_typeahead;

use crate::access::Routes;
pub(crate) use wire::{response, shown};

pub(super) fn routes() -> Routes {
    Routes::new()
        .get("/v1", search::indexes, operations::indexes)
        .get("/v1/openapi.json", super::openapi::description, operations::openapi)
        .get("/v1/{index}", search::index, operations::index)
        .get("/v1/{index}/search", search::search, operations::search)
        .get("/v1/{index}/suggest", typeahead::suggest, operations_typeahead::suggest)
        .get("/v1/{index}/complete", typeahead::complete, operations_typeahead::complete)
        .post("/v1/{index}/documents", documents::write, operations::write_documents)
        .get("/v1/{index}/documents/{key}", documents::read, operations::read_document)
        .get("/v1/songs/{id}/cover.svg", covers::of_song, operations::cover)
}

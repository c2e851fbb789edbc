//! The catalogue: indexes, search, single documents, covers of songs.

mod covers;
mod documents;
mod operations;
mod search;
mod wire;

use crate::access::Routes;
pub(crate) use search::sort_with_distance;
pub(crate) use wire::{response, shown};

pub(super) fn routes() -> Routes {
    Routes::new()
        .get("/v1", search::indexes, operations::indexes)
        .get("/v1/openapi.json", super::openapi::description, operations::openapi)
        .get("/v1/{index}", search::index, operations::index)
        .get("/v1/{index}/facets/{field}", search::facet_values, operations::facet_values)
        .get("/v1/{index}/search", search::search, operations::search)
        .post("/v1/{index}/documents", documents::write, operations::write_documents)
        .get("/v1/{index}/documents/{key}", documents::read, operations::read_document)
        .get("/v1/songs/{id}/cover.svg", covers::of_song, operations::cover)
}

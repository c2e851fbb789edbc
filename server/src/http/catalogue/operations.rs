//! The catalogue's routes, described.

use super::wire::{DocumentBatch, FacetValuesAnswer, IndexAnswer, Indexes, Outcomes, SearchResult};
use crate::http::wire::AnyObject;
use crate::http::{Kind, Operation};

pub(super) fn indexes() -> Operation {
    Operation::new("The indexes").json::<Indexes>(200, "Names and sizes.")
}

pub(super) fn openapi() -> Operation {
    Operation::new("This description").json::<AnyObject>(200, "OpenAPI 3.1.")
}

pub(super) fn index() -> Operation {
    Operation::new("An index's definition and size")
        .path("index", "The index's name or alias.")
        .json::<IndexAnswer>(200, "The index.")
        .fails(404, "The request is refused.")
}

pub(super) fn search() -> Operation {
    Operation::new("Search")
        .path("index", "The index's name or alias.")
        .query("q", Kind::Text, "The query; empty finds everything.")
        .query("syntax", Kind::Word(&["lucene", "simple"]), "The query's grammar.")
        .query("mode", Kind::Word(&["any", "all"]), "Whether one or every bare word must match.")
        .query("fields", Kind::Text, "Fields searched when the query names none, with factors: `title^3,artists`.")
        .query("filter", Kind::Text, "An OData filter: `year ge 1990 and genres/any(g: g eq 'Jazz')`.")
        .query("sort", Kind::Text, "Sort keys: `year desc, title`; `score` is the relevance, best first.")
        .query("top", Kind::Integer, "Hits of a page.")
        .query("skip", Kind::Integer, "Hits left out at the start.")
        .query("cursor", Kind::Text, "`next` of the page before.")
        .query("count", Kind::Boolean, "Whether the exact number of matches is wanted.")
        .query("select", Kind::Text, "Fields to return, separated by commas.")
        .query("highlight", Kind::Text, "Fields to mark, with the fragments wanted: `title,lyrics-3`.")
        .query("highlight_pre", Kind::Text, "Put before a match.")
        .query("highlight_post", Kind::Text, "Put after a match.")
        .query("highlight_chars", Kind::Integer, "Characters of a fragment; 0 is whole values.")
        .query("explain", Kind::Boolean, "Whether hits say how their score came about.")
        .query("did_you_mean", Kind::Boolean, "Whether a better spelling is looked for when little is found.")
        .query("rules", Kind::Word(&["on", "off"]), "Whether the index's curation rules hold.")
        .query("pretty", Kind::Boolean, "Indented JSON.")
        .query_many("facet", Kind::Text, "A facet to count, any number of them: `genres,count:20`, `year,interval:10`, `year,values:1980|1990`.")
        .query_many("choose", Kind::Text, "Values chosen in a facet, `genres:Jazz|Blues`; the field's own facet is counted as if nothing were chosen.")
        .query("tasteOf", Kind::Text, "Songs only: a user, or several with commas between them, by whose taste the first hits are ranked: `(1 - w) score / best score + w taste`. Each hit then has `taste` (the part of the catalogue they like less, 0 to 1; null for songs the model does not know, which count as 0.5) and `rank`. Not with `sort`, `skip` or `cursor`.")
        .query("distinct", Kind::Text, "One hit for each value of this field, the first of its list; `total`, pages and facets count groups.")
        .query("like", Kind::Text, "The key of a document that others are to be like; `fields` says which fields count. Not with `q` or `vector`.")
        .query("near", Kind::Text, "Places, `place:51.2,0.1;50.9,-0.7`: hits say their distance from the nearest, and `sort=distance` orders by it.")
        .query("within", Kind::Text, "How far from the nearest of the places of `near`, kilometres: `30`, or a ring, `20..60`.")
        .query("profile", Kind::Text, "The scoring profile that ranks.")
        .query_many("parameter", Kind::Text, "Values of a parameter of the scoring profile: `who-Ann,Bob`.")
        .query_many("vector", Kind::Text, "A vector whose neighbours are looked for: `vec,k:20,weight:2,values:0.1|0.2`. With `q`, and of several vectors, the lists are fused by rank.")
        .query("vector_filter", Kind::Word(&["pre", "post"]), "Whether `filter` is applied before the neighbours are looked for or after.")
        .query("tasteWeight", Kind::Number, "`w` of `tasteOf`.")
        .json::<SearchResult>(200, "What was found.")
        .fails(400, "The request is refused.")
        .fails(404, "The request is refused.")
        .fails(503, "The request is refused.")
}

pub(super) fn facet_values() -> Operation {
    Operation::new("Values of a facet by what is typed")
        .about("A value is found when one of its words begins with `q`, case and accents aside; from four characters on also with one edit. Exact finds come first, then the most frequent.")
        .path("index", "The index's name or alias.")
        .path("field", "A facetable field of strings; a dot stands for the slash of a sub-field.")
        .query("q", Kind::Text, "What is typed, up to 100 characters; empty finds every value.")
        .query("filter", Kind::Text, "An OData filter that documents must pass to be counted.")
        .query("top", Kind::Integer, "Values to return, 1 to 100.")
        .json::<FacetValuesAnswer>(200, "The values.")
        .fails(400, "The request is refused.")
        .fails(404, "The request is refused.")
}

pub(super) fn write_documents() -> Operation {
    Operation::new("Write documents")
        .about("Durable when answered; visible within a second, or at once with `refresh`.")
        .path("index", "The index's name or alias.")
        .query("refresh", Kind::Boolean, "Make them visible before answering.")
        .body::<DocumentBatch>("")
        .json::<Outcomes>(200, "Everything was done.")
        .json::<Outcomes>(207, "Some actions were refused.")
        .fails(400, "The request is refused.")
        .fails(404, "The request is refused.")
        .fails(413, "The request is refused.")
}

pub(super) fn read_document() -> Operation {
    Operation::new("A document as last written")
        .path("index", "The index's name or alias.")
        .path("key", "The document's key.")
        .json::<AnyObject>(200, "The document.")
        .fails(404, "The request is refused.")
}

pub(super) fn cover() -> Operation {
    Operation::new("A cover made of where the song stands among tastes; any id has one").path("id", "The song's id.").content(
        200,
        "image/svg+xml",
        "A square picture.",
    )
}

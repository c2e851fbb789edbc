//! The embedded search engine of Tutti: Lucene's query syntax and scores, filters, facets, language analyzers, vectors and taste,
//! over indexes that survive a crash. It is synchronous and opens no socket; time and randomness come in as arguments.
//!
//! # Open and define
//!
//! An [`Engine`] holds the indexes of one data directory. An index is declared in the JSON form of Azure AI Search; the indexes
//! that ship with Tutti (`songs`, `artists`, `users`, `venues` ...) are such definitions too
//! ([`tutti_index_schema::shipped`]).
//!
//! ```
//! use serde_json::json;
//! use tutti_engine::{Access, Engine};
//! use tutti_index_schema::IndexDefinition;
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let data = tempfile::tempdir()?;
//! let engine = Engine::open(data.path(), Access::Write)?;
//! let definition = IndexDefinition::from_value(&json!({
//!     "name": "records",
//!     "fields": [
//!         {"name": "id", "type": "Edm.String", "key": true},
//!         {"name": "title", "type": "Edm.String", "searchable": true, "analyzer": "en.lucene"},
//!         {"name": "genres", "type": "Collection(Edm.String)", "filterable": true, "facetable": true},
//!         {"name": "year", "type": "Edm.Int32", "filterable": true, "sortable": true},
//!     ],
//! }))?;
//! let index = engine.create_index(&definition)?;
//! assert_eq!(engine.index_names()?, ["records"]);
//! # Ok(())
//! # }
//! ```
//!
//! # Index documents
//!
//! [`Index::write`] returns when a batch is in the log and synced: from then on it survives `kill -9`. [`Index::get`] sees it at
//! once, searches see it after [`Index::refresh`]. Whole catalogues go through [`Engine::build_index`], which uses every core
//! and swaps the finished index in.
//!
//! ```
//! # use serde_json::json;
//! # use tutti_engine::{Access, Engine};
//! use tutti_engine::{Action, ActionKind};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let data = tempfile::tempdir()?;
//! # let engine = Engine::open(data.path(), Access::Write)?;
//! # let index = engine.create_index(&tutti_index_schema::shipped("songs").ok_or("shipped")?)?;
//! let song = |text: &str| serde_json::from_str(text).map(|document| Action { kind: ActionKind::Upload, document });
//! let outcomes = index.write(&[
//!     song(r#"{"id": "1", "title": "Love Me Tender", "genres": ["Ballad"], "year": 1956}"#)?,
//!     song(r#"{"id": "2", "title": "Crazy in Love", "genres": ["R&B", "Pop"], "year": 2003}"#)?,
//! ])?;
//! assert!(outcomes.iter().all(|outcome| outcome.result.is_ok()));
//! assert!(index.get("1")?.is_some());
//! index.refresh()?;
//! assert_eq!(index.count(), 2);
//! # Ok(())
//! # }
//! ```
//!
//! # Search and count
//!
//! Three grammars parse to one query tree ([`query`]): Lucene's classic syntax, Azure's simple syntax, and OData filters. A
//! [`Searcher`] pins one state of the index, so that several requests see the same documents;
//! [`Index::search`] is one request to the present state.
//!
//! ```
//! # use tutti_engine::{Access, Action, ActionKind, Engine};
//! use tutti_engine::query::{parse_filter, parse_lucene};
//! use tutti_engine::search::{FacetKind, FacetOrder, FacetRequest, SearchRequest};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let data = tempfile::tempdir()?;
//! # let engine = Engine::open(data.path(), Access::Write)?;
//! # let index = engine.create_index(&tutti_index_schema::shipped("songs").ok_or("shipped")?)?;
//! # let song = |text: &str| serde_json::from_str(text).map(|document| Action { kind: ActionKind::Upload, document });
//! # index.write(&[
//! #     song(r#"{"id": "1", "title": "Love Me Tender", "genres": ["Ballad"], "year": 1956}"#)?,
//! #     song(r#"{"id": "2", "title": "Crazy in Love", "genres": ["R&B", "Pop"], "year": 2003}"#)?,
//! # ])?;
//! # index.refresh()?;
//! let searcher = index.searcher();
//! let found = searcher.search(&SearchRequest {
//!     query: Some(parse_lucene("title:lov* AND NOT tender")?),
//!     filter: Some(parse_filter("year gt 2000")?),
//!     facets: vec![FacetRequest { field: "genres".into(), kind: FacetKind::values(10) }],
//!     ..SearchRequest::default()
//! })?;
//! assert_eq!(found.total, Some(1));
//! assert_eq!(found.hits[0].key, "2");
//! assert_eq!(found.facets[0].buckets.len(), 2);
//! # Ok(())
//! # }
//! ```
//!
//! # Vectors
//!
//! A field of vectors is searched for nearest neighbours, alone or together with a text: several lists are fused by rank
//! ([`search::VectorQuery`]). [`vectors`] is the same without an index around it.
//!
//! ```
//! # use serde_json::json;
//! # use tutti_engine::{Access, Action, ActionKind, Engine};
//! # use tutti_index_schema::IndexDefinition;
//! use tutti_engine::search::{SearchRequest, VectorQuery};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let data = tempfile::tempdir()?;
//! # let engine = Engine::open(data.path(), Access::Write)?;
//! let definition = IndexDefinition::from_value(&json!({
//!     "name": "moods",
//!     "fields": [
//!         {"name": "id", "type": "Edm.String", "key": true},
//!         {"name": "mood", "type": "Collection(Edm.Single)", "searchable": true, "dimensions": 2, "vectorSearchProfile": "near"},
//!     ],
//!     "vectorSearch": {
//!         "algorithms": [{"name": "graph", "kind": "hnsw", "hnswParameters": {"metric": "cosine"}}],
//!         "profiles": [{"name": "near", "algorithm": "graph"}],
//!     },
//! }))?;
//! let index = engine.create_index(&definition)?;
//! # let action = |text: &str| serde_json::from_str(text).map(|document| Action { kind: ActionKind::Upload, document });
//! index.write(&[action(r#"{"id": "calm", "mood": [1, 0]}"#)?, action(r#"{"id": "wild", "mood": [0, 1]}"#)?])?;
//! index.refresh()?;
//! let nearest = VectorQuery { vector: vec![0.9, 0.1], k: 1, fields: vec!["mood".into()], exhaustive: false, weight: 1.0 };
//! let found = index.search(&SearchRequest { vectors: vec![nearest], ..SearchRequest::default() })?;
//! assert_eq!(found.hits[0].key, "calm");
//! # Ok(())
//! # }
//! ```
//!
//! # Taste
//!
//! [`taste`] learns from what people play, like and skip, and recommends to one of them or to a group. It knows no index;
//! [`items_of`] says which of a model's items an index holds and a filter lets through.
//!
//! ```
//! # use tutti_engine::{Access, Action, ActionKind, Engine};
//! use std::sync::atomic::AtomicBool;
//! use tutti_engine::items_of;
//! use tutti_engine::query::parse_filter;
//! use tutti_engine::taste::train::{Dataset, Options, train};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let data = tempfile::tempdir()?;
//! # let engine = Engine::open(data.path(), Access::Write)?;
//! # let index = engine.create_index(&tutti_index_schema::shipped("songs").ok_or("shipped")?)?;
//! # let song = |text: &str| serde_json::from_str(text).map(|document| Action { kind: ActionKind::Upload, document });
//! # index.write(&[song(r#"{"id": "song1", "title": "one", "year": 1956}"#)?, song(r#"{"id": "song2", "title": "two", "year": 2003}"#)?])?;
//! # index.refresh()?;
//! let plays: Vec<_> = (0..60).map(|at| (format!("listener{}", at / 4), format!("song{}", at % 7), 1.0)).collect();
//! let model = train(&Dataset::of(&plays), &Options::default(), None, &AtomicBool::new(false), &mut |_| {})?.into_model()?;
//! let recent = items_of(&model, &index, Some(&parse_filter("year ge 2000")?))?;
//! let song2 = model.item_ids().number("song2").ok_or("song2 was played")?;
//! assert!(recent.has(song2));
//! # Ok(())
//! # }
//! ```
//!
//! # Where things are
//!
//! | module | what |
//! | --- | --- |
//! | [`query`] | text to one query tree, and back |
//! | `binding` | the tree and an index's fields to a bound plan; names no type of tantivy |
//! | [`index`] | definitions to tantivy, analysis, the writer, bulk builds, synonym maps, rules, aliases |
//! | [`search`] | the bound plan carried out: hits, facets, sort keys, highlights, suggestions |
//! | [`taste`], [`vectors`] | crates of their own, re-exported |

#![warn(missing_docs)]

mod binding;
mod error;
pub mod index;
pub mod query;
pub mod search;
mod taste_items;

pub use error::{Error, Result, StorageError};
pub use index::{Access, Action, ActionKind, Engine, Index};
pub use search::Searcher;
pub use taste_items::items_of;
pub use tutti_taste as taste;
pub use tutti_vectors as vectors;
pub use tutti_wal::replace_file;

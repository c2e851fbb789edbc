//! Open, index, search, facet. `cargo run -p tutti-engine --example search`

use tutti_engine::query::parse_lucene;
use tutti_engine::search::{FacetKind, FacetRequest, SearchRequest};
use tutti_engine::{Access, Action, ActionKind, Engine};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let engine = Engine::open(&std::env::temp_dir().join("tutti-example"), Access::Write)?;
    let songs = tutti_index_schema::shipped("songs").ok_or("the songs index is shipped")?;
    let index = engine.index("songs").or_else(|_| engine.create_index(&songs))?;

    let song = |text: &str| serde_json::from_str(text).map(|document| Action { kind: ActionKind::Upload, document });
    index.write(&[
        song(r#"{"id": "1", "title": "Love Me Tender", "genres": ["Ballad"], "year": 1956}"#)?,
        song(r#"{"id": "2", "title": "Crazy in Love", "genres": ["R&B", "Pop"], "year": 2003}"#)?,
    ])?; // durable from here on
    index.refresh()?; // and found from here on

    let found = index.search(&SearchRequest {
        query: Some(parse_lucene("title:lov* AND NOT tender")?),
        facets: vec![FacetRequest { field: "genres".into(), kind: FacetKind::values(10) }],
        ..SearchRequest::default()
    })?;
    for hit in &found.hits {
        println!("{:.3} {} {}", hit.score, hit.key, hit.document["title"]);
    }
    println!("{:?}", found.facets);
    Ok(())
}

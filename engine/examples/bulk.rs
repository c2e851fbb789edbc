//! Build an index from JSON lines and swap it in. `cargo run -p tutti-engine --example bulk < songs.jsonl`

use std::io::BufRead;

use tutti_engine::index::BulkOptions;
use tutti_engine::{Access, Engine};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let engine = Engine::open(&std::env::temp_dir().join("tutti-bulk-example"), Access::Write)?;
    let definition = tutti_index_schema::shipped("songs").ok_or("the songs index is shipped")?;
    let mut build = engine.build_index(&definition, &BulkOptions::default())?;
    let lines: Vec<String> = std::io::stdin().lock().lines().collect::<Result<_, _>>()?;
    for rejected in build.add_sources(&lines)? {
        eprintln!("row {}: {}", rejected.row + 1, rejected.reason);
    }
    println!("{:?}", build.finish()?);
    Ok(())
}

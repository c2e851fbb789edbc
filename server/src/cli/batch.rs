//! `tutti search INDEX --batch FILE`: a JSON object a line in, one a line out, in order.

use std::io::{BufRead, Write};
use std::path::Path;

use anyhow::Context;
use rayon::prelude::*;
use serde::Deserialize;
use serde_json::{Value, json};
use tutti_engine::Index;
use tutti_engine::query::ast::SearchMode;
use tutti_engine::query::{QueryError, parse_lucene, parse_simple};
use tutti_engine::search::SearchRequest;

use crate::http::catalogue::{apply_rules, shown};
use crate::query_parameters;

/// Lines answered together, on every core.
const CHUNK: usize = 256;

/// A query as a line has it. Members of other programs' case files are let pass.
#[derive(Deserialize)]
struct Line {
    #[serde(default)]
    id: Value,
    query: String,
    mode: Option<String>,
    default_operator: Option<String>,
    fields: Option<Vec<String>>,
    default_fields: Option<Vec<String>>,
    syntax: Option<String>,
    top: Option<usize>,
}

/// Answers the lines of a file, with the index's curation rules or without.
pub(super) fn run(index: &Index, path: &Path, rules: bool) -> anyhow::Result<()> {
    let input = tutti_datasets::open_input(path)?;
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    let mut lines = input.lines().enumerate();
    loop {
        let mut chunk = Vec::with_capacity(CHUNK);
        for (number, line) in lines.by_ref().take(CHUNK) {
            let line = line.with_context(|| format!("line {} of {}", number + 1, path.display()))?;
            chunk.push((number + 1, line));
        }
        if chunk.is_empty() {
            break;
        }
        let asked = chunk.par_iter().filter(|(_, line)| !line.trim().is_empty());
        let answers: Vec<_> = asked.map(|(number, line)| answer(index, *number, line, rules)).collect();
        for answer in answers {
            serde_json::to_writer(&mut out, &answer?)?;
            out.write_all(b"\n")?;
        }
    }
    out.flush()?;
    Ok(())
}

fn answer(index: &Index, number: usize, line: &str, rules: bool) -> anyhow::Result<Value> {
    let line: Line = match serde_json::from_str(line) {
        Ok(line) => line,
        Err(error) => return Ok(json!({"id": null, "outcome": "error", "error": format!("line {number}: {error}")})),
    };
    let rejected = |error: &QueryError| json!({"id": line.id, "outcome": "parse_error", "error": error.to_string()});
    let wrong = |message: String| json!({"id": line.id, "outcome": "error", "error": format!("line {number}: {message}")});
    let parsed = match line.syntax.as_deref() {
        None | Some("lucene" | "full") => parse_lucene(&line.query),
        Some("simple") => parse_simple(&line.query),
        Some(other) => return Ok(wrong(format!("`{other}` is not a syntax: use lucene or simple"))),
    };
    let query = match parsed {
        Ok(query) => query,
        Err(error) => return Ok(rejected(&error)),
    };
    let mode = match line.mode.as_deref().or(line.default_operator.as_deref()).map_or(Ok(SearchMode::Any), query_parameters::mode) {
        Ok(mode) => mode,
        Err(error) => return Ok(wrong(error.to_string())),
    };
    let names = line.fields.as_ref().or(line.default_fields.as_ref());
    let fields = match query_parameters::fields(&names.map(|names| names.join(",")).unwrap_or_default()) {
        Ok(fields) => fields,
        Err(error) => return Ok(wrong(error.to_string())),
    };
    let mut request = SearchRequest {
        query: Some(query),
        mode,
        fields,
        top: line.top.unwrap_or(20),
        select: Some(Vec::new()),
        ..SearchRequest::default()
    };
    if rules {
        apply_rules(index, &line.query, "", &mut request)?;
    }
    match index.search(&request) {
        Ok(response) => Ok(json!({
            "id": line.id,
            "outcome": "ok",
            "total": response.total,
            "hits": response.hits.iter().map(|hit| hit.key.as_str()).collect::<Vec<_>>(),
            "scores": response.hits.iter().map(|hit| shown(hit.score)).collect::<Vec<_>>(),
        })),
        Err(tutti_engine::Error::Query(error)) => Ok(rejected(&error)),
        Err(error) if error.is_callers_fault() => Ok(wrong(error.to_string())),
        Err(error) => Err(error.into()),
    }
}

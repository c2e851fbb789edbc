//! Tests of the three grammars.

mod lucene;
mod odata;
mod simple;

use super::{
    QueryError,
    ast::{Node, Query},
};

/// The tree in one line: `field:Node^boost`, or the error with its remedy.
fn tree(parsed: Result<Query, QueryError>) -> String {
    match parsed {
        Ok(query) => brief(&query),
        Err(error) => {
            let remedy = error.remedy.as_ref().map(|remedy| format!(" ({remedy})")).unwrap_or_default();
            format!("! {error}{remedy}")
        }
    }
}

fn brief(query: &Query) -> String {
    let field = query.field.as_ref().map(|field| format!("{field}:")).unwrap_or_default();
    let boost = query.boost.map(|boost| format!("^{boost}")).unwrap_or_default();
    let list = |queries: &[Query]| queries.iter().map(brief).collect::<Vec<_>>().join(", ");
    let node = match &query.node {
        Node::Clauses(clauses) => {
            let clauses = clauses.iter().map(|clause| {
                let conjunction = clause.conjunction.map(|word| format!("{word:?} ")).unwrap_or_default();
                let modifier = clause.modifier.map(|word| format!("{word:?} ")).unwrap_or_default();
                format!("{conjunction}{modifier}{}", brief(&clause.query))
            });
            format!("[{}]", clauses.collect::<Vec<_>>().join(", "))
        }
        Node::And(queries) => format!("And({})", list(queries)),
        Node::Or(queries) => format!("Or({})", list(queries)),
        Node::Chain(links) => {
            let links = links.iter().map(|link| {
                let operator = link.operator.map(|word| format!("{word:?} ")).unwrap_or_default();
                format!("{operator}{}", brief(&link.query))
            });
            format!("Chain({})", links.collect::<Vec<_>>().join(", "))
        }
        Node::Not(inner) => format!("Not({})", brief(inner)),
        Node::Any(Some(lambda)) => format!("Any({} => {})", lambda.variable, brief(&lambda.body)),
        Node::All(lambda) => format!("All({} => {})", lambda.variable, brief(&lambda.body)),
        Node::FullText { query, fields, scoring, mode } => {
            format!("FullText({}, fields {fields:?}, scoring {scoring}, {mode:?})", brief(query))
        }
        node => format!("{node:?}"),
    };
    format!("{field}{node}{boost}")
}

/// Runs `work` where deep recursion would be found out.
fn inside_a_small_stack(work: impl FnOnce() + Send + 'static) {
    std::thread::Builder::new().stack_size(512 * 1024).spawn(work).unwrap().join().unwrap();
}

//! The parameters of a search, from a POST body or a query string, as the engine's request.

use serde_json::{Map, Number, Value};
use tutti_engine::Index;
use tutti_engine::query::ast::{Node, Query, SearchMode, WildcardPiece};
use tutti_engine::query::{OrderBy, OrderKey, QueryError, parse_filter, parse_lucene_with_paths, parse_order_by, parse_simple};
use tutti_engine::search::{FacetKind, FacetRequest, HighlightRequest, SearchRequest, SortBy, SortKey};
use tutti_index_schema::ValueType;

use super::body::Members;
use super::documents::select;
use super::failure::{bad, not_supported};
use super::vector_queries;
use crate::clock::Clock;
use crate::http::error::ApiError;
use crate::http::parameters::Parameters;
use crate::query_parameters;

/// Hits of a page unless asked otherwise, and at most.
const PAGE: usize = 50;
const MOST: usize = 1000;
const MAX_SKIP: i64 = 100_000;
/// Characters of a search text.
const MAX_TEXT: usize = 100_000;
/// Clauses of a search text.
const MAX_CLAUSES: usize = 3000;
/// Characters of a fragment; shorter values are shown whole.
const FRAGMENT: usize = 200;

const PROPERTIES: [&str; 22] = [
    "search",
    "queryType",
    "searchMode",
    "searchFields",
    "filter",
    "orderby",
    "select",
    "top",
    "skip",
    "count",
    "facets",
    "highlight",
    "highlightPreTag",
    "highlightPostTag",
    "scoringProfile",
    "scoringParameters",
    "scoringStatistics",
    "sessionId",
    "minimumCoverage",
    "debug",
    "vectorQueries",
    "vectorFilterMode",
];
/// What semantic ranking and other cloud services add.
const CLOUD_ONLY: [&str; 14] = [
    "semanticConfiguration",
    "semanticConfigurationName",
    "semanticErrorHandling",
    "semanticMaxWaitInMilliseconds",
    "semanticQuery",
    "semanticFields",
    "answers",
    "captions",
    "queryRewrites",
    "queryLanguage",
    "speller",
    "hybridSearch",
    "querySourceAuthorization",
    "enableElevatedRead",
];

/// A search and what of it concerns the answer only.
pub(super) struct Asked {
    pub(super) request: SearchRequest,
    pub(super) selected: Option<Vec<String>>,
    /// Hits wanted in all; `None` is every one.
    pub(super) top: Option<usize>,
    pub(super) coverage: bool,
}

/// The body that a query string is the short form of.
pub(super) fn from_query_string(parameters: &Parameters) -> Result<Map<String, Value>, ApiError> {
    let mut body = Map::new();
    for (name, value) in parameters.pairs() {
        let (property, value) = match name {
            "api-version" | "api-key" => continue,
            "$filter" => ("filter", Value::from(value)),
            "$orderby" => ("orderby", Value::from(value)),
            "$select" => ("select", Value::from(value)),
            "$top" => ("top", number(name, value)?),
            "$skip" => ("skip", number(name, value)?),
            "$count" => ("count", flag(name, value)?),
            "minimumCoverage" => ("minimumCoverage", number(name, value)?),
            "facet" => ("facets", Value::from(value)),
            "scoringParameter" => ("scoringParameters", Value::from(value)),
            "search" | "queryType" | "searchMode" | "searchFields" | "highlight" | "highlightPreTag" | "highlightPostTag"
            | "scoringProfile" | "scoringStatistics" | "sessionId" | "debug" => (name, Value::from(value)),
            name if CLOUD_ONLY.contains(&name) => return Err(cloud_only(name)),
            name => return Err(bad(format!("The parameter '{name}' is not a parameter of search."))),
        };
        if matches!(property, "facets" | "scoringParameters") {
            match body.entry(property).or_insert_with(|| Value::Array(Vec::new())) {
                Value::Array(list) => list.push(value),
                _ => return Err(bad(format!("The parameter '{name}' is given twice."))),
            }
        } else if body.insert(property.to_owned(), value).is_some() {
            return Err(bad(format!("The parameter '{name}' is given twice.")));
        }
    }
    Ok(body)
}

fn number(name: &str, text: &str) -> Result<Value, ApiError> {
    if let Ok(whole) = text.trim().parse::<i64>() {
        return Ok(whole.into());
    }
    let number = text.trim().parse::<f64>().ok().and_then(Number::from_f64);
    number.map(Value::Number).ok_or_else(|| bad(format!("The parameter '{name}' must be a number, it is '{text}'.")))
}

fn flag(name: &str, text: &str) -> Result<Value, ApiError> {
    match text.trim().to_ascii_lowercase().as_str() {
        "true" => Ok(Value::Bool(true)),
        "false" => Ok(Value::Bool(false)),
        _ => Err(bad(format!("The parameter '{name}' must be true or false, it is '{text}'."))),
    }
}

fn cloud_only(name: &str) -> ApiError {
    not_supported(format!("'{name}' belongs to semantic ranking or another cloud service, which is not here: leave it out."))
}

/// The engine's request for a body.
pub(super) fn read(index: &Index, body: &Map<String, Value>) -> Result<Asked, ApiError> {
    let members = Members(body);
    if let Some(name) = CLOUD_ONLY.iter().find(|name| members.get(name).is_some()) {
        return Err(cloud_only(name));
    }
    members.allow(&PROPERTIES)?;
    if let Some(debug) = members.text("debug")?.filter(|debug| *debug != "disabled") {
        return Err(not_supported(format!("'debug' can only be disabled here, it is '{debug}'.")));
    }
    one_of("scoringStatistics", members.text("scoringStatistics")?, &["local", "global"])?;
    members.text("sessionId")?;
    let coverage = members.number("minimumCoverage")?;
    if coverage.is_some_and(|coverage| !(0.0..=100.0).contains(&coverage)) {
        return Err(bad("The value of 'minimumCoverage' must be between 0 and 100."));
    }
    let top = match members.whole("top")? {
        Some(top) if top < 0 => return Err(bad(format!("The value of 'top' must be 0 or more, it is {top}."))),
        top => top.map(|top| usize::try_from(top).unwrap_or(usize::MAX)),
    };
    let skip = members.whole("skip")?.unwrap_or(0);
    if !(0..=MAX_SKIP).contains(&skip) {
        return Err(bad(format!(
            "The value of 'skip' must be between 0 and {MAX_SKIP}, it is {skip}; filter on a sorted key to go deeper."
        )));
    }
    let mode = search_mode(members.text("searchMode")?)?;
    let selected = select(index, members.joined("select")?.as_deref())?;
    let fields = query_parameters::fields(&members.joined("searchFields")?.unwrap_or_default())
        .map_err(|error| bad(format!("searchFields: {error}")))?;
    let request = SearchRequest {
        query: query(index, &members)?,
        mode,
        fields,
        filter: members.text("filter")?.map(filter).transpose()?.flatten(),
        vectors: vector_queries::read(&members)?,
        vector_filter: vector_queries::filter_mode(&members)?,
        facets: facets(&members)?,
        sort: order(members.joined("orderby")?.as_deref())?,
        skip: skip as usize,
        top: top.unwrap_or(PAGE).min(MOST),
        count: members.flag("count")?.unwrap_or(false),
        highlight: highlight(&members)?,
        profile: members.text("scoringProfile")?.map(str::to_owned),
        profile_parameters: profile_parameters(&members)?,
        now_micros: Some(Clock::System.now_micros()),
        ..SearchRequest::default()
    };
    Ok(Asked { request, selected, top, coverage: coverage.is_some() })
}

fn one_of(name: &str, value: Option<&str>, known: &[&str]) -> Result<(), ApiError> {
    match value.filter(|value| !known.contains(value)) {
        None => Ok(()),
        Some(value) => Err(bad(format!("The value '{value}' of '{name}' is none of {}.", known.join(", ")))),
    }
}

fn search_mode(text: Option<&str>) -> Result<SearchMode, ApiError> {
    one_of("searchMode", text, &["any", "all"])?;
    Ok(if text == Some("all") { SearchMode::All } else { SearchMode::Any })
}

/// The search text; `None` finds everything.
fn query(index: &Index, members: &Members<'_>) -> Result<Option<Query>, ApiError> {
    let kind = members.text("queryType")?;
    if kind == Some("semantic") {
        return Err(not_supported("The queryType 'semantic' needs a cloud service that is not here: use simple or full."));
    }
    one_of("queryType", kind, &["simple", "full"])?;
    let text = members.text("search")?.unwrap_or_default();
    if text.chars().count() > MAX_TEXT {
        return Err(bad(format!("The search text is longer than {MAX_TEXT} characters.")));
    }
    if matches!(text.trim(), "" | "*") {
        return Ok(None);
    }
    let parsed = if kind == Some("full") { parse_lucene_with_paths(text) } else { parse_simple(text) };
    let query = parsed.map_err(|error| unparsable(text, &error))?;
    if kind == Some("full") {
        check_full(index, text, &query)?;
    }
    Ok(Some(query))
}

pub(super) fn unparsable(text: &str, error: &QueryError) -> ApiError {
    let before = text.get(..error.span.start).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().map_or(0, |line| line.chars().count()) + 1;
    let remedy = error.remedy.as_ref().map(|remedy| format!(" ({remedy})")).unwrap_or_default();
    bad(format!("Failed to parse query string at line {line}, column {column}. {}{remedy}", error.message))
}

/// What the service refuses of Lucene's syntax: unknown fields, ranges, leading wildcards.
fn check_full(index: &Index, text: &str, query: &Query) -> Result<(), ApiError> {
    let definition = index.definition();
    let mut open = vec![query];
    let mut clauses = 0;
    while let Some(query) = open.pop() {
        let refuse = |message: String| Err(unparsable(text, &QueryError { span: query.span, message, remedy: None }));
        if let Some(name) = query.field.as_deref().filter(|name| *name != "*") {
            let text_field = |field: &tutti_index_schema::Field| field.searchable && field.field_type.value == ValueType::String;
            match definition.field(name) {
                None => return refuse(format!("The field '{name}' does not exist in the index.")),
                Some(field) if !text_field(field) => return refuse(format!("The field '{name}' is not searchable.")),
                Some(_) => {}
            }
        }
        match &query.node {
            Node::Wildcard(pieces) if !matches!(pieces.first(), Some(WildcardPiece::Literal(_))) => {
                return refuse("'*' and '?' are not allowed at the beginning of a word; write a suffix search as /.*ing/.".to_owned());
            }
            Node::Range { .. } => return refuse("Ranges are not supported in the search text; use $filter.".to_owned()),
            Node::Clauses(_) => {}
            _ => clauses += 1,
        }
        if clauses > MAX_CLAUSES {
            return refuse(format!("The query has more than {MAX_CLAUSES} clauses."));
        }
        open.extend(query.children());
    }
    Ok(())
}

/// A filter; blank is none.
pub(super) fn filter(text: &str) -> Result<Option<Query>, ApiError> {
    if text.trim().is_empty() {
        return Ok(None);
    }
    parse_filter(text).map(Some).map_err(|error| in_expression(&error, text, "$filter"))
}

/// A mistake in an OData expression.
pub(super) fn in_expression(error: &QueryError, text: &str, parameter: &str) -> ApiError {
    let remedy = error.remedy.as_ref().map(|remedy| format!(" ({remedy})")).unwrap_or_default();
    let mut shown = text.to_owned();
    if shown.chars().count() > 200 {
        shown = shown.chars().take(200).chain(['…']).collect();
    }
    let message = format!(
        "Invalid expression: {} at position {} in '{shown}'.{remedy}\r\nParameter name: {parameter}",
        error.message, error.span.start
    );
    bad(message)
}

/// Sort keys, and the score after them. Without keys it is the score alone.
pub(super) fn order(text: Option<&str>) -> Result<Vec<SortKey>, ApiError> {
    let Some(text) = text.filter(|text| !text.trim().is_empty()) else { return Ok(Vec::new()) };
    let keys = parse_order_by(text).map_err(|error| in_expression(&error, text, "$orderby"))?;
    let by_score = |key: &OrderBy| key.by == OrderKey::Score;
    let ties = (!keys.iter().any(by_score)).then_some(SortKey { by: SortBy::Score, descending: true });
    let keys = keys.into_iter().map(|key| SortKey {
        by: match key.by {
            OrderKey::Score => SortBy::Score,
            OrderKey::Field(path) => SortBy::Field(path),
            OrderKey::GeoDistance { path, point } => SortBy::Distance { field: path, from: vec![point] },
        },
        descending: key.descending,
    });
    Ok(keys.chain(ties).collect())
}

/// `name-v1,v2`: the values of a profile's parameters. A value in single quotes may hold commas, a doubled quote is one.
fn profile_parameters(members: &Members<'_>) -> Result<Vec<(String, Vec<String>)>, ApiError> {
    let mut out = Vec::new();
    for text in members.texts("scoringParameters")? {
        let Some((name, values)) = text.split_once('-').filter(|(name, _)| !name.is_empty()) else {
            return Err(bad(format!("The scoring parameter '{text}' is not one: write name-value or name-value1,value2.")));
        };
        let Some(values) = quoted_values(values) else {
            return Err(bad(format!("The scoring parameter '{text}' has a quote that is not closed, or text after one.")));
        };
        out.push((name.to_owned(), values));
    }
    Ok(out)
}

fn quoted_values(text: &str) -> Option<Vec<String>> {
    let mut values = Vec::new();
    let mut rest = text;
    loop {
        if let Some(mut inner) = rest.strip_prefix('\'') {
            let mut value = String::new();
            loop {
                let (before, after) = inner.split_once('\'')?;
                value.push_str(before);
                match after.strip_prefix('\'') {
                    Some(after) => {
                        value.push('\'');
                        inner = after;
                    }
                    None => {
                        inner = after;
                        break;
                    }
                }
            }
            values.push(value);
            match inner.strip_prefix(',') {
                Some(after) => rest = after,
                None if inner.is_empty() => return Some(values),
                None => return None,
            }
        } else {
            let (value, after) = rest.split_once(',').map_or((rest, None), |(value, after)| (value, Some(after)));
            values.push(value.to_owned());
            match after {
                Some(after) => rest = after,
                None => return Some(values),
            }
        }
    }
}

fn facets(members: &Members<'_>) -> Result<Vec<FacetRequest>, ApiError> {
    let mut facets: Vec<FacetRequest> = Vec::new();
    for text in members.texts("facets")? {
        let facet = query_parameters::facet(&text).map_err(|error| bad(format!("Invalid facet '{text}': {error}")))?;
        let metric = |facet: &FacetRequest| matches!(facet.kind, FacetKind::Metric { .. });
        // Metrics of a field share its list with one facet of values.
        if !metric(&facet) && facets.iter().any(|other| other.field == facet.field && !metric(other)) {
            return Err(bad(format!("The field '{}' is in two facets; answers name facets by field.", facet.field)));
        }
        facets.push(facet);
    }
    Ok(facets)
}

/// Tags around marks: both or none.
pub(super) fn tags(members: &Members<'_>) -> Result<Option<(String, String)>, ApiError> {
    match (members.text("highlightPreTag")?, members.text("highlightPostTag")?) {
        (None, None) => Ok(None),
        (Some(pre), Some(post)) => Ok(Some((pre.to_owned(), post.to_owned()))),
        _ => Err(bad("'highlightPreTag' and 'highlightPostTag' go together: give both or none.")),
    }
}

fn highlight(members: &Members<'_>) -> Result<Option<HighlightRequest>, ApiError> {
    let tags = tags(members)?;
    let fields = query_parameters::highlight(&members.joined("highlight")?.unwrap_or_default())
        .map_err(|error| bad(format!("highlight: {error}")))?;
    if fields.is_empty() {
        return Ok(None);
    }
    let (pre_tag, post_tag) = tags.unwrap_or_else(|| ("<em>".to_owned(), "</em>".to_owned()));
    Ok(Some(HighlightRequest { fields, pre_tag, post_tag, fragment_chars: FRAGMENT }))
}

#[cfg(test)]
mod tests {
    use super::quoted_values;

    #[test]
    fn values_of_scoring_parameters() {
        let check = |text: &str, expected: Option<&[&str]>| {
            let expected = expected.map(|values| values.iter().map(|value| (*value).to_owned()).collect::<Vec<_>>());
            assert_eq!(quoted_values(text), expected, "{text}");
        };
        check("calm", Some(&["calm"]));
        check("-122.2,44.8", Some(&["-122.2", "44.8"]));
        check("'Hello, O''Brien',Smith", Some(&["Hello, O'Brien", "Smith"]));
        check("a,'b,c',d", Some(&["a", "b,c", "d"]));
        check("", Some(&[""]));
        check("'open", None);
        check("'a'b", None);
    }
}

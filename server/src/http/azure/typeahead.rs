//! Suggestions and autocompletion, by GET and POST.

use serde_json::{Map, Number, Value};
use tutti_engine::Engine;
use tutti_engine::search::{AutocompleteMode, AutocompleteRequest, SuggestRequest};

use super::body::{self, Members};
use super::call::Call;
use super::documents::select;
use super::indexes::missing;
use super::search::explained;
use super::search_parameters::{filter, order, tags};
use super::{Answer, failure, wire};
use crate::http::error::ApiError;

/// What both take; suggestions take `select` and `orderby` besides, autocompletion its mode.
const COMMON: [&str; 9] =
    ["search", "suggesterName", "filter", "fuzzy", "highlightPreTag", "highlightPostTag", "minimumCoverage", "searchFields", "top"];
const MOST: i64 = 100;
const TOP: i64 = 5;

/// What both kinds of request hold.
struct Asked {
    text: String,
    suggester: String,
    fuzzy: bool,
    fields: Vec<String>,
    top: usize,
    tags: Option<(String, String)>,
    coverage: bool,
}

fn asked(members: &Members<'_>) -> Result<Asked, ApiError> {
    let top = members.whole("top")?.unwrap_or(TOP);
    if !(1..=MOST).contains(&top) {
        return Err(failure::bad(format!("The value of 'top' must be between 1 and {MOST}, it is {top}.")));
    }
    let coverage = members.number("minimumCoverage")?;
    if coverage.is_some_and(|coverage| !(0.0..=100.0).contains(&coverage)) {
        return Err(failure::bad("The value of 'minimumCoverage' must be between 0 and 100."));
    }
    Ok(Asked {
        text: members.required_text("search")?.to_owned(),
        suggester: members.required_text("suggesterName")?.to_owned(),
        fuzzy: members.flag("fuzzy")?.unwrap_or(false),
        fields: crate::query_parameters::names(&members.joined("searchFields")?.unwrap_or_default()),
        top: top as usize,
        tags: tags(members)?,
        coverage: coverage.is_some(),
    })
}

pub(super) fn suggest(engine: &Engine, name: &str, call: &Call, by_get: bool) -> Result<Answer, ApiError> {
    let index = engine.index_or_alias(name).map_err(missing(name))?;
    let body = if by_get { from_query_string(call)? } else { body::object(&call.body)? };
    let members = Members(&body);
    members.allow(&[&COMMON[..], &["select", "orderby"]].concat())?;
    let Asked { text, suggester, fuzzy, fields, top, tags, coverage } = asked(&members)?;
    let selected = members.joined("select")?.filter(|text| !text.trim().is_empty());
    let selected = match selected {
        // Without a selection the key alone is returned; `*` is everything.
        None => Some(index.definition().key_field().map(|field| field.name.clone()).into_iter().collect()),
        some => select(&index, some.as_deref())?,
    };
    let all =
        || index.definition().fields.iter().filter(|field| field.retrievable || !field.fields.is_empty()).map(|f| f.name.clone()).collect();
    let request = SuggestRequest {
        text,
        suggester,
        filter: members.text("filter")?.map(filter).transpose()?.flatten(),
        fuzzy,
        fields,
        select: Some(selected.clone().unwrap_or_else(all)),
        sort: order(members.joined("orderby")?.as_deref())?,
        top,
        tags,
    };
    let definition = index.definition();
    let found = index.suggest(&request).map_err(|error| explained(error, &body))?;
    let items = found.into_iter().map(|suggestion| {
        let mut item = Map::new();
        item.insert("@search.text".to_owned(), suggestion.text.into());
        item.extend(wire::document(&definition, &suggestion.document, selected.as_deref()));
        Value::Object(item)
    });
    Ok(answer(items.collect(), coverage))
}

pub(super) fn autocomplete(engine: &Engine, name: &str, call: &Call, by_get: bool) -> Result<Answer, ApiError> {
    let index = engine.index_or_alias(name).map_err(missing(name))?;
    let body = if by_get { from_query_string(call)? } else { body::object(&call.body)? };
    let members = Members(&body);
    members.allow(&[&COMMON[..], &["autocompleteMode"]].concat())?;
    let Asked { text, suggester, fuzzy, fields, top, tags, coverage } = asked(&members)?;
    let mode = match members.text("autocompleteMode")? {
        None | Some("oneTerm") => AutocompleteMode::OneTerm,
        Some("twoTerms") => AutocompleteMode::TwoTerms,
        Some("oneTermWithContext") => AutocompleteMode::OneTermWithContext,
        Some(other) => {
            let message = format!("The value '{other}' of 'autocompleteMode' is none of oneTerm, twoTerms, oneTermWithContext.");
            return Err(failure::bad(message));
        }
    };
    let filter = members.text("filter")?.map(filter).transpose()?.flatten();
    let request = AutocompleteRequest { text, suggester, mode, filter, fuzzy, fields, top, tags };
    let found = index.autocomplete(&request).map_err(|error| explained(error, &body))?;
    let items = found.into_iter().map(|item| serde_json::json!({"text": item.text, "queryPlusText": item.query_plus_text}));
    Ok(answer(items.collect(), coverage))
}

fn answer(items: Vec<Value>, coverage: bool) -> Answer {
    let mut out = Map::new();
    if coverage {
        out.insert("@search.coverage".to_owned(), 100.0.into());
    }
    out.insert("value".to_owned(), items.into());
    Answer::ok(Value::Object(out))
}

/// The body that a query string is the short form of.
fn from_query_string(call: &Call) -> Result<Map<String, Value>, ApiError> {
    let mut body = Map::new();
    for (name, value) in call.parameters.pairs() {
        let number = || value.trim().parse::<f64>().ok().and_then(Number::from_f64).map(Value::Number);
        let (property, value) = match name {
            "api-version" | "api-key" => continue,
            "$filter" | "$orderby" | "$select" => (&name[1..], Some(Value::from(value))),
            "$top" => ("top", number()),
            "minimumCoverage" => (name, number()),
            "fuzzy" => (name, value.trim().to_ascii_lowercase().parse().ok().map(Value::Bool)),
            name => (name, Some(Value::from(value))),
        };
        let Some(value) = value else { return Err(failure::bad(format!("The value of the parameter '{name}' is not one."))) };
        if body.insert(property.to_owned(), value).is_some() {
            return Err(failure::bad(format!("The parameter '{name}' is given twice.")));
        }
    }
    Ok(body)
}

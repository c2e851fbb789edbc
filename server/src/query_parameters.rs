//! The small notations that the command line and the HTTP parameters share: fields with factors, facets, sort keys,
//! chosen facet values, highlight fields.

use tutti_engine::query::ast::{Query, SearchMode};
use tutti_engine::query::{QueryError, parse_filter, parse_lucene, parse_simple};
use tutti_engine::search::{DateUnit, FacetKind, FacetOrder, FacetRequest, Metric, Near, RangeBound, SortBy, SortKey, VectorQuery};

/// A mistake in one of the notations.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ParameterError {
    /// What is wrong and what would be right.
    #[error("{0}")]
    Wrong(String),
    /// A query or filter that does not parse.
    #[error("{0}")]
    Query(#[from] QueryError),
}

fn wrong<T>(message: String) -> Result<T, ParameterError> {
    Err(ParameterError::Wrong(message))
}

/// Which grammar a query is written in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Syntax {
    /// Lucene's classic query syntax.
    #[default]
    Lucene,
    /// Azure's simple query syntax.
    Simple,
}

impl std::str::FromStr for Syntax {
    type Err = ParameterError;

    fn from_str(text: &str) -> Result<Syntax, ParameterError> {
        match text {
            "lucene" | "full" => Ok(Syntax::Lucene),
            "simple" => Ok(Syntax::Simple),
            _ => wrong(format!("`{text}` is not a syntax: use lucene or simple")),
        }
    }
}

/// `any` or `all`; `OR` and `AND` mean the same.
pub(crate) fn mode(text: &str) -> Result<SearchMode, ParameterError> {
    match text {
        "any" | "OR" | "or" => Ok(SearchMode::Any),
        "all" | "AND" | "and" => Ok(SearchMode::All),
        _ => wrong(format!("`{text}` is not a search mode: use any or all")),
    }
}

/// Parses a query; nothing but blanks asks for everything.
pub(crate) fn query(text: &str, syntax: Syntax) -> Result<Option<Query>, ParameterError> {
    if text.trim().is_empty() || text.trim() == "*" {
        return Ok(None);
    }
    Ok(Some(match syntax {
        Syntax::Lucene => parse_lucene(text)?,
        Syntax::Simple => parse_simple(text)?,
    }))
}

/// Parses an OData filter; nothing but blanks is no filter.
pub(crate) fn filter(text: &str) -> Result<Option<Query>, ParameterError> {
    if text.trim().is_empty() { Ok(None) } else { Ok(Some(parse_filter(text)?)) }
}

/// `title^3,artist`: fields and their factors.
pub(crate) fn fields(text: &str) -> Result<Vec<(String, f32)>, ParameterError> {
    let mut out = Vec::new();
    for part in parts(text) {
        out.push(match part.split_once('^') {
            None => (part.to_owned(), 1.0),
            Some((field, boost)) => match boost.parse::<f32>() {
                Ok(boost) if boost.is_finite() && boost >= 0.0 => (field.to_owned(), boost),
                _ => return wrong(format!("`{boost}` in `{part}` is not a factor: write field^2 or field^0.5")),
            },
        });
    }
    Ok(out)
}

/// `title,artist`: names.
pub(crate) fn names(text: &str) -> Vec<String> {
    parts(text).map(str::to_owned).collect()
}

/// `year desc, score`: sort keys, ascending unless they say otherwise; the score descends.
pub(crate) fn sort(text: &str) -> Result<Vec<SortKey>, ParameterError> {
    let mut out = Vec::new();
    for part in parts(text) {
        let mut words = part.split_whitespace();
        let name = words.next().unwrap_or_default();
        let by = if matches!(name, "score" | "search.score()") { SortBy::Score } else { SortBy::Field(name.to_owned()) };
        let descending = match (words.next(), words.next()) {
            (None, _) => by == SortBy::Score,
            (Some("asc"), None) => false,
            (Some("desc"), None) => true,
            _ => return wrong(format!("`{part}` is not a sort key: write `field`, `field asc`, `field desc` or `score`")),
        };
        out.push(SortKey { by, descending });
    }
    Ok(out)
}

/// `title,lyrics-3`: fields to mark and how many fragments of each.
pub(crate) fn highlight(text: &str) -> Result<Vec<(String, usize)>, ParameterError> {
    let mut out = Vec::new();
    for part in parts(text) {
        out.push(match part.rsplit_once('-') {
            None => (part.to_owned(), 5),
            Some((field, count)) => match count.parse() {
                Ok(count) if (1..=1000).contains(&count) => (field.to_owned(), count),
                _ => return wrong(format!("`{count}` in `{part}` is not a number of fragments: write field-3")),
            },
        });
    }
    Ok(out)
}

/// `genres:Rock|Jazz`: the values chosen of a field.
pub(crate) fn choice(text: &str) -> Result<(String, Vec<String>), ParameterError> {
    match text.split_once(':') {
        Some((field, values)) if !field.trim().is_empty() && !values.is_empty() => {
            Ok((field.trim().to_owned(), values.split('|').map(str::to_owned).collect()))
        }
        _ => wrong(format!("`{text}` chooses nothing: write field:value or field:value|other value")),
    }
}

/// `genres`, `genres,count:20,sort:value`, `year,interval:10`, `released,interval:month`, `year,values:1980|1990`.
pub(crate) fn facet(text: &str) -> Result<FacetRequest, ParameterError> {
    let split = pieces_of(text)?;
    let mut pieces = split.iter().map(String::as_str);
    let field = pieces.next().unwrap_or_default().to_owned();
    if field.is_empty() {
        return wrong("a facet needs a field, like `genres` or `genres,count:20`".to_owned());
    }
    let (mut count, mut order, mut offset) = (None, None, None);
    let (mut include, mut exclude) = (None, None);
    let rest: Vec<&str> = pieces.collect();
    if rest.iter().any(|piece| option(piece).is_some_and(|(name, _)| name == "metric")) {
        return Ok(FacetRequest { kind: metric(&rest)?, field });
    }
    let mut special: Option<FacetKind> = None;
    for piece in rest {
        let Some((name, value)) = option(piece) else {
            return wrong(format!("`{piece}` is not a facet option: use count, sort, interval, values or timeoffset"));
        };
        match name {
            "count" => match value.parse::<usize>() {
                Ok(0) => count = Some(usize::MAX),
                Ok(number) => count = Some(number),
                Err(_) => return wrong(format!("`count:{value}`: the count is a number of 1 or more, or 0 for all")),
            },
            "sort" => {
                order = Some(match value {
                    "count" => FacetOrder::CountDescending,
                    "-count" => FacetOrder::CountAscending,
                    "value" => FacetOrder::ValueAscending,
                    "-value" => FacetOrder::ValueDescending,
                    _ => return wrong(format!("`sort:{value}`: use count, -count, value or -value")),
                });
            }
            "interval" | "values" if special.is_some() => {
                return wrong(format!("`{text}`: interval and values do not go together"));
            }
            "interval" => special = Some(interval(value)?),
            "values" => special = Some(FacetKind::Ranges(value.split('|').map(bound).collect::<Result<_, _>>()?)),
            "timeoffset" => offset = Some(time_offset(value)?),
            "includeTermFilter" => include = Some(expression(value)?),
            "excludeTermFilter" => exclude = Some(expression(value)?),
            _ => return wrong(format!("`{name}` is not a facet option: use count, sort, interval, values or timeoffset")),
        }
    }
    let kind = match (special, offset) {
        (Some(_), _) if count.is_some() || order.is_some() || include.is_some() || exclude.is_some() => {
            return wrong(format!("`{text}`: count, sort and term filters do not go with interval or values"));
        }
        (Some(FacetKind::DateInterval { unit, .. }), Some(offset_minutes)) => FacetKind::DateInterval { unit, offset_minutes },
        (_, Some(_)) => return wrong(format!("`{text}`: timeoffset needs a calendar interval, like interval:day")),
        (Some(kind), None) => kind,
        (None, None) => FacetKind::Values { count: count.unwrap_or(10), order: order.unwrap_or_default(), include, exclude },
    };
    Ok(FacetRequest { field, kind })
}

/// An option's name and value, blanks around the colon aside.
fn option(piece: &str) -> Option<(&str, &str)> {
    piece.split_once(':').map(|(name, value)| (name.trim(), value.trim()))
}

/// The pieces of a facet between commas; a comma inside the slashes of a term filter belongs to the expression.
fn pieces_of(text: &str) -> Result<Vec<String>, ParameterError> {
    let (mut out, mut piece, mut letters) = (Vec::new(), String::new(), text.chars());
    let mut expression = false;
    while let Some(letter) = letters.next() {
        match letter {
            '\\' if expression => {
                piece.push(letter);
                piece.extend(letters.next());
            }
            '/' if expression || piece.trim_end().ends_with("TermFilter:") => {
                expression = !expression;
                piece.push(letter);
            }
            ',' if !expression => out.push(std::mem::take(&mut piece).trim().to_owned()),
            letter => piece.push(letter),
        }
    }
    if expression {
        return wrong(format!("`{text}`: the expression is not closed by a slash"));
    }
    out.push(piece.trim().to_owned());
    Ok(out)
}

/// `/rock.*/`: the expression between the slashes.
fn expression(value: &str) -> Result<String, ParameterError> {
    match value.strip_prefix('/').and_then(|rest| rest.strip_suffix('/')) {
        Some(expression) => Ok(expression.replace("\\/", "/")),
        None => wrong(format!("`{value}` is no term filter: write a regular expression between slashes, /rock.*/")),
    }
}

/// `metric:avg,default:0`, `metric:cardinality,precisionThreshold:100`.
fn metric(pieces: &[&str]) -> Result<FacetKind, ParameterError> {
    let (mut metric, mut default, mut precision) = (None, None, false);
    for piece in pieces {
        match option(piece) {
            Some(("metric", name)) if metric.is_none() => match Metric::named(name) {
                Some(named) => metric = Some(named),
                None => return wrong(format!("`metric:{name}`: use sum, min, max, avg or cardinality")),
            },
            Some(("default", value)) if default.is_none() => match value.parse::<f64>() {
                Ok(number) if number.is_finite() => default = Some(number),
                _ => return wrong(format!("`default:{value}` is not a number")),
            },
            Some(("precisionThreshold", value)) if !precision => match value.parse::<u32>() {
                Ok(1..=40_000) => precision = true,
                _ => return wrong(format!("`precisionThreshold:{value}`: use a number from 1 to 40000")),
            },
            _ => return wrong(format!("`{piece}` does not go with a metric: only default, and precisionThreshold with cardinality")),
        }
    }
    match metric {
        Some(metric) if precision && metric != Metric::Cardinality => wrong("precisionThreshold goes with cardinality only".to_owned()),
        Some(metric) => Ok(FacetKind::Metric { metric, default }),
        None => wrong("a metric is sum, min, max, avg or cardinality".to_owned()),
    }
}

/// `place:51.2,0.1;50.9,-0.7` and `30` or `20..60`: places, and how far from the nearest of them documents may be.
pub(crate) fn near(text: &str, within: Option<&str>) -> Result<Near, ParameterError> {
    let Some((field, points)) = text.split_once(':') else { return wrong(format!("`{text}` names no place: write field:LAT,LON")) };
    let point = |text: &str| {
        let (lat, lon) = text.split_once(',')?;
        let (lat, lon): (f64, f64) = (lat.trim().parse().ok()?, lon.trim().parse().ok()?);
        ((-90.0..=90.0).contains(&lat) && (-180.0..=180.0).contains(&lon)).then_some((lon, lat))
    };
    let mut places = Vec::new();
    for text in points.split(';') {
        match point(text) {
            Some(place) => places.push(place),
            None => return wrong(format!("`{text}` is no place: write LAT,LON in degrees, -90 to 90 and -180 to 180")),
        }
    }
    let kilometres = |text: &str| match text.trim().parse::<f64>() {
        Ok(number) if number.is_finite() && number >= 0.0 => Ok(number),
        _ => Err(ParameterError::Wrong(format!("`{text}` is no distance: write kilometres, 30, or a ring, 20..60"))),
    };
    let (above, at_most) = match within.map(|within| within.split_once("..").ok_or(within)) {
        None => (None, None),
        Some(Ok((above, at_most))) => (Some(kilometres(above)?), Some(kilometres(at_most)?)),
        Some(Err(at_most)) => (None, Some(kilometres(at_most)?)),
    };
    Ok(Near { field: field.trim().to_owned(), points: places, at_most, above })
}

/// `who-Ann,Bob`: a parameter of a scoring profile and its values.
pub(crate) fn profile_parameter(text: &str) -> Result<(String, Vec<String>), ParameterError> {
    match text.split_once('-') {
        Some((name, values)) if !name.is_empty() => Ok((name.to_owned(), values.split(',').map(str::to_owned).collect())),
        _ => wrong(format!("`{text}` is no parameter of a scoring profile: write name-value,value")),
    }
}

/// `vec,k:20,weight:2,values:0.1|0.2`: a vector to look for in a field.
pub(crate) fn vector(text: &str) -> Result<VectorQuery, ParameterError> {
    let Some((head, values)) = text.split_once("values:") else {
        return wrong(format!("`{text}` has no values: write field,values:0.1|0.2"));
    };
    let mut pieces = head.trim_end().trim_end_matches(',').split(',').map(str::trim);
    let field = pieces.next().unwrap_or_default().to_owned();
    let number = |text: &str| text.trim().parse::<f32>().ok().filter(|number| number.is_finite());
    let vector = values.split('|').map(number).collect::<Option<Vec<f32>>>();
    let Some(vector) = vector.filter(|_| !field.is_empty()) else { return wrong(format!("`{values}` are no numbers: write 0.1|0.2")) };
    let mut query = VectorQuery { vector, k: 50, fields: vec![field], exhaustive: false, weight: 1.0 };
    for piece in pieces {
        let taken = match option(piece) {
            Some(("k", value)) => value.parse().ok().filter(|k| (1..=10_000).contains(k)).map(|k| query.k = k),
            Some(("weight", value)) => number(value).filter(|weight| *weight > 0.0).map(|weight| query.weight = weight),
            Some(("exhaustive", value)) => value.parse().ok().map(|exhaustive| query.exhaustive = exhaustive),
            // Every vector is kept whole, so there is nothing to look at a second time.
            Some(("oversampling", value)) => number(value).filter(|times| *times >= 1.0).map(drop),
            _ => None,
        };
        if taken.is_none() {
            return wrong(format!(
                "`{piece}` is no option of a vector: use k:1 to 10000, weight above 0, exhaustive:true, oversampling from 1"
            ));
        }
    }
    Ok(query)
}

fn interval(value: &str) -> Result<FacetKind, ParameterError> {
    let unit = match value {
        "minute" => DateUnit::Minute,
        "hour" => DateUnit::Hour,
        "day" => DateUnit::Day,
        "week" => DateUnit::Week,
        "month" => DateUnit::Month,
        "quarter" => DateUnit::Quarter,
        "year" => DateUnit::Year,
        number => match number.parse::<f64>() {
            Ok(width) if width.is_finite() && width > 0.0 => return Ok(FacetKind::Interval { width }),
            _ => return wrong(format!("`interval:{value}`: use a number above 0, or minute, hour, day, week, month, quarter, year")),
        },
    };
    Ok(FacetKind::DateInterval { unit, offset_minutes: 0 })
}

fn bound(text: &str) -> Result<RangeBound, ParameterError> {
    if let Ok(number) = text.parse::<f64>() {
        return Ok(RangeBound::Number(number));
    }
    match tutti_engine::index::micros(text) {
        Some(micros) => Ok(RangeBound::Date(micros)),
        None => wrong(format!("`{text}` in values: is neither a number nor a date like 2020-05-17T00:00:00Z")),
    }
}

/// `+02:00`, `-0530` as minutes.
fn time_offset(text: &str) -> Result<i32, ParameterError> {
    let fail = || ParameterError::Wrong(format!("`timeoffset:{text}`: write an offset like +02:00 or -0530"));
    let (sign, rest) = match text.as_bytes().first() {
        Some(b'+') => (1, &text[1..]),
        Some(b'-') => (-1, &text[1..]),
        _ => (1, text),
    };
    let digits: String = rest.chars().filter(|letter| *letter != ':').collect();
    let digits = if digits.len() == 2 { digits + "00" } else { digits };
    if digits.len() != 4 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(fail());
    }
    let (hours, minutes): (i32, i32) = (digits[..2].parse().map_err(|_| fail())?, digits[2..].parse().map_err(|_| fail())?);
    if hours > 14 || minutes > 59 { Err(fail()) } else { Ok(sign * (hours * 60 + minutes)) }
}

fn parts(text: &str) -> impl Iterator<Item = &str> {
    text.split(',').map(str::trim).filter(|part| !part.is_empty())
}

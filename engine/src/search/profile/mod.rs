//! Scoring profiles: text weights, and functions of a document's values that raise or lower its score.
//!
//! A function gives `(boost - 1) * interpolation`, where the interpolation is 1 at the best value, falls to 0 at the end
//! of the function's range and is 0 outside it. The score is the text's score times `1 + aggregate`, never below 0.

mod function_score;

use std::sync::Arc;

use tutti_index_schema::{Aggregation, FunctionKind, Interpolation, ScoringFunction, ScoringProfile};

pub(crate) use function_score::{FunctionScore, FunctionValues};

use super::request::SearchRequest;
use super::response::Explanation;
use super::snapshot::Snapshot;
use crate::error::{Error, Result};
use crate::index::columns::Columns;
use crate::index::fields::FieldId;
use crate::index::layout::Kind;

/// The profile of one request.
pub(crate) struct Profile {
    /// Factors of text scores.
    pub(crate) weights: Vec<(FieldId, f32)>,
    /// What values do to scores, if the profile has functions.
    pub(crate) functions: Option<Arc<Functions>>,
}

/// The functions of a profile, bound to columns and to the request's parameters.
pub(crate) struct Functions {
    pub(crate) name: String,
    pub(crate) functions: Vec<Function>,
    pub(crate) aggregation: Aggregation,
    pub(crate) columns: Arc<Columns>,
}

pub(crate) struct Function {
    pub(crate) path: String,
    /// (boost - 1)
    pub(crate) gain: f64,
    pub(crate) interpolation: Interpolation,
    pub(crate) measure: Measure,
    pub(crate) column: (Kind, String),
}

/// What a function compares a value with.
pub(crate) enum Measure {
    Magnitude {
        start: f64,
        end: f64,
        constant_beyond: bool,
        integer: bool,
    },
    /// Microseconds: the moment of the request, and how far values may be before it (after it, when negative).
    Freshness {
        now: i64,
        duration: i64,
    },
    Distance {
        from: (f64, f64),
        longitude: String,
        limit: f64,
    },
    /// Tags asked for, and how many of them a document can have.
    Tags {
        wanted: Vec<String>,
        most: usize,
    },
}

/// Finds the profile the request names, or the definition's default, and binds it. `None` is no profile at all.
pub(crate) fn bind(snapshot: &Snapshot, request: &SearchRequest) -> Result<Option<Profile>> {
    let definition = snapshot.fields().definition();
    let Some(name) = request.profile.as_ref().or(definition.default_scoring_profile.as_ref()) else { return Ok(None) };
    let Some(profile) = definition.scoring_profiles.iter().find(|profile| profile.name == *name) else {
        let known: Vec<_> = definition.scoring_profiles.iter().map(|profile| format!("`{}`", profile.name)).collect();
        let known = if known.is_empty() { "it has none".to_owned() } else { format!("it has {}", known.join(", ")) };
        return Err(Error::BadRequest(format!("index `{}` has no scoring profile `{name}`; {known}", definition.name)));
    };
    let weights = profile
        .text_weights
        .iter()
        .map(|(path, weight)| Ok((snapshot.fields().require(path)?.id, *weight as f32)))
        .collect::<Result<Vec<_>>>()?;
    let functions = functions(snapshot, request, profile)?;
    Ok(Some(Profile { weights, functions }))
}

fn functions(snapshot: &Snapshot, request: &SearchRequest, profile: &ScoringProfile) -> Result<Option<Arc<Functions>>> {
    if profile.functions.is_empty() {
        return Ok(None);
    }
    let functions = profile.functions.iter().map(|function| bound(snapshot, request, function)).collect::<Result<_>>()?;
    Ok(Some(Arc::new(Functions {
        name: profile.name.clone(),
        functions,
        aggregation: profile.aggregation,
        columns: Arc::clone(snapshot.columns()),
    })))
}

fn bound(snapshot: &Snapshot, request: &SearchRequest, function: &ScoringFunction) -> Result<Function> {
    let path = &function.field;
    let field = snapshot.layout(snapshot.fields().require(path)?.id);
    let (kind, column) = field.value.as_ref().ok_or_else(|| Error::FieldNotAllowed { field: path.clone(), needed: "filterable" })?;
    let measure = match &function.kind {
        FunctionKind::Magnitude { start, end, constant_beyond } => Measure::Magnitude {
            start: *start,
            end: *end,
            constant_beyond: *constant_beyond,
            integer: matches!(kind, Kind::I64 | Kind::I64Column),
        },
        FunctionKind::Freshness { boosting_duration_seconds } => Measure::Freshness {
            now: request.now_micros.ok_or_else(|| {
                Error::BadRequest(format!("the freshness of `{path}` needs the time of the request, and it was not given"))
            })?,
            duration: boosting_duration_seconds.saturating_mul(1_000_000),
        },
        FunctionKind::Distance { reference_parameter, boosting_distance_km } => {
            let longitude =
                field.longitude.as_ref().ok_or_else(|| Error::FieldNotAllowed { field: path.clone(), needed: "a geography point" })?;
            Measure::Distance {
                from: point(reference_parameter, parameter(request, reference_parameter)?)?,
                longitude: longitude.name.clone(),
                limit: *boosting_distance_km,
            }
        }
        FunctionKind::Tag { tags_parameter } => {
            let mut wanted = parameter(request, tags_parameter)?.to_vec();
            wanted.sort_unstable();
            wanted.dedup();
            Measure::Tags { most: if field.info.multi_valued { wanted.len() } else { 1 }, wanted }
        }
    };
    Ok(Function {
        path: path.clone(),
        gain: function.boost - 1.0,
        interpolation: function.interpolation,
        measure,
        column: (*kind, column.name.clone()),
    })
}

fn parameter<'a>(request: &'a SearchRequest, name: &str) -> Result<&'a [String]> {
    let found = request.profile_parameters.iter().find(|(known, _)| known == name).map(|(_, values)| values.as_slice());
    found.filter(|values| !values.is_empty()).ok_or_else(|| {
        Error::BadRequest(format!("the scoring profile needs the parameter `{name}`, and it was not given: write `{name}-value`"))
    })
}

/// Longitude and latitude, as two values or as one with a comma.
fn point(name: &str, values: &[String]) -> Result<(f64, f64)> {
    let joined = values.join(",");
    let wrong = || {
        Error::BadRequest(format!(
            "the scoring parameter `{name}` is `{joined}`; give longitude (-180 to 180) and latitude (-90 to 90), like `{name}--122.2,44.8`"
        ))
    };
    let numbers: Vec<f64> = joined.split(',').map(|text| text.trim().parse().map_err(|_| wrong())).collect::<Result<_>>()?;
    match numbers.as_slice() {
        [longitude, latitude] if (-180.0..=180.0).contains(longitude) && (-90.0..=90.0).contains(latitude) => Ok((*longitude, *latitude)),
        _ => Err(wrong()),
    }
}

impl Functions {
    /// What the functions' gains come to; `None` is a value outside a function's range.
    pub(crate) fn aggregate(&self, parts: &[Option<f64>]) -> f64 {
        let gains = parts.iter().zip(&self.functions).map(|(part, function)| part.map_or(0.0, |part| function.gain * part));
        match self.aggregation {
            Aggregation::Sum => gains.sum(),
            Aggregation::Average => gains.sum::<f64>() / parts.len().max(1) as f64,
            Aggregation::Minimum => gains.reduce(f64::min).unwrap_or(0.0),
            Aggregation::Maximum => gains.reduce(f64::max).unwrap_or(0.0),
            Aggregation::FirstMatching => gains.zip(parts).find(|(_, part)| part.is_some()).map_or(0.0, |(gain, _)| gain),
            Aggregation::Product => gains.product(),
        }
    }

    /// The factor of a score.
    pub(crate) fn factor(&self, parts: &[Option<f64>]) -> f32 {
        (1.0 + self.aggregate(parts)).max(0.0) as f32
    }

    /// What the functions did to a document's score.
    pub(crate) fn explain(&self, parts: &[Option<f64>]) -> Explanation {
        let part = |(part, function): (&Option<f64>, &Function)| Explanation {
            description: match part {
                Some(part) => format!("{} of {}: {} of its boost", function.measure.name(), function.path, *part as f32),
                None => format!("{} of {}: out of range", function.measure.name(), function.path),
            },
            value: part.map_or(0.0, |part| function.gain * part) as f32,
            details: Vec::new(),
        };
        Explanation {
            description: format!("scoring profile {}: 1 + {} of", self.name, name_of(self.aggregation)),
            value: self.factor(parts),
            details: parts.iter().zip(&self.functions).map(part).collect(),
        }
    }
}

fn name_of(aggregation: Aggregation) -> &'static str {
    match aggregation {
        Aggregation::Sum => "sum",
        Aggregation::Average => "average",
        Aggregation::Minimum => "minimum",
        Aggregation::Maximum => "maximum",
        Aggregation::FirstMatching => "first matching",
        Aggregation::Product => "product",
    }
}

impl Measure {
    fn name(&self) -> &'static str {
        match self {
            Measure::Magnitude { .. } => "magnitude",
            Measure::Freshness { .. } => "freshness",
            Measure::Distance { .. } => "distance",
            Measure::Tags { .. } => "tags",
        }
    }
}

/// The curve of a function over how near the value is to the best, 0 to 1.
pub(crate) fn curve(interpolation: Interpolation, nearness: f64) -> f64 {
    let away = 1.0 - nearness;
    match interpolation {
        Interpolation::Linear => nearness,
        Interpolation::Constant => 1.0,
        Interpolation::Quadratic => 1.0 - away * away,
        Interpolation::Logarithmic => 1.0 - (1.0 + 9.0 * away).log10(),
    }
}

/// How near a number is to `end`, 0 at `start`; `None` outside.
pub(crate) fn nearness(value: f64, start: f64, end: f64, constant_beyond: bool) -> Option<f64> {
    let beyond = if start <= end { value > end } else { value < end };
    if beyond {
        return constant_beyond.then_some(1.0);
    }
    let nearness = if start == end { f64::from(u8::from(value == end)) } else { (value - start) / (end - start) };
    let inside = if start == end { value == end } else { (0.0..=1.0).contains(&nearness) };
    inside.then_some(nearness)
}

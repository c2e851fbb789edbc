//! Bodies of requests, read into plain structs with the place of a mistake.

use serde::Deserialize;
use tutti_engine::taste::group::Rules;
use tutti_engine::taste::{Model, Profile, TasteError};
use utoipa::ToSchema;

use crate::http::ApiError;
use crate::query_parameters;
use crate::taste::Filter;

/// Songs of a list, members of a group, interactions of a batch: at most.
pub(super) const MOST: usize = 1000;

/// Somebody described by what they like.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct LikesBody {
    #[serde(default)]
    #[schema(required = false)]
    pub(super) likes: Vec<String>,
    #[serde(default)]
    pub(super) dislikes: Vec<String>,
    pub(super) k: Option<usize>,
    #[serde(default)]
    pub(super) rules: RulesBody,
    pub(super) filter: Option<String>,
}

/// A playlist that is continued.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PlaylistBody {
    /// Ids of its songs.
    pub(super) songs: Vec<String>,
    pub(super) k: Option<usize>,
    #[serde(default)]
    #[schema(required = false)]
    pub(super) rules: RulesBody,
    /// An OData filter over the index of songs.
    pub(super) filter: Option<String>,
}

/// An OData filter over the songs.
pub(super) fn filter(text: Option<&str>) -> Result<Option<Filter>, ApiError> {
    let text = text.unwrap_or_default();
    let query = query_parameters::filter(text).map_err(|error| ApiError::in_parameter("filter", text, error))?;
    Ok(query.map(|query| Filter { text: text.to_owned(), query }))
}

/// A host's rules, as they come in; what is left out is as [`Rules::default`] has it.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RulesBody {
    pub(super) clean: Option<bool>,
    pub(super) without: Option<Vec<String>>,
    pub(super) only: Option<Vec<String>>,
    #[schema(value_type = Option<[u16; 2]>)]
    pub(super) years: Option<(u16, u16)>,
    pub(super) artist_spacing: Option<usize>,
    pub(super) relevance: Option<f32>,
    pub(super) energy: Option<f32>,
    /// `[[seconds from now, energy], ...]`: the energy wished for is read from the line through these points.
    #[schema(value_type = Option<Vec<Vec<f64>>>)]
    pub(super) energy_curve: Option<Vec<(f32, f32)>>,
    pub(super) transitions: Option<bool>,
    pub(super) misery: Option<f32>,
    pub(super) everyone_served: Option<bool>,
    pub(super) new_songs: Option<bool>,
}

impl RulesBody {
    pub(super) fn rules(self) -> Result<Rules, ApiError> {
        let otherwise = Rules::default();
        let lower = |words: Option<Vec<String>>| words.unwrap_or_default().iter().map(|word| word.to_lowercase()).collect();
        let curve = self.energy_curve.map(|points| at_now(&points)).transpose()?;
        let rules = Rules {
            clean: self.clean.unwrap_or(otherwise.clean),
            without: lower(self.without),
            only: lower(self.only),
            years: self.years,
            artist_spacing: self.artist_spacing.unwrap_or(otherwise.artist_spacing).min(50),
            relevance: self.relevance.unwrap_or(otherwise.relevance),
            energy: self.energy.or(curve),
            transitions: self.transitions.unwrap_or(otherwise.transitions),
            misery: self.misery.unwrap_or(otherwise.misery),
            everyone_served: self.everyone_served.unwrap_or(otherwise.everyone_served),
            new_songs: self.new_songs.unwrap_or(otherwise.new_songs),
        };
        rules.validate().map_err(|error| ApiError::bad(format!("rules: {error}")))?;
        Ok(rules)
    }
}

/// The energy of a curve now, at 0 seconds: straight lines between points, level before the first and after the last.
fn at_now(points: &[(f32, f32)]) -> Result<f32, ApiError> {
    let right =
        points.iter().all(|(time, energy)| time.is_finite() && (0.0..=1.0).contains(energy)) && points.is_sorted_by(|a, b| a.0 < b.0);
    let (Some(first), Some(last), true) = (points.first(), points.last(), right) else {
        return Err(ApiError::bad("rules.energy_curve: points are [seconds from now, energy between 0 and 1], in the order of time"));
    };
    let between = points.windows(2).find(|pair| pair[0].0 <= 0.0 && 0.0 <= pair[1].0);
    Ok(match between {
        Some(pair) => pair[0].1 + (pair[1].1 - pair[0].1) * -pair[0].0 / (pair[1].0 - pair[0].0),
        None if first.0 > 0.0 => first.1,
        None => last.1,
    })
}

/// How many are asked for.
pub(super) fn count(k: Option<usize>) -> Result<usize, ApiError> {
    match k.unwrap_or(20) {
        k @ 1..=200 => Ok(k),
        k => Err(ApiError::bad(format!("`k` is between 1 and 200, not {k}"))),
    }
}

/// The profile of somebody described by likes and dislikes; unknown songs are an error that names them.
pub(super) fn profile(model: &Model, likes: &[String], dislikes: &[String]) -> Result<Profile, ApiError> {
    if likes.len() + dislikes.len() > MOST {
        return Err(ApiError::bad(format!("at most {MOST} likes and dislikes describe somebody")));
    }
    let known = |id: &String, confidence: f32| Ok::<_, ApiError>((song(model, id)?, confidence));
    let likes = likes.iter().map(|id| known(id, 4.0));
    let all: Vec<(u32, f32)> = likes.chain(dislikes.iter().map(|id| known(id, -10.0))).collect::<Result<_, _>>()?;
    Ok(model.profile(&all))
}

/// The number of a song.
pub(super) fn song(model: &Model, id: &str) -> Result<u32, ApiError> {
    model.item_ids().number(id).ok_or_else(|| unknown("song", id))
}

/// Something nobody knows.
pub(super) fn unknown(kind: &'static str, id: &str) -> ApiError {
    TasteError::Unknown { kind, id: id.to_owned(), nearest: None }.into()
}

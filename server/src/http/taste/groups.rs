//! `POST /v1/recommendations/groups`: the next songs for people who are together.

use std::collections::HashSet;

use axum::Json;
use axum::body::Body;
use axum::extract::State;
use rayon::prelude::*;
use serde::Deserialize;
use tutti_engine::Engine;
use tutti_engine::taste::group::{Group, Member, Played, Search, Strategy};
use tutti_engine::taste::{Model, ModelKind};
use utoipa::ToSchema;

use super::answers;
use super::body::{self, RulesBody};
use super::wire::GroupSongs;
use crate::access::{Caller, Public};
use crate::app::AppState;
use crate::http::{ApiError, json_body};
use crate::taste::TasteService;

/// What is asked for a group.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct GroupBody {
    members: Vec<MemberBody>,
    strategy: Option<String>,
    k: Option<usize>,
    #[serde(default)]
    rules: RulesBody,
    #[serde(default)]
    played: Vec<PlayedBody>,
    include_known: Option<bool>,
    filter: Option<String>,
}

impl GroupBody {
    /// Some songs for people who are known.
    pub(crate) fn of_users(users: &[&str], k: usize) -> GroupBody {
        let member = |user: &&str| MemberBody { user: Some((*user).to_owned()), ..MemberBody::default() };
        GroupBody { members: users.iter().map(member).collect(), k: Some(k), ..GroupBody::default() }
    }
}

/// A member: somebody known, or a guest with likes.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct MemberBody {
    user: Option<String>,
    name: Option<String>,
    likes: Option<Vec<String>>,
    #[serde(default)]
    dislikes: Vec<String>,
    weight: Option<f32>,
    #[serde(default)]
    vetoes: Vec<String>,
    /// How many of the last songs played the member was there for; all of them when it is left out.
    present: Option<usize>,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PlayedBody {
    song: String,
    #[serde(default)]
    seconds_ago: i64,
}

pub(super) async fn for_group(Caller(()): Caller<Public>, State(state): State<AppState>, body: Body) -> Result<Json<GroupSongs>, ApiError> {
    let body: GroupBody = json_body::read_needed(body, state.max_body).await?;
    state.on_taste(move |tastes, engine| songs_for_group(tastes, engine, body).map(Json)).await
}

/// The next songs for a group, with reasons.
pub(crate) fn songs_for_group(tastes: &TasteService, engine: &Engine, body: GroupBody) -> Result<GroupSongs, ApiError> {
    let (k, filter) = (body::count(body.k)?, body::filter(body.filter.as_deref())?);
    if body.members.len() > body::MOST || body.played.len() > body::MOST {
        return Err(ApiError::bad(format!("a group has at most {0} members and {0} songs played", body::MOST)));
    }
    let strategy = match body.strategy.as_deref() {
        None => Strategy::default(),
        Some(name) => Strategy::named(name).ok_or_else(|| {
            let known: Vec<&str> = Strategy::ALL.iter().map(|(_, name)| *name).collect();
            ApiError::bad(format!("/strategy: `{name}` is none of {}", known.join(", ")))
        })?,
    };
    let (model, open) = tastes.songs(engine, filter.as_ref())?;
    let name =
        |(at, one): (usize, &MemberBody)| one.name.clone().or_else(|| one.user.clone()).unwrap_or_else(|| format!("guest {}", at + 1));
    let names: Vec<String> = body.members.iter().enumerate().map(name).collect();
    let members: Vec<Result<Member, ApiError>> = body.members.par_iter().map(|one| member(tastes, &model, one)).collect();
    let within = |(at, member): (usize, Result<Member, ApiError>)| member.map_err(|failure| failure.within(&format!("/members/{at}")));
    let members: Vec<Member> = members.into_iter().enumerate().map(within).collect::<Result<_, _>>()?;
    // Songs the model does not know were played all the same; they just cannot come up.
    let played = body.played.iter().filter_map(|played| {
        let item = model.item_ids().number(&played.song)?;
        Some(Played { item, seconds_ago: played.seconds_ago.max(0) })
    });
    let group = Group {
        members,
        strategy,
        rules: body.rules.rules()?,
        played: played.collect(),
        include_known: body.include_known.unwrap_or(true),
    };
    let picks = model.group_picks(&group, k, Search::Fast, &|item| open.has(item))?;
    let songs = picks.iter().map(|pick| answers::pick(&model, pick, &names)).collect();
    Ok(GroupSongs { strategy: strategy.name(), members: names, songs })
}

fn member(tastes: &TasteService, model: &Model, body: &MemberBody) -> Result<Member, ApiError> {
    let mut vetoes: HashSet<u32> = body.vetoes.iter().filter_map(|id| model.item_ids().number(id)).collect();
    let profile = match (&body.user, &body.likes) {
        (Some(_), Some(_)) => return Err(ApiError::bad("a member is a `user`, or somebody with `likes`, not both")),
        (Some(user), None) => {
            vetoes.extend(tastes.taste.disliked(model, user));
            tastes.taste.recent_profile(ModelKind::Songs, model, user, tastes.now())?
        }
        (None, likes) => body::profile(model, likes.as_deref().unwrap_or_default(), &body.dislikes)?,
    };
    Ok(Member { profile, weight: body.weight.unwrap_or(1.0), vetoes, present: body.present })
}

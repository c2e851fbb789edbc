//! Which of a model's songs the catalogue holds and a filter lets through: only those are recommended.

use std::sync::{Arc, Mutex, PoisonError, Weak};

use tutti_engine::query::ast::Query;
use tutti_engine::search::Version;
use tutti_engine::taste::{ItemSet, Model};
use tutti_engine::{Engine, Error};

use super::stale_while_revalidate::StaleWhileRevalidate;
use crate::http::ApiError;

/// Filters whose songs are kept.
const FILTERS: usize = 32;

/// The index whose documents are what a model of songs recommends.
pub(super) const SONGS: &str = "songs";

/// A filter as it was written and as it was read.
#[derive(Clone, Debug)]
pub(crate) struct Filter {
    pub(crate) text: String,
    pub(crate) query: Query,
}

/// Sets of songs by the filter that lets them through, the last asked for first.
#[derive(Default)]
pub(super) struct Catalogue(Mutex<Vec<(Option<String>, Arc<KeptSet>)>>);

type KeptSet = StaleWhileRevalidate<SameModel, Version, ItemSet>;

/// A model, as long as it is that one.
pub(super) struct SameModel(Weak<Model>);

impl SameModel {
    pub(super) fn of(model: &Arc<Model>) -> SameModel {
        SameModel(Arc::downgrade(model))
    }
}

impl PartialEq for SameModel {
    fn eq(&self, other: &SameModel) -> bool {
        Weak::ptr_eq(&self.0, &other.0)
    }
}

impl Catalogue {
    /// The songs of a model that may be recommended. Where there is no index of songs: all of them.
    pub(super) fn songs(&self, engine: &Engine, model: &Arc<Model>, filter: Option<&Filter>) -> Result<Arc<ItemSet>, ApiError> {
        let index = match engine.index(SONGS) {
            Ok(index) => index,
            Err(Error::NoSuchIndex(_)) if filter.is_none() => return Ok(Arc::new(ItemSet::all(model.items().len()))),
            Err(error) => return Err(error.into()),
        };
        let kept = self.kept(filter.map(|filter| filter.text.as_str()));
        kept.get(SameModel::of(model), index.version(), || {
            let songs =
                tutti_engine::items_of(model, &index, filter.map(|filter| &filter.query)).map_err(|error| match (error, filter) {
                    (Error::Filter(error), Some(filter)) => ApiError::from_query("filter", &filter.text, &error),
                    (error, _) => error.into(),
                })?;
            if filter.is_none() {
                model.fits(&songs, usize::try_from(index.count()).unwrap_or(usize::MAX))?;
            }
            Ok(songs)
        })
    }

    fn kept(&self, filter: Option<&str>) -> Arc<KeptSet> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let found = all.iter().position(|(known, _)| known.as_deref() == filter);
        let one = found.map_or_else(|| (filter.map(str::to_owned), Arc::default()), |at| all.remove(at));
        let kept = Arc::clone(&one.1);
        all.insert(0, one);
        all.truncate(FILTERS);
        kept
    }
}

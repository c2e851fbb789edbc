//! A model in use, and the file it came from: a new file is opened, checked and swapped in; the old model stays when that fails.

use std::path::Path;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::SystemTime;

use crate::Result;
use crate::model::Model;

/// A model and the file it came from.
#[derive(Debug, Default)]
pub(super) struct ModelSlot(RwLock<Loaded>);

#[derive(Clone, Debug, Default)]
pub(super) struct Loaded {
    pub(super) model: Option<Arc<Model>>,
    stamp: Option<(SystemTime, u64)>,
    /// Why the newest file is not in use.
    pub(super) refused: Option<String>,
}

impl ModelSlot {
    pub(super) fn get(&self) -> Loaded {
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(super) fn load(&self, path: &Path, check: &dyn Fn(&Model) -> Result<()>) -> bool {
        let stamp = std::fs::metadata(path).ok().and_then(|meta| Some((meta.modified().ok()?, meta.len())));
        if stamp.is_none() || self.get().stamp == stamp {
            return false;
        }
        let opened = Model::open(path).and_then(|model| check(&model).map(|()| model));
        let mut slot = self.0.write().unwrap_or_else(PoisonError::into_inner);
        slot.stamp = stamp;
        match opened {
            Ok(model) => {
                slot.model = Some(Arc::new(model));
                slot.refused = None;
                true
            }
            Err(error) => {
                tracing::warn!(%error, "the new model is not taken up");
                slot.refused = Some(error.to_string());
                false
            }
        }
    }

    /// Serves nothing more, for this reason.
    pub(super) fn refuse(&self, why: String) {
        let mut slot = self.0.write().unwrap_or_else(PoisonError::into_inner);
        (slot.model, slot.refused) = (None, Some(why));
    }
}

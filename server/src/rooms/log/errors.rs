//! What a failed call of the store means to the sender of an op.

use tutti_store::StoreError;

use crate::rooms::rules::refusal::Refusal;

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Refusal {
        match error {
            StoreError::Unavailable(_) | StoreError::Conflict => Refusal::busy("the room cannot be written just now; try again"),
            StoreError::Full => Refusal::busy("the disk is full; the room can be read but not changed").after(5000),
            StoreError::Damaged(_) | StoreError::Forgotten | StoreError::Refused(_) => {
                tracing::error!(%error, "the store refused a room's call");
                Refusal::internal()
            }
        }
    }
}

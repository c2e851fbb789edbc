//! Several servers that share rooms: what they tell each other (`link`) and who is connected where (`presence`). Messages may be lost: every log is looked at again after two seconds anyway, and a server that is not heard of for a
//! while counts as gone. The log itself is the store's.

pub(crate) mod link;
pub(crate) mod presence;

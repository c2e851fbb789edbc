//! The codes of refusals, one list for HTTP, sockets and streams. A code says what a client can do about it; the message beside it is
//! for people and may change. Azure's routes translate them (`http::azure`).

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident $text:literal $status:literal,)+) => {
        /// What a client acts on when something is refused.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub(crate) enum ErrorCode {
            $($(#[$doc])* $name,)+
        }

        impl ErrorCode {
            /// Every code.
            #[cfg(test)]
            pub(crate) const ALL: &[ErrorCode] = &[$(ErrorCode::$name,)+];

            /// The code as clients see it.
            pub(crate) const fn as_str(self) -> &'static str {
                match self {
                    $(ErrorCode::$name => $text,)+
                }
            }

            /// The HTTP status it is answered with.
            pub(crate) const fn status(self) -> u16 {
                match self {
                    $(ErrorCode::$name => $status,)+
                }
            }
        }
    };
}

codes! {
    /// Something in the request is not as it must be; the message says where.
    BadRequest "BAD_REQUEST" 400,
    /// A query or filter that does not parse; `position` says where.
    InvalidQuery "INVALID_QUERY" 400,
    /// Not a name that an index may have.
    InvalidIndexName "INVALID_INDEX_NAME" 400,
    /// An index definition with mistakes.
    InvalidDefinition "INVALID_DEFINITION" 400,
    /// The field lacks an attribute that this needs.
    FieldNotAllowed "FIELD_NOT_ALLOWED" 400,
    /// A change of a definition that needs the index built anew.
    CannotChange "CANNOT_CHANGE" 400,
    /// A picture that cannot be read.
    BadPicture "BAD_PICTURE" 400,
    /// Not the code that a check-in needs.
    BadCode "BAD_CODE" 400,
    /// Too far from the venue.
    OutOfRange "OUT_OF_RANGE" 400,
    /// The room has no venue.
    NoVenue "NO_VENUE" 400,
    /// A valid credential is needed.
    Unauthorized "UNAUTHORIZED" 401,
    /// The credential does not open this.
    Forbidden "FORBIDDEN" 403,
    /// Banned from the room.
    Banned "BANNED" 403,
    /// The room is for those who have checked in at its venue.
    CheckinRequired "CHECKIN_REQUIRED" 403,
    /// The room plays no explicit songs.
    Explicit "EXPLICIT" 403,
    /// The room's chat is off.
    ChatOff "CHAT_OFF" 403,
    /// The room's pictures are off.
    PicturesOff "PICTURES_OFF" 403,
    /// There is nothing of that name.
    NotFound "NOT_FOUND" 404,
    /// There is no such open room.
    RoomNotFound "ROOM_NOT_FOUND" 404,
    /// Nobody of that id is in the room.
    MemberNotFound "MEMBER_NOT_FOUND" 404,
    /// The queue has no such entry.
    ItemNotFound "ITEM_NOT_FOUND" 404,
    /// The catalogue has no such song.
    SongNotFound "SONG_NOT_FOUND" 404,
    /// There is no such index.
    IndexNotFound "INDEX_NOT_FOUND" 404,
    /// There is no such alias.
    AliasNotFound "ALIAS_NOT_FOUND" 404,
    /// There is no such synonym map.
    SynonymMapNotFound "SYNONYM_MAP_NOT_FOUND" 404,
    /// The index has no document of that key.
    DocumentNotFound "DOCUMENT_NOT_FOUND" 404,
    /// No op of that name.
    UnknownEvent "UNKNOWN_EVENT" 404,
    /// The path does not answer this method.
    MethodNotAllowed "METHOD_NOT_ALLOWED" 405,
    /// The request was not there in time.
    RequestTimeout "REQUEST_TIMEOUT" 408,
    /// It was changed in the meantime, or is there already.
    Conflict "CONFLICT" 409,
    /// The `op` was used for something else.
    OpReused "OP_REUSED" 409,
    /// The room has as many members as it takes.
    RoomFull "ROOM_FULL" 409,
    /// The caller has not joined the room.
    NotInRoom "NOT_IN_ROOM" 409,
    /// The song is in the queue already.
    DuplicateSong "DUPLICATE_SONG" 409,
    /// The queue has as many entries as it takes.
    QueueFull "QUEUE_FULL" 409,
    /// The member has as many entries in the queue as one may.
    MemberLimit "MEMBER_LIMIT" 409,
    /// The member's veto is spent.
    VetoSpent "VETO_SPENT" 409,
    /// Nothing plays.
    NotPlaying "NOT_PLAYING" 409,
    /// The queue is empty.
    QueueEmpty "QUEUE_EMPTY" 409,
    /// The autopilot finds no song that fits.
    NothingToPick "NOTHING_TO_PICK" 409,
    /// No model has been trained yet.
    NotTrained "NOT_TRAINED" 409,
    /// There is too little to learn from.
    TooLittle "TOO_LITTLE" 409,
    /// The model is of another catalogue.
    ModelMismatch "MODEL_MISMATCH" 409,
    /// A training goes on already.
    TrainingRunning "TRAINING_RUNNING" 409,
    /// A bulk build of the index goes on.
    BuildRunning "BUILD_RUNNING" 409,
    /// There is an index of that name.
    IndexExists "INDEX_EXISTS" 409,
    /// An alias has the name.
    AliasInTheWay "ALIAS_IN_THE_WAY" 409,
    /// The room is closed for good.
    RoomClosed "ROOM_CLOSED" 410,
    /// A precondition (`If-Match`) does not hold.
    PreconditionFailed "PRECONDITION_FAILED" 412,
    /// The body is larger than this takes.
    TooLarge "TOO_LARGE" 413,
    /// Too often; `retryAfterMs` says when to come back.
    RateLimited "RATE_LIMITED" 429,
    /// A mistake of the server; its log has more.
    Internal "INTERNAL" 500,
    /// Too much at once; try again in a moment.
    Busy "BUSY" 503,
    /// The work took too long.
    Timeout "TIMEOUT" 503,
    /// Another process writes to the index.
    ReadOnly "READ_ONLY" 503,
    /// The model's file is damaged.
    ModelDamaged "MODEL_DAMAGED" 503,
    /// The disk is full.
    StorageFull "STORAGE_FULL" 507,
}

#[cfg(test)]
mod tests {
    use super::ErrorCode;

    #[test]
    fn codes_are_capitals_and_stand_once() {
        let mut texts: Vec<&str> = ErrorCode::ALL.iter().map(|code| code.as_str()).collect();
        assert!(texts.iter().all(|text| text.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_')));
        texts.sort_unstable();
        assert!(texts.windows(2).all(|pair| pair[0] != pair[1]));
    }
}

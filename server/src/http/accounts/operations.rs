//! The accounts' routes, described.

use serde_json::json;

use super::wire::{
    ChangeBody, EraseBody, Erasing, Export, Guest, GuestBody, LogInBody, Me, OwnVenues, Owners, PasswordBody, People, Person, RefreshBody,
    RoleBody, Sessions, SignUpBody, SignedIn,
};
use crate::http::{Kind, Operation};

pub(super) fn guest() -> Operation {
    Operation::new("Come in as a guest")
        .about("With the token of an earlier guest, the new one is on the same device.")
        .body::<GuestBody>("`name`: 1 to 40 characters.")
        .example(json!({"name": "Zoe"}))
        .json::<Guest>(201, "The guest and a token, good for 30 days.")
        .fails(400, "A field is missing or not what it must be; the message names it.")
        .fails(413, "The body is larger than 16 KiB.")
        .fails(429, "Too often; `retryAfterMs` and `Retry-After` say when to come back.")
}

pub(super) fn sign_up() -> Operation {
    Operation::new("Sign up")
        .about("With a guest's token the guest becomes the user and keeps the id.")
        .body::<SignUpBody>("`password`: 8 to 256 characters, none of those everybody tries. `name` may be left out when a guest signs up.")
        .example(json!({"email": "ada@example.org", "password": "correct horse battery", "name": "Ada"}))
        .json::<SignedIn>(201, "The user, signed in.")
        .fails(400, "A field is missing or not what it must be; the message names it.")
        .fails(409, "It is already so.")
        .fails(413, "The body is larger than 16 KiB.")
        .fails(429, "Too often; `retryAfterMs` and `Retry-After` say when to come back.")
        .fails(503, "Busy; try again in a moment.")
}

pub(super) fn log_in() -> Operation {
    Operation::new("Log in")
        .about("After some wrong passwords the same address waits longer and longer, 15 minutes at most.")
        .body::<LogInBody>("Address and password.")
        .example(json!({"email": "ada@example.org", "password": "correct horse battery"}))
        .json::<SignedIn>(201, "Signed in.")
        .fails(400, "A field is missing or not what it must be; the message names it.")
        .fails(401, "No token, or one that is not good.")
        .fails(413, "The body is larger than 16 KiB.")
        .fails(429, "Too often; `retryAfterMs` and `Retry-After` say when to come back.")
        .fails(503, "Busy; try again in a moment.")
}

pub(super) fn sessions() -> Operation {
    Operation::new("Where one is signed in").json::<Sessions>(200, "The sessions, the one used last first.")
}

pub(super) fn log_out_everywhere() -> Operation {
    Operation::new("Log out everywhere").empty(204, "Done.").fails(503, "Busy; try again in a moment.")
}

pub(super) fn refresh() -> Operation {
    Operation::new("New tokens for a refresh token")
        .body::<RefreshBody>("The refresh token.")
        .example(json!({"refreshToken": "..."}))
        .json::<SignedIn>(200, "New tokens. The old refresh token is no longer good: using it again ends the session.")
        .fails(400, "A field is missing or not what it must be; the message names it.")
        .fails(401, "No token, or one that is not good.")
        .fails(413, "The body is larger than 16 KiB.")
        .fails(503, "Busy; try again in a moment.")
}

pub(super) fn log_out() -> Operation {
    Operation::new("Log out")
        .path("session", "Id of one of the caller's sessions, or `current`.")
        .empty(204, "Done.")
        .fails(404, "There is no such thing, or the caller may not know of it.")
        .fails(503, "Busy; try again in a moment.")
}

pub(super) fn read_me() -> Operation {
    Operation::new("One's own account").json::<Me>(200, "The account.")
}

pub(super) fn change_me() -> Operation {
    Operation::new("Change one's account")
        .body::<ChangeBody>("What is left out stays. An empty `avatar` takes it away.")
        .example(json!({"name": "Ada L", "avatar": "🎸", "privacy": {"discoverable": true}}))
        .json::<Me>(200, "The account as it is now. The name in tokens follows at their next refresh.")
        .fails(400, "A field is missing or not what it must be; the message names it.")
        .fails(413, "The body is larger than 16 KiB.")
        .fails(503, "Busy; try again in a moment.")
}

pub(super) fn erase_me() -> Operation {
    Operation::new("Erase everything about oneself")
        .body_optional::<EraseBody>("A user confirms with the password; a guest sends none.")
        .example(json!({"password": "correct horse battery"}))
        .json::<Erasing>(202, "The account is gone; a part of the data will go later.")
        .empty(204, "Nothing is left.")
        .fails(400, "A field is missing or not what it must be; the message names it.")
        .fails(413, "The body is larger than 16 KiB.")
        .fails(429, "Too often; `retryAfterMs` and `Retry-After` say when to come back.")
        .fails(503, "Busy; try again in a moment.")
}

pub(super) fn change_password() -> Operation {
    Operation::new("Change the password")
        .body::<PasswordBody>("The old and the new one.")
        .example(json!({"password": "correct horse battery", "newPassword": "another password"}))
        .empty(204, "Done; the other sessions are ended.")
        .fails(400, "A field is missing or not what it must be; the message names it.")
        .fails(413, "The body is larger than 16 KiB.")
        .fails(429, "Too often; `retryAfterMs` and `Retry-After` say when to come back.")
        .fails(503, "Busy; try again in a moment.")
}

pub(super) fn export_me() -> Operation {
    Operation::new("Everything that is kept about oneself").json::<Export>(200, "One document.").fails(503, "Busy; try again in a moment.")
}

pub(super) fn followers() -> Operation {
    Operation::new("Who follows one")
        .query("after", Kind::Text, "`next` of an earlier answer, for the people behind.")
        .json::<People>(200, "People.")
        .fails(400, "A field is missing or not what it must be; the message names it.")
}

pub(super) fn following() -> Operation {
    Operation::new("Whom one follows")
        .query("after", Kind::Text, "`next` of an earlier answer, for the people behind.")
        .json::<People>(200, "People.")
        .fails(400, "A field is missing or not what it must be; the message names it.")
}

pub(super) fn blocked() -> Operation {
    Operation::new("Whom one has blocked")
        .query("after", Kind::Text, "`next` of an earlier answer, for the people behind.")
        .json::<People>(200, "People.")
        .fails(400, "A field is missing or not what it must be; the message names it.")
}

pub(super) fn my_venues() -> Operation {
    Operation::new("One's venues").json::<OwnVenues>(200, "Venues.")
}

pub(super) fn find_people() -> Operation {
    Operation::new("Find people by name")
        .query_needed("name", Kind::Text, "The beginning of a name, two letters at least; case and accents do not matter.")
        .query("after", Kind::Text, "`next` of an earlier answer, for the people behind.")
        .json::<People>(200, "People who want to be found and whose names begin so.")
        .fails(400, "A field is missing or not what it must be; the message names it.")
}

pub(super) fn read_person() -> Operation {
    Operation::new("What others see of a person")
        .path("id", "The person's id.")
        .json::<Person>(200, "The person.")
        .fails(404, "There is no such thing, or the caller may not know of it.")
}

pub(super) fn follow() -> Operation {
    Operation::new("Follow somebody")
        .path("id", "The person's id.")
        .empty(204, "Done.")
        .fails(400, "A field is missing or not what it must be; the message names it.")
        .fails(404, "There is no such thing, or the caller may not know of it.")
        .fails(409, "It is already so.")
        .fails(503, "Busy; try again in a moment.")
}

pub(super) fn unfollow() -> Operation {
    Operation::new("Follow somebody no longer").path("id", "The person's id.").empty(204, "Done.")
}

pub(super) fn block() -> Operation {
    Operation::new("Block somebody")
        .path("id", "The person's id.")
        .empty(204, "Done; neither follows or sees the other.")
        .fails(400, "A field is missing or not what it must be; the message names it.")
        .fails(404, "There is no such thing, or the caller may not know of it.")
        .fails(409, "It is already so.")
        .fails(503, "Busy; try again in a moment.")
}

pub(super) fn unblock() -> Operation {
    Operation::new("Block somebody no longer").path("id", "The person's id.").empty(204, "Done.")
}

pub(super) fn set_role() -> Operation {
    Operation::new("Give a role")
        .path("id", "The person's id.")
        .body::<RoleBody>("The role.")
        .example(json!({"role": "venueOwner"}))
        .empty(204, "Done; the person's access tokens are revoked.")
        .fails(400, "A field is missing or not what it must be; the message names it.")
        .fails(404, "There is no such thing, or the caller may not know of it.")
        .fails(413, "The body is larger than 16 KiB.")
        .fails(503, "Busy; try again in a moment.")
}

pub(super) fn owners() -> Operation {
    Operation::new("The owners of a venue")
        .path("venue", "The venue's id.")
        .json::<Owners>(200, "Owners.")
        .fails(400, "A field is missing or not what it must be; the message names it.")
}

pub(super) fn add_owner() -> Operation {
    Operation::new("Make somebody an owner of a venue")
        .about("For admins and owners of the venue.")
        .path("venue", "The venue's id.")
        .path("user", "The person's id.")
        .empty(204, "Done.")
        .fails(400, "A field is missing or not what it must be; the message names it.")
        .fails(404, "There is no such thing, or the caller may not know of it.")
        .fails(409, "It is already so.")
        .fails(503, "Busy; try again in a moment.")
}

pub(super) fn remove_owner() -> Operation {
    Operation::new("Take a venue from somebody")
        .about("An owner may leave; an admin may take it from anybody.")
        .path("venue", "The venue's id.")
        .path("user", "The person's id.")
        .empty(204, "Done.")
        .fails(400, "A field is missing or not what it must be; the message names it.")
}

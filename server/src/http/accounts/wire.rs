//! What accounts have on the wire. Of a request, fields that nobody knows are ignored and null is as good as absent.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use crate::accounts;

/// Who comes in as a guest.
#[derive(Deserialize, ToSchema)]
pub(super) struct GuestBody {
    /// What others see, 1 to 40 characters.
    pub(super) name: String,
}

/// A guest who has come in.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Guest {
    pub(super) user_id: String,
    /// Says who one is from now on, in `Authorization: Bearer`.
    pub(super) token: String,
}

/// Who signs up. With a guest's token the guest becomes the user, and keeps the name unless another is given.
#[derive(Deserialize, ToSchema)]
pub(super) struct SignUpBody {
    pub(super) email: String,
    /// At least 8 characters, not one that is tried first everywhere.
    pub(super) password: String,
    pub(super) name: Option<String>,
}

/// Who logs in.
#[derive(Deserialize, ToSchema)]
pub(super) struct LogInBody {
    pub(super) email: String,
    pub(super) password: String,
}

/// The refresh token that is traded for new tokens.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct RefreshBody {
    pub(super) refresh_token: String,
}

/// Tokens of a session.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct SignedIn {
    pub(super) user_id: String,
    pub(super) access_token: String,
    /// Good for one trade at `/v1/sessions/refresh`.
    pub(super) refresh_token: String,
    /// Seconds that the access token is good for.
    pub(super) expires_in: u64,
}

/// Where one is signed in.
#[derive(Serialize, ToSchema)]
pub(super) struct Sessions {
    pub(super) sessions: Vec<Session>,
}

/// One sign-in. Times are Unix milliseconds.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Session {
    pub(super) id: String,
    pub(super) created_at: u64,
    pub(super) used_at: u64,
    pub(super) expires_at: u64,
    /// What the client called itself.
    pub(super) agent: Option<String>,
    /// Whether it is the session of this request.
    pub(super) current: bool,
}

/// What to change of one's account; what is left out stays.
#[derive(Deserialize, ToSchema)]
pub(super) struct ChangeBody {
    pub(super) name: Option<String>,
    /// A short text such as an emoji; an empty one takes it away.
    pub(super) avatar: Option<String>,
    pub(super) privacy: Option<PrivacyBody>,
}

/// Switches to set.
#[derive(Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct PrivacyBody {
    pub(super) discoverable: Option<bool>,
    pub(super) share_taste: Option<bool>,
    pub(super) presence: Option<bool>,
}

/// What one shares. All of it is off until it is switched on.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Privacy {
    /// Others find one by name.
    pub(super) discoverable: bool,
    /// One's taste counts for others.
    pub(super) share_taste: bool,
    /// Others see when one is online.
    pub(super) presence: bool,
}

/// A password that is replaced.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct PasswordBody {
    pub(super) password: String,
    pub(super) new_password: String,
}

/// What confirms an erasure.
#[derive(Deserialize, ToSchema)]
pub(super) struct EraseBody {
    /// Of a user; a guest sends none.
    pub(super) password: Option<String>,
}

/// An erasure that is not finished.
#[derive(Serialize, ToSchema)]
pub(super) struct Erasing {
    /// `underWay`.
    pub(super) state: &'static str,
}

/// A role that is given.
#[derive(Deserialize, ToSchema)]
pub(super) struct RoleBody {
    /// `user`, `venueOwner` or `admin`.
    pub(super) role: String,
}

/// What somebody is.
#[derive(Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) enum Role {
    Guest,
    User,
    VenueOwner,
    Admin,
    Screen,
}

/// What others see of a person.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Person {
    pub(super) user_id: String,
    pub(super) name: String,
    pub(super) avatar: Option<String>,
}

/// Some people, and where the next ones begin.
#[derive(Serialize, ToSchema)]
pub(super) struct People {
    pub(super) people: Vec<Person>,
    /// Passed as `after`, gives the next ones.
    pub(super) next: Option<String>,
}

/// One's own account.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Me {
    pub(super) user_id: String,
    pub(super) name: String,
    pub(super) avatar: Option<String>,
    pub(super) role: Role,
    pub(super) email: Option<String>,
    /// Unix milliseconds; a guest never signed up.
    pub(super) created_at: Option<u64>,
    pub(super) privacy: Privacy,
}

/// Everything that is kept about a person, one member for each part of the server.
#[derive(Serialize, ToSchema)]
#[serde(transparent)]
#[schema(value_type = Object)]
pub(super) struct Export(pub(super) Value);

/// One's venues.
#[derive(Serialize, ToSchema)]
pub(super) struct OwnVenues {
    pub(super) venues: Vec<Ownership>,
}

/// Who owns a venue.
#[derive(Serialize, ToSchema)]
pub(super) struct Owners {
    pub(super) owners: Vec<Ownership>,
}

/// A venue and one of its owners.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Ownership {
    pub(super) venue: String,
    pub(super) user_id: String,
    /// Unix milliseconds.
    pub(super) since: u64,
}

impl From<accounts::SignedIn> for SignedIn {
    fn from(signed_in: accounts::SignedIn) -> SignedIn {
        let accounts::SignedIn { user_id, access_token, refresh_token, expires_in } = signed_in;
        SignedIn { user_id, access_token, refresh_token, expires_in }
    }
}

impl From<accounts::SessionShown> for Session {
    fn from(session: accounts::SessionShown) -> Session {
        let accounts::SessionShown { id, created_at, used_at, expires_at, agent, current } = session;
        Session { id, created_at, used_at, expires_at, agent, current }
    }
}

impl From<accounts::Profile> for Person {
    fn from(profile: accounts::Profile) -> Person {
        let accounts::Profile { user_id, name, avatar } = profile;
        Person { user_id, name, avatar }
    }
}

impl From<accounts::Page<accounts::Profile>> for People {
    fn from(page: accounts::Page<accounts::Profile>) -> People {
        People { people: page.items.into_iter().map(Person::from).collect(), next: page.next }
    }
}

impl From<accounts::Role> for Role {
    fn from(role: accounts::Role) -> Role {
        match role {
            accounts::Role::Guest => Role::Guest,
            accounts::Role::User => Role::User,
            accounts::Role::VenueOwner => Role::VenueOwner,
            accounts::Role::Admin => Role::Admin,
            accounts::Role::Screen => Role::Screen,
        }
    }
}

impl From<accounts::Me> for Me {
    fn from(me: accounts::Me) -> Me {
        let accounts::Me { profile, role, email, created_at, privacy } = me;
        let accounts::Privacy { discoverable, share_taste, presence } = privacy;
        let privacy = Privacy { discoverable, share_taste, presence };
        let accounts::Profile { user_id, name, avatar } = profile;
        Me { user_id, name, avatar, role: role.into(), email, created_at, privacy }
    }
}

impl From<accounts::Ownership> for Ownership {
    fn from(ownership: accounts::Ownership) -> Ownership {
        let accounts::Ownership { venue, user_id, since } = ownership;
        Ownership { venue, user_id, since }
    }
}

impl From<PrivacyBody> for accounts::PrivacyChanges {
    fn from(body: PrivacyBody) -> accounts::PrivacyChanges {
        let PrivacyBody { discoverable, share_taste, presence } = body;
        accounts::PrivacyChanges { discoverable, share_taste, presence }
    }
}

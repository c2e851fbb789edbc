//! Signed tokens: JSON web tokens under HS256, made and read without a look at the store. `ring` does the arithmetic, through
//! the one seam `jsonwebtoken` has for that; every other algorithm is refused.

use jsonwebtoken::crypto::{CryptoProvider, JwtSigner, JwtVerifier, KeyUtils};
use jsonwebtoken::errors::ErrorKind;
use jsonwebtoken::signature::{self, Signer, Verifier};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use ring::hmac;
use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq as _;

use super::secret::{mark, random};
use super::{AccountError, Accounts, Role, Secret};

const ISSUER: &str = "tutti";
/// No token that is made here is longer.
const LONGEST: usize = 2048;

static RING: CryptoProvider = CryptoProvider {
    signer_factory: |algorithm, key| match algorithm {
        Algorithm::HS256 => Ok(Box::new(Hs256(hmac::Key::new(hmac::HMAC_SHA256, key.as_bytes())))),
        _ => Err(ErrorKind::InvalidAlgorithm.into()),
    },
    verifier_factory: |algorithm, key| match algorithm {
        Algorithm::HS256 => Ok(Box::new(Hs256(hmac::Key::new(hmac::HMAC_SHA256, key.try_get_as_bytes()?)))),
        _ => Err(ErrorKind::InvalidAlgorithm.into()),
    },
    key_utils: KeyUtils::new_unimplemented(),
};

struct Hs256(hmac::Key);

impl Signer<Vec<u8>> for Hs256 {
    fn try_sign(&self, message: &[u8]) -> Result<Vec<u8>, signature::Error> {
        Ok(hmac::sign(&self.0, message).as_ref().to_vec())
    }
}

impl JwtSigner for Hs256 {
    fn algorithm(&self) -> Algorithm {
        Algorithm::HS256
    }
}

impl Verifier<Vec<u8>> for Hs256 {
    fn verify(&self, message: &[u8], signature: &Vec<u8>) -> Result<(), signature::Error> {
        hmac::verify(&self.0, message, signature).map_err(|_| signature::Error::new())
    }
}

impl JwtVerifier for Hs256 {
    fn algorithm(&self) -> Algorithm {
        Algorithm::HS256
    }
}

/// What a token is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Kind {
    /// A registered person, for some minutes.
    Access,
    /// Somebody with a name and nothing else.
    Guest,
    /// The screen of a room.
    Screen,
}

/// What a token says.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Claims {
    pub(super) iss: String,
    pub(super) kind: Kind,
    pub(super) sub: String,
    pub(super) name: String,
    pub(super) role: Role,
    /// How often the person's tokens were revoked before this one was made.
    #[serde(rename = "gen")]
    pub(super) generation: u32,
    /// The session an access token belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) sid: Option<String>,
    /// The device of a guest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) dev: Option<String>,
    /// The room of a screen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) room: Option<String>,
    pub(super) iat: u64,
    pub(super) exp: u64,
}

impl Claims {
    /// A token from `now` on for `life` seconds.
    pub(super) fn new(kind: Kind, sub: &str, name: &str, role: Role, now: u64, life: u64) -> Claims {
        let (iss, sub, name) = (ISSUER.to_owned(), sub.to_owned(), name.to_owned());
        Claims { iss, kind, sub, name, role, generation: 0, sid: None, dev: None, room: None, iat: now, exp: now + life }
    }
}

/// Makes and reads tokens.
pub(super) struct Tokens {
    signing: EncodingKey,
    reading: DecodingKey,
    validation: Validation,
}

impl Tokens {
    pub(super) fn new(secret: &Secret) -> Tokens {
        // Refused when it is there already, which is as well.
        let _ = RING.install_default();
        let mut validation = Validation::new(Algorithm::HS256);
        validation.set_issuer(&[ISSUER]);
        validation.set_required_spec_claims(&["exp", "iss", "sub"]);
        // Compared in `read`, with the clock that is handed in.
        validation.validate_exp = false;
        let (signing, reading) = (EncodingKey::from_secret(secret.bytes()), DecodingKey::from_secret(secret.bytes()));
        Tokens { signing, reading, validation }
    }

    /// The token that says `claims`.
    pub(super) fn sign(&self, claims: &Claims) -> Result<String, AccountError> {
        let signed = jsonwebtoken::encode(&Header::new(Algorithm::HS256), claims, &self.signing);
        signed.map_err(|error| AccountError::Internal(format!("a token cannot be signed: {error}")))
    }

    /// What `token` says, at the second `now`.
    ///
    /// # Errors
    /// [`AccountError::Unauthorized`] when it was not signed here or is over.
    pub(super) fn read(&self, token: &str, now: u64) -> Result<Claims, AccountError> {
        if token.len() > LONGEST {
            return Err(AccountError::Unauthorized("this is no token"));
        }
        let read = jsonwebtoken::decode::<Claims>(token, &self.reading, &self.validation);
        let claims = read.map_err(|_| AccountError::Unauthorized("this token was not made here"))?.claims;
        if claims.exp <= now {
            return Err(AccountError::Unauthorized("this token is over"));
        }
        Ok(claims)
    }
}

/// Private ids of sockets: what a client that reconnects shows to get its socket's id and rooms back. Each names the socket and is signed
/// for one user, so that it is good for nobody else, on any server and after a restart.
impl Accounts {
    /// A new private id for a user's socket.
    ///
    /// # Errors
    /// When there is no randomness.
    pub(crate) fn private_id(&self, user: &str, socket: &str) -> Result<String, AccountError> {
        let named = format!("{socket}.{}", random::<16>()?);
        let signature = self.sign_private_id(user, &named);
        Ok(format!("{named}.{signature}"))
    }

    /// The socket that a private id names, if it was made for this user.
    pub(crate) fn socket_of<'a>(&self, user: &str, private_id: &'a str) -> Option<&'a str> {
        let (named, signature) = private_id.rsplit_once('.')?;
        let is_ours = bool::from(self.sign_private_id(user, named).as_bytes().ct_eq(signature.as_bytes()));
        named.split_once('.').filter(|_| is_ours).map(|(socket, _)| socket)
    }

    fn sign_private_id(&self, user: &str, named: &str) -> String {
        mark(&self.socket_key, &format!("{user} {named}"))
    }
}

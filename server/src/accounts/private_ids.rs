//! Private ids of sockets: what a client that reconnects shows to get its socket's id and rooms back. Each names the socket and is signed
//! for one user, so that it is good for nobody else, on any server and after a restart.

use subtle::ConstantTimeEq as _;

use super::secret::{mark, random};
use super::{AccountError, Accounts};

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

//! Session and socket ids: 20 characters, 120 bits from the operating system's random source.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rand::TryRngCore as _;

const LENGTH: usize = 20;

/// An id nobody can guess. Kept inline: there are two for each connection.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Sid([u8; LENGTH]);

impl Sid {
    pub(crate) fn random() -> Self {
        let mut secret = [0; LENGTH / 4 * 3];
        rand::rngs::OsRng.try_fill_bytes(&mut secret).expect("the operating system gives random bytes");
        let mut text = [0; LENGTH];
        let written = URL_SAFE_NO_PAD.encode_slice(secret, &mut text);
        debug_assert_eq!(written, Ok(LENGTH));
        Self(text)
    }

    /// The id a client named; `None` when it has not the form of one.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let bytes: [u8; LENGTH] = text.as_bytes().try_into().ok()?;
        bytes.iter().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_')).then_some(Self(bytes))
    }

    pub(crate) fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

impl fmt::Debug for Sid {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.as_str())
    }
}

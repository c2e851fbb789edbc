//! The secret that tokens are signed with: given, or made at first start and kept for its owner's eyes. Also random ids and fingerprints.

use std::fs::{self, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rand::TryRngCore as _;
use rand::rngs::OsRng;
use ring::{digest, hmac};

use super::AccountError;

const FILE: &str = "jwt.secret";
const SHORTEST: usize = 32;

/// What tokens are signed with.
#[derive(Clone)]
pub(crate) struct Secret(Vec<u8>);

impl Secret {
    /// The secret in `folder`, made when there is none; `from_env` takes its place when given and not empty.
    ///
    /// # Errors
    /// When the secret is shorter than 32 bytes, or the file can be neither read nor made.
    pub(crate) fn open(folder: &Path, from_env: Option<String>) -> io::Result<Secret> {
        let bytes = match from_env.filter(|secret| !secret.is_empty()) {
            Some(given) => given.into_bytes(),
            None => kept(folder)?,
        };
        if bytes.len() < SHORTEST {
            let message = format!("the secret of tokens has {} bytes; {SHORTEST} are the least", bytes.len());
            return Err(io::Error::new(io::ErrorKind::InvalidData, message));
        }
        Ok(Secret(bytes))
    }

    /// The secret that several servers agreed on.
    ///
    /// # Errors
    /// When it is too short to be one.
    pub(crate) fn shared(bytes: Vec<u8>) -> io::Result<Secret> {
        if bytes.len() < SHORTEST {
            return Err(io::Error::new(io::ErrorKind::InvalidData, format!("{SHORTEST} bytes are the least")));
        }
        Ok(Secret(bytes))
    }

    /// The bytes.
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// A key for one purpose, so that no text signed for one is good for another.
    pub(super) fn key_for(&self, purpose: &str) -> hmac::Key {
        let whole = hmac::Key::new(hmac::HMAC_SHA256, &self.0);
        hmac::Key::new(hmac::HMAC_SHA256, hmac::sign(&whole, purpose.as_bytes()).as_ref())
    }
}

fn kept(folder: &Path) -> io::Result<Vec<u8>> {
    let path = folder.join(FILE);
    match fs::read(&path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        found => return found.map(|bytes| bytes.trim_ascii().to_vec()),
    }
    fs::create_dir_all(folder)?;
    let fresh = random::<48>().map_err(io::Error::other)?;
    let beside = folder.join(format!("{FILE}.{}.new", std::process::id()));
    let mut file = private(&beside)?;
    file.write_all(fresh.as_bytes())?;
    file.sync_all()?;
    // A link, unlike a rename, never replaces what another process made meanwhile.
    let linked = fs::hard_link(&beside, &path);
    fs::remove_file(&beside)?;
    match linked {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
        _ => fs::File::open(folder)?.sync_all()?,
    }
    let mut bytes = Vec::new();
    fs::File::open(&path)?.read_to_end(&mut bytes)?;
    Ok(bytes.trim_ascii().to_vec())
}

fn private(path: &Path) -> io::Result<fs::File> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// `N` random bytes as text of `[A-Za-z0-9_-]`.
///
/// # Errors
/// When the operating system has none.
pub(super) fn random<const N: usize>() -> Result<String, AccountError> {
    let mut bytes = [0; N];
    OsRng.try_fill_bytes(&mut bytes).map_err(|error| AccountError::Internal(format!("no random bytes: {error}")))?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}

/// A fingerprint of a text: SHA-256 in base64.
pub(super) fn fingerprint(text: &str) -> String {
    URL_SAFE_NO_PAD.encode(digest::digest(&digest::SHA256, text.as_bytes()))
}

/// The first 128 bits of the text's signature under `key`, in base64.
pub(super) fn mark(key: &hmac::Key, text: &str) -> String {
    URL_SAFE_NO_PAD.encode(&hmac::sign(key, text.as_bytes()).as_ref()[..16])
}

//! API keys: an admin key for everything, a query key for reading documents. Made at first start and kept in the data
//! directory for its owner's eyes; the environment may set them instead. Who a person is belongs to accounts, not here.

use std::fs::File;
use std::io::{self, Write};
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rand::TryRngCore as _;
use rand::rngs::OsRng;
use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq as _;

const FILE: &str = "keys.json";

/// The keys of one data directory.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ApiKeys {
    /// Opens everything.
    pub(crate) admin: String,
    /// Opens search, suggestions, completion, look-up and count.
    pub(crate) query: String,
}

/// Which of the two keys one is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum KeyKind {
    /// Everything.
    Admin,
    /// Reading documents.
    Query,
}

/// Which key to make anew.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Which {
    /// The admin key
    Admin,
    /// The query key
    Query,
}

impl ApiKeys {
    /// The keys in `folder`, made when there are none; `admin` and `query` take their place when given.
    ///
    /// # Errors
    /// When the file can be neither read nor made, or holds something else.
    pub(crate) fn open(folder: &Path, admin: Option<String>, query: Option<String>) -> io::Result<ApiKeys> {
        let kept = match read(folder)? {
            Some(keys) => keys,
            None => {
                let keys = ApiKeys { admin: fresh()?, query: fresh()? };
                keys.write(folder)?;
                keys
            }
        };
        Ok(ApiKeys { admin: admin.unwrap_or(kept.admin), query: query.unwrap_or(kept.query) })
    }

    /// Makes one of the kept keys anew. A running server takes it up at its next start.
    ///
    /// # Errors
    /// As [`ApiKeys::open`].
    pub(crate) fn rotate(folder: &Path, which: Which) -> io::Result<ApiKeys> {
        let mut keys = ApiKeys::open(folder, None, None)?;
        match which {
            Which::Admin => keys.admin = fresh()?,
            Which::Query => keys.query = fresh()?,
        }
        keys.write(folder)?;
        Ok(keys)
    }

    /// What `key` opens, if anything. Takes the same time for every key of the right length.
    pub(crate) fn kind(&self, key: &str) -> Option<KeyKind> {
        let admin: bool = self.admin.as_bytes().ct_eq(key.as_bytes()).into();
        let query: bool = self.query.as_bytes().ct_eq(key.as_bytes()).into();
        if admin {
            Some(KeyKind::Admin)
        } else if query {
            Some(KeyKind::Query)
        } else {
            None
        }
    }

    fn write(&self, folder: &Path) -> io::Result<()> {
        std::fs::create_dir_all(folder)?;
        let (path, beside) = (folder.join(FILE), folder.join(format!("{FILE}.{}.new", std::process::id())));
        let mut file = private(&beside)?;
        file.write_all(&serde_json::to_vec_pretty(self).map_err(io::Error::other)?)?;
        file.sync_all()?;
        std::fs::rename(&beside, &path)?;
        File::open(folder)?.sync_all()
    }
}

/// An API key as somebody chose it.
///
/// # Errors
/// What a key is made of, when it is not.
pub(crate) fn valid_key(text: &str) -> Result<String, String> {
    let fits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic());
    if fits { Ok(text.to_owned()) } else { Err("a key is one or more visible ASCII characters".to_owned()) }
}

/// A file that only its owner can read.
pub(crate) fn private(path: &Path) -> io::Result<File> {
    let mut options = File::options();
    options.create(true).truncate(true).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

fn read(folder: &Path) -> io::Result<Option<ApiKeys>> {
    let path = folder.join(FILE);
    match std::fs::read(&path) {
        Ok(bytes) => serde_json::from_slice(&bytes)
            .map(Some)
            .map_err(|error| io::Error::new(io::ErrorKind::InvalidData, format!("{}: {error}", path.display()))),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// 32 random bytes in letters that need no escaping.
fn fresh() -> io::Result<String> {
    let mut bytes = [0u8; 32];
    OsRng.try_fill_bytes(&mut bytes).map_err(io::Error::other)?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_made_once_and_rotated_one_by_one() {
        let folder = tempfile::tempdir().unwrap();
        let first = ApiKeys::open(folder.path(), None, None).unwrap();
        assert!(first == ApiKeys::open(folder.path(), None, None).unwrap());
        assert_ne!(first.admin, first.query);
        assert_eq!(
            (first.kind(&first.admin), first.kind(&first.query), first.kind("")),
            (Some(KeyKind::Admin), Some(KeyKind::Query), None)
        );
        let rotated = ApiKeys::rotate(folder.path(), Which::Query).unwrap();
        assert_eq!(rotated.admin, first.admin);
        assert_eq!(rotated.kind(&first.query), None);
        let given = ApiKeys::open(folder.path(), Some("mine".to_owned()), None).unwrap();
        assert_eq!(given.kind("mine"), Some(KeyKind::Admin));
        assert!(rotated == ApiKeys::open(folder.path(), None, None).unwrap());
    }
}

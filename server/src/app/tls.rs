//! HTTPS: a certificate chain and its key from PEM files, read again when the files change.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use axum_server::tls_rustls::RustlsConfig;
use rustls::pki_types::pem::{self, PemObject as _};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{InconsistentKeys, ServerConfig};
use tokio_util::sync::CancellationToken;

/// How often the files are looked at.
const LOOK: Duration = Duration::from_secs(5);

/// A certificate chain and its key on disk, and what is served of them.
#[derive(Clone)]
pub(crate) struct Tls {
    certificate: PathBuf,
    key: PathBuf,
    read: Pem,
    /// What new connections are answered with.
    pub(crate) config: RustlsConfig,
}

/// The bytes of both files.
#[derive(Clone, PartialEq, Eq)]
struct Pem {
    certificate: Vec<u8>,
    key: Vec<u8>,
}

/// Why a certificate cannot be served.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TlsError {
    #[error("cannot read {0}: {1}")]
    Unreadable(PathBuf, io::Error),
    #[error("{0} is not PEM: {1}")]
    NotPem(PathBuf, pem::Error),
    #[error("{0} holds no certificate: `-----BEGIN CERTIFICATE-----` is expected, the server's first, then its issuers'")]
    NoCertificate(PathBuf),
    #[error("{0} holds no private key: `-----BEGIN PRIVATE KEY-----` is expected")]
    NoKey(PathBuf),
    #[error("the private key in {0} is encrypted: decrypt it with `openssl pkey -in {0} -out FILE`")]
    EncryptedKey(PathBuf),
    #[error("the private key in {0} does not belong to the certificate in {1}")]
    Mismatch(PathBuf, PathBuf),
    #[error("{0} and {1} cannot be used: {2}")]
    Unusable(PathBuf, PathBuf, rustls::Error),
}

impl Tls {
    /// Reads both files.
    ///
    /// # Errors
    /// When one is missing or holds something else, or they do not belong together.
    pub(crate) fn open(certificate: PathBuf, key: PathBuf) -> Result<Tls, TlsError> {
        let read = Pem::read(&certificate, &key)?;
        let config = RustlsConfig::from_config(read.config(&certificate, &key)?);
        Ok(Tls { certificate, key, read, config })
    }

    /// Takes up changed files until `stopping` is cancelled. While they cannot be used, as between the writing of one and of the other,
    /// what was read before is served.
    pub(crate) async fn follow(mut self, stopping: CancellationToken) {
        let mut interval = tokio::time::interval(LOOK);
        interval.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        let mut said = String::new();
        loop {
            tokio::select! {
                _ = interval.tick() => {}
                () = stopping.cancelled() => return,
            }
            let looking = self.clone();
            let Ok(looked) = tokio::task::spawn_blocking(move || looking.look()).await else { return };
            match looked {
                Ok(None) => said.clear(),
                Ok(Some((read, config))) => {
                    tracing::info!(certificate = %self.certificate.display(), "the certificate has changed and is taken up");
                    self.config.reload_from_config(config);
                    self.read = read;
                    said.clear();
                }
                Err(error) => {
                    let error = error.to_string();
                    if said != error {
                        tracing::warn!(%error, "the certificate has changed and cannot be used; the one before is kept");
                        said = error;
                    }
                }
            }
        }
    }

    fn look(&self) -> Result<Option<(Pem, Arc<ServerConfig>)>, TlsError> {
        let now = Pem::read(&self.certificate, &self.key)?;
        if now == self.read {
            return Ok(None);
        }
        let config = now.config(&self.certificate, &self.key)?;
        Ok(Some((now, config)))
    }
}

impl Pem {
    fn read(certificate: &Path, key: &Path) -> Result<Pem, TlsError> {
        let bytes = |path: &Path| std::fs::read(path).map_err(|error| TlsError::Unreadable(path.to_owned(), error));
        Ok(Pem { certificate: bytes(certificate)?, key: bytes(key)? })
    }

    fn config(&self, certificate: &Path, key: &Path) -> Result<Arc<ServerConfig>, TlsError> {
        let (certificate, key) = (certificate.to_owned(), key.to_owned());
        let chain: Result<Vec<CertificateDer<'static>>, pem::Error> = CertificateDer::pem_slice_iter(&self.certificate).collect();
        let chain = match chain {
            Ok(chain) if chain.is_empty() => return Err(TlsError::NoCertificate(certificate)),
            Ok(chain) => chain,
            Err(error) => return Err(TlsError::NotPem(certificate, error)),
        };
        let private = match PrivateKeyDer::from_pem_slice(&self.key) {
            Ok(private) => private,
            Err(pem::Error::NoItemsFound) if self.key.windows(21).any(|part| part == b"ENCRYPTED PRIVATE KEY") => {
                return Err(TlsError::EncryptedKey(key));
            }
            Err(pem::Error::NoItemsFound) => return Err(TlsError::NoKey(key)),
            Err(error) => return Err(TlsError::NotPem(key, error)),
        };
        let made = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .and_then(|builder| builder.with_no_client_auth().with_single_cert(chain, private));
        match made {
            Ok(mut config) => {
                config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
                Ok(Arc::new(config))
            }
            Err(rustls::Error::InconsistentKeys(InconsistentKeys::KeyMismatch)) => Err(TlsError::Mismatch(key, certificate)),
            Err(error) => Err(TlsError::Unusable(certificate, key, error)),
        }
    }
}

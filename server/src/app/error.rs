//! Why a server does not start, or ended before it was told to.

use std::io;
use std::net::SocketAddr;

use crate::accounts::AccountError;
use tutti_realtime::AdapterError;
use tutti_store::StoreError;
use tutti_store::migrations::MigrationError;

use super::tls::TlsError;

/// Why a server cannot be built or has ended.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AppError {
    /// The indexes cannot be opened.
    #[error(transparent)]
    Engine(#[from] tutti_engine::Error),
    /// The interactions or models cannot be opened.
    #[error(transparent)]
    Taste(#[from] tutti_engine::taste::TasteError),
    /// The API keys can be neither read nor made.
    #[error("cannot keep the API keys: {0}")]
    Keys(io::Error),
    /// The secret of tokens can be neither read nor made, or cannot be used.
    #[error("cannot keep the secret of tokens: {0}")]
    Secret(String),
    /// The port cannot be bound.
    #[error("cannot listen on {0}: {1}")]
    Listen(SocketAddr, io::Error),
    /// The certificate cannot be served.
    #[error(transparent)]
    Tls(#[from] TlsFailure),
    /// The store cannot be opened.
    #[error("cannot open the store: {0}")]
    Store(String),
    /// The store is of another version and cannot be brought up to date.
    #[error("cannot bring the store up to date: {0}")]
    Migration(String),
    /// The accounts cannot be read.
    #[error("cannot open accounts: {0}")]
    Accounts(String),
    /// The other servers cannot be reached by that address.
    #[error("cannot join the other servers: {0}")]
    Cluster(String),
    /// The server stopped on its own.
    #[error("the server stopped on its own: {0}")]
    Ended(String),
}

/// A certificate or key that cannot be served.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub struct TlsFailure(TlsError);

impl From<TlsError> for AppError {
    fn from(error: TlsError) -> AppError {
        AppError::Tls(TlsFailure(error))
    }
}

impl From<StoreError> for AppError {
    fn from(error: StoreError) -> AppError {
        AppError::Store(error.to_string())
    }
}

impl From<MigrationError> for AppError {
    fn from(error: MigrationError) -> AppError {
        AppError::Migration(error.to_string())
    }
}

impl From<AccountError> for AppError {
    fn from(error: AccountError) -> AppError {
        AppError::Accounts(error.to_string())
    }
}

impl From<AdapterError> for AppError {
    fn from(error: AdapterError) -> AppError {
        AppError::Cluster(error.to_string())
    }
}

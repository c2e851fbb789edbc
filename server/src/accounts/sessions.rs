//! Sessions: who is signed in where. Each has one refresh token that is good once and then replaced. The store knows its
//! fingerprint only. A token that this server signed but that is not the good one was used before: somebody has a copy, and
//! the session ends for both.

use subtle::ConstantTimeEq as _;

use super::entry::Origin;
use super::records::{self, ACCOUNTS, Account, BATCH, Kept, SESSIONS, Session};
use super::revoked::{Revocation, Span};
use super::secret::{fingerprint, mark, random};
use super::tokens::{Claims, Kind};
use super::{AccountError, Accounts, Signed, is_id};
use tutti_store::{Batch, Write};

/// Characters of a client's name that are kept.
const AGENT: usize = 120;
/// No refresh token is longer.
const LONGEST: usize = 256;

/// What somebody gets who signs in.
#[derive(Clone, Debug)]
pub(crate) struct SignedIn {
    /// Who.
    pub(crate) user_id: String,
    /// Good for `expires_in` seconds.
    pub(crate) access_token: String,
    /// Good once.
    pub(crate) refresh_token: String,
    /// In seconds.
    pub(crate) expires_in: u64,
}

/// A session as its owner sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SessionShown {
    /// Its id.
    pub(crate) id: String,
    /// In milliseconds since 1970.
    pub(crate) created_at: u64,
    /// When it was last refreshed.
    pub(crate) used_at: u64,
    /// When it ends unless it is refreshed.
    pub(crate) expires_at: u64,
    /// What the client called itself.
    pub(crate) agent: Option<String>,
    /// Whether it is the one that asks.
    pub(crate) current: bool,
}

impl Accounts {
    /// Gives a new pair of tokens for a refresh token.
    ///
    /// # Errors
    /// [`AccountError::Unauthorized`] when it is not good. One that was good before ends its session.
    pub(crate) async fn refresh(&self, token: &str, origin: &Origin) -> Result<SignedIn, AccountError> {
        records::settle(|| self.try_refresh(token, origin)).await
    }

    async fn try_refresh(&self, token: &str, origin: &Origin) -> Result<SignedIn, AccountError> {
        let over = AccountError::Unauthorized("this refresh token is not good; log in again");
        if token.len() > LONGEST {
            return Err(over);
        }
        let Some((id, _)) = token.split_once('.').filter(|(id, _)| is_id(id)) else { return Err(over) };
        let Some(session) = records::load::<Session>(&self.store, SESSIONS, id).await? else { return Err(over) };
        let good: bool = session.value.token.as_bytes().ct_eq(fingerprint(token).as_bytes()).into();
        if !good && self.signed_here(token) {
            tracing::warn!(user = %session.value.user, "a refresh token was used twice; its session is ended");
            self.end_sessions(Batch::default(), vec![id.to_owned()]).await?;
        }
        if !good || session.value.expires_at <= self.now() {
            return Err(over);
        }
        let Some(account) = records::load::<Account>(&self.store, ACCOUNTS, &session.value.user).await? else { return Err(over) };
        let (renewed, signed_in) = self.renewed(&account.value, session.value.clone(), origin)?;
        let mut batch = Batch::default();
        batch.checks.push(records::unchanged(SESSIONS, id, &session));
        batch.checks.push(records::unchanged(ACCOUNTS, &account.value.id, &account));
        batch.writes.push(records::put(SESSIONS, id, &renewed)?);
        self.store.commit(batch).await?;
        Ok(signed_in)
    }

    fn signed_here(&self, token: &str) -> bool {
        let signed = token.rsplit_once('.').map(|(text, sign)| mark(&self.refresh_key, text).as_bytes().ct_eq(sign.as_bytes()));
        signed.is_some_and(bool::from)
    }

    /// A session that begins now, not yet stored, and its tokens.
    pub(super) fn fresh_session(&self, account: &Account, origin: &Origin) -> Result<(Session, SignedIn), AccountError> {
        let session = Session {
            id: random::<16>()?,
            user: account.id.clone(),
            token: String::new(),
            created_at: self.now(),
            used_at: 0,
            expires_at: 0,
            agent: origin.agent.as_ref().map(|agent| agent.chars().filter(|letter| !letter.is_control()).take(AGENT).collect()),
            network: String::new(),
        };
        self.renewed(account, session, origin)
    }

    /// The session with a new refresh token, and its tokens.
    fn renewed(&self, account: &Account, session: Session, origin: &Origin) -> Result<(Session, SignedIn), AccountError> {
        let text = format!("{}.{}", session.id, random::<32>()?);
        let refresh_token = format!("{text}.{}", mark(&self.refresh_key, &text));
        let (time, life) = (self.now(), self.settings.access_life.as_secs());
        let mut claims = Claims::new(Kind::Access, &account.id, &account.name, account.role, time / 1000, life);
        claims.generation = account.generation;
        claims.sid = Some(session.id.clone());
        let session = Session {
            token: fingerprint(&refresh_token),
            used_at: time,
            expires_at: time + self.settings.refresh_life.as_millis() as u64,
            network: self.network_mark(origin.address),
            ..session
        };
        let access_token = self.tokens.sign(&claims)?;
        Ok((session, SignedIn { user_id: account.id.clone(), access_token, refresh_token, expires_in: life }))
    }

    /// Makes room for one more session: those that are over go, and as many of those unused for longest as must.
    pub(super) async fn room_for_a_session(&self, user: &str) -> Result<Vec<Write>, AccountError> {
        let mut sessions: Vec<(String, Kept<Session>)> = records::find_all(&self.store, SESSIONS, "user", user).await?;
        let time = self.now();
        sessions.sort_by_key(|(_, session)| std::cmp::Reverse(session.value.used_at));
        let most = self.settings.sessions.max(1) - 1;
        let goes = |(at, (_, session)): &(usize, &(String, Kept<Session>))| *at >= most || session.value.expires_at <= time;
        Ok(sessions.iter().enumerate().filter(goes).map(|(_, (id, _))| records::delete(SESSIONS, id)).collect())
    }

    /// The caller's sessions, the one used last first.
    ///
    /// # Errors
    /// [`AccountError::Forbidden`] for who has no account.
    pub(crate) async fn sessions(&self, signed: &Signed) -> Result<Vec<SessionShown>, AccountError> {
        let user = signed.caller.registered()?;
        let sessions: Vec<(String, Kept<Session>)> = records::find_all(&self.store, SESSIONS, "user", user).await?;
        let time = self.now();
        let alive = sessions.into_iter().map(|(_, session)| session.value).filter(|session| session.expires_at > time);
        let mut shown: Vec<SessionShown> = alive.map(|session| shown(session, signed.session.as_deref())).collect();
        shown.sort_by_key(|session| std::cmp::Reverse(session.used_at));
        Ok(shown)
    }

    /// Ends one of the caller's sessions, the one that asks when none is named. Its access tokens are revoked too.
    ///
    /// # Errors
    /// [`AccountError::NotFound`] when there is no such session; [`AccountError::Forbidden`] for who has no account.
    pub(crate) async fn log_out(&self, signed: &Signed, session: Option<&str>) -> Result<(), AccountError> {
        let user = signed.caller.registered()?;
        let id = session.or(signed.session.as_deref()).filter(|id| is_id(id)).ok_or(AccountError::NotFound("session"))?;
        let kept: Option<Kept<Session>> = records::load(&self.store, SESSIONS, id).await?;
        if kept.is_none_or(|kept| kept.value.user != user) {
            return Err(AccountError::NotFound("session"));
        }
        records::settle(|| self.end_sessions(Batch::default(), vec![id.to_owned()])).await
    }

    /// Ends all of the caller's sessions.
    ///
    /// # Errors
    /// [`AccountError::Forbidden`] for who has no account.
    pub(crate) async fn log_out_everywhere(&self, signed: &Signed) -> Result<(), AccountError> {
        let user = signed.caller.registered()?;
        records::settle(|| async {
            let sessions: Vec<(String, Kept<Session>)> = records::find_all(&self.store, SESSIONS, "user", user).await?;
            self.end_sessions(Batch::default(), sessions.into_iter().map(|(id, _)| id).collect()).await
        })
        .await
    }

    /// Commits `batch` together with the end of some sessions. One try: see [`records::settle`].
    pub(super) async fn end_sessions(&self, mut batch: Batch, ids: Vec<String>) -> Result<(), AccountError> {
        self.revoked.catch_up(&self.store).await?;
        let until = self.now() + self.settings.access_life.as_millis() as u64;
        batch.writes.extend(ids.iter().map(|id| records::delete(SESSIONS, id)));
        let revocations: Vec<Revocation> = ids.into_iter().map(|of| Revocation { of, below: u32::MAX, until }).collect();
        if !revocations.is_empty() {
            batch.writes.push(self.revoked.revoke(Span::Short, &revocations)?);
        }
        if !batch.writes.is_empty() {
            self.store.commit(batch).await?;
        }
        self.revoked.catch_up(&self.store).await
    }

    /// Clears away the sessions that are over.
    pub(super) async fn clear_sessions(&self, time: u64) -> Result<(), AccountError> {
        let mut after: Option<String> = None;
        loop {
            let some = self.store.scan(SESSIONS, "", after.as_deref(), BATCH).await?;
            let last = some.len() < BATCH;
            let mut batch = Batch::default();
            for (id, document) in some {
                let session: Kept<Session> = records::typed(SESSIONS, document)?;
                if session.value.expires_at <= time {
                    batch.writes.push(records::delete(SESSIONS, &id));
                }
                after = Some(id);
            }
            if !batch.writes.is_empty() {
                self.store.commit(batch).await?;
            }
            if last {
                return Ok(());
            }
        }
    }
}

fn shown(session: Session, current: Option<&str>) -> SessionShown {
    let current = current == Some(session.id.as_str());
    let Session { id, created_at, used_at, expires_at, agent, .. } = session;
    SessionShown { id, created_at, used_at, expires_at, agent, current }
}

//! The server: its sessions, namespaces and handlers.

use std::collections::HashMap;
use std::fmt;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError, RwLock};

use tokio::runtime::Handle;

use crate::namespace::Namespace;
use crate::protocol::sid::Sid;
use crate::recovery::RecoveryBuffer;
use crate::session::outgoing::Transport;
use crate::session::{Opener, Session, lock};
use crate::{Adapter, Broadcast, Config, DisconnectReason, Handler, NamespacePattern, Packet, RecoveryConfig};

/// A Socket.IO server. Made once, given its namespaces, then mounted with [`Server::routes`].
pub struct Server {
    pub(crate) config: Config,
    /// Every Engine.IO message goes back as it came; nothing of Socket.IO is served.
    pub(crate) echoes: bool,
    handlers: RwLock<Vec<Registration>>,
    namespaces: RwLock<HashMap<Arc<str>, Arc<Namespace>>>,
    sessions: Mutex<HashMap<Sid, Arc<Session>>>,
    /// Sessions over long-polling.
    pub(crate) polling: AtomicUsize,
    closed: OnceLock<()>,
    runtime: OnceLock<Handle>,
    pub(crate) adapter: OnceLock<Arc<Adapter>>,
}

/// Whom a pattern of namespaces is given to.
struct Registration {
    pattern: NamespacePattern,
    handler: Arc<dyn Handler>,
    recovery: Option<RecoveryConfig>,
}

impl Server {
    /// A server without namespaces.
    pub fn new(config: Config) -> Arc<Self> {
        Self::make(config, false)
    }

    /// A server of Engine.IO alone that sends every message back, as the protocol's suite wants.
    pub(crate) fn echo(config: Config) -> Arc<Self> {
        Self::make(config, true)
    }

    fn make(config: Config, echoes: bool) -> Arc<Self> {
        Arc::new(Self {
            config,
            echoes,
            handlers: RwLock::default(),
            namespaces: RwLock::default(),
            sessions: Mutex::default(),
            polling: AtomicUsize::new(0),
            closed: OnceLock::new(),
            runtime: OnceLock::new(),
            adapter: OnceLock::new(),
        })
    }

    /// Gives namespaces to a handler, before serving. The first pattern that matches counts.
    pub fn namespace(&self, pattern: NamespacePattern, handler: Arc<dyn Handler>) {
        self.serve_with(Registration { pattern, handler, recovery: None });
    }

    /// The same, and clients that come back soon get their id, their rooms and what they missed.
    pub fn namespace_with_recovery(&self, pattern: NamespacePattern, handler: Arc<dyn Handler>, recovery: RecoveryConfig) {
        self.serve_with(Registration { pattern, handler, recovery: Some(recovery) });
    }

    fn serve_with(&self, registration: Registration) {
        if let NamespacePattern::Exact(name) = &registration.pattern {
            let namespace = Arc::new(registration.namespace(name, false));
            self.namespaces.write().unwrap_or_else(PoisonError::into_inner).insert(Arc::clone(&namespace.name), namespace);
        }
        self.handlers.write().unwrap_or_else(PoisonError::into_inner).push(registration);
        self.namespaces_changed();
    }

    /// Names of the namespaces there are at the moment.
    pub(crate) fn namespace_names(&self) -> Vec<Arc<str>> {
        self.namespaces.read().unwrap_or_else(PoisonError::into_inner).keys().cloned().collect()
    }

    fn namespaces_changed(&self) {
        if let Some(adapter) = self.adapter.get() {
            adapter.namespaces_changed();
        }
    }

    /// Addresses sockets of a namespace.
    pub fn to<'a>(&'a self, namespace: &'a str) -> Broadcast<'a> {
        Broadcast::new(self, namespace)
    }

    /// Sessions at the moment.
    pub fn count(&self) -> usize {
        lock(&self.sessions).len()
    }

    /// Ends all sessions and takes no more. Clients are told and will try to connect again, elsewhere or later.
    pub fn close(&self) {
        let _ = self.closed.set(());
        let sessions: Vec<_> = lock(&self.sessions).values().cloned().collect();
        for session in sessions {
            session.end_soon(DisconnectReason::ServerShutdown);
        }
        if let Some(adapter) = self.adapter.get() {
            adapter.stop();
        }
    }

    /// Whether another session may be opened.
    pub(crate) fn has_room(&self, polling: bool) -> bool {
        let room = self.count() < self.config.max_connections;
        room && self.closed.get().is_none() && (!polling || self.polling.load(Ordering::Relaxed) < self.config.max_polling)
    }

    /// Opens a session. On a runtime.
    pub(crate) fn open(self: &Arc<Self>, opener: Opener, transport: Transport) -> Arc<Session> {
        self.runtime.get_or_init(Handle::current);
        if transport == Transport::Polling {
            self.polling.fetch_add(1, Ordering::Relaxed);
        }
        let session = Arc::new(Session::new(Arc::clone(self), opener, transport));
        lock(&self.sessions).insert(session.sid, Arc::clone(&session));
        if self.closed.get().is_some() {
            session.end_soon(DisconnectReason::ServerShutdown);
        }
        session
    }

    /// The session a client names.
    pub(crate) fn session(&self, sid: &str) -> Option<Arc<Session>> {
        lock(&self.sessions).get(&Sid::parse(sid)?).cloned()
    }

    pub(crate) fn forget(&self, sid: &Sid) {
        lock(&self.sessions).remove(sid);
    }

    /// Runs a task of the server, from any thread.
    pub(crate) fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        if let Some(runtime) = self.runtime.get() {
            runtime.spawn(task);
        }
    }

    pub(crate) fn find_namespace(&self, name: &str) -> Option<Arc<Namespace>> {
        self.namespaces.read().unwrap_or_else(PoisonError::into_inner).get(name).cloned()
    }

    /// The namespace for a client that wants to connect to it; [`Server::release`] gives it back.
    pub(crate) fn claim(&self, name: &str) -> Option<Arc<Namespace>> {
        let known = self.find_namespace(name).filter(|namespace| !namespace.dynamic);
        if known.is_some() {
            return known;
        }
        let handlers = self.handlers.read().unwrap_or_else(PoisonError::into_inner);
        let registration = handlers.iter().find(|registration| registration.pattern.matches(name))?;
        let mut namespaces = self.namespaces.write().unwrap_or_else(PoisonError::into_inner);
        let made = || Arc::new(registration.namespace(name, true));
        let namespace = namespaces.entry(Arc::from(name)).or_insert_with(made);
        if namespace.users.fetch_add(1, Ordering::Relaxed) == 0 {
            self.namespaces_changed();
        }
        Some(Arc::clone(namespace))
    }

    /// A socket has left the namespace.
    pub(crate) fn release(&self, namespace: &Namespace) {
        if namespace.dynamic {
            let mut namespaces = self.namespaces.write().unwrap_or_else(PoisonError::into_inner);
            namespace.users.fetch_sub(1, Ordering::Relaxed);
            if namespace.is_unused() {
                namespaces.remove(&namespace.name);
                self.namespaces_changed();
            }
        }
    }

    /// The OPEN packet of a session.
    pub(crate) fn open_packet(&self, session: &Session, upgrades: bool) -> Packet {
        let config = &self.config;
        Packet::engine(&format!(
            "0{{\"sid\":\"{}\",\"upgrades\":[{}],\"pingInterval\":{},\"pingTimeout\":{},\"maxPayload\":{}}}",
            session.sid.as_str(),
            if upgrades { "\"websocket\"" } else { "" },
            config.ping_interval.as_millis(),
            config.ping_timeout.as_millis(),
            config.max_payload
        ))
    }
}

impl Registration {
    fn namespace(&self, name: &str, dynamic: bool) -> Namespace {
        Namespace::new(name, Arc::clone(&self.handler), self.recovery.clone().map(RecoveryBuffer::new), dynamic)
    }
}

impl fmt::Debug for Server {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Server").field("settings", &self.config).finish_non_exhaustive()
    }
}

//! The server: its sessions, namespaces and handlers.

use std::collections::HashMap;
use std::fmt;
use std::net::IpAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError, RwLock};

use tokio::runtime::Handle;

use super::namespace::Namespace;
use super::outgoing::Carrier;
use super::recovery::Memory;
use super::session::{Session, lock};
use super::sid::Sid;
use super::{Adapter, Broadcast, Handler, Packet, Pattern, Reason, Recovery, Settings};

/// A Socket.IO server. Made once, given its namespaces, then mounted with [`Server::routes`].
pub(crate) struct Server {
    pub(super) settings: Settings,
    handlers: RwLock<Vec<Served>>,
    namespaces: RwLock<HashMap<Arc<str>, Arc<Namespace>>>,
    sessions: Mutex<HashMap<Sid, Arc<Session>>>,
    /// Sessions over long-polling.
    pub(super) polling: AtomicUsize,
    closed: OnceLock<()>,
    runtime: OnceLock<Handle>,
    pub(super) adapter: OnceLock<Arc<Adapter>>,
}

/// Whom a pattern of namespaces is given to.
struct Served {
    pattern: Pattern,
    handler: Arc<dyn Handler>,
    recovery: Option<Recovery>,
}

impl Server {
    /// A server without namespaces.
    pub(crate) fn new(settings: Settings) -> Arc<Self> {
        Arc::new(Self {
            settings,
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
    pub(crate) fn namespace(&self, pattern: Pattern, handler: Arc<dyn Handler>) {
        self.serve_with(Served { pattern, handler, recovery: None });
    }

    /// The same, and clients that come back soon get their id, their rooms and what they missed.
    pub(crate) fn namespace_with_recovery(&self, pattern: Pattern, handler: Arc<dyn Handler>, recovery: Recovery) {
        self.serve_with(Served { pattern, handler, recovery: Some(recovery) });
    }

    fn serve_with(&self, served: Served) {
        if let Pattern::Exact(name) = &served.pattern {
            let namespace = Arc::new(served.namespace(name, false));
            self.namespaces.write().unwrap_or_else(PoisonError::into_inner).insert(Arc::clone(&namespace.name), namespace);
        }
        self.handlers.write().unwrap_or_else(PoisonError::into_inner).push(served);
        self.namespaces_changed();
    }

    /// Names of the namespaces there are at the moment.
    pub(super) fn namespace_names(&self) -> Vec<Arc<str>> {
        self.namespaces.read().unwrap_or_else(PoisonError::into_inner).keys().cloned().collect()
    }

    fn namespaces_changed(&self) {
        if let Some(adapter) = self.adapter.get() {
            adapter.namespaces_changed();
        }
    }

    /// Addresses sockets of a namespace.
    pub(crate) fn to<'a>(&'a self, namespace: &'a str) -> Broadcast<'a> {
        Broadcast::new(self, namespace)
    }

    /// Sessions at the moment.
    pub(crate) fn count(&self) -> usize {
        lock(&self.sessions).len()
    }

    /// Ends all sessions and takes no more. Clients are told and will try to connect again, elsewhere or later.
    pub(crate) fn close(&self) {
        let _ = self.closed.set(());
        let sessions: Vec<_> = lock(&self.sessions).values().cloned().collect();
        for session in sessions {
            session.end_soon(Reason::Shutdown);
        }
        if let Some(adapter) = self.adapter.get() {
            adapter.stop();
        }
    }

    /// Whether another session may be opened.
    pub(super) fn has_room(&self, polling: bool) -> bool {
        let room = self.count() < self.settings.max_connections;
        room && self.closed.get().is_none() && (!polling || self.polling.load(Ordering::Relaxed) < self.settings.max_polling)
    }

    /// Opens a session. On a runtime.
    pub(super) fn open(self: &Arc<Self>, address: IpAddr, carrier: Carrier) -> Arc<Session> {
        self.runtime.get_or_init(Handle::current);
        if carrier == Carrier::Polling {
            self.polling.fetch_add(1, Ordering::Relaxed);
        }
        let session = Arc::new(Session::new(Arc::clone(self), address, carrier));
        lock(&self.sessions).insert(session.sid, Arc::clone(&session));
        if self.closed.get().is_some() {
            session.end_soon(Reason::Shutdown);
        }
        session
    }

    /// The session a client names.
    pub(super) fn session(&self, sid: &str) -> Option<Arc<Session>> {
        lock(&self.sessions).get(&Sid::parse(sid)?).cloned()
    }

    pub(super) fn forget(&self, sid: &Sid) {
        lock(&self.sessions).remove(sid);
    }

    /// Runs a task of the server, from any thread.
    pub(super) fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        if let Some(runtime) = self.runtime.get() {
            runtime.spawn(task);
        }
    }

    pub(super) fn find_namespace(&self, name: &str) -> Option<Arc<Namespace>> {
        self.namespaces.read().unwrap_or_else(PoisonError::into_inner).get(name).cloned()
    }

    /// The namespace for a client that wants to connect to it; [`Server::release`] gives it back.
    pub(super) fn claim(&self, name: &str) -> Option<Arc<Namespace>> {
        let known = self.find_namespace(name).filter(|namespace| !namespace.dynamic);
        if known.is_some() {
            return known;
        }
        let handlers = self.handlers.read().unwrap_or_else(PoisonError::into_inner);
        let served = handlers.iter().find(|served| served.pattern.matches(name))?;
        let mut namespaces = self.namespaces.write().unwrap_or_else(PoisonError::into_inner);
        let made = || Arc::new(served.namespace(name, true));
        let namespace = namespaces.entry(Arc::from(name)).or_insert_with(made);
        if namespace.users.fetch_add(1, Ordering::Relaxed) == 0 {
            self.namespaces_changed();
        }
        Some(Arc::clone(namespace))
    }

    /// A socket has left the namespace.
    pub(super) fn release(&self, namespace: &Namespace) {
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
    pub(super) fn open_packet(&self, session: &Session, upgrades: bool) -> Packet {
        let settings = &self.settings;
        Packet::engine(&format!(
            "0{{\"sid\":\"{}\",\"upgrades\":[{}],\"pingInterval\":{},\"pingTimeout\":{},\"maxPayload\":{}}}",
            session.sid.as_str(),
            if upgrades { "\"websocket\"" } else { "" },
            settings.ping_interval.as_millis(),
            settings.ping_timeout.as_millis(),
            settings.max_payload
        ))
    }
}

impl Served {
    fn namespace(&self, name: &str, dynamic: bool) -> Namespace {
        Namespace::new(name, Arc::clone(&self.handler), self.recovery.clone().map(Memory::new), dynamic)
    }
}

impl fmt::Debug for Server {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Server").field("settings", &self.settings).finish_non_exhaustive()
    }
}

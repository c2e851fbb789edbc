//! Routes that only take handlers with a policy.

use axum::Router;
use axum::handler::Handler;
use axum::http::Method;
use axum::routing::{MethodFilter, on};

use super::{Caller, Credential, Policy};
use crate::app::AppState;
use crate::http::Operation;

/// One route, for the API's description.
#[derive(Clone)]
pub(crate) struct Route {
    pub(crate) method: Method,
    pub(crate) path: &'static str,
    /// The credentials it takes.
    pub(crate) credentials: &'static [Credential],
    /// Whether it is answered without one, too.
    pub(crate) optional: bool,
    /// What it does, for the API's description; pages have none.
    pub(crate) describe: Option<fn() -> Operation>,
}

/// The routes of an area. There is no way in for a handler whose first argument is not a [`Caller`].
#[derive(Default)]
pub(crate) struct Routes {
    router: Router<AppState>,
    list: Vec<Route>,
}

/// A handler whose first argument is a [`Caller`]. Only the compiler needs to know this trait: it holds for just those handlers.
pub(crate) trait Guarded<T>: Handler<T, AppState> {
    /// The policy of the argument.
    type Policy: Policy;
}

macro_rules! guarded {
    ($($argument:ident)*) => {
        impl<F, M, P: Policy, $($argument,)*> Guarded<(M, Caller<P>, $($argument,)*)> for F
        where
            F: Handler<(M, Caller<P>, $($argument,)*), AppState>,
        {
            type Policy = P;
        }
    };
}

guarded!();
guarded!(A);
guarded!(A B);
guarded!(A B C);
guarded!(A B C D);
guarded!(A B C D E);
guarded!(A B C D E G);
guarded!(A B C D E G H);

impl Routes {
    pub(crate) fn new() -> Routes {
        Routes::default()
    }

    pub(crate) fn get<H: Guarded<T>, T: 'static>(self, path: &'static str, handler: H, describe: fn() -> Operation) -> Routes {
        self.add::<H, T>(Method::GET, MethodFilter::GET, path, handler, Some(describe))
    }

    pub(crate) fn post<H: Guarded<T>, T: 'static>(self, path: &'static str, handler: H, describe: fn() -> Operation) -> Routes {
        self.add::<H, T>(Method::POST, MethodFilter::POST, path, handler, Some(describe))
    }

    pub(crate) fn put<H: Guarded<T>, T: 'static>(self, path: &'static str, handler: H, describe: fn() -> Operation) -> Routes {
        self.add::<H, T>(Method::PUT, MethodFilter::PUT, path, handler, Some(describe))
    }

    pub(crate) fn patch<H: Guarded<T>, T: 'static>(self, path: &'static str, handler: H, describe: fn() -> Operation) -> Routes {
        self.add::<H, T>(Method::PATCH, MethodFilter::PATCH, path, handler, Some(describe))
    }

    pub(crate) fn delete<H: Guarded<T>, T: 'static>(self, path: &'static str, handler: H, describe: fn() -> Operation) -> Routes {
        self.add::<H, T>(Method::DELETE, MethodFilter::DELETE, path, handler, Some(describe))
    }

    /// A page, which is no part of the API.
    pub(crate) fn page<H: Guarded<T>, T: 'static>(self, path: &'static str, handler: H) -> Routes {
        self.add::<H, T>(Method::GET, MethodFilter::GET, path, handler, None)
    }

    fn add<H: Guarded<T>, T: 'static>(
        mut self,
        method: Method,
        filter: MethodFilter,
        path: &'static str,
        handler: H,
        describe: Option<fn() -> Operation>,
    ) -> Routes {
        let credentials = <H::Policy as Policy>::CREDENTIALS;
        self.list.push(Route { method, path, credentials, optional: <H::Policy as Policy>::OPTIONAL, describe });
        Routes { router: self.router.route(path, on(filter, handler)), list: self.list }
    }

    /// These routes and others.
    pub(crate) fn merge(mut self, others: Routes) -> Routes {
        self.list.extend(others.list);
        Routes { router: self.router.merge(others.router), list: self.list }
    }

    /// The same routes with something done to their router, such as a layer.
    pub(crate) fn map(self, change: impl FnOnce(Router<AppState>) -> Router<AppState>) -> Routes {
        Routes { router: change(self.router), list: self.list }
    }

    /// What is routed, and the router.
    pub(crate) fn into_parts(self) -> (Vec<Route>, Router<AppState>) {
        (self.list, self.router)
    }
}

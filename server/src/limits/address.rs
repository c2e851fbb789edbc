//! Who an address is: the client behind proxies, and the subscriber behind an address.

use std::net::{IpAddr, Ipv6Addr};

use axum::http::HeaderMap;
use ipnet::IpNet;

/// Whose `X-Forwarded-For` is believed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum TrustedProxies {
    /// Nobody's: the client is who connects.
    #[default]
    None,
    /// That of peers in these networks. The client is the last entry that none of them wrote.
    Networks(Vec<IpNet>),
    /// Everybody's: the client is the last entry. Only behind a proxy that sets it.
    All,
}

impl TrustedProxies {
    /// The proxies of networks like `10.0.0.0/8`; an address alone is a network of one.
    ///
    /// # Errors
    /// The first that is not a network.
    pub fn networks(texts: &[String]) -> Result<TrustedProxies, String> {
        let read = |text: &String| {
            let network = text.parse::<IpNet>().or_else(|_| text.parse::<IpAddr>().map(IpNet::from));
            network.map_err(|_| format!("`{text}` is not a network like 10.0.0.0/8"))
        };
        let networks: Vec<IpNet> = texts.iter().map(read).collect::<Result<_, _>>()?;
        Ok(if networks.is_empty() { TrustedProxies::None } else { TrustedProxies::Networks(networks) })
    }

    /// The networks as they are written; `None` when every peer is trusted.
    pub(crate) fn shown(&self) -> Option<Vec<String>> {
        match self {
            TrustedProxies::None => Some(Vec::new()),
            TrustedProxies::Networks(networks) => Some(networks.iter().map(ToString::to_string).collect()),
            TrustedProxies::All => None,
        }
    }

    /// The client of a request that `peer` sent.
    pub(crate) fn client(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        let trusted = |address: IpAddr| match self {
            TrustedProxies::None => false,
            TrustedProxies::Networks(networks) => networks.iter().any(|network| network.contains(&address.to_canonical())),
            TrustedProxies::All => true,
        };
        if !trusted(peer) {
            return peer;
        }
        let entries =
            headers.get_all("x-forwarded-for").into_iter().filter_map(|value| value.to_str().ok()).flat_map(|text| text.split(','));
        let mut entries: Vec<Option<IpAddr>> = entries.map(|entry| entry.trim().parse().ok()).collect();
        if *self == TrustedProxies::All {
            return entries.pop().flatten().unwrap_or(peer);
        }
        let mut client = peer;
        while let Some(Some(entry)) = entries.pop() {
            client = entry;
            if !trusted(entry) {
                break;
            }
        }
        client
    }
}

/// What limits by address count as one: an IPv4 address, or the network of 64 bits that one subscriber has of IPv6.
pub(crate) fn subscriber(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => IpAddr::V4(address),
        IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & !u128::from(u64::MAX))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_subscriber_is_one_network() {
        let same = |a: &str, b: &str| subscriber(a.parse().unwrap()) == subscriber(b.parse().unwrap());
        assert!(same("2001:db8:1:2::1", "2001:db8:1:2:ffff::9"));
        assert!(!same("2001:db8:1:2::1", "2001:db8:1:3::1"));
        assert!(same("192.0.2.7", "::ffff:192.0.2.7"));
        assert!(!same("192.0.2.7", "192.0.2.8"));
    }

    fn client(proxies: &TrustedProxies, peer: &str, forwarded: &[&str]) -> String {
        let mut headers = HeaderMap::new();
        for value in forwarded {
            headers.append("x-forwarded-for", value.parse().unwrap());
        }
        proxies.client(peer.parse().unwrap(), &headers).to_string()
    }

    #[test]
    fn the_client_is_the_last_address_that_no_trusted_proxy_wrote() {
        let none = TrustedProxies::None;
        let all = TrustedProxies::All;
        let some = TrustedProxies::networks(&["10.0.0.0/8".to_owned(), "192.0.2.1".to_owned()]).unwrap();
        for (proxies, peer, forwarded, expected) in [
            (&none, "10.0.0.1", &["198.51.100.7"][..], "10.0.0.1"),
            (&all, "203.0.113.9", &["198.51.100.7, 198.51.100.8"], "198.51.100.8"),
            (&all, "203.0.113.9", &["198.51.100.7, nonsense"], "203.0.113.9"),
            (&all, "203.0.113.9", &[], "203.0.113.9"),
            (&some, "203.0.113.9", &["198.51.100.7"], "203.0.113.9"),
            (&some, "10.0.0.1", &["198.51.100.7, 192.0.2.1"], "198.51.100.7"),
            (&some, "10.0.0.1", &["198.51.100.7, 198.51.100.8", "10.9.9.9"], "198.51.100.8"),
            (&some, "10.0.0.1", &["10.1.1.1"], "10.1.1.1"),
            (&some, "10.0.0.1", &["nonsense, 192.0.2.1"], "192.0.2.1"),
            (&some, "::ffff:10.0.0.1", &["2001:db8::1"], "2001:db8::1"),
        ] {
            assert_eq!(client(proxies, peer, forwarded), expected, "{peer} {forwarded:?}");
        }
        assert!(TrustedProxies::networks(&["10.0.0.0/33".to_owned()]).is_err());
    }
}

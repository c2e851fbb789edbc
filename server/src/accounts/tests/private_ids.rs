use super::*;

#[tokio::test]
async fn a_private_id_names_a_socket_for_one_user_on_every_server() {
    let here = Fixture::new().await;
    let there = here.neighbour().await;
    let private_id = here.accounts.private_id("ann", "socket-of-ann").unwrap();
    assert_eq!(here.accounts.socket_of("ann", &private_id), Some("socket-of-ann"));
    assert_eq!(there.socket_of("ann", &private_id), Some("socket-of-ann"));
    assert_eq!(here.accounts.socket_of("bob", &private_id), None);
    assert_ne!(here.accounts.private_id("ann", "socket-of-ann").unwrap(), private_id, "each can be told from those before");
    let forged = private_id.replace("socket-of-ann", "socket-of-bob");
    for nonsense in [forged.as_str(), "", ".", "a.b", &private_id[1..]] {
        assert_eq!(here.accounts.socket_of("ann", nonsense), None, "{nonsense}");
    }
}

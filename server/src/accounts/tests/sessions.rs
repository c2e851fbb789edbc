use super::*;

#[tokio::test]
async fn each_refresh_token_is_good_once() {
    let fixture = Fixture::new().await;
    let (first, caller) = fixture.user("Ada").await;
    let second = fixture.accounts.refresh(&first.refresh_token, &origin()).await.unwrap();
    let third = fixture.accounts.refresh(&second.refresh_token, &origin()).await.unwrap();
    assert_eq!(fixture.accounts.verify(&third.access_token).unwrap(), caller);
    assert_eq!(fixture.accounts.sessions(&fixture.accounts.identify(&third.access_token).unwrap()).await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_refresh_token_used_twice_ends_its_session_and_no_other() {
    let fixture = Fixture::new().await;
    let (stolen, _) = fixture.user("Ada").await;
    let other = fixture.accounts.log_in(&email("Ada"), PASSWORD, &origin()).await.unwrap();
    let thief = fixture.accounts.refresh(&stolen.refresh_token, &origin()).await.unwrap();
    refused(fixture.accounts.refresh(&stolen.refresh_token, &origin()).await, "UNAUTHORIZED");
    refused(fixture.accounts.refresh(&thief.refresh_token, &origin()).await, "UNAUTHORIZED");
    refused(fixture.accounts.verify(&thief.access_token), "UNAUTHORIZED");
    refused(fixture.accounts.verify(&stolen.access_token), "UNAUTHORIZED");
    fixture.accounts.verify(&other.access_token).unwrap();
    fixture.accounts.refresh(&other.refresh_token, &origin()).await.unwrap();
}

#[tokio::test]
async fn of_refreshes_at_once_one_wins_at_most() {
    let fixture = Fixture::new().await;
    let (signed_in, _) = fixture.user("Ada").await;
    let tries = (0..8).map(|_| {
        let (accounts, token) = (Arc::clone(&fixture.accounts), signed_in.refresh_token.clone());
        tokio::spawn(async move { accounts.refresh(&token, &origin()).await })
    });
    let done = futures_util::future::join_all(tries).await;
    assert_eq!(done.into_iter().filter(|one| one.as_ref().unwrap().is_ok()).count(), 1);
}

#[tokio::test]
async fn a_made_up_token_ends_nothing() {
    let fixture = Fixture::new().await;
    let (signed_in, _) = fixture.user("Ada").await;
    let session = fixture.accounts.identify(&signed_in.access_token).unwrap().session.unwrap();
    let long = "x".repeat(100_000);
    for made_up in ["", ".", "\0.", session.as_str(), &format!("{session}."), &format!("{session}.AAAA.AAAA"), &format!("{session}.{long}")]
    {
        refused(fixture.accounts.refresh(made_up, &origin()).await, "UNAUTHORIZED");
    }
    fixture.accounts.refresh(&signed_in.refresh_token, &origin()).await.unwrap();
}

#[tokio::test]
async fn logging_out_ends_a_session_at_once_also_for_other_servers() {
    let fixture = Fixture::new().await;
    let neighbour = fixture.neighbour().await;
    let (first, _) = fixture.user("Ada").await;
    let second = fixture.accounts.log_in(&email("Ada"), PASSWORD, &origin()).await.unwrap();
    neighbour.verify(&first.access_token).unwrap();
    let here = fixture.accounts.identify(&first.access_token).unwrap();
    fixture.accounts.log_out(&here, None).await.unwrap();
    refused(fixture.accounts.verify(&first.access_token), "UNAUTHORIZED");
    refused(fixture.accounts.refresh(&first.refresh_token, &origin()).await, "UNAUTHORIZED");
    neighbour.tend(1).await.unwrap();
    refused(neighbour.verify(&first.access_token), "UNAUTHORIZED");
    neighbour.verify(&second.access_token).unwrap();
    let opened_later = fixture.neighbour().await;
    refused(opened_later.verify(&first.access_token), "UNAUTHORIZED");
}

#[tokio::test]
async fn a_server_that_watches_hears_what_others_call_in_until_it_ends() {
    let fixture = Fixture::new().await;
    let neighbour = fixture.neighbour().await;
    let (end, ended) = tokio::sync::oneshot::channel::<()>();
    let watching = Arc::clone(&neighbour);
    let watch = tokio::spawn(async move { watching.watch(async { drop(ended.await) }).await });
    let (signed_in, _) = fixture.user("Ada").await;
    fixture.accounts.log_out_everywhere(&fixture.accounts.identify(&signed_in.access_token).unwrap()).await.unwrap();
    let heard = async {
        while neighbour.verify(&signed_in.access_token).is_ok() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), heard).await.unwrap();
    end.send(()).unwrap();
    tokio::time::timeout(Duration::from_secs(60), watch).await.unwrap().unwrap();
}

#[tokio::test]
async fn everybody_sees_and_ends_his_own_sessions_only() {
    let fixture = Fixture::new().await;
    let (ada, _) = fixture.user("Ada").await;
    let (bob, _) = fixture.user("Bob").await;
    let second = fixture.accounts.log_in(&email("Ada"), PASSWORD, &origin()).await.unwrap();
    let (ada, bob) = (fixture.accounts.identify(&ada.access_token).unwrap(), fixture.accounts.identify(&bob.access_token).unwrap());
    let shown = fixture.accounts.sessions(&ada).await.unwrap();
    assert_eq!(shown.len(), 2);
    let current: Vec<&SessionShown> = shown.iter().filter(|session| session.current).collect();
    assert_eq!(current.iter().map(|session| Some(&session.id)).collect::<Vec<_>>(), [ada.session.as_ref()]);
    assert!(shown.iter().all(|session| session.agent.as_deref() == Some("test")));
    for other in [bob.session.as_deref().unwrap(), "", "a\0b", &"x".repeat(1000)] {
        refused(fixture.accounts.log_out(&ada, Some(other)).await, "NOT_FOUND");
    }
    fixture.accounts.log_out_everywhere(&ada).await.unwrap();
    refused(fixture.accounts.verify(&second.access_token), "UNAUTHORIZED");
    assert_eq!(fixture.accounts.sessions(&bob).await.unwrap().len(), 1);
    let guest = fixture.accounts.identify(&fixture.accounts.guest("Zoe").unwrap().token).unwrap();
    refused(fixture.accounts.sessions(&guest).await, "FORBIDDEN");
}

#[tokio::test]
async fn a_user_has_so_many_sessions_and_the_oldest_makes_room() {
    let fixture = Fixture::with(Settings { sessions: 3, ..settings() }).await;
    let (first, _) = fixture.user("Ada").await;
    let mut last = first.clone();
    for _ in 0..3 {
        tokio::time::sleep(Duration::from_millis(2)).await;
        last = fixture.accounts.log_in(&email("Ada"), PASSWORD, &origin()).await.unwrap();
    }
    let signed = fixture.accounts.identify(&last.access_token).unwrap();
    assert_eq!(fixture.accounts.sessions(&signed).await.unwrap().len(), 3);
    refused(fixture.accounts.refresh(&first.refresh_token, &origin()).await, "UNAUTHORIZED");
}

#[tokio::test]
async fn a_session_that_is_over_is_refused_and_cleared_away() {
    let fixture = Fixture::with(Settings { refresh_life: Duration::ZERO, ..settings() }).await;
    let (signed_in, _) = fixture.user("Ada").await;
    refused(fixture.accounts.refresh(&signed_in.refresh_token, &origin()).await, "UNAUTHORIZED");
    let signed = fixture.accounts.identify(&signed_in.access_token).unwrap();
    assert_eq!(fixture.accounts.sessions(&signed).await.unwrap(), []);
    assert_eq!(fixture.store.scan(records::SESSIONS, "", None, 10).await.unwrap().len(), 1);
    fixture.accounts.clear_sessions(fixture.accounts.now() + 1).await.unwrap();
    assert_eq!(fixture.store.scan(records::SESSIONS, "", None, 10).await.unwrap(), []);
}

#[tokio::test]
async fn what_was_called_in_is_forgotten_when_it_is_over_and_the_log_goes_on() {
    let fixture = Fixture::new().await;
    let (first, _) = fixture.user("Ada").await;
    let here = fixture.accounts.identify(&first.access_token).unwrap();
    fixture.accounts.log_out(&here, None).await.unwrap();
    let later = fixture.accounts.now() + 24 * 3600 * 1000;
    fixture.accounts.revoked.trim(&fixture.store, later).await.unwrap();
    fixture.accounts.revoked.forget(later);
    let neighbour = fixture.neighbour().await;
    let second = neighbour.log_in(&email("Ada"), PASSWORD, &origin()).await.unwrap();
    neighbour.log_out(&neighbour.identify(&second.access_token).unwrap(), None).await.unwrap();
    refused(neighbour.verify(&second.access_token), "UNAUTHORIZED");
    fixture.accounts.tend(1).await.unwrap();
    refused(fixture.accounts.verify(&second.access_token), "UNAUTHORIZED");
    fixture.accounts.verify(&first.access_token).unwrap();
}

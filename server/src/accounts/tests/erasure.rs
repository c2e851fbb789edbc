use std::collections::BTreeMap;
use std::sync::Mutex;

use serde_json::{Value, json};

use super::*;
use tutti_store::StoreError;

/// Somebody who keeps a number per person, and may be out of order.
#[derive(Default)]
struct Numbers {
    kept: Arc<Mutex<BTreeMap<String, u32>>>,
    broken: Mutex<bool>,
}

impl PersonalData for Numbers {
    fn name(&self) -> &'static str {
        "numbers"
    }

    fn export(&self, user: &str) -> StoreFuture<Value> {
        let number = self.kept.lock().unwrap().get(user).copied();
        Box::pin(async move { Ok(json!({"number": number})) })
    }

    fn erase(&self, user: &str) -> StoreFuture<()> {
        if *self.broken.lock().unwrap() {
            return Box::pin(async { Err(StoreError::Unavailable("out of order".to_owned())) });
        }
        self.kept.lock().unwrap().remove(user);
        Box::pin(async { Ok(()) })
    }
}

/// Somebody with everything that one can have, and others around.
async fn full_life(fixture: &Fixture) -> (SignedIn, Identity, Arc<Numbers>) {
    let (_, ada) = fixture.user("Ada").await;
    let (_, bob) = fixture.user("Bob").await;
    let (_, cyn) = fixture.user("Cyn").await;
    let privacy = PrivacyChanges { discoverable: Some(true), ..PrivacyChanges::default() };
    fixture.accounts.change(&ada, &Changes { privacy, ..Changes::default() }).await.unwrap();
    fixture.accounts.follow(&ada, &bob.user).await.unwrap();
    fixture.accounts.follow(&bob, &ada.user).await.unwrap();
    fixture.accounts.block(&ada, &cyn.user).await.unwrap();
    fixture.accounts.add_owner(&Identity::admin_key(), "bar-1", &ada.user).await.unwrap();
    let numbers = Arc::new(Numbers::default());
    numbers.kept.lock().unwrap().insert(ada.user.clone(), 7);
    fixture.accounts.register(Arc::clone(&numbers) as Arc<dyn PersonalData>);
    let signed_in = fixture.accounts.log_in(&email("Ada"), PASSWORD, &origin()).await.unwrap();
    let ada = fixture.accounts.verify(&signed_in.access_token).unwrap();
    (signed_in, ada, numbers)
}

/// Every document of the store that mentions `text` in its key or body, without those about erasures.
async fn mentions(fixture: &Fixture, text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for collection in COLLECTIONS.iter().filter(|collection| collection.name != records::ERASURES) {
        for (key, document) in fixture.store.scan(collection.name, "", None, 10_000).await.unwrap() {
            if key.contains(text) || document.body.to_string().contains(text) {
                found.push(format!("{} {key}", collection.name));
            }
        }
    }
    found
}

#[tokio::test]
async fn an_export_has_everything_and_no_secret() {
    let fixture = Fixture::new().await;
    let (signed_in, ada, _) = full_life(&fixture).await;
    let export = fixture.accounts.export(&ada).await.unwrap();
    assert_eq!(export["account"]["email"], "ada@example.org");
    assert_eq!(export["account"]["privacy"]["discoverable"], true);
    assert_eq!(export["sessions"].as_array().unwrap().len(), 2);
    for list in ["following", "followers", "blocked", "venues"] {
        assert_eq!(export[list].as_array().unwrap().len(), 1, "{list}");
    }
    assert_eq!(export["data"]["numbers"]["number"], 7);
    let text = export.to_string();
    let (_, secret) = signed_in.refresh_token.split_once('.').unwrap();
    assert!(!text.contains("argon2") && !text.contains(secret) && !text.contains(&secret::fingerprint(&signed_in.refresh_token)));
}

#[tokio::test]
async fn nothing_is_left_of_somebody_who_is_erased() {
    let fixture = Fixture::new().await;
    let (signed_in, ada, numbers) = full_life(&fixture).await;
    assert!(!mentions(&fixture, &ada.user).await.is_empty());
    refused(fixture.accounts.erase(&ada, None, &origin()).await, "BAD_REQUEST");
    refused(fixture.accounts.erase(&ada, Some("a wrong password"), &origin()).await, "UNAUTHORIZED");
    fixture.accounts.verify(&signed_in.access_token).unwrap();
    assert_eq!(fixture.accounts.erase(&ada, Some(PASSWORD), &origin()).await.unwrap(), Erased::Done);
    assert_eq!(mentions(&fixture, &ada.user).await, [""; 0]);
    assert_eq!(mentions(&fixture, "ada").await, [""; 0]);
    assert!(numbers.kept.lock().unwrap().is_empty());
    refused(fixture.accounts.verify(&signed_in.access_token), "UNAUTHORIZED");
    refused(fixture.accounts.refresh(&signed_in.refresh_token, &origin()).await, "UNAUTHORIZED");
    refused(fixture.accounts.log_in(&email("Ada"), PASSWORD, &origin()).await, "UNAUTHORIZED");
    refused(fixture.neighbour().await.verify(&signed_in.access_token), "UNAUTHORIZED");
    let (_, namesake) = fixture.user("Ada").await;
    assert_ne!(namesake.user, ada.user);
}

#[tokio::test]
async fn an_erasure_that_broke_off_is_finished_by_the_next_process() {
    let fixture = Fixture::new().await;
    let (signed_in, ada, numbers) = full_life(&fixture).await;
    *numbers.broken.lock().unwrap() = true;
    assert_eq!(fixture.accounts.erase(&ada, Some(PASSWORD), &origin()).await.unwrap(), Erased::UnderWay);
    refused(fixture.accounts.verify(&signed_in.access_token), "UNAUTHORIZED");
    assert_eq!(numbers.kept.lock().unwrap().len(), 1);
    let next = fixture.neighbour().await;
    next.register(Arc::clone(&numbers) as Arc<dyn PersonalData>);
    // As if it had begun long ago; what has only just begun is left to whoever began it.
    let long_ago = records::Erasure { state: records::ErasureState::Open, at: 0 };
    let batch = tutti_store::Batch { writes: vec![records::put(records::ERASURES, &ada.user, &long_ago).unwrap()], ..Default::default() };
    fixture.store.commit(batch).await.unwrap();
    next.tend(0).await.unwrap();
    assert_eq!(numbers.kept.lock().unwrap().len(), 1, "the holder is still out of order");
    *numbers.broken.lock().unwrap() = false;
    next.tend(0).await.unwrap();
    assert!(numbers.kept.lock().unwrap().is_empty());
    assert_eq!(fixture.store.find(records::ERASURES, "state", "open", None, 10).await.unwrap(), []);
    refused(next.verify(&signed_in.access_token), "UNAUTHORIZED");
}

#[tokio::test]
async fn a_guest_is_erased_without_a_password_and_does_not_come_back() {
    let fixture = Fixture::new().await;
    let (_, _, numbers) = full_life(&fixture).await;
    let guest = fixture.accounts.guest("Zoe").unwrap();
    let caller = fixture.accounts.verify(&guest.token).unwrap();
    numbers.kept.lock().unwrap().insert(guest.user_id.clone(), 8);
    assert_eq!(fixture.accounts.export(&caller).await.unwrap()["data"]["numbers"]["number"], 8);
    assert_eq!(fixture.accounts.erase(&caller, None, &origin()).await.unwrap(), Erased::Done);
    assert_eq!(numbers.kept.lock().unwrap().len(), 1);
    refused(fixture.accounts.verify(&guest.token), "UNAUTHORIZED");
    refused(fixture.accounts.sign_up(new("Zoe"), Some(&caller), &origin()).await, "UNAUTHORIZED");
}

#[tokio::test]
async fn a_guest_token_does_not_erase_the_user_he_became() {
    let fixture = Fixture::new().await;
    let guest = fixture.accounts.guest("Zoe").unwrap();
    let caller = fixture.accounts.verify(&guest.token).unwrap();
    fixture.accounts.sign_up(new("Zoe"), Some(&caller), &origin()).await.unwrap();
    refused(fixture.accounts.erase(&caller, None, &origin()).await, "UNAUTHORIZED");
}

#[tokio::test]
async fn the_admin_key_is_nobody_to_erase() {
    let fixture = Fixture::new().await;
    refused(fixture.accounts.erase(&Identity::admin_key(), Some(PASSWORD), &origin()).await, "NOT_FOUND");
}

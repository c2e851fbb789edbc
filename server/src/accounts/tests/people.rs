use std::sync::Mutex;

use super::*;

async fn discoverable(fixture: &Fixture, name: &str) -> Identity {
    let (_, caller) = fixture.user(name).await;
    let privacy = PrivacyChanges { discoverable: Some(true), ..PrivacyChanges::default() };
    fixture.accounts.change(&caller, &Changes { privacy, ..Changes::default() }).await.unwrap();
    caller
}

async fn found(fixture: &Fixture, caller: &Identity, name: &str) -> Vec<String> {
    let page = fixture.accounts.search(caller, name, None).await.unwrap();
    page.items.into_iter().map(|person| person.name).collect()
}

#[tokio::test]
async fn everything_private_is_off_until_it_is_switched_on() {
    let fixture = Fixture::new().await;
    let (_, ada) = fixture.user("Ada").await;
    assert_eq!(fixture.accounts.privacy(&ada.user).await.unwrap(), Privacy::default());
    assert_eq!(Privacy::default(), Privacy { discoverable: false, share_taste: false, presence: false });
    let guest = fixture.accounts.guest("Zoe").unwrap();
    assert_eq!(fixture.accounts.privacy(&guest.user_id).await.unwrap(), Privacy::default());
}

#[tokio::test]
async fn switches_reach_whoever_acts_on_them_and_a_failure_can_be_tried_again() {
    let fixture = Fixture::new().await;
    let heard: Arc<Mutex<Vec<(String, Privacy)>>> = Arc::default();
    let told = Arc::clone(&heard);
    fixture.accounts.on_privacy_changed(Box::new(move |user, privacy| {
        let mut heard = told.lock().unwrap();
        heard.push((user.to_owned(), privacy));
        let first = heard.len() == 1;
        Box::pin(async move { if first { Err(tutti_store::StoreError::Unavailable("not yet".to_owned())) } else { Ok(()) } })
    }));
    let (_, ada) = fixture.user("Ada").await;
    let privacy = PrivacyChanges { share_taste: Some(true), ..PrivacyChanges::default() };
    let changes = Changes { privacy, ..Changes::default() };
    refused(fixture.accounts.change(&ada, &changes).await, "BUSY");
    assert!(fixture.accounts.change(&ada, &changes).await.unwrap().privacy.share_taste);
    fixture.accounts.change(&ada, &Changes { name: Some("Ada L".to_owned()), ..Changes::default() }).await.unwrap();
    let on = Privacy { share_taste: true, ..Privacy::default() };
    assert_eq!(*heard.lock().unwrap(), [(ada.user.clone(), on), (ada.user.clone(), on)]);
}

#[tokio::test]
async fn only_who_wants_it_is_found_and_by_his_current_name() {
    let fixture = Fixture::new().await;
    let (_, bob) = fixture.user("Bob").await;
    let ada = discoverable(&fixture, "Ádám").await;
    fixture.user("Adrian").await;
    assert_eq!(found(&fixture, &bob, "AD").await, ["Ádám"]);
    refused(fixture.accounts.search(&bob, "a", None).await, "BAD_REQUEST");
    let renamed = Changes { name: Some("Zoltan".to_owned()), avatar: Some("\u{1f3b8}".to_owned()), ..Changes::default() };
    fixture.accounts.change(&ada, &renamed).await.unwrap();
    assert_eq!(found(&fixture, &bob, "ad").await, [""; 0]);
    assert_eq!(found(&fixture, &bob, "zol").await, ["Zoltan"]);
    assert_eq!(fixture.accounts.person(&bob, &ada.user).await.unwrap().avatar.as_deref(), Some("\u{1f3b8}"));
    let privacy = PrivacyChanges { discoverable: Some(false), ..PrivacyChanges::default() };
    fixture.accounts.change(&ada, &Changes { privacy, avatar: Some(String::new()), ..Changes::default() }).await.unwrap();
    assert_eq!(found(&fixture, &bob, "zol").await, [""; 0]);
    assert_eq!(fixture.accounts.person(&bob, &ada.user).await.unwrap().avatar, None);
}

#[tokio::test]
async fn a_name_of_letters_that_stand_for_many_can_be_found() {
    let fixture = Fixture::new().await;
    let (_, bob) = fixture.user("Bob").await;
    let long = "\u{fdfa}".repeat(40);
    let ada = discoverable(&fixture, "Ada").await;
    fixture.accounts.change(&ada, &Changes { name: Some(long.clone()), ..Changes::default() }).await.unwrap();
    assert_eq!(found(&fixture, &bob, &long).await, [long]);
}

#[tokio::test]
async fn a_search_goes_on_page_by_page() {
    let fixture = Fixture::new().await;
    let (_, bob) = fixture.user("Bob").await;
    for at in 0..60 {
        discoverable(&fixture, &format!("Same {at:02}")).await;
    }
    let first = fixture.accounts.search(&bob, "same", None).await.unwrap();
    let second = fixture.accounts.search(&bob, "same", first.next.as_deref()).await.unwrap();
    assert_eq!((first.items.len(), second.items.len(), &second.next), (50, 10, &None));
    let mut names: Vec<String> = first.items.into_iter().chain(second.items).map(|person| person.name).collect();
    names.dedup();
    assert_eq!(names.len(), 60);
    for bad in ["%", "YQBi", &"x".repeat(5000)] {
        refused(fixture.accounts.search(&bob, "same", Some(bad)).await, "BAD_REQUEST");
    }
}

#[tokio::test]
async fn following_shows_on_both_sides_and_ends() {
    let fixture = Fixture::new().await;
    let (_, ada) = fixture.user("Ada").await;
    let (_, bob) = fixture.user("Bob").await;
    fixture.accounts.follow(&ada, &bob.user).await.unwrap();
    fixture.accounts.follow(&ada, &bob.user).await.unwrap();
    let names = |page: Page<Profile>| page.items.into_iter().map(|person| person.name).collect::<Vec<_>>();
    assert_eq!(names(fixture.accounts.following(&ada, None).await.unwrap()), ["Bob"]);
    assert_eq!(names(fixture.accounts.followers(&bob, None).await.unwrap()), ["Ada"]);
    assert_eq!(names(fixture.accounts.followers(&ada, None).await.unwrap()), [""; 0]);
    fixture.accounts.unfollow(&ada, &bob.user).await.unwrap();
    fixture.accounts.unfollow(&ada, &bob.user).await.unwrap();
    assert_eq!(names(fixture.accounts.following(&ada, None).await.unwrap()), [""; 0]);
    assert_eq!(names(fixture.accounts.followers(&bob, None).await.unwrap()), [""; 0]);
    refused(fixture.accounts.follow(&ada, &ada.user).await, "BAD_REQUEST");
    refused(fixture.accounts.follow(&ada, "nobody").await, "NOT_FOUND");
    refused(fixture.accounts.follow(&ada, "no/body").await, "NOT_FOUND");
    let guest = fixture.accounts.verify(&fixture.accounts.guest("Zoe").unwrap().token).unwrap();
    refused(fixture.accounts.follow(&guest, &ada.user).await, "FORBIDDEN");
}

#[tokio::test]
async fn many_followers_come_page_by_page() {
    let fixture = Fixture::new().await;
    let (_, star) = fixture.user("Star").await;
    let mut fans = Vec::new();
    for at in 0..130 {
        let (_, fan) = fixture.user(&format!("Fan {at}")).await;
        fixture.accounts.follow(&fan, &star.user).await.unwrap();
        fans.push(fan.user);
    }
    let first = fixture.accounts.followers(&star, None).await.unwrap();
    let second = fixture.accounts.followers(&star, first.next.as_deref()).await.unwrap();
    assert_eq!(second.next, None);
    let mut shown: Vec<String> = first.items.into_iter().chain(second.items).map(|person| person.user_id).collect();
    shown.sort();
    fans.sort();
    assert_eq!(shown, fans);
}

#[tokio::test]
async fn a_block_hides_both_from_each_other() {
    let fixture = Fixture::new().await;
    let (ada, bob) = (discoverable(&fixture, "Ada").await, discoverable(&fixture, "Bob").await);
    fixture.accounts.follow(&ada, &bob.user).await.unwrap();
    fixture.accounts.follow(&bob, &ada.user).await.unwrap();
    fixture.accounts.block(&ada, &bob.user).await.unwrap();
    for (one, other) in [(&ada, &bob), (&bob, &ada)] {
        refused(fixture.accounts.person(one, &other.user).await, "NOT_FOUND");
        refused(fixture.accounts.follow(one, &other.user).await, "NOT_FOUND");
        assert_eq!(found(&fixture, one, &other.name).await, [""; 0]);
        assert_eq!(fixture.accounts.following(one, None).await.unwrap().items, []);
        assert_eq!(fixture.accounts.followers(one, None).await.unwrap().items, []);
    }
    assert_eq!(fixture.accounts.blocked(&ada, None).await.unwrap().items.len(), 1);
    assert_eq!(fixture.accounts.blocked(&bob, None).await.unwrap().items, []);
    fixture.accounts.unblock(&bob, &ada.user).await.unwrap();
    refused(fixture.accounts.follow(&bob, &ada.user).await, "NOT_FOUND");
    fixture.accounts.unblock(&ada, &bob.user).await.unwrap();
    fixture.accounts.follow(&bob, &ada.user).await.unwrap();
    assert_eq!(found(&fixture, &ada, "Bob").await, ["Bob"]);
}

#[tokio::test]
async fn an_admin_gives_roles_and_the_old_tokens_are_called_in() {
    let fixture = Fixture::new().await;
    let (signed_in, ada) = fixture.user("Ada").await;
    let (_, bob) = fixture.user("Bob").await;
    refused(fixture.accounts.set_role(&ada, &ada.user, Role::Admin).await, "FORBIDDEN");
    refused(fixture.accounts.set_role(&Identity::admin_key(), &ada.user, Role::Guest).await, "BAD_REQUEST");
    refused(fixture.accounts.set_role(&Identity::admin_key(), "nobody", Role::Admin).await, "NOT_FOUND");
    fixture.accounts.set_role(&Identity::admin_key(), &ada.user, Role::Admin).await.unwrap();
    refused(fixture.accounts.verify(&signed_in.access_token), "UNAUTHORIZED");
    let renewed = fixture.accounts.refresh(&signed_in.refresh_token, &origin()).await.unwrap();
    let admin = fixture.accounts.verify(&renewed.access_token).unwrap();
    assert_eq!(admin.role, Role::Admin);
    fixture.accounts.set_role(&admin, &bob.user, Role::VenueOwner).await.unwrap();
    fixture.accounts.set_role(&admin, &admin.user, Role::User).await.unwrap();
    refused(fixture.accounts.verify(&renewed.access_token), "UNAUTHORIZED");
}

#[tokio::test]
async fn a_venue_has_owners_who_may_add_others_and_leave() {
    let fixture = Fixture::new().await;
    let (_, ada) = fixture.user("Ada").await;
    let (_, bob) = fixture.user("Bob").await;
    refused(fixture.accounts.add_owner(&ada, "bar-1", &ada.user).await, "FORBIDDEN");
    fixture.accounts.add_owner(&Identity::admin_key(), "bar-1", &ada.user).await.unwrap();
    assert!(fixture.accounts.owns(&ada.user, "bar-1").await.unwrap());
    for (user, venue) in [(ada.user.as_str(), "bar-2"), (&bob.user, "bar-1"), (&ada.user, "bar"), (&ada.user, "bar-1/"), ("", "bar-1")] {
        assert!(!fixture.accounts.owns(user, venue).await.unwrap(), "{user} {venue}");
    }
    let renewed = fixture.accounts.log_in(&email("Ada"), PASSWORD, &origin()).await.unwrap();
    let ada = fixture.accounts.verify(&renewed.access_token).unwrap();
    assert_eq!(ada.role, Role::VenueOwner);
    fixture.accounts.add_owner(&ada, "bar-1", &bob.user).await.unwrap();
    assert_eq!(fixture.accounts.owners(&ada, "bar-1").await.unwrap().len(), 2);
    refused(fixture.accounts.remove_owner(&bob, "bar-1", &ada.user).await, "FORBIDDEN");
    refused(fixture.accounts.owners(&ada, "bar-2").await, "FORBIDDEN");
    refused(fixture.accounts.add_owner(&ada, "bar 1", &bob.user).await, "BAD_REQUEST");
    fixture.accounts.remove_owner(&ada, "bar-1", &ada.user).await.unwrap();
    refused(fixture.accounts.owners(&ada, "bar-1").await, "FORBIDDEN");
    assert_eq!(fixture.accounts.venues(&bob).await.unwrap()[0].venue, "bar-1");
    fixture.accounts.remove_owner(&Identity::admin_key(), "bar-1", &bob.user).await.unwrap();
    assert_eq!(fixture.accounts.owners(&Identity::admin_key(), "bar-1").await.unwrap(), []);
}

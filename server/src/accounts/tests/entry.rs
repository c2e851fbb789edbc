use super::*;

#[tokio::test]
async fn who_signs_up_can_log_in_and_is_known() {
    let fixture = Fixture::new().await;
    let (signed_in, caller) = fixture.user("Ada").await;
    assert_eq!((caller.user.as_str(), caller.name.as_str(), caller.role), (signed_in.user_id.as_str(), "Ada", Role::User));
    assert!(is_id(&caller.user));
    let again = fixture.accounts.log_in("  ADA@Example.org ", PASSWORD, &origin()).await.unwrap();
    assert_eq!(again.user_id, signed_in.user_id);
    assert_ne!(again.refresh_token, signed_in.refresh_token);
}

#[tokio::test]
async fn a_wrong_address_and_a_wrong_password_get_the_same_answer() {
    let fixture = Fixture::new().await;
    fixture.user("Ada").await;
    let texts = [("ada@example.org", "wrong password"), ("bob@example.org", PASSWORD), ("no address", PASSWORD), ("ada@example.org", "")];
    for (email, password) in texts {
        let error = fixture.accounts.log_in(email, password, &origin()).await.unwrap_err();
        assert_eq!(error.to_string(), "the e-mail address or the password is wrong");
        assert_eq!(error.code().as_str(), "UNAUTHORIZED");
    }
}

#[tokio::test]
async fn an_address_has_one_account_however_many_sign_up_at_once() {
    let fixture = Fixture::new().await;
    let tries = (0..10).map(|at| {
        let accounts = Arc::clone(&fixture.accounts);
        tokio::spawn(
            async move { accounts.sign_up(NewAccount { email: email("ada"), ..new(&format!("Ada {at}")) }, None, &origin()).await },
        )
    });
    let mut made = 0;
    for done in futures_util::future::join_all(tries).await {
        match done.unwrap() {
            Ok(_) => made += 1,
            Err(error) => assert_eq!(error.code().as_str(), "CONFLICT"),
        }
    }
    assert_eq!(made, 1);
}

#[tokio::test]
async fn a_guest_becomes_a_user_and_keeps_his_id() {
    let fixture = Fixture::new().await;
    let guest = fixture.accounts.guest("  Zoe\u{301} ").unwrap();
    let caller = fixture.accounts.verify(&guest.token).unwrap();
    assert_eq!((caller.name.as_str(), caller.role), ("Zo\u{e9}", Role::Guest));
    assert!(caller.device.is_some());
    let signed_in = fixture.accounts.sign_up(new("Zoe"), Some(&caller), &origin()).await.unwrap();
    assert_eq!(signed_in.user_id, guest.user_id);
    refused(fixture.accounts.verify(&guest.token), "UNAUTHORIZED");
    let user = fixture.accounts.verify(&signed_in.access_token).unwrap();
    assert_eq!(user.role, Role::User);
    refused(fixture.accounts.sign_up(new("Zoe Two"), Some(&caller), &origin()).await, "CONFLICT");
    refused(fixture.accounts.sign_up(new("Zoe Three"), Some(&user), &origin()).await, "CONFLICT");
}

#[tokio::test]
async fn a_guest_token_can_name_the_device_again() {
    let fixture = Fixture::new().await;
    let first = fixture.accounts.verify(&fixture.accounts.guest("Zoe").unwrap().token).unwrap();
    let device = first.device.clone().unwrap();
    let second = fixture.accounts.verify(&fixture.accounts.guest_on("Zoe", &device).unwrap().token).unwrap();
    assert_eq!(second.device, first.device);
    assert_ne!(second.user, first.user);
}

#[tokio::test]
async fn sign_ups_and_guests_of_an_address_are_limited() {
    let few = Rate { per_second: 0.001, burst: 2.0 };
    let fixture = Fixture::limited(settings(), Rates { sign_ups: few, guests: few, ..often() }).await;
    let elsewhere = Origin { address: "192.0.2.2".parse().unwrap(), agent: None };
    for at in 0..2 {
        fixture.accounts.sign_up(new(&format!("Ada {at}")), None, &origin()).await.unwrap();
        fixture.accounts.admit_guest(origin().address).unwrap();
    }
    let error = fixture.accounts.sign_up(new("Ada"), None, &origin()).await.unwrap_err();
    assert_eq!(error.code().as_str(), "RATE_LIMITED");
    assert!(error.retry_after().unwrap() > Duration::from_secs(60));
    refused(fixture.accounts.admit_guest(origin().address), "RATE_LIMITED");
    fixture.accounts.sign_up(new("Ada"), None, &elsewhere).await.unwrap();
    fixture.accounts.admit_guest(elsewhere.address).unwrap();
}

#[tokio::test]
async fn guessing_is_slowed_down_and_a_right_password_from_elsewhere_still_opens() {
    let fixture = Fixture::new().await;
    fixture.user("Ada").await;
    let stranger = Origin { address: "198.51.100.7".parse().unwrap(), agent: None };
    let mut refusals = 0;
    for _ in 0..10 {
        let error = fixture.accounts.log_in(&email("Ada"), "a wrong guess", &stranger).await.unwrap_err();
        if error.code().as_str() == "RATE_LIMITED" {
            assert!(error.retry_after().unwrap() <= Duration::from_secs(15 * 60));
            refusals += 1;
        }
    }
    assert!(refusals >= 5, "{refusals} of 10");
    refused(fixture.accounts.log_in(&email("Ada"), PASSWORD, &stranger).await, "RATE_LIMITED");
    fixture.accounts.log_in(&email("Ada"), PASSWORD, &origin()).await.unwrap();
}

#[tokio::test]
async fn the_owner_gets_in_while_strangers_use_up_all_guesses() {
    let few = Rate { per_second: 0.001, burst: 5.0 };
    let fixture = Fixture::limited(settings(), Rates { log_ins: Rate { burst: few.burst * 2.0, ..few }, ..often() }).await;
    fixture.user("Ada").await;
    for at in 0..5 {
        let stranger = Origin { address: format!("198.51.100.{at}").parse().unwrap(), agent: None };
        refused(fixture.accounts.log_in(&email("Ada"), "a wrong guess", &stranger).await, "UNAUTHORIZED");
    }
    let elsewhere = Origin { address: "203.0.113.1".parse().unwrap(), agent: None };
    refused(fixture.accounts.log_in(&email("Ada"), PASSWORD, &elsewhere).await, "RATE_LIMITED");
    fixture.accounts.log_in(&email("Ada"), PASSWORD, &origin()).await.unwrap();
}

#[tokio::test]
async fn too_much_hashing_at_once_is_refused_and_counts_as_no_guess() {
    let slow = Cost { memory: 64 * 1024, passes: 4, lanes: 1 };
    let fixture = Fixture::with(Settings { cost: slow, hashing: 1, hashing_waiting: 0, ..settings() }).await;
    let tries = (0..8).map(|at| {
        let accounts = Arc::clone(&fixture.accounts);
        tokio::spawn(async move { accounts.sign_up(new(&format!("Ada {at}")), None, &origin()).await })
    });
    let done = futures_util::future::join_all(tries).await;
    let (made, busy): (Vec<_>, Vec<_>) = done.into_iter().map(Result::unwrap).partition(Result::is_ok);
    assert!(!made.is_empty() && !busy.is_empty());
    assert!(busy.into_iter().all(|one| one.unwrap_err().code().as_str() == "BUSY"));
}

#[tokio::test]
async fn changing_the_password_ends_the_other_sessions() {
    let fixture = Fixture::new().await;
    let (first, _) = fixture.user("Ada").await;
    let second = fixture.accounts.log_in(&email("Ada"), PASSWORD, &origin()).await.unwrap();
    let here = fixture.accounts.identify(&second.access_token).unwrap();
    refused(fixture.accounts.change_password(&here, "not the old one", "another password", &origin()).await, "UNAUTHORIZED");
    refused(fixture.accounts.change_password(&here, PASSWORD, "ada", &origin()).await, "BAD_REQUEST");
    fixture.accounts.change_password(&here, PASSWORD, "another password", &origin()).await.unwrap();
    refused(fixture.accounts.verify(&first.access_token), "UNAUTHORIZED");
    refused(fixture.accounts.refresh(&first.refresh_token, &origin()).await, "UNAUTHORIZED");
    fixture.accounts.verify(&second.access_token).unwrap();
    fixture.accounts.refresh(&second.refresh_token, &origin()).await.unwrap();
    refused(fixture.accounts.log_in(&email("Ada"), PASSWORD, &origin()).await, "UNAUTHORIZED");
    fixture.accounts.log_in(&email("Ada"), "another password", &origin()).await.unwrap();
}

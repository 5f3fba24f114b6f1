//! What users sign in with, what they are members of, and what is written down of it.

use crate::scratch::{HERE, Scratch, THERE, at_second, key, membership, new_id, password};
use iam_api::Ocid;
use iam_store::{
    CredentialKind, Purpose, Setting, SignIns, StoreError, StoredCredential, StoredRetry,
    StoredSession, Tx,
};

pub(super) fn a_user_is_in_a_group_once(store: &Scratch) {
    let (ann, admins) = (new_id("user"), new_id("group"));
    let (first, second) = (membership(&ann, &admins), membership(&ann, &admins));
    let new = (first.clone(), second.clone());
    let added = store
        .change(move |tx| Ok((tx.add_membership(HERE, &new.0)?, tx.add_membership(HERE, &new.1)?)));
    assert_eq!(added, (true, false));
    let found = store.look(|tx| tx.membership(HERE, &first.id)).unwrap();
    assert_eq!(format!("{found:?}"), format!("{first:?}"));
    let found = store.look(|tx| tx.membership_of(HERE, &ann, &admins)).unwrap();
    assert_eq!(found.id, first.id);
    assert!(store.look(|tx| tx.membership(HERE, &second.id)).is_none());
    assert!(store.look(|tx| tx.membership(THERE, &first.id)).is_none());
    store.change(move |tx| tx.remove_membership(HERE, &first));
    assert!(store.look(|tx| tx.membership_of(HERE, &ann, &admins)).is_none());
    assert!(store.change(move |tx| tx.add_membership(HERE, &second)));
}

pub(super) fn memberships_come_in_pages_from_both_sides(store: &Scratch) {
    let mut users: Vec<Ocid> = (0..7).map(|_| new_id("user")).collect();
    let mut groups: Vec<Ocid> = (0..5).map(|_| new_id("group")).collect();
    let all: Vec<_> =
        users.iter().flat_map(|user| groups.iter().map(|group| membership(user, group))).collect();
    store.change(move |tx| {
        for new in &all {
            assert!(tx.add_membership(HERE, new)?);
        }
        Ok(())
    });
    users.sort();
    groups.sort();
    let walk = |of_user: bool, id: &Ocid| {
        let (mut walked, mut after) = (Vec::new(), String::new());
        loop {
            let page = store.look(|tx| {
                if of_user {
                    tx.memberships_of_user(HERE, id, &after, 2)
                } else {
                    tx.memberships_of_group(HERE, id, &after, 2)
                }
            });
            let other = |found: &iam_store::Membership| {
                if of_user { found.group.clone() } else { found.user.clone() }
            };
            let Some(last) = page.last() else { return walked };
            after = other(last).to_string();
            walked.extend(page.iter().map(other));
        }
    };
    assert_eq!(walk(true, &users[3]), groups);
    assert_eq!(walk(false, &groups[3]), users);
    let counts = |user, group| store.look(|tx| tx.membership_counts(HERE, user, group));
    assert_eq!(counts(&users[0], &groups[0]), (5, 7));
    assert_eq!(counts(&groups[0], &users[0]), (0, 0));
}

pub(super) fn a_user_has_a_key_of_a_fingerprint_once(store: &Scratch) {
    let (ann, bob) = (new_id("user"), new_id("user"));
    let new = [key(&ann, "aa:bb", 1), key(&ann, "aa:bb", 2), key(&bob, "aa:bb", 3)];
    let kept = new[0].clone();
    let added = store.change(move |tx| {
        let mut added = Vec::new();
        for new in &new {
            added.push(tx.add_api_key(HERE, new)?);
        }
        Ok(added)
    });
    assert_eq!(added, [true, false, true]);
    let of = |user: &Ocid| store.look(|tx| tx.api_key(HERE, user.as_str(), "aa:bb"));
    assert_eq!(format!("{:?}", of(&ann).unwrap()), format!("{kept:?}"));
    let gone = ann.clone();
    store.change(move |tx| tx.remove_api_key(HERE, &gone, "aa:bb"));
    assert!(of(&ann).is_none());
    assert!(of(&bob).is_some());
}

pub(super) fn keys_come_oldest_first(store: &Scratch) {
    let ann = new_id("user");
    let new = [key(&ann, "cc", 3), key(&ann, "bb", 1), key(&ann, "aa", 1), key(&ann, "dd", 2)];
    store.change(move |tx| {
        for new in &new {
            tx.add_api_key(HERE, new)?;
        }
        tx.add_api_key(HERE, &key(&new_id("user"), "ee", 0))
    });
    let found = store.look(|tx| tx.api_keys(HERE, &ann));
    let found: Vec<&str> = found.iter().map(|key| key.fingerprint.as_str()).collect();
    assert_eq!(found, ["aa", "bb", "dd", "cc"]);
}

fn credential(user: &Ocid, kind: CredentialKind, id: &str, second: i64) -> StoredCredential {
    StoredCredential {
        user: user.clone(),
        kind,
        id: id.to_owned(),
        created: at_second(second),
        etag: "e1".to_owned(),
        state: "ACTIVE".to_owned(),
        body: "{}".to_owned(),
        secret: b"\0hash".to_vec(),
        retry: Some(b"token".to_vec()),
    }
}

pub(super) fn what_users_show_elsewhere_is_kept_by_kind_and_changed_by_name(store: &Scratch) {
    let (ann, bob) = (new_id("user"), new_id("user"));
    let of = |kind, number, second| credential(&ann, kind, &format!("{ann}{number}"), second);
    let two = of(CredentialKind::AuthToken, 2, 2);
    let one = of(CredentialKind::AuthToken, 3, 1);
    let other = of(CredentialKind::SmtpCredential, 4, 1);
    let all = [two.clone(), one.clone(), other.clone()];
    store.change(move |tx| all.iter().try_for_each(|new| tx.add_credential(HERE, new)));
    let kept =
        |user: &Ocid, kind| format!("{:?}", store.look(|tx| tx.credentials(HERE, user, kind)));
    assert_eq!(kept(&ann, CredentialKind::AuthToken), format!("{:?}", [&one, &two]));
    assert_eq!(kept(&bob, CredentialKind::AuthToken), "[]");
    assert!(store.look(|tx| tx.credential(THERE, &one.id)).is_none());

    let mut changed = one.clone();
    (changed.etag, changed.state) = ("e2".to_owned(), "INACTIVE".to_owned());
    (changed.body, changed.secret, changed.retry) = ("[]".to_owned(), vec![7], None);
    let new = changed.clone();
    store.change(move |tx| tx.update_credential(HERE, &new));
    let found = store.look(|tx| tx.credential(HERE, &changed.id));
    assert_eq!(format!("{found:?}"), format!("{:?}", Some(&changed)));
    let again = credential(&bob, CredentialKind::AuthToken, &one.id, 3);
    let taken = store.write(move |tx| tx.add_credential(HERE, &again)).wait().unwrap();
    assert!(taken.is_err(), "one name names one credential of a tenancy");

    store.change(move |tx| tx.remove_credential(HERE, &changed.id));
    assert_eq!(kept(&ann, CredentialKind::AuthToken), format!("{:?}", [&two]));
    assert_eq!(kept(&ann, CredentialKind::SmtpCredential), format!("{:?}", [&other]));
}

pub(super) fn the_newer_password_takes_the_place_of_the_older(store: &Scratch) {
    let ann = new_id("user");
    assert!(store.look(|tx| tx.ui_password(HERE, &ann)).is_none());
    let mut chosen = password("second");
    (chosen.expires, chosen.retry) = (None, None);
    for new in [password("first"), chosen] {
        let (user, kept) = (ann.clone(), new.clone());
        store.change(move |tx| tx.set_ui_password(HERE, &user, &new));
        let found = store.look(|tx| tx.ui_password(HERE, &ann)).unwrap();
        assert_eq!(format!("{found:?}"), format!("{kept:?}"));
        assert_eq!(found.must_change(), found.expires.is_some());
    }
    assert!(store.look(|tx| tx.ui_password(THERE, &ann)).is_none());
}

fn session(hash: &str, user: &Ocid, second: i64) -> StoredSession {
    StoredSession {
        hash: hash.to_owned(),
        tenancy: HERE,
        user: user.clone(),
        purpose: Purpose::Console,
        second_factor: false,
        created: at_second(second),
        seen: at_second(second),
    }
}

pub(super) fn forgetting_a_users_credentials_leaves_those_of_others(store: &Scratch) {
    let (ann, bob) = (new_id("user"), new_id("user"));
    let users = [ann.clone(), bob.clone()];
    let gone = ann.clone();
    store.change(move |tx| {
        for user in &users {
            tx.set_ui_password(HERE, user, &password("hash"))?;
            tx.add_api_key(HERE, &key(user, "aa", 1))?;
            let token = CredentialKind::AuthToken;
            tx.add_credential(HERE, &credential(user, token, user.as_str(), 1))?;
            tx.add_session(&session(user.as_str(), user, 1))?;
            tx.set_sign_ins(HERE, user, &SignIns { failures: 3, ..SignIns::default() })?;
        }
        tx.forget_credentials(HERE, &gone)
    });
    for (user, count) in [(&ann, 0), (&bob, 1)] {
        assert_eq!(store.look(|tx| tx.ui_password(HERE, user)).iter().count(), count);
        assert_eq!(store.look(|tx| tx.api_keys(HERE, user)).len(), count);
        let tokens = store.look(|tx| tx.credentials(HERE, user, CredentialKind::AuthToken));
        assert_eq!(tokens.len(), count);
        assert_eq!(store.look(|tx| tx.sessions(HERE, user)).len(), count);
        let failures = store.look(|tx| tx.sign_ins(HERE, user)).failures;
        assert_eq!(failures, 3 * i64::try_from(count).unwrap());
    }
}

pub(super) fn sign_in_counters_begin_at_nothing_and_are_kept(store: &Scratch) {
    let ann = new_id("user");
    let seen = |known: SignIns| format!("{known:?}");
    assert_eq!(seen(store.look(|tx| tx.sign_ins(HERE, &ann))), seen(SignIns::default()));
    let later = SignIns { failures: 2, last_success: Some(at_second(9)), ..SignIns::default() };
    let latest = SignIns { failures: 0, previous_success: Some(at_second(9)), ..later };
    let blocked =
        SignIns { last_failure: Some(at_second(10)), blocked: Some(at_second(11)), ..latest };
    for known in [later, latest, blocked] {
        let user = ann.clone();
        store.change(move |tx| tx.set_sign_ins(HERE, &user, &known));
        assert_eq!(seen(store.look(|tx| tx.sign_ins(HERE, &ann))), seen(known));
    }
}

pub(super) fn a_session_lives_until_it_is_ended(store: &Scratch) {
    let (ann, bob) = (new_id("user"), new_id("user"));
    let (purpose, second_factor) = (Purpose::ChangePassword, true);
    let change = StoredSession { purpose, second_factor, ..session("b", &ann, 2) };
    let new = [session("a", &ann, 1), change.clone(), session("c", &ann, 3), session("d", &bob, 4)];
    store.change(move |tx| new.iter().try_for_each(|new| tx.add_session(new)));
    let hashes = |user: &Ocid| -> Vec<String> {
        let found = store.look(|tx| tx.sessions(HERE, user));
        found.into_iter().map(|session| session.hash).collect()
    };
    assert_eq!(hashes(&ann), ["c", "b", "a"]);
    let found = store.look(|tx| tx.session("b")).unwrap();
    assert_eq!(format!("{found:?}"), format!("{change:?}"));
    store.change(|tx| tx.touch_session("b", at_second(50)));
    let found = store.look(|tx| tx.session("b")).unwrap();
    assert_eq!((found.created, found.seen), (at_second(2), at_second(50)));
    store.change(|tx| tx.end_session("c"));
    assert_eq!(hashes(&ann), ["b", "a"]);
    let gone = ann.clone();
    store.change(move |tx| tx.end_sessions(HERE, &gone));
    assert_eq!((hashes(&ann).len(), hashes(&bob).len()), (0, 1));
    assert!(store.look(|tx| tx.session("a")).is_none());
}

type Change = Box<dyn Fn(&mut Tx<'_>, &Ocid) -> Result<(), StoreError> + Send>;

pub(super) fn whatever_ends_a_session_that_signs_revises(store: &Scratch) {
    let ann = new_id("user");
    let begin = |hash: &str, purpose: Purpose| {
        let new = StoredSession { purpose, ..session(hash, &ann, 1) };
        store.change(move |tx| tx.add_session(&new));
    };
    let revised = |change: Change| {
        let (before, user) = (store.revision(), ann.clone());
        store.change(move |tx| change(tx, &user));
        let left = store.look(|tx| tx.sessions(HERE, &ann));
        (store.revision() - before, left.len())
    };
    begin("a", Purpose::Console);
    assert_eq!(revised(Box::new(|tx, _| tx.end_session("a"))), (0, 0));
    begin("b", Purpose::Signing);
    assert_eq!(store.look(|tx| tx.session("b")).unwrap().purpose, Purpose::Signing);
    assert_eq!(revised(Box::new(|tx, _| tx.end_session("b"))), (1, 0));
    begin("c", Purpose::Console);
    assert_eq!(revised(Box::new(|tx, ann| tx.end_sessions(HERE, ann))), (0, 0));
    begin("d", Purpose::Console);
    begin("e", Purpose::Signing);
    begin("f", Purpose::SecondFactor);
    assert_eq!(revised(Box::new(|tx, ann| tx.end_sessions(HERE, ann))), (1, 0));
    begin("g", Purpose::Console);
    begin("h", Purpose::Signing);
    assert_eq!(revised(Box::new(|tx, ann| tx.end_signing_sessions(HERE, ann))), (1, 1));
    let domain = new_id("domain");
    assert_eq!(revised(Box::new(move |tx, _| tx.end_sessions_in(HERE, &domain))), (1, 1));
}

pub(super) fn sessions_that_began_too_early_are_dropped(store: &Scratch) {
    let ann = new_id("user");
    let new = [session("a", &ann, 1), session("b", &ann, 2), session("c", &ann, 3)];
    store.change(move |tx| {
        new.iter().try_for_each(|new| tx.add_session(new))?;
        tx.drop_sessions_before(at_second(2))
    });
    assert!(store.look(|tx| tx.session("a")).is_none());
    assert_eq!(store.look(|tx| tx.sessions(HERE, &ann)).len(), 2);
}

fn retry(request: &str, second: i64) -> StoredRetry {
    let answer = vec![0, 1, 255];
    StoredRetry { request: request.as_bytes().to_vec(), created: at_second(second), answer }
}

pub(super) fn a_retry_token_keeps_its_latest_answer(store: &Scratch) {
    let found = || store.look(|tx| tx.retry_token(HERE, b"token"));
    assert!(found().is_none());
    for new in [retry("one", 1), retry("two", 2)] {
        let kept = new.clone();
        store.change(move |tx| tx.keep_retry_token(HERE, b"token", &new));
        assert_eq!(format!("{:?}", found().unwrap()), format!("{kept:?}"));
    }
    assert!(store.look(|tx| tx.retry_token(THERE, b"token")).is_none());
}

pub(super) fn old_retry_tokens_are_dropped_a_bounded_number_at_a_time(store: &Scratch) {
    store.change(|tx| {
        (0..10_u8).try_for_each(|second| {
            tx.keep_retry_token(HERE, &[second], &retry("request", i64::from(second)))
        })
    });
    let drop = || store.change(|tx| tx.drop_retry_tokens_before(at_second(7), 5));
    assert_eq!((drop(), drop(), drop()), (5, 2, 0));
    let left = |hash: u8| store.look(|tx| tx.retry_token(HERE, &[hash])).is_some();
    assert_eq!((left(6), left(7), left(9)), (false, true, true));
}

pub(super) fn a_setting_is_replaced_as_a_whole(store: &Scratch) {
    let found = |at| store.look(|tx| tx.setting(at, "rules"));
    assert!(found(HERE).is_none());
    for (etag, body) in [("one", "{}"), ("two", "[]")] {
        let new = Setting { etag: etag.to_owned(), body: body.to_owned() };
        store.change(move |tx| tx.set_setting(HERE, "rules", &new));
        let found = found(HERE).unwrap();
        assert_eq!((found.etag.as_str(), found.body.as_str()), (etag, body));
    }
    assert!(found(THERE).is_none());
}

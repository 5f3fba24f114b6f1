//! How letters get from the queue to a mail server of any temper.

use super::*;
use crate::smtp_server::{Mood, Received};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use std::collections::BTreeMap;

/// How often each mail came, by its id.
fn times(received: &[Received]) -> BTreeMap<String, usize> {
    let mut times = BTreeMap::new();
    for mail in received {
        *times.entry(mail.header("message-id").unwrap()).or_default() += 1;
    }
    times
}

/// The text of a mail, its lines joined where they were folded.
fn decoded(received: &Received) -> String {
    received.source.replace("=\r\n", "").replace("=3D", "=")
}

#[test]
fn every_letter_arrives_with_its_link_and_its_headers() {
    let (server, world) = server_and_world();
    let ann = world.user_with("ann", "ann@example.com");
    for event in Event::ALL {
        world.queue(*event, &ann);
    }
    let postman = world.start_postman();
    let received = server.wait_for(Event::ALL.len());
    world.wait_until("all is noted", |status| status.delivered == 14 && status.waiting == 0);
    world.stop_postman(postman);
    assert_eq!(world.waiting(), 0);
    for mail in &received {
        assert_eq!(mail.header("auto-submitted").unwrap(), "auto-generated");
        assert_eq!(mail.header("from").unwrap(), "Durward <no-reply@example.com>");
        assert_eq!(mail.header("date").unwrap(), "Mon, 23 Nov 2026 12:00:00 +0000");
        assert_eq!(mail.from, "MAIL FROM:<no-reply@example.com>");
        let text = decoded(mail);
        assert!(text.contains("Hello ann"), "{text}");
    }
    let link = format!("{URL}/console/set-password#{TOKEN}");
    let with_link = received.iter().filter(|mail| decoded(mail).contains(&link)).count();
    assert_eq!(with_link, Event::ALL.iter().filter(|event| event.has_link()).count());
    assert!(times(&received).values().all(|times| *times == 1));
    assert_eq!(server.connections(), 1, "one connection does for many mails");
}

#[test]
fn names_with_line_breaks_and_markup_stay_names() {
    let (server, world) = server_and_world();
    let ann = world.user_with("ann", "ann@example.com");
    let name = "Ann\r\nBcc: eve@example.com\r\n\r\n<a href=\"//evil.example\">here</a>";
    assert!(world.try_to_queue(Event::ResetRequested, &ann, Some(name)).unwrap());
    let shop = "Shop at https://evil.example";
    assert!(world.try_to_queue(Event::ResetRequested, &ann, Some(shop)).unwrap());
    world.notification_settings(&json!({"fromEmailAddress":
        {"value": "iam@example.com", "displayName": "Acme\r\nBcc: eve@example.com"}}));
    let postman = world.start_postman();
    let received = server.wait_for(2);
    world.stop_postman(postman);
    for mail in &received {
        assert_eq!(mail.header("bcc"), None);
        assert_eq!(mail.to, ["RCPT TO:<ann@example.com>"]);
        let name = STANDARD.encode("Acme Bcc: eve@example.com");
        let from = format!("=?utf-8?b?{name}?= <iam@example.com>");
        assert_eq!(mail.header("from").unwrap(), from);
    }
    let mut texts: Vec<String> = received.iter().map(decoded).collect();
    texts.sort_by_key(|text| !text.contains("here"));
    assert!(texts[0].contains("&lt;a href=&quot;//evil.example&quot;&gt;here"), "{}", texts[0]);
    let (_, html) = texts[0].split_once("text/html").unwrap();
    assert!(!html.contains("<a href=\"//evil"), "{html}");
    assert!(texts[1].contains("Hello ann,") && !texts[1].contains("evil"), "{}", texts[1]);
}

#[test]
fn a_tenancy_in_test_mode_sends_to_its_testers_alone() {
    let (server, world) = server_and_world();
    let ann = world.user_with("ann", "ann@example.com");
    world.queue(Event::PasswordChanged, &ann);
    world.notification_settings(&json!({"testModeEnabled": true,
        "testRecipients": ["one@example.com", "two@example.com"]}));
    let postman = world.start_postman();
    let received = server.wait_for(1);
    world.notification_settings(&json!({"testModeEnabled": true}));
    world.queue(Event::PasswordChanged, &ann);
    world.wait_until("it is dropped", |status| status.dropped == 1);
    world.stop_postman(postman);
    assert_eq!(received[0].to, ["RCPT TO:<one@example.com>", "RCPT TO:<two@example.com>"]);
    assert_eq!(server.received().len(), 1);
}

#[test]
fn a_link_follows_nobody_to_a_new_address_and_a_notice_goes_to_the_old() {
    let (server, world) = server_and_world();
    let ann = world.user_with("ann", "old@example.com");
    world.queue(Event::ResetRequested, &ann);
    world.queue(Event::EmailChanged, &ann);
    let body = json!({"email": "new@example.com"});
    world.put(&world.administrator(), &format!("/users/{ann}"), &body, &[]).ok();
    let bob = world.user_with("bob", "bob@example.com");
    world.queue(Event::Welcome, &bob);
    world.delete(&world.administrator(), &format!("/users/{bob}"), &[]).ok();
    let postman = world.start_postman();
    world.wait_until("two are dropped", |status| status.dropped == 2 && status.delivered == 1);
    world.stop_postman(postman);
    assert_eq!(server.received()[0].to, ["RCPT TO:<old@example.com>"]);
    assert_eq!((server.received().len(), world.waiting()), (1, 0));
}

#[test]
fn a_tenancys_own_words_are_sent_and_a_bad_template_stops_nothing() {
    let (server, world) = server_and_world();
    let ann = world.user_with("ann", "ann@example.com");
    let at = world.at();
    let own = json!({"subject": "Hallo {{ display_name }}", "text": "{{ lonk }}"});
    world
        .block_on(world.app.write(move |_, tx| {
            let name = format!("mail-template/{}", Event::Welcome);
            let setting = Setting { etag: String::new(), body: own.to_string() };
            tx.set_setting(at, &name, &setting).unwrap();
            Ok::<_, Problem>(())
        }))
        .unwrap();
    world.queue(Event::Welcome, &ann);
    let postman = world.start_postman();
    let received = server.wait_for(1);
    world.stop_postman(postman);
    assert_eq!(received[0].header("subject").unwrap(), "Hallo ann");
    assert!(decoded(&received[0]).contains("Choose your password"), "ours stands in");
}

#[test]
fn what_is_refused_comes_again_until_it_is_taken() {
    for refusal in [
        Mood::Says("MAIL", "451 4.3.0 later"),
        Mood::Says("RCPT", "550 5.1.1 nobody"),
        Mood::Says(".", "554 5.6.0 spam"),
        Mood::Says("MAIL", "421 4.3.2 closing"),
        Mood::CutsInData,
    ] {
        let (server, world) = server_and_world();
        let ann = world.user_with("ann", "ann@example.com");
        server.set_mood(refusal);
        world.queue(Event::PasswordChanged, &ann);
        let postman = world.start_postman();
        world.wait_until("it was refused", |status| status.last_error.is_some());
        assert_eq!((server.received().len(), world.waiting()), (0, 1), "{refusal:?}");
        server.set_mood(Mood::Takes);
        world.wait_until("it was taken", |status| status.delivered == 1);
        world.stop_postman(postman);
        assert!(world.app.post.status().failing_since.is_none());
        assert_eq!(times(&server.received()).into_values().collect::<Vec<_>>(), [1]);
    }
}

#[test]
fn a_mail_whose_fate_is_unknown_comes_twice_at_the_most() {
    let (server, world) = server_and_world();
    let ann = world.user_with("ann", "ann@example.com");
    server.set_mood(Mood::CutsAfterData);
    for _ in 0..5 {
        world.queue(Event::PasswordChanged, &ann);
    }
    let postman = world.start_postman();
    server.wait_for(1);
    server.set_mood(Mood::Takes);
    world.wait_until("all are noted", |status| status.delivered == 5);
    world.stop_postman(postman);
    let times = times(&server.received());
    assert_eq!(times.len(), 5, "none is lost");
    assert_eq!(times.values().sum::<usize>(), 6, "the one that was cut off, and no other");
}

#[test]
fn while_the_server_is_away_one_connection_at_a_time_tries() {
    let server = Server::start(Script::default());
    let world = world(way_to(&server, 4));
    let ann = world.user_with("ann", "ann@example.com");
    for _ in 0..200 {
        world.queue(Event::PasswordChanged, &ann);
    }
    let port = server.port;
    drop(server);
    let postman = world.start_postman();
    world.wait_until("it fails", |status| status.failing_since.is_some());
    let error = world.app.post.status().last_error.unwrap();
    assert!(error.contains("connecting to localhost"), "{error}");
    let server = Server::at(port, Script::default());
    server.set_mood(Mood::Says("MAIL", "421 4.3.2 not yet"));
    world.rest(5_000);
    let tries = server.connections();
    assert!((1..=4).contains(&tries), "{tries} connections in 5 s, with 200 mails waiting");
    let back = Instant::now();
    server.set_mood(Mood::Takes);
    world.wait_until("all arrive", |status| status.delivered == 200);
    assert!(back.elapsed() < Duration::from_secs(30), "{:?}", back.elapsed());
    world.stop_postman(postman);
    assert_eq!(times(&server.received()).len(), 200);
    assert_eq!(server.received().len(), 200);
}

#[test]
fn one_bad_address_holds_nobody_up() {
    let (server, world) = server_and_world();
    let ann = world.user_with("ann", "ann@example.com");
    // The service takes it, and no mail server could.
    let bob = world.user_with("bob", "bob@-.example");
    world.queue(Event::PasswordChanged, &bob);
    world.queue(Event::PasswordChanged, &ann);
    let postman = world.start_postman();
    assert_eq!(server.wait_for(1)[0].to, ["RCPT TO:<ann@example.com>"]);
    world.wait_until("the other is dropped", |status| status.dropped == 1);
    world.stop_postman(postman);
    assert_eq!(world.waiting(), 0);
}

#[test]
fn what_it_is_too_late_for_is_dropped() {
    let world = world(Way::None);
    let ann = world.user_with("ann", "ann@example.com");
    world.queue(Event::ResetRequested, &ann); // its link is good for an hour
    world.queue(Event::PasswordChanged, &ann); // a day
    let postman = world.start_postman();
    world.wait_until("counted", |status| status.waiting == 2);
    world.pass(3_601);
    world.wait_until("one is dropped", |status| status.dropped == 1);
    assert_eq!(world.waiting(), 1);
    world.pass(24 * 3_600);
    world.wait_until("the other is dropped", |status| status.dropped == 2);
    world.stop_postman(postman);
    assert_eq!(world.waiting(), 0);
}

#[test]
fn a_clock_that_goes_back_holds_nothing_up() {
    let (server, world) = server_and_world();
    let ann = world.user_with("ann", "ann@example.com");
    world.queue(Event::PasswordChanged, &ann);
    world.pass(-7_200);
    let postman = world.start_postman();
    server.wait_for(1);
    world.stop_postman(postman);
}

#[test]
fn a_slow_mail_server_slows_nobody_else() {
    let (server, world) = server_and_world();
    let ann = world.user_with("ann", "ann@example.com");
    let admin = world.administrator();
    let path = format!("/20160918/users/{ann}/uiPassword");
    let fifty_resets = || {
        let began = Instant::now();
        for _ in 0..50 {
            world.send(&admin, "POST", &path, None).ok();
            world.queue(Event::PasswordChanged, &ann);
        }
        began.elapsed()
    };
    let alone = fifty_resets();
    server.set_mood(Mood::Slow(20_000));
    let postman = world.start_postman();
    world.rest(500);
    let beside = fifty_resets();
    assert!(beside < alone * 3 + Duration::from_secs(1), "{beside:?} beside {alone:?} alone");
    let began = Instant::now();
    world.stop_postman(postman);
    assert!(began.elapsed() < Duration::from_secs(12), "stopping does not wait for ever");
    assert_eq!(world.waiting(), 100);
}

#[test]
fn stopping_waits_for_the_mail_that_is_under_way() {
    let (server, world) = server_and_world();
    let ann = world.user_with("ann", "ann@example.com");
    server.set_mood(Mood::Slow(1_500));
    world.queue(Event::PasswordChanged, &ann);
    world.queue(Event::PasswordChanged, &ann);
    let postman = world.start_postman();
    world.rest(700);
    world.stop_postman(postman);
    assert_eq!((server.received().len(), world.waiting()), (1, 1));
}

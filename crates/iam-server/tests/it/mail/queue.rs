//! What gets into the queue, and what lies in it.

use super::*;
use iam_api::Code;

#[test]
fn a_link_can_be_read_nowhere_on_the_disk() {
    let world = world(Way::None);
    let ann = world.user_with("ann", "ann@example.com");
    world.queue(Event::ResetRequested, &ann);
    assert_eq!(world.waiting(), 1);
    let mut seen = 0;
    for (_, text) in world.on_disk() {
        assert!(!text.contains(TOKEN) && !text.contains("set-password#"));
        seen += text.matches("admin.user.password.reset.success").count();
    }
    assert!(seen > 0, "what is there is found");
}

#[test]
fn a_letter_goes_to_the_stored_address_whatever_the_caller_holds() {
    let (server, world) = server_and_world();
    let ann = world.user_with("ann", "ann@example.com");
    let at = world.at();
    let queued = world.block_on(world.app.write(move |app, tx| {
        let mut user: User = tx.resource(at, &ann).unwrap().unwrap().model().unwrap();
        user.email = Some("eve@example.com".to_owned());
        let letter =
            Letter { event: Event::PasswordChanged, user: &user, display_name: None, link: None };
        mail::queue(tx, &app.context, at, &letter)
    }));
    assert!(queued.unwrap());
    let postman = world.start_postman();
    let received = server.wait_for(1);
    world.stop_postman(postman);
    assert_eq!(received[0].to, ["RCPT TO:<ann@example.com>"]);
    assert_eq!(received[0].header("to").unwrap(), "ann@example.com");
}

#[test]
fn who_has_no_address_gets_no_letter() {
    let world = world(Way::None);
    let ann = world.user("ann");
    assert!(!world.try_to_queue(Event::PasswordChanged, &ann, None).unwrap());
    assert_eq!(world.waiting(), 0);
}

#[test]
fn a_tenancy_can_switch_letters_off() {
    let world = world(Way::None);
    let ann = world.user_with("ann", "ann@example.com");
    world.notification_settings(&json!({"eventSettings":
        [{"eventId": Event::PasswordChanged.id(), "enabled": false}]}));
    assert!(!world.try_to_queue(Event::PasswordChanged, &ann, None).unwrap());
    world.queue(Event::PasswordReset, &ann);
    world.notification_settings(&json!({"notificationEnabled": false}));
    assert!(!world.try_to_queue(Event::PasswordReset, &ann, None).unwrap());
    assert_eq!(world.waiting(), 1);
}

#[test]
fn a_letter_without_its_link_or_with_a_foreign_one_is_a_mistake_of_ours() {
    let world = world(Way::None);
    let ann = world.user_with("ann", "ann@example.com");
    let at = world.at();
    for (event, path, token) in [
        (Event::Welcome, None, TOKEN),
        (Event::PasswordChanged, Some("/console/x#"), TOKEN),
        (Event::Welcome, Some("https://evil.example/#"), TOKEN),
        (Event::Welcome, Some("/console/x#"), "a b\r\n"),
    ] {
        let ann = ann.clone();
        let queued = world.block_on(world.app.write(move |app, tx| {
            let user: User = tx.resource(at, &ann).unwrap().unwrap().model().unwrap();
            let token = Secret::new(token.to_owned());
            let link = path.map(|path| Link { path, token: &token, expires: at_second(0) });
            let letter = Letter { event, user: &user, display_name: None, link };
            mail::queue(tx, &app.context, at, &letter)
        }));
        assert_eq!(queued.unwrap_err().code, Code::InternalServerError, "{path:?}");
    }
    assert_eq!(world.waiting(), 0);
}

#[test]
fn a_full_queue_refuses_more_and_says_so() {
    let world = World::made(Limits::default(), PasswordProfile::Oci, |app| {
        app.context.outbox.waiting_max = 3;
    });
    let ann = world.user_with("ann", "ann@example.com");
    for _ in 0..3 {
        world.queue(Event::PasswordChanged, &ann);
    }
    let postman = world.start_postman();
    world.wait_until("counted", |status| status.waiting == 3);
    let refused = world.try_to_queue(Event::PasswordChanged, &ann, None).unwrap_err();
    assert_eq!(refused.code, Code::TooManyRequests);
    assert!(refused.message.contains("e-mails are waiting"), "{refused}");
    world.stop_postman(postman);
    assert_eq!(world.waiting(), 3);
}

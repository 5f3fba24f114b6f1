//! Mail servers of every temper, and what comes of handing mail to them.

use crate::server::{Flaw, Mood, Offer, Script, Server};
use iam_api::{Secret, Timestamp};
use iam_mail::{Failure, Head, Letter, Mail, Sender, Smtp, SmtpSettings, Tls};
use std::time::{Duration, Instant};

fn smtp(server: &Server, tls: Tls, login: Option<(&str, &str)>) -> Smtp {
    let login = login.map(|(user, password)| (user.to_owned(), Secret::new(password.to_owned())));
    Smtp::new(SmtpSettings {
        host: "localhost".to_owned(),
        port: server.port,
        tls,
        authorities: Some(server.authority.clone().into_bytes()),
        login,
        hello: "iam.example.com".to_owned(),
    })
    .unwrap()
}

fn mail(to: &str) -> Mail {
    let letter = Letter {
        subject: "A test".to_owned(),
        text: "Hello\n.\n..two\nbye\n".to_owned(),
        html: "<p>Zoë</p>".to_owned(),
    };
    let from = Sender { address: "no-reply@example.com".parse().unwrap(), name: String::new() };
    let to = [to.parse().unwrap()];
    let date = Timestamp::from_micros(1_795_435_200_000_000);
    let head = Head { id: "0f1e", date, from: &from, return_to: &from.address, to: &to };
    Mail::new(&head, &letter).unwrap()
}

async fn hand_over(smtp: &Smtp, mail: &Mail) -> Result<(), Failure> {
    let mut connection = smtp.connect().await?;
    connection.send(mail).await?;
    connection.quit().await;
    Ok(())
}

#[tokio::test]
async fn a_mail_arrives_as_it_was_written() {
    let server = Server::start(Script::default());
    let mail = mail("ann@example.com");
    hand_over(&smtp(&server, Tls::None, None), &mail).await.unwrap();
    let received = server.received();
    assert_eq!(received.len(), 1);
    assert_eq!(received[0].source.trim_end(), mail.source().trim_end());
    assert_eq!(received[0].from, "MAIL FROM:<no-reply@example.com>");
    assert_eq!(received[0].to, ["RCPT TO:<ann@example.com>"]);
    assert_eq!(server.said()[0], "EHLO iam.example.com");
}

#[tokio::test]
async fn one_connection_carries_many_mails() {
    let server = Server::start(Script::default());
    let mut connection = smtp(&server, Tls::None, None).connect().await.unwrap();
    for _ in 0..5 {
        connection.send(&mail("ann@example.com")).await.unwrap();
    }
    assert!(connection.is_alive().await);
    assert_eq!((server.received().len(), server.connections()), (5, 1));
}

#[tokio::test]
async fn both_kinds_of_tls_are_spoken() {
    for (offer, tls) in [(Offer::StartTls, Tls::StartTls), (Offer::Implicit, Tls::Implicit)] {
        let server = Server::start(Script { offer, ..Script::default() });
        hand_over(&smtp(&server, tls, None), &mail("ann@example.com")).await.unwrap();
        assert!(server.received()[0].was_encrypted, "{offer:?}");
    }
}

#[tokio::test]
async fn nothing_is_sent_to_a_server_with_a_wrong_certificate() {
    for (offer, tls) in [(Offer::StartTls, Tls::StartTls), (Offer::Implicit, Tls::Implicit)] {
        for flaw in [Flaw::OtherName, Flaw::Expired, Flaw::UnknownAuthority] {
            let server = Server::start(Script { offer, flaw, ..Script::default() });
            let failure =
                hand_over(&smtp(&server, tls, None), &mail("ann@example.com")).await.unwrap_err();
            assert!(!failure.is_refusal());
            assert!(failure.to_string().contains("certificate"), "{flaw:?}: {failure}");
            assert!(server.received().is_empty());
            let said = server.said();
            assert!(said.iter().all(|line| !line.starts_with("MAIL")), "{said:?}");
        }
    }
}

#[tokio::test]
async fn nothing_is_sent_in_the_clear_where_tls_is_wanted() {
    let server = Server::start(Script::default());
    let smtp = smtp(&server, Tls::StartTls, Some(("durward", "secret")));
    let failure = hand_over(&smtp, &mail("ann@example.com")).await.unwrap_err();
    assert!(failure.to_string().contains("STARTTLS"), "{failure}");
    assert_eq!(server.said(), ["EHLO iam.example.com"]);
}

#[tokio::test]
async fn a_server_that_demands_tls_is_told_nothing_without() {
    let server = Server::start(Script { offer: Offer::StartTls, ..Script::default() });
    let failure = hand_over(&smtp(&server, Tls::None, None), &mail("ann@example.com")).await;
    let failure = failure.unwrap_err();
    assert!(failure.is_refusal() && failure.to_string().contains("530"), "{failure}");
    assert!(server.received().is_empty());
}

#[tokio::test]
async fn words_that_somebody_puts_in_before_tls_are_no_answers_after_it() {
    let injected = "\r\n250-evil.example\r\n250 AUTH PLAIN";
    let server = Server::start(Script { offer: Offer::StartTls, injected, ..Script::default() });
    let failure = hand_over(&smtp(&server, Tls::StartTls, None), &mail("ann@example.com")).await;
    assert!(failure.unwrap_err().to_string().contains("before TLS"));
    assert!(server.received().is_empty());
}

#[tokio::test]
async fn a_server_that_knows_users_is_shown_the_password_behind_tls() {
    let script = || Script {
        offer: Offer::StartTls,
        login: Some(("durward", "secret")),
        ..Script::default()
    };
    let server = Server::start(script());
    let right = smtp(&server, Tls::StartTls, Some(("durward", "secret")));
    hand_over(&right, &mail("ann@example.com")).await.unwrap();
    assert_eq!(server.received().len(), 1);
    let server = Server::start(script());
    let wrong = smtp(&server, Tls::StartTls, Some(("durward", "guess")));
    let failure = hand_over(&wrong, &mail("ann@example.com")).await.unwrap_err();
    assert!(!failure.is_refusal(), "no other mail would fare better");
    assert!(failure.to_string().contains("535"), "{failure}");
    assert!(server.received().is_empty());
}

#[tokio::test]
async fn a_refusal_is_told_from_a_loss() {
    let server = Server::start(Script::default());
    let smtp = smtp(&server, Tls::None, None);
    for (mood, is_refusal, told) in [
        (Mood::Says("MAIL", "451 4.3.0 come back later"), true, "451 4.3.0 come back later"),
        (Mood::Says("RCPT", "550 5.1.1 nobody here"), true, "550 5.1.1 nobody here"),
        (Mood::Says("DATA", "452 4.2.2 full"), true, "452"),
        (Mood::Says(".", "554 5.6.0 spam"), true, "554 5.6.0 spam"),
        (Mood::Says("MAIL", "421 4.3.2 closing"), false, "421"),
        (Mood::Says("MAIL", "hello?"), false, "sending"),
        (Mood::CutsInData, false, "sending"),
        (Mood::CutsAfterData, false, "sending"),
    ] {
        server.set_mood(mood);
        let failure = hand_over(&smtp, &mail("ann@example.com")).await.unwrap_err();
        assert_eq!(failure.is_refusal(), is_refusal, "{mood:?}: {failure}");
        assert!(failure.to_string().contains(told), "{mood:?}: {failure}");
    }
    assert_eq!(server.received().len(), 1, "one was kept, and not told of");
}

#[tokio::test]
async fn a_server_that_falls_silent_is_given_up() {
    let server = Server::start(Script::default());
    let smtp = smtp(&server, Tls::None, None);
    for stage in ["MAIL", "DATA", "."] {
        let mut connection = smtp.connect().await.unwrap();
        server.set_mood(Mood::Silent(stage));
        let began = Instant::now();
        tokio::time::pause(); // from here on the clock runs ahead whenever all wait
        let slept = tokio::time::Instant::now();
        let failure = connection.send(&mail("ann@example.com")).await.unwrap_err();
        assert!(failure.to_string().contains("too long"), "{stage}: {failure}");
        assert_eq!(slept.elapsed().as_secs(), 25);
        assert!(began.elapsed() < Duration::from_secs(20));
        tokio::time::resume();
        server.set_mood(Mood::Takes);
    }
    assert!(server.received().is_empty());
}

#[tokio::test]
async fn a_server_that_is_not_there_is_a_loss() {
    let server = Server::start(Script::default());
    let smtp = smtp(&server, Tls::None, None);
    drop(server);
    let failure = hand_over(&smtp, &mail("ann@example.com")).await.unwrap_err();
    assert!(failure.to_string().contains("connecting to localhost"), "{failure}");
    assert!(!failure.is_refusal());
}

#[tokio::test]
async fn an_address_in_another_script_needs_a_server_that_knows_it() {
    let plain = Server::start(Script { extensions: vec!["8BITMIME"], ..Script::default() });
    let modern = Server::start(Script::default());
    let foreign = mail("änn@exämple.com");
    let failure = hand_over(&smtp(&plain, Tls::None, None), &foreign).await.unwrap_err();
    assert!(failure.is_refusal() && failure.to_string().contains("SMTPUTF8"), "{failure}");
    hand_over(&smtp(&modern, Tls::None, None), &foreign).await.unwrap();
    assert_eq!(modern.received()[0].to, ["RCPT TO:<änn@xn--exmple-cua.com>"]);
    // A domain alone needs nothing of the server.
    hand_over(&smtp(&plain, Tls::None, None), &mail("ann@exämple.com")).await.unwrap();
    assert_eq!(plain.received()[0].to, ["RCPT TO:<ann@xn--exmple-cua.com>"]);
}

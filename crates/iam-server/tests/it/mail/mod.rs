//! E-mail from the queue to a mail server, in one process and with a clock that is moved by hand.

mod crash;
mod delivery;
mod mailbox;
mod queue;

use crate::smtp_server::{Script, Server};
use crate::world::World;
use iam_api::users::User;
use iam_api::{Ocid, Problem, Secret, Timestamp};
use iam_core::authentication_policies::PasswordProfile;
use iam_core::context::Limits;
use iam_core::mail::{self, Letter, Link};
use iam_mail::{Event, Mailbox, Smtp, SmtpSettings, Tls};
use iam_server::post::{PostStatus, Way};
use iam_server::postman::Postman;
use iam_store::{Setting, TenancyNo};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

const URL: &str = "https://iam.example.com";
const TOKEN: &str = "Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6";
const TIME_MAX: Duration = Duration::from_secs(60);

/// A world whose mail leaves that way.
fn world(way: Way) -> World {
    let world = World::made(Limits::default(), PasswordProfile::Oci, |app| {
        (app.post.way, app.post.from) = (way, "no-reply@example.com".parse().ok());
    });
    world.app.context.public_url.set(URL.to_owned()).unwrap();
    world
}

/// The way to that server.
fn way_to(server: &Server, connections: u8) -> Way {
    let settings = SmtpSettings {
        host: "localhost".to_owned(),
        port: server.port,
        tls: Tls::None,
        authorities: None,
        login: None,
        hello: "iam.example.com".to_owned(),
    };
    Way::Smtp { server: Box::new(Smtp::new(settings).unwrap()), connections }
}

/// A server that takes everything, and a world that sends to it.
fn server_and_world() -> (Server, World) {
    let server = Server::start(Script::default());
    let world = world(way_to(&server, 1));
    (server, world)
}

impl World {
    fn at(&self) -> TenancyNo {
        self.app.store.read(|tx| tx.tenancies()).unwrap().unwrap()[0].0
    }

    /// A user of that name with an address.
    fn user_with(&self, name: &str, email: &str) -> Ocid {
        let body = json!({"compartmentId": self.tenancy(), "name": name, "description": "test",
                          "email": email});
        let made = self.send(&self.administrator(), "POST", "/20160918/users", Some(&body)).ok();
        Ocid::from(made.id())
    }

    /// Queues a letter, its link with that token and good for an hour.
    fn try_to_queue(&self, event: Event, user: &Ocid, name: Option<&str>) -> Result<bool, Problem> {
        let (at, user, name) = (self.at(), user.clone(), name.map(str::to_owned));
        let expires = self.now().plus_seconds(3_600);
        self.block_on(self.app.write(move |app, tx| {
            let user: User = tx.resource(at, &user).unwrap().unwrap().model().unwrap();
            let token = Secret::new(TOKEN.to_owned());
            let link = Link { path: "/console/set-password#", token: &token, expires };
            let display_name = name.as_deref();
            let link = event.has_link().then_some(link);
            let letter = Letter { event, user: &user, display_name, link };
            mail::queue(tx, &app.context, at, &letter)
        }))
    }

    fn queue(&self, event: Event, user: &Ocid) {
        assert!(self.try_to_queue(event, user, None).unwrap(), "{event}");
    }

    fn start_postman(&self) -> Postman {
        self.block_on(async { Postman::start(&self.app) })
    }

    fn stop_postman(&self, postman: Postman) {
        self.block_on(postman.stop());
    }

    fn notification_settings(&self, settings: &Value) {
        let (at, body) = (self.at(), settings.to_string());
        self.block_on(self.app.write(move |_, tx| {
            let setting = Setting { etag: "etag".to_owned(), body: body.clone() };
            tx.set_setting(at, "notification-settings", &setting).unwrap();
            Ok::<_, Problem>(())
        }))
        .unwrap();
    }

    fn waiting(&self) -> i64 {
        self.app.store.read(|tx| tx.mail_queue()).unwrap().unwrap().waiting
    }

    /// Lets so many milliseconds pass on no clock but the tests' own.
    fn rest(&self, millis: u64) {
        self.block_on(async { tokio::time::sleep(Duration::from_millis(millis)).await });
    }

    /// Lets the clock run, a second in every few milliseconds, until that is true.
    fn wait_until(&self, what: &str, is_true: impl Fn(&PostStatus) -> bool) {
        let began = Instant::now();
        while !is_true(&self.app.post.status()) {
            assert!(began.elapsed() < TIME_MAX, "{what}: {:?}", self.app.post.status());
            self.pass(1);
            self.rest(20);
        }
    }
}

/// Mail that goes into a list in memory.
fn kept() -> Way {
    Way::Kept(Mailbox::default())
}

fn at_second(second: i64) -> Timestamp {
    Timestamp::default().plus_seconds(second)
}

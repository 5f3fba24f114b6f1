//! Every order of up to four requests of the way back in, by two browsers for two users, against a
//! model of a few lines: a password changes only by the form of a link that is open, in the browser
//! that followed it.

use super::{CHOSEN, Visitor, hidden};
use crate::world::World;
use iam_api::Ocid;
use serde_json::json;

const USERS: [&str; 2] = ["ann", "bob"];
const STEPS: usize = 4;

/// One request of the flow.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Step {
    /// An administrator resets the user's password.
    Reset(usize),
    /// A browser follows the newest link that was mailed to the user.
    Follow { browser: usize, user: usize },
    /// A browser sends the form that it would see, without looking.
    Send { browser: usize },
}

fn steps() -> Vec<Step> {
    let mut steps = vec![Step::Reset(0), Step::Reset(1)];
    for browser in 0..2 {
        steps.extend((0..2).map(|user| Step::Follow { browser, user }));
        steps.push(Step::Send { browser });
    }
    steps
}

/// What should be so.
#[derive(Clone, Default)]
struct Model {
    /// How many links were mailed to each user; the last is the open one, if any is.
    mailed: [usize; 2],
    open: [bool; 2],
    /// Which link of which user each browser holds.
    holds: [Option<(usize, usize)>; 2],
}

impl Model {
    /// Takes a step; answers whose password it sets.
    fn take(&mut self, step: Step) -> Option<usize> {
        match step {
            Step::Reset(user) => {
                self.mailed[user] += 1;
                self.open[user] = true;
                None
            }
            Step::Follow { browser, user } => {
                if self.mailed[user] > 0 {
                    self.holds[browser] = Some((user, self.mailed[user]));
                }
                None
            }
            Step::Send { browser } => {
                let (user, number) = self.holds[browser].take()?;
                let is_open = self.open[user] && number == self.mailed[user];
                if is_open {
                    self.open[user] = false;
                }
                is_open.then_some(user)
            }
        }
    }
}

/// The store as it is before each order: users whose passwords are known.
struct Scene<'w> {
    world: &'w World,
    ids: [Ocid; 2],
    browsers: [Visitor<'w>; 2],
    links: [Option<String>; 2],
    /// How many passwords were sent: none is sent twice.
    sent: usize,
}

impl Scene<'_> {
    /// Takes a step; answers whether a password was set.
    fn take(&mut self, step: Step) -> bool {
        match step {
            Step::Reset(user) => {
                let path = format!("/users/{}/uiPassword", self.ids[user]);
                self.world.post(&self.world.administrator(), &path, &json!({})).ok();
                self.links[user] = self.world.letters().pop().and_then(|letter| letter.link);
                false
            }
            Step::Follow { browser, user } => {
                if let Some(link) = &self.links[user] {
                    self.browsers[browser].get(link);
                }
                false
            }
            Step::Send { browser } => {
                let browser = &mut self.browsers[browser];
                // Whoever looks first sees the form's token; who has none sends another's.
                let page = browser.clone().get("/console/link");
                let token = match page.status {
                    200 => hidden(&page, "form-token"),
                    _ => "0".repeat(64),
                };
                self.sent += 1;
                let new = format!("{}-Lilies-among-thorns", self.sent);
                let fields =
                    [("form-token", &*token), ("new-password", &new), ("repeat-password", &new)];
                let set = browser.post("/console/link", &fields).status == 303;
                self.world.letters();
                set
            }
        }
    }
}

/// Every order of that many steps begins with a reset: without one no link exists, and a shorter
/// order is the beginning of a longer one.
fn orders() -> Vec<Vec<Step>> {
    let mut orders = vec![vec![Step::Reset(0)]];
    for _ in 1..STEPS {
        orders = orders
            .into_iter()
            .flat_map(|order| {
                steps().into_iter().map(move |step| {
                    let mut longer = order.clone();
                    longer.push(step);
                    longer
                })
            })
            .collect();
    }
    orders
}

#[test]
fn a_password_changes_only_after_a_valid_link_in_the_same_browser() {
    let world = World::with_domains();
    let ids = USERS.map(|name| world.user_at(name, &format!("{name}@example.com")));
    let links = world.letters();
    for letter in &links {
        let mut visitor = Visitor::new(&world);
        visitor.get(letter.link.as_deref().unwrap());
        let token = hidden(&visitor.get("/console/link"), "form-token");
        let fields =
            [("form-token", &*token), ("new-password", CHOSEN), ("repeat-password", CHOSEN)];
        assert_eq!(visitor.post("/console/link", &fields).status, 303);
    }
    world.letters();
    let (mut set, mut sent) = (0, 0);
    for order in orders() {
        let mut model = Model::default();
        let browsers = [Visitor::new(&world), Visitor::new(&world)];
        let mut scene =
            Scene { world: &world, ids: ids.clone(), browsers, links: [None, None], sent };
        for (index, step) in order.iter().enumerate() {
            let (wanted, seen) = (model.take(*step), scene.take(*step));
            assert_eq!(seen, wanted.is_some(), "step {index} of {order:?}");
            set += usize::from(seen);
        }
        sent = scene.sent;
    }
    assert!(set > 10, "the model lets passwords be set, {set} times");
}

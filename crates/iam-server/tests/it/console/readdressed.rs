//! A user who was given another address: what was mailed there leads in only once the user, signed
//! in, has said that it is theirs. A right to change users is none to sign in as them.

use super::recovery::{LINK, ann, ask, follow, only, user};
use super::{CHOSEN, SESSION, Visitor, hidden};
use crate::world::{Letter, World};
use iam_api::Ocid;
use serde_json::json;

const SIGN_IN_FIRST: &str = "/console/sign-in?tenant=acme&next=/console/link&done=confirm";
const CONFIRMED: &str = "/console/sign-in?tenant=acme&done=verified";
const EVE: &str = "eve2@example.com";

/// Somebody who may change users, but not reset their passwords, gives Ann another address; answers
/// the letter that asks the new one.
fn readdress(world: &World, ann: &Ocid) -> Letter {
    let eve = world.caller_with_email("eve", 1, "Allow group them to use users in tenancy");
    let body = json!({"email": "elsewhere@example.com"});
    world.put(&eve, &format!("/users/{ann}"), &body, &[]).ok();
    let refused = world.post(&eve, &format!("/users/{ann}/uiPassword"), &json!({}));
    assert_eq!(refused.status, 404, "she may not reset passwords: {refused:?}");
    let letters = world.letters();
    let sent: Vec<_> = letters.iter().map(|one| (&*one.event, &*one.to)).collect();
    let wanted = [("EmailChanged", "ann@example.com"), ("VerifyEmail", "elsewhere@example.com")];
    assert_eq!(sent, wanted);
    letters.into_iter().next_back().unwrap()
}

/// Whether a way back in is mailed to whoever asks for it in Ann's name.
fn leads_in(world: &World) -> bool {
    ask(world, "acme", "ann");
    world.work_off();
    !world.letters().is_empty()
}

/// Confirms by the form of the link's page; answers where that leads.
fn confirm(visitor: &mut Visitor<'_>, letter: &Letter) -> (u16, Option<String>) {
    let page = follow(visitor, letter);
    let answer = visitor.post(LINK, &[("form-token", &hidden(&page, "form-token"))]);
    (answer.status, answer.header("location").map(str::to_owned))
}

#[test]
fn who_may_change_users_gets_no_password_by_giving_one_their_own_address() {
    let world = World::with_domains();
    let ann = ann(&world);
    let asked = readdress(&world, &ann);
    assert!(!leads_in(&world));

    // She reads the mailbox, and follows the link as often as she likes: as nobody, and as herself.
    let mut nobody = Visitor::new(&world);
    for _ in 0..2 {
        assert_eq!(confirm(&mut nobody, &asked), (303, Some(SIGN_IN_FIRST.to_owned())));
    }
    let eve = world.user_at("eve2", EVE);
    let link = only(world.letters());
    let mut herself = Visitor::new(&world);
    let token = hidden(&follow(&mut herself, &link), "form-token");
    let fields = [("form-token", &*token), ("new-password", CHOSEN), ("repeat-password", CHOSEN)];
    assert_eq!(herself.post(LINK, &fields).status, 303);
    world.letters();
    herself.sign_in("eve2", CHOSEN);
    let page = follow(&mut herself, &asked);
    let refused = herself.post(LINK, &[("form-token", &hidden(&page, "form-token"))]);
    assert_eq!(refused.status, 403);
    assert!(refused.text.contains("signed in as somebody else"), "{}", refused.text);

    for who in [&ann, &eve] {
        assert_eq!(user(&world, who)["emailVerified"], *who == eve, "{who}");
    }
    assert!(!leads_in(&world));
    // Nor does it help that Ann goes on signing in, unaware.
    assert!(super::signs_in(&world, "ann", CHOSEN));
    assert!(!leads_in(&world));
}

#[test]
fn the_user_themselves_confirms_the_new_address_and_finds_back_in_by_it() {
    let world = World::with_domains();
    let ann = ann(&world);
    let asked = readdress(&world, &ann);
    // From a mail program into a browser where she is not signed in: she signs in, and comes back.
    let mut visitor = Visitor::new(&world);
    assert_eq!(confirm(&mut visitor, &asked), (303, Some(SIGN_IN_FIRST.to_owned())));
    let page = visitor.get(SIGN_IN_FIRST);
    assert!(page.text.contains("Sign in to confirm"), "{}", page.text);
    let token = hidden(&page, "form-token");
    let fields = [
        ("form-token", &*token),
        ("tenant", "acme"),
        ("next", &hidden(&page, "next")),
        ("username", "ann"),
        ("password", CHOSEN),
    ];
    let signed_in = visitor.post("/console/sign-in", &fields);
    assert_eq!(signed_in.header("location"), Some(LINK), "{signed_in:?}");
    // What comes from a web mailer comes without the session; its form does not.
    let session = visitor.cookies.remove(SESSION).unwrap();
    let page = follow(&mut visitor, &asked);
    assert!(page.text.contains("elsewhere@example.com"));
    visitor.cookies.insert(SESSION.to_owned(), session);
    let answer = visitor.post(LINK, &[("form-token", &hidden(&page, "form-token"))]);
    assert_eq!((answer.status, answer.header("location")), (303, Some(CONFIRMED)));
    assert_eq!(user(&world, &ann)["emailVerified"], true);
    ask(&world, "acme", "ann");
    world.work_off();
    assert_eq!(only(world.letters()).to, "elsewhere@example.com");
    visitor.get(asked.link.as_deref().unwrap());
    assert_eq!(visitor.get(LINK).status, 410, "it is spent");
}

#[test]
fn who_may_reset_passwords_leads_the_user_in_by_the_new_address() {
    let world = World::with_domains();
    let ann = ann(&world);
    readdress(&world, &ann);
    world.post(&world.administrator(), &format!("/users/{ann}/uiPassword"), &json!({})).ok();
    let letter = only(world.letters());
    assert_eq!(letter.to, "elsewhere@example.com");
    let mut visitor = Visitor::new(&world);
    let token = hidden(&follow(&mut visitor, &letter), "form-token");
    let new = "9Roses-under-stone";
    let fields = [("form-token", &*token), ("new-password", new), ("repeat-password", new)];
    assert_eq!(visitor.post(LINK, &fields).status, 303);
    world.letters();
    assert_eq!(user(&world, &ann)["emailVerified"], true);
    assert!(leads_in(&world));
}

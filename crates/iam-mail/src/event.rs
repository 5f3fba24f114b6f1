//! The table of letters: for each event its id in `NotificationSettings`, its subject and the files
//! of its texts. Whatever else asks about an event reads this.
//!
//! The ids are those of OCI's identity domains, but for one of ours (docs/decisions/0008).

use crate::template::Template;
use std::fmt;

/// One row of the table.
pub(crate) struct Spec {
    pub(crate) id: &'static str,
    pub(crate) has_link: bool,
    pub(crate) subject: &'static str,
    pub(crate) text: &'static str,
    pub(crate) html: &'static str,
}

macro_rules! events {
    ($(
        #[doc = $doc:literal]
        $event:ident { $id:literal, has_link: $has_link:literal, $file:literal, $subject:literal }
    )*) => {
        /// Why a letter is sent.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Event {
            $(#[doc = $doc] $event),*
        }

        impl Event {
            /// Every event that a letter is sent for.
            pub const ALL: &[Self] = &[$(Self::$event),*];

            pub(crate) const fn spec(self) -> &'static Spec {
                match self {
                    $(Self::$event => &Spec {
                        id: $id,
                        has_link: $has_link,
                        subject: $subject,
                        text: include_str!(concat!("templates/", $file, ".txt")),
                        html: include_str!(concat!("templates/", $file, ".html")),
                    }),*
                }
            }
        }
    };
}

events! {
    /// A user was made, and chooses a first password through the link.
    Welcome {
        "admin.user.create.success", has_link: true, "welcome",
        "Welcome to {{ tenancy }}: choose your password"
    }
    /// The same once more, because somebody asked for it.
    WelcomeAgain {
        "admin.user.initiate.activation.success", has_link: true, "welcome_again",
        "Choose your password for {{ tenancy }}"
    }
    /// The user asked for a way back in; the link sets a new password.
    PasswordRecovery {
        "admin.me.password.reset.request.success", has_link: true, "password_recovery",
        "Set a new password for {{ tenancy }}"
    }
    /// An administrator reset the password; the link sets a new one.
    ResetRequested {
        "admin.user.password.reset.success", has_link: true, "reset_requested",
        "Your password for {{ tenancy }} was reset"
    }
    /// The user changed the password.
    PasswordChanged {
        "admin.me.password.change.success", has_link: false, "password_changed",
        "Your password for {{ tenancy }} was changed"
    }
    /// The user set a new password through a link.
    PasswordReset {
        "admin.me.password.reset.success", has_link: false, "password_reset",
        "Your new password for {{ tenancy }} is set"
    }
    /// An administrator set a password for the user.
    PasswordSet {
        "admin.user.password.change.success", has_link: false, "password_set",
        "An administrator of {{ tenancy }} set your password"
    }
    /// Too many failed sign-ins locked the account; the link unlocks it.
    AccountLocked {
        "admin.me.locked.success", has_link: true, "account_locked",
        "Your account at {{ tenancy }} was locked"
    }
    /// Too many failed sign-ins blocked the account; only an administrator ends that.
    AccountBlocked {
        "admin.me.blocked.success", has_link: false, "account_blocked",
        "Your account at {{ tenancy }} was blocked"
    }
    /// The account was unlocked.
    AccountUnlocked {
        "admin.me.unlocked.success", has_link: false, "account_unlocked",
        "Your account at {{ tenancy }} was unlocked"
    }
    /// The link shows that an address is the user's.
    VerifyEmail {
        "admin.me.email.verify.primary.success", has_link: true, "verify_email",
        "Confirm your e-mail address for {{ tenancy }}"
    }
    /// The user's address was changed; this goes to the old one.
    EmailChanged {
        "admin.me.email.update.primary.success", has_link: false, "email_changed",
        "Your e-mail address at {{ tenancy }} was changed"
    }
    /// The user was activated.
    Activated {
        "admin.user.activated.success", has_link: false, "activated",
        "Your account at {{ tenancy }} was activated"
    }
    /// The user was deactivated.
    Deactivated {
        "admin.user.deactivated.success", has_link: false, "deactivated",
        "Your account at {{ tenancy }} was deactivated"
    }
}

impl Event {
    /// Its id, as `eventSettings[].eventId` of `NotificationSettings` names it.
    #[must_use]
    pub const fn id(self) -> &'static str {
        self.spec().id
    }

    /// The event with that id. As everywhere in SCIM, case does not count.
    #[must_use]
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|event| event.id().eq_ignore_ascii_case(id))
    }

    /// Our own words for it: all that a tenancy's template can say otherwise.
    #[must_use]
    pub fn template(self) -> Template {
        let Spec { subject, text, html, .. } = self.spec();
        let own = |words: &str| Some(words.to_owned());
        Template { subject: own(subject), text: own(text), html: own(html) }
    }

    /// Whether its letter is nothing without a link.
    #[must_use]
    pub const fn has_link(self) -> bool {
        self.spec().has_link
    }
}

impl fmt::Display for Event {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.id())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_event_has_an_id_of_its_own_and_is_found_by_it() {
        let ids: BTreeSet<&str> = Event::ALL.iter().map(|event| event.id()).collect();
        assert_eq!(ids.len(), Event::ALL.len());
        for event in Event::ALL {
            assert_eq!(Event::from_id(&event.id().to_uppercase()), Some(*event));
        }
        assert_eq!(Event::from_id("admin.user.create"), None);
    }
}

//! An authenticator app: what a device draws that was given a seed, by the clock of the world.

use super::World;
use data_encoding::BASE32_NOPAD;
use iam_api::Ocid;
use iam_core::totp;
use serde_json::json;

impl World {
    /// The code that is shown now.
    pub(crate) fn code(&self, seed: &str) -> String {
        totp::code(&BASE32_NOPAD.decode(seed.as_bytes()).unwrap(), totp::step_of(self.now()))
    }

    /// Gives a user a device that is activated: its path, and its seed. The code that did it is
    /// another by now.
    pub(crate) fn device(&self, user: &Ocid) -> (String, String) {
        let (admin, path) = (self.administrator(), format!("/users/{user}/mfaTotpDevices"));
        let made = self.send(&admin, "POST", &format!("/20160918{path}"), None).ok();
        let (path, seed) = (format!("{path}/{}", made.id()), made.text("seed"));
        let body = json!({"totpToken": self.code(&seed)});
        self.post(&admin, &format!("{path}/actions/activate"), &body).ok();
        self.pass(totp::STEP_SECONDS);
        (path, seed)
    }
}

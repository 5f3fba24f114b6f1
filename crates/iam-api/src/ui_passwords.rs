//! Console passwords: the one-time password that an administrator hands over.

use crate::operation::{Method, Operation, Own, RETRY_TOKEN, Spec, Target};
use crate::users::USER_ID;
use crate::{LifecycleState, Ocid, Secret, Timestamp};
use iam_derive::Wire;
use serde::{Deserialize, Serialize};

/// A Console password. The password itself is in the reply that made it, and nowhere else.
#[derive(Serialize, Deserialize, Wire)]
#[serde(rename_all = "camelCase", rename = "UIPassword")]
pub struct UiPassword {
    /// When the password was made.
    pub time_created: Timestamp,
    /// The OCID of the user who signs in with it.
    pub user_id: Ocid,
    /// Where the password is in its life.
    pub lifecycle_state: LifecycleState,
    /// Why the password is INACTIVE, as bits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub inactive_status: Option<i64>,
    /// The one-time password. Deliver it securely: it is shown this once.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub password: Option<Secret>,
}

/// What is known of a Console password without the password.
#[derive(Serialize, Deserialize, Wire)]
#[serde(rename_all = "camelCase", rename = "UIPasswordInformation")]
pub struct UiPasswordInformation {
    /// The OCID of the user who signs in with it.
    pub user_id: Ocid,
    /// When the password was made.
    pub time_created: Timestamp,
    /// Where the password is in its life.
    pub lifecycle_state: LifecycleState,
}

/// Gives a user a one-time Console password.
pub static CREATE_OR_RESET_UI_PASSWORD: Operation<(), UiPassword> = Operation::new(Spec {
    id: "CreateOrResetUIPassword",
    method: Method::Post,
    path: "/20160918/users/{userId}/uiPassword",
    command: "iam user ui-password create-or-reset",
    needs: &["USER_UPDATE", "USER_UIPASS_RESET"],
    target: Target::Path("userId"),
    own: Own::Everything,
    params: &[USER_ID, RETRY_TOKEN],
    doc: "Gives a user a new one-time password for the Console. The answer shows it this once: \
          deliver it securely. At the next sign-in the user must choose a password of their own; \
          a one-time password that was not used within 7 days is worthless. The user's old \
          password, an older one-time password and all Console sessions end at once; API keys \
          stay as they are, and a blocked user stays blocked.",
    ..Spec::BLANK
});

/// Tells when a user's Console password was made.
pub static GET_USER_UI_PASSWORD_INFORMATION: Operation<(), UiPasswordInformation> =
    Operation::new(Spec {
        id: "GetUserUIPasswordInformation",
        path: "/20160918/users/{userId}/uiPassword",
        command: "iam ui-password-information get-user",
        needs: &["USER_READ"],
        target: Target::Path("userId"),
        own: Own::Everything,
        params: &[USER_ID],
        doc: "Tells when a user's Console password was made and whether it is active; never the \
              password.",
        ..Spec::BLANK
    });

//! MFA TOTP devices: the app on a phone that draws the codes a user signs in to the Console with,
//! besides the password.

use crate::operation::{
    IF_MATCH, LIMIT, Method, Operation, Own, PAGE, Param, RETRY_TOKEN, SORT_BY, SORT_ORDER, Spec,
    Target,
};
use crate::users::USER_ID;
use crate::wire::Kind;
use crate::{LifecycleState, Ocid, Secret, Timestamp};
use iam_derive::Wire;
use serde::{Deserialize, Serialize};

/// An MFA TOTP device, with its seed.
#[derive(Serialize, Deserialize, Wire)]
#[serde(rename_all = "camelCase")]
pub struct MfaTotpDevice {
    /// The OCID of the device.
    pub id: Ocid,
    /// The seed that the app draws its codes from, in Base32. Keep it safe: it is shown this once.
    pub seed: Secret,
    /// The OCID of the user.
    pub user_id: Ocid,
    /// When the device was made.
    pub time_created: Timestamp,
    /// When the device ends; devices that never do have none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub time_expires: Option<Timestamp>,
    /// Where the device is in its life.
    pub lifecycle_state: LifecycleState,
    /// Why the device is INACTIVE, as bits: 8 is locked after too many wrong codes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub inactive_status: Option<i64>,
    /// Whether the user signs in with its codes: not before one of them was shown.
    pub is_activated: bool,
}

/// What is known of an MFA TOTP device without the seed.
#[derive(Clone, Serialize, Deserialize, Wire)]
#[serde(rename_all = "camelCase")]
pub struct MfaTotpDeviceSummary {
    /// The OCID of the device.
    pub id: Ocid,
    /// The OCID of the user.
    pub user_id: Ocid,
    /// When the device was made.
    pub time_created: Timestamp,
    /// When the device ends; devices that never do have none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub time_expires: Option<Timestamp>,
    /// Where the device is in its life.
    pub lifecycle_state: LifecycleState,
    /// Why the device is INACTIVE, as bits: 8 is locked after too many wrong codes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub inactive_status: Option<i64>,
    /// Whether the user signs in with its codes: not before one of them was shown.
    pub is_activated: bool,
}

/// What ActivateMfaTotpDevice is told.
#[derive(Clone, Serialize, Deserialize, Wire)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct MfaTotpToken {
    /// The code that the device shows now: 6 digits.
    pub totp_token: Option<Secret>,
}

/// `mfaTotpDeviceId`.
const MFA_TOTP_DEVICE_ID: Param =
    Param::path("mfaTotpDeviceId", Kind::Ocid, "The OCID of the MFA TOTP device.");

/// Gives a user an MFA TOTP device.
pub static CREATE_MFA_TOTP_DEVICE: Operation<(), MfaTotpDevice> = Operation::new(Spec {
    id: "CreateMfaTotpDevice",
    method: Method::Post,
    path: "/20160918/users/{userId}/mfaTotpDevices",
    command: "iam mfa-totp-device create",
    needs: &["USER_UPDATE", "USER_TOTPDEVICE_ADD"],
    target: Target::Path("userId"),
    own: Own::Everything,
    params: &[USER_ID, RETRY_TOKEN],
    waits_on: Some("GetMfaTotpDevice"),
    doc: "Makes an MFA TOTP device for a user, who can have one. The answer shows its seed this \
          once, to be entered in an authenticator app. Until one of its codes is shown to \
          ActivateMfaTotpDevice, signing in goes on without it.",
    ..Spec::BLANK
});

/// Tells about an MFA TOTP device.
pub static GET_MFA_TOTP_DEVICE: Operation<(), MfaTotpDeviceSummary> = Operation::new(Spec {
    id: "GetMfaTotpDevice",
    path: "/20160918/users/{userId}/mfaTotpDevices/{mfaTotpDeviceId}",
    command: "iam mfa-totp-device get",
    needs: &["USER_READ"],
    target: Target::Path("userId"),
    own: Own::Everything,
    params: &[USER_ID, MFA_TOTP_DEVICE_ID],
    doc: "Tells about an MFA TOTP device of a user's, without the seed.",
    ..Spec::BLANK
});

/// Lists a user's MFA TOTP devices.
pub static LIST_MFA_TOTP_DEVICES: Operation<(), Vec<MfaTotpDeviceSummary>> = Operation::new(Spec {
    id: "ListMfaTotpDevices",
    path: "/20160918/users/{userId}/mfaTotpDevices",
    command: "iam mfa-totp-device list",
    needs: &["USER_READ"],
    target: Target::Path("userId"),
    own: Own::Everything,
    params: &[USER_ID, PAGE, LIMIT, SORT_BY, SORT_ORDER],
    doc: "Lists a user's MFA TOTP devices, without the seeds.",
    ..Spec::BLANK
});

/// Activates an MFA TOTP device.
pub static ACTIVATE_MFA_TOTP_DEVICE: Operation<MfaTotpToken, MfaTotpDeviceSummary> =
    Operation::new(Spec {
        id: "ActivateMfaTotpDevice",
        method: Method::Post,
        path: "/20160918/users/{userId}/mfaTotpDevices/{mfaTotpDeviceId}/actions/activate",
        command: "iam mfa-totp-device activate",
        needs: &["USER_UPDATE", "USER_TOTPDEVICE_UPDATE"],
        target: Target::Path("userId"),
        own: Own::Everything,
        params: &[USER_ID, MFA_TOTP_DEVICE_ID, IF_MATCH, RETRY_TOKEN],
        doc: "Activates an MFA TOTP device, where the code shown is the one that the device draws \
              now. From then on the user signs in to the Console with the password and a code.",
        ..Spec::BLANK
    });

/// Draws another seed for an MFA TOTP device.
pub static GENERATE_TOTP_SEED: Operation<(), MfaTotpDevice> = Operation::new(Spec {
    id: "GenerateTotpSeed",
    method: Method::Post,
    path: "/20160918/users/{userId}/mfaTotpDevices/{mfaTotpDeviceId}/actions/generateSeed",
    command: "iam mfa-totp-device generate-totp-seed",
    needs: &["USER_UPDATE", "USER_TOTPDEVICE_UPDATE"],
    target: Target::Path("userId"),
    own: Own::Everything,
    params: &[USER_ID, MFA_TOTP_DEVICE_ID, IF_MATCH],
    waits_on: Some("GetMfaTotpDevice"),
    doc: "Draws another seed for an MFA TOTP device, which the answer shows this once. The old seed's \
          codes count no more, and the device has to be activated again: until then the user signs \
          in without a code.",
    ..Spec::BLANK
});

/// Takes an MFA TOTP device from a user.
pub static DELETE_MFA_TOTP_DEVICE: Operation<(), ()> = Operation::new(Spec {
    id: "DeleteMfaTotpDevice",
    method: Method::Delete,
    path: "/20160918/users/{userId}/mfaTotpDevices/{mfaTotpDeviceId}",
    command: "iam mfa-totp-device delete",
    needs: &["USER_UPDATE", "USER_TOTPDEVICE_REMOVE"],
    target: Target::Path("userId"),
    own: Own::Everything,
    params: &[USER_ID, MFA_TOTP_DEVICE_ID, IF_MATCH],
    doc: "Deletes an MFA TOTP device of a user's, who signs in with the password alone from then on.",
    ..Spec::BLANK
});

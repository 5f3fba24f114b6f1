//! Durward's own questions about what users show to other services: is this token, password or
//! signature right? OCI's services ask each other; these stand where they would.
//!
//! They have a version-space of their own, so that no path of OCI's can ever be in their way.

use crate::operation::{Method, Operation, Spec, Target};
use crate::{Ocid, Secret, Timestamp};
use iam_derive::Wire;
use serde::{Deserialize, Serialize};

/// The base path of what Durward serves and OCI does not, with its version.
pub const BASE_PATH: &str = "/durward/v1";

/// A kind of secret that can be shown as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Wire)]
pub enum ShownKind {
    /// An auth token.
    #[serde(rename = "AUTH_TOKEN")]
    AuthToken,
    /// A Swift password.
    #[serde(rename = "SWIFT_PASSWORD")]
    SwiftPassword,
    /// The password of an SMTP credential.
    #[serde(rename = "SMTP_CREDENTIAL")]
    SmtpCredential,
    /// The password of an OAuth 2.0 client credential.
    #[serde(rename = "OAUTH2_CLIENT_CREDENTIAL")]
    OAuth2ClientCredential,
}

/// What VerifyCredential is told.
#[derive(Serialize, Deserialize, Wire)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct VerifyCredentialDetails {
    /// What was shown.
    pub kind: ShownKind,
    /// The user's name; for an SMTP credential the name that belongs to it; for an OAuth 2.0 client
    /// credential its OCID.
    pub username: String,
    /// The token or password that was shown.
    pub secret: Secret,
}

/// What VerifySignature is told.
#[derive(Clone, Debug, Serialize, Deserialize, Wire)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct VerifySignatureDetails {
    /// The access key: the id of a customer secret key.
    pub access_key_id: String,
    /// The string to sign, version 4, that you made of the request: algorithm, time, scope, hash.
    pub string_to_sign: String,
    /// The signature that the request came with: 64 lower-case hexadecimal digits.
    pub signature: String,
}

/// What VerifyAccessToken is told.
#[derive(Serialize, Deserialize, Wire)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct VerifyAccessTokenDetails {
    /// The access token that was shown.
    pub token: Secret,
}

/// Whether an access token is right; if so, whose it is, and what it is for.
#[derive(Clone, Debug, Serialize, Deserialize, Wire)]
#[serde(rename_all = "camelCase")]
pub struct AccessTokenVerification {
    /// Whether it is right, and its credential still in use; why not is not told.
    pub is_verified: bool,
    /// The OCID of the user, where it is right.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_id: Option<Ocid>,
    /// The user's name, where it is right.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_name: Option<String>,
    /// The OCID of the OAuth 2.0 client credential, where it is right.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub credential_id: Option<String>,
    /// The service that it is for: refuse it, if that is not yours.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub audience: Option<String>,
    /// What it allows there: scopes, with a space in between.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scope: Option<String>,
    /// When it ends.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub time_expires: Option<Timestamp>,
}

/// Whether what was shown is right; if so, whose it is.
#[derive(Clone, Debug, Serialize, Deserialize, Wire)]
#[serde(rename_all = "camelCase")]
pub struct CredentialVerification {
    /// Whether it is right, in use, and of a user who may use it; why not is not told.
    pub is_verified: bool,
    /// The OCID of the user, where it is right.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_id: Option<Ocid>,
    /// The user's name, where it is right.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_name: Option<String>,
    /// The id of the credential, where it is right.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub credential_id: Option<String>,
}

/// Tells whether a token or password is right.
pub static VERIFY_CREDENTIAL: Operation<VerifyCredentialDetails, CredentialVerification> =
    Operation::new(Spec {
        id: "VerifyCredential",
        method: Method::Post,
        path: "/durward/v1/credentials/actions/verify",
        needs: &["CREDENTIAL_VERIFY"],
        target: Target::Tenancy,
        is_audited: true,
        doc: "Tells whether an auth token, a Swift password, an SMTP credential or an OAuth 2.0 \
              client credential of your tenancy is right that was shown to you. Too many wrong ones of one name in a minute \
              are answered with TooManyRequests; a right one always passes.",
        ..Spec::BLANK
    });

/// Tells whether a signature is right.
pub static VERIFY_SIGNATURE: Operation<VerifySignatureDetails, CredentialVerification> =
    Operation::new(Spec {
        id: "VerifySignature",
        method: Method::Post,
        path: "/durward/v1/credentials/actions/verifySignature",
        needs: &["CREDENTIAL_VERIFY"],
        target: Target::Tenancy,
        is_audited: true,
        doc: "Tells whether a request was signed (Amazon's Signature Version 4) with a customer \
              secret key of a user of your tenancy. Whether the request is recent, and is what \
              the string to sign was made of, is for you to see to.",
        ..Spec::BLANK
    });

/// Tells whether an access token is right.
pub static VERIFY_ACCESS_TOKEN: Operation<VerifyAccessTokenDetails, AccessTokenVerification> =
    Operation::new(Spec {
        id: "VerifyAccessToken",
        method: Method::Post,
        path: "/durward/v1/credentials/actions/verifyAccessToken",
        needs: &["CREDENTIAL_VERIFY"],
        target: Target::Tenancy,
        is_audited: true,
        doc: "Tells whether an access token was given out for an OAuth 2.0 client credential of \
              your tenancy, has not expired, and its credential may still be used. What the token \
              says itself can be checked without asking, with the keys that are published.",
        ..Spec::BLANK
    });

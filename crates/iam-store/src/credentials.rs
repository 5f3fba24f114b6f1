//! What users show to other services than this one (auth tokens, SMTP credentials and the like),
//! and what draws the codes that they show to this one, in one table. What a kind of them tells is
//! its `body`, which is not looked into here.

use crate::engine::{Row, StoreError};
use crate::tx::{TenancyNo, Tx};
use iam_api::{Ocid, Timestamp};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// What sort of credential it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CredentialKind {
    /// A password of a user's for services that know no signatures.
    AuthToken,
    /// The same, for OpenStack's Swift.
    SwiftPassword,
    /// A key that signs requests in Amazon's way.
    CustomerSecretKey,
    /// A user name and password for a mail server.
    SmtpCredential,
    /// The name and password of a program that asks for access tokens.
    OAuth2ClientCredential,
    /// An app that draws the codes a user signs in with besides the password.
    MfaTotpDevice,
    /// A password for databases, chosen by its user.
    DbCredential,
}

impl CredentialKind {
    /// Every kind.
    pub const ALL: [Self; 7] = [
        Self::AuthToken,
        Self::SwiftPassword,
        Self::CustomerSecretKey,
        Self::SmtpCredential,
        Self::OAuth2ClientCredential,
        Self::MfaTotpDevice,
        Self::DbCredential,
    ];

    /// As it is stored.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::AuthToken => "auth-token",
            Self::SwiftPassword => "swift-password",
            Self::CustomerSecretKey => "customer-secret-key",
            Self::SmtpCredential => "smtp-credential",
            Self::OAuth2ClientCredential => "oauth2-client-credential",
            Self::MfaTotpDevice => "mfa-totp-device",
            Self::DbCredential => "db-credential",
        }
    }

    /// The kind that is stored so.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word)
    }
}

/// A credential as it is stored.
#[derive(Clone, Debug)]
pub struct StoredCredential {
    /// Whose it is.
    pub user: Ocid,
    /// What sort it is.
    pub kind: CredentialKind,
    /// Its name in paths: an OCID, or the access key of a customer secret key.
    pub id: String,
    /// When it was made.
    pub created: Timestamp,
    /// Its etag.
    pub etag: String,
    /// Where it is in its life.
    pub state: String,
    /// What is told of it, as JSON; never the secret.
    pub body: String,
    /// A keyed hash of the secret, or the secret sealed.
    pub secret: Vec<u8>,
    /// The hash of the retry token whose stored answer holds the secret.
    pub retry: Option<Vec<u8>>,
}

impl StoredCredential {
    /// What is told of it.
    pub fn model<T: DeserializeOwned>(&self) -> Result<T, StoreError> {
        serde_json::from_str(&self.body).map_err(StoreError::failed)
    }

    /// Sets what is told of it.
    pub fn set_model<T: Serialize>(&mut self, model: &T) -> Result<(), StoreError> {
        self.body = serde_json::to_string(model).map_err(StoreError::failed)?;
        Ok(())
    }
}

/// The columns, in the order that [`read`] takes them.
macro_rules! columns {
    () => {
        "user_id, kind, id, created, etag, state, body, secret, retry"
    };
}

fn read(row: &dyn Row) -> Result<StoredCredential, StoreError> {
    let kind = row.must_text(1)?;
    Ok(StoredCredential {
        user: Ocid::from(row.must_text(0)?),
        kind: CredentialKind::from_word(&kind)
            .ok_or(StoreError::Corrupt("a credential is of no kind"))?,
        id: row.must_text(2)?,
        created: Timestamp::from_micros(row.must_int(3)?),
        etag: row.must_text(4)?,
        state: row.must_text(5)?,
        body: row.must_text(6)?,
        secret: row.must_blob(7)?,
        retry: row.blob(8)?,
    })
}

impl Tx<'_> {
    /// The credential of that name, whosever and of whatever kind it is.
    pub fn credential(
        &mut self,
        at: TenancyNo,
        id: &str,
    ) -> Result<Option<StoredCredential>, StoreError> {
        let sql =
            concat!("SELECT ", columns!(), " FROM credentials WHERE tenancy = ?1 AND id = ?2");
        self.row(sql, &[at.0.into(), id.into()], read)
    }

    /// A user's credentials of that kind, the oldest first.
    pub fn credentials(
        &mut self,
        at: TenancyNo,
        user: &Ocid,
        kind: CredentialKind,
    ) -> Result<Vec<StoredCredential>, StoreError> {
        let sql = concat!(
            "SELECT ",
            columns!(),
            " FROM credentials WHERE tenancy = ?1 AND user_id = ?2 AND kind = ?3 \
             ORDER BY created, id"
        );
        self.rows(sql, &[at.0.into(), user.as_str().into(), kind.as_str().into()], read)
    }

    /// Adds a credential.
    pub fn add_credential(
        &mut self,
        at: TenancyNo,
        new: &StoredCredential,
    ) -> Result<(), StoreError> {
        let sql = "INSERT INTO credentials \
                   (tenancy, user_id, kind, id, created, etag, state, body, secret, retry) \
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)";
        let args = [
            at.0.into(),
            new.user.as_str().into(),
            new.kind.as_str().into(),
            new.id.as_str().into(),
            new.created.as_micros().into(),
            new.etag.as_str().into(),
            new.state.as_str().into(),
            new.body.as_str().into(),
            new.secret.as_slice().into(),
            new.retry.as_deref().into(),
        ];
        self.run(sql, &args)?;
        Ok(())
    }

    /// Writes a changed credential: what is told of it, its state, its secret.
    pub fn update_credential(
        &mut self,
        at: TenancyNo,
        changed: &StoredCredential,
    ) -> Result<(), StoreError> {
        let sql = "UPDATE credentials SET etag = ?3, state = ?4, body = ?5, secret = ?6, \
                   retry = ?7 WHERE tenancy = ?1 AND id = ?2";
        let args = [
            at.0.into(),
            changed.id.as_str().into(),
            changed.etag.as_str().into(),
            changed.state.as_str().into(),
            changed.body.as_str().into(),
            changed.secret.as_slice().into(),
            changed.retry.as_deref().into(),
        ];
        self.run(sql, &args)?;
        Ok(())
    }

    /// Removes a credential.
    pub fn remove_credential(&mut self, at: TenancyNo, id: &str) -> Result<(), StoreError> {
        let sql = "DELETE FROM credentials WHERE tenancy = ?1 AND id = ?2";
        self.run(sql, &[at.0.into(), id.into()])?;
        Ok(())
    }
}

//! A reply on its way out: the model already written as JSON, with what goes into headers.

use iam_api::{Kind, Problem, Spec};
use iam_core::call::Reply;
use serde::{Deserialize, Serialize};
use zeroize::Zeroize;

/// A reply with its body in JSON. The body may hold a secret, so it is wiped when dropped.
#[derive(Serialize, Deserialize)]
pub(crate) struct RawReply {
    pub(crate) status: u16,
    pub(crate) body: String,
    pub(crate) etag: Option<String>,
    pub(crate) location: Option<String>,
    pub(crate) next_page: Option<String>,
    pub(crate) subject: Option<String>,
}

impl RawReply {
    /// Writes an operation's reply as JSON.
    pub(crate) fn new<R: Serialize>(spec: &Spec, reply: Reply<R>) -> Result<Self, Problem> {
        let body = match spec.reply {
            Kind::Nothing => String::new(),
            _ => crate::dialect::write(spec.dialect, &reply.body)?,
        };
        let Reply { etag, location, next_page, subject, .. } = reply;
        let subject = subject.map(|ocid| ocid.to_string());
        Ok(Self { status: spec.success(), body, etag, location, next_page, subject })
    }
}

impl Drop for RawReply {
    fn drop(&mut self) {
        self.body.zeroize();
    }
}

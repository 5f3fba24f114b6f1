//! A reply on its way out: the model already written as JSON, with what goes into headers.

use iam_api::{Kind, Ocid, Problem, Secret, Spec};
use iam_core::call::Reply;
use serde::{Deserialize, Serialize};
use zeroize::Zeroize;

/// A reply with its body in JSON. The body may hold a secret, so it is wiped when dropped.
#[derive(Serialize, Deserialize)]
pub(crate) struct RawReply {
    pub(crate) status: u16,
    pub(crate) body: String,
    pub(crate) etag: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) made: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) password_of: Option<Ocid>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) link: Option<Secret>,
    pub(crate) location: Option<String>,
    pub(crate) next_page: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) work_request: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) retry_after: Option<i64>,
}

impl RawReply {
    /// Writes an operation's reply as JSON.
    pub(crate) fn new<R: Serialize>(spec: &Spec, reply: Reply<R>) -> Result<Self, Problem> {
        let body = match spec.reply {
            Kind::Nothing => String::new(),
            _ => crate::dialect::write(spec.dialect, &reply.body)?,
        };
        let Reply { etag, made, password_of, link, location, next_page, .. } = reply;
        let (work_request, retry_after) = (reply.work_request, reply.retry_after);
        Ok(Self {
            status: spec.success(),
            body,
            etag,
            made,
            password_of,
            link,
            location,
            next_page,
            work_request,
            retry_after,
        })
    }
}

impl Drop for RawReply {
    fn drop(&mut self) {
        self.body.zeroize();
    }
}

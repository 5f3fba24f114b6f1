//! Forms: taken only from a page of ours, only with the token of the cookie that came along, and
//! only as small as they are.
//!
//! A page's function gets the fields together with who sent them, so none can be read unchecked.

use super::fault::Fault;
use super::query::Fields;
use super::{Seat, origin};
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::{HeaderMap, header};
use http_body_util::{BodyExt, Limited};
use iam_core::sessions;

/// The name of the field that holds the token.
pub(crate) const TOKEN: &str = "form-token";
/// The largest form.
const FORM_MAX: usize = 16 * 1024;

/// Someone whose forms are bound to a cookie.
pub(crate) trait Bound {
    /// The cookie; empty where there is none, which no form is bound to.
    fn cookie(&self) -> &str;
}

/// The fields of a form, and who sent it.
pub(crate) struct Form<W>(pub(crate) W, pub(crate) Fields);

impl<W> FromRequest<Seat> for Form<W>
where
    W: Bound + FromRequestParts<Seat, Rejection = Fault> + Send,
{
    type Rejection = Fault;

    async fn from_request(request: Request, seat: &Seat) -> Result<Self, Fault> {
        let (mut parts, body) = request.into_parts();
        if !is_form(&parts.headers) || !origin::is_own(&seat.app.reach, &parts.headers) {
            return Err(Fault::foreign_form());
        }
        let who = W::from_request_parts(&mut parts, seat).await?;
        let read = Limited::new(body, FORM_MAX).collect();
        let read = tokio::time::timeout(seat.app.timeouts.body, read)
            .await
            .map_err(|_| Fault::bad("The form did not arrive in time."))?;
        let body = read.map_err(|_| Fault::too_large())?.to_bytes();
        let text = std::str::from_utf8(&body).map_err(|_| Fault::bad("The form is not UTF-8."))?;
        let fields = Fields::read(text)?;
        let cookie = who.cookie();
        let bound = sessions::is_form_token(&seat.app.context, cookie, fields.text(TOKEN));
        if cookie.is_empty() || !bound {
            return Err(Fault::foreign_form());
        }
        Ok(Self(who, fields))
    }
}

fn is_form(headers: &HeaderMap) -> bool {
    let mut kinds = headers.get_all(header::CONTENT_TYPE).iter();
    let kind = kinds.next().and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let essence = kind.split(';').next().unwrap_or_default().trim();
    kinds.next().is_none() && essence.eq_ignore_ascii_case("application/x-www-form-urlencoded")
}

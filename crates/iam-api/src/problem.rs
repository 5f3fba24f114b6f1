//! What goes wrong, in OCI's words: an error code with its HTTP status, and a message.
//!
//! `message` goes to the caller; `cause` only to the log. The error reference is written from
//! [`Code::ALL`].

use std::error::Error;
use std::fmt;

/// An error code as OCI spells it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "`meaning` describes each, for the reference as well")]
pub enum Code {
    CannotParseRequest,
    InvalidParameter,
    MissingParameter,
    LimitExceeded,
    RelatedResourceNotAuthorizedOrNotFound,
    NotAuthenticated,
    NotAuthorized,
    NotAuthorizedOrNotFound,
    NotFound,
    Conflict,
    InvalidatedRetryToken,
    UserAlreadyExists,
    GroupAlreadyExists,
    PolicyAlreadyExists,
    CompartmentAlreadyExists,
    TagNamespaceAlreadyExists,
    TagDefinitionAlreadyExists,
    DynamicGroupAlreadyExists,
    NetworkSourceAlreadyExists,
    ResourceLocked,
    ApiKeyAlreadyExists,
    ApiKeyLimitExceeded,
    NoEtagMatch,
    PayloadTooLarge,
    RequestHeaderFieldsTooLarge,
    TooManyRequests,
    RequestTimeout,
    InternalServerError,
    ServiceUnavailable,
}

impl Code {
    /// Every code that Durward answers with.
    pub const ALL: [Self; 29] = [
        Self::CannotParseRequest,
        Self::InvalidParameter,
        Self::MissingParameter,
        Self::LimitExceeded,
        Self::RelatedResourceNotAuthorizedOrNotFound,
        Self::NotAuthenticated,
        Self::NotAuthorized,
        Self::NotAuthorizedOrNotFound,
        Self::NotFound,
        Self::RequestTimeout,
        Self::Conflict,
        Self::InvalidatedRetryToken,
        Self::UserAlreadyExists,
        Self::GroupAlreadyExists,
        Self::PolicyAlreadyExists,
        Self::CompartmentAlreadyExists,
        Self::TagNamespaceAlreadyExists,
        Self::TagDefinitionAlreadyExists,
        Self::DynamicGroupAlreadyExists,
        Self::NetworkSourceAlreadyExists,
        Self::ResourceLocked,
        Self::ApiKeyAlreadyExists,
        Self::ApiKeyLimitExceeded,
        Self::NoEtagMatch,
        Self::PayloadTooLarge,
        Self::TooManyRequests,
        Self::RequestHeaderFieldsTooLarge,
        Self::InternalServerError,
        Self::ServiceUnavailable,
    ];

    /// The HTTP status that goes with the code.
    #[must_use]
    pub const fn status(self) -> u16 {
        match self {
            Self::CannotParseRequest
            | Self::InvalidParameter
            | Self::MissingParameter
            | Self::LimitExceeded
            | Self::RelatedResourceNotAuthorizedOrNotFound => 400,
            Self::NotAuthenticated => 401,
            Self::NotAuthorized => 403,
            Self::NotAuthorizedOrNotFound | Self::NotFound => 404,
            Self::RequestTimeout => 408,
            Self::Conflict
            | Self::InvalidatedRetryToken
            | Self::UserAlreadyExists
            | Self::GroupAlreadyExists
            | Self::PolicyAlreadyExists
            | Self::CompartmentAlreadyExists
            | Self::TagNamespaceAlreadyExists
            | Self::TagDefinitionAlreadyExists
            | Self::DynamicGroupAlreadyExists
            | Self::NetworkSourceAlreadyExists
            | Self::ResourceLocked
            | Self::ApiKeyAlreadyExists
            | Self::ApiKeyLimitExceeded => 409,
            Self::NoEtagMatch => 412,
            Self::PayloadTooLarge => 413,
            Self::TooManyRequests => 429,
            Self::RequestHeaderFieldsTooLarge => 431,
            Self::InternalServerError => 500,
            Self::ServiceUnavailable => 503,
        }
    }

    /// When it is answered, and what to do, in a sentence.
    #[must_use]
    pub const fn meaning(self) -> &'static str {
        match self {
            Self::CannotParseRequest => "The body is not the JSON that was asked for; mend it.",
            Self::InvalidParameter => "A value is of the wrong type or form; the message names it.",
            Self::MissingParameter => "A value that must be there is not; the message names it.",
            Self::LimitExceeded => "The tenancy has as many of these as it may have; delete some.",
            Self::RelatedResourceNotAuthorizedOrNotFound => {
                "What the body names does not exist, or no policy lets the caller use it."
            }
            Self::NotAuthenticated => {
                "The signature, its key, its date or its user was not accepted; one answer for all."
            }
            Self::NotAuthorized => {
                "The caller may do this, but did not say that it is meant; the message says how."
            }
            Self::NotAuthorizedOrNotFound => {
                "The resource does not exist, or no policy lets the caller do this to it."
            }
            Self::NotFound => "No operation is served at this method and path.",
            Self::RequestTimeout => "The request did not arrive in time; send it again.",
            Self::Conflict => "The resource's present state forbids it; the message says why.",
            Self::InvalidatedRetryToken => {
                "The retry token stood for another request, or its answer is no longer true."
            }
            Self::UserAlreadyExists => "A user of that name or e-mail address exists.",
            Self::GroupAlreadyExists => "A group of that name exists.",
            Self::PolicyAlreadyExists => "A policy of that name exists in the compartment.",
            Self::CompartmentAlreadyExists => {
                "A compartment of that name exists in the one that it would be in."
            }
            Self::TagNamespaceAlreadyExists => "A tag namespace of that name exists.",
            Self::TagDefinitionAlreadyExists => "The tag namespace has a tag of that name.",
            Self::DynamicGroupAlreadyExists => "A group or dynamic group has that name already.",
            Self::NetworkSourceAlreadyExists => "The tenancy has a network source of that name.",
            Self::ResourceLocked => "A lock forbids it; remove the lock, or override it.",
            Self::ApiKeyAlreadyExists => "The user already has this key.",
            Self::ApiKeyLimitExceeded => "The user has three API keys; delete one first.",
            Self::NoEtagMatch => "The resource was changed since its etag was read; read it again.",
            Self::PayloadTooLarge => "The body is larger than 1 MiB.",
            Self::TooManyRequests => "Too many requests at once; wait and try again.",
            Self::RequestHeaderFieldsTooLarge => "The headers are larger than 16 KiB.",
            Self::InternalServerError => "Durward failed; its log has the cause by request id.",
            Self::ServiceUnavailable => "Durward is stopping or its store is away; try again.",
        }
    }
}

impl fmt::Display for Code {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, out)
    }
}

/// A failure on its way to becoming a reply.
#[derive(Debug)]
pub struct Problem {
    /// OCI's code, which fixes the status.
    pub code: Code,
    /// What happened, to what, and what to do next: goes to the caller.
    pub message: String,
    /// What a domain's clients go by besides the code.
    pub keyword: Option<Keyword>,
    /// After how many seconds it is worth asking again, where that is known.
    pub retry_after_seconds: Option<u32>,
    /// What lies beneath: goes to the log alone.
    pub cause: Option<Box<dyn Error + Send + Sync>>,
}

/// A word for programs, which only the dialect of identity domains has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keyword {
    /// RFC 7644's word for what is wrong, such as `invalidFilter` (table 9).
    Scim(&'static str),
    /// OCI's id of the message, such as `error.identity.passwordpolicy.missingPriority`.
    Message(&'static str),
}

impl Problem {
    /// A problem with that code and message.
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        let message = message.into();
        Self { code, message, keyword: None, retry_after_seconds: None, cause: None }
    }

    /// A failure of Durward's own: the caller learns nothing but that it happened.
    pub fn internal(cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        let message = "Internal error. Its cause is in the server's log under this request id.";
        Self { cause: Some(cause.into()), ..Self::new(Code::InternalServerError, message) }
    }

    /// A value that is wrong; the message names it.
    pub fn invalid(message: impl Into<String>) -> Self {
        Self::new(Code::InvalidParameter, message)
    }

    /// The same with a word for programs.
    #[must_use]
    pub fn keyword(self, keyword: Keyword) -> Self {
        Self { keyword: Some(keyword), ..self }
    }

    /// The same with how long to wait before asking again.
    #[must_use]
    pub fn retry_after(self, seconds: u32) -> Self {
        Self { retry_after_seconds: Some(seconds), ..self }
    }

    /// The one answer for what is absent and for what is forbidden.
    #[must_use]
    pub fn not_found() -> Self {
        let message = "Authorization failed or requested resource not found";
        Self::new(Code::NotAuthorizedOrNotFound, message)
    }

    /// The one answer for every defect of a signature.
    #[must_use]
    pub fn not_authenticated() -> Self {
        let message = "The required information to complete authentication was not provided or was incorrect.";
        Self::new(Code::NotAuthenticated, message)
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}: {}", self.code, self.message)
    }
}

impl Error for Problem {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.cause.as_deref().map(|cause| cause as &(dyn Error + 'static))
    }
}

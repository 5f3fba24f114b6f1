//! The Console's pages.

use crate::app::Shared;
use axum::Router;

/// The Console's routes.
pub fn router(_app: Shared) -> Router {
    Router::new()
}

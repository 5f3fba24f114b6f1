//! The Identity API, a file for each resource; a test stands where its URL says.

mod ui_password;

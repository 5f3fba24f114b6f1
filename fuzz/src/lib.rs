//! What must hold of every text that is given for a statement.

use iam_policy::parse;

/// Parses a statement. What parses is printed as a text that means the same and is printed alike;
/// what does not has its place in the text, and can be drawn.
///
/// # Panics
///
/// Where any of this does not hold.
pub fn survive(text: &str) {
    match parse(text) {
        Ok(statement) => {
            let printed = statement.to_string();
            let again = parse(&printed).unwrap_or_else(|error| panic!("{printed}: {error}"));
            assert_eq!(again, statement, "printed as {printed}");
            assert_eq!(again.to_string(), printed);
        }
        Err(error) => {
            assert!(text.get(error.span()).is_some(), "{:?}", error.span());
            assert!(!error.mark(text).is_empty() && !error.render(text).is_empty());
        }
    }
}

//! Prints an answer: as JSON or as a table, whole or what `--query` chooses of it.

use crate::config::Settings;
use crate::failure::Failure;
use crate::json::{Json, Layout};
use crate::query::{Query, runtime};
use crate::table::table;
use crate::terminal::{note, print, warn};
use jmespath::Runtime;

/// The headers that are shown beside the data.
const SHOWN_HEADERS: &[&str] =
    &["etag", "opc-next-page", "opc-work-request-id", "opc-total-items", "opc-next-cursor"];

/// What a command has to show.
#[derive(Debug, Default)]
pub(crate) struct Reply {
    /// The data, if there is any.
    pub(crate) data: Option<Json>,
    /// The headers of the last answer, names in lower case.
    pub(crate) headers: Vec<(String, String)>,
}

impl Reply {
    fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

/// What the user wants to see: checked before anything is sent, since a mistake in a query must not
/// show after a user was created.
pub(crate) struct View<'s> {
    settings: &'s Settings<'s>,
    query: Option<String>,
    runtime: Option<Runtime>,
}

impl<'s> View<'s> {
    /// Reads what the settings say of output.
    pub(crate) fn new(settings: &'s Settings<'s>) -> Result<Self, Failure> {
        let query = match settings.globals.query.as_deref() {
            None | Some("") => None,
            Some(text) => Some(resolve(settings, text)?),
        };
        // Only who asks for a query pays for the functions.
        let runtime = query.is_some().then(runtime);
        let view = Self { settings, query, runtime };
        view.compiled()?;
        Ok(view)
    }

    fn compiled(&self) -> Result<Option<Query<'_>>, Failure> {
        match (&self.runtime, &self.query) {
            (Some(runtime), Some(text)) => Query::compile(runtime, text).map(Some),
            _ => Ok(None),
        }
    }

    /// Shows a reply; `can_list_all` says that the command has `--all`.
    pub(crate) fn show(&self, reply: &Reply, can_list_all: bool) -> Result<(), Failure> {
        let mut pairs = Vec::new();
        if let Some(data) = &reply.data
            && !data.is_empty()
        {
            pairs.push(("data".to_owned(), data.clone()));
        }
        for (name, value) in &reply.headers {
            if SHOWN_HEADERS.contains(&name.as_str()) {
                pairs.push((name.clone(), Json::text_of(value)));
            }
        }
        if !pairs.is_empty() && !self.show_whole(&Json::Object(pairs))? {
            note("Query returned empty result, no output to show.");
            return Ok(());
        }
        if can_list_all && reply.header("opc-next-page").is_some_and(|page| !page.is_empty()) {
            let warning = "WARNING: This operation supports pagination and not all resources were \
                           returned.  Re-run using the --all option to auto paginate and list all \
                           resources.";
            warn(warning, self.settings.env.var("NO_COLOR").is_none());
        }
        Ok(())
    }

    /// What the query chooses of a value; all of it where there is no query.
    pub(crate) fn choose(&self, value: &Json) -> Result<Json, Failure> {
        self.compiled()?.map_or_else(|| Ok(value.clone()), |query| query.search(value))
    }

    /// Shows data and headers; false where the query finds nothing in them.
    fn show_whole(&self, whole: &Json) -> Result<bool, Failure> {
        let chosen = self.choose(whole)?;
        if self.query.is_some() && chosen == Json::Null {
            return Ok(false);
        }
        let globals = &self.settings.globals;
        if globals.output.as_deref() != Some("table") {
            match chosen {
                Json::Text(text) if globals.raw_output => print(&text)?,
                other => print(&other.text(Layout::ANSWER))?,
            }
            return Ok(true);
        }
        let data = whole.get("data");
        print(&table(data.filter(|_| self.query.is_none()).unwrap_or(&chosen)))?;
        if let Json::Object(pairs) = whole
            && data.is_some()
        {
            let headers = pairs.iter().filter(|(key, _)| key != "data");
            headers
                .filter_map(|(key, value)| Some((key, value.as_text()?)))
                .for_each(|(key, value)| note(&format!("{key}: {value}")));
        }
        Ok(true)
    }
}

/// The query itself, where `query://` gives the name of one.
fn resolve(settings: &Settings<'_>, text: &str) -> Result<String, Failure> {
    let Some(name) = text.strip_prefix("query://") else { return Ok(text.to_owned()) };
    settings.canned_query(name).map(str::to_owned).ok_or_else(|| {
        let file = settings.globals.cli_rc_file.as_deref().unwrap_or("~/.oci/oci_cli_rc");
        Failure::Client(format!(
            "UsageError: Query {name} is not defined in your OCI CLI configuration file: {file}"
        ))
    })
}

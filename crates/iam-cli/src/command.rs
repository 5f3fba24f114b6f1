//! The commands, and the options that each takes: the operation table as a command line sees it.
//!
//! Nothing here is written down that the table says already; what is written here is what the
//! official command line adds: commands that send several requests, `--force`, `--all`, waiting.
//! Options are made for the one command that was asked for, so that starting costs nothing.

use crate::names::{extension, kebab, squeezed};
use iam_api::identity_providers::OF_SAML2;
use iam_api::operation::Place;
use iam_api::scim::RESOURCES;
use iam_api::work_requests::WorkStatus;
use iam_api::{
    Dialect, Field, Kind, Method, Model, OPERATIONS, Param, Spec, Wire, groups, tag_namespaces,
    tags, user_group_memberships, users,
};
use std::borrow::Cow;

/// A command.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Command {
    /// Its words, such as `iam user create`.
    pub(crate) path: &'static str,
    /// What it does.
    pub(crate) doc: &'static str,
    /// The operation that it sends, or the first of them.
    pub(crate) spec: &'static Spec,
    /// How it differs from sending that operation.
    pub(crate) action: Action,
}

/// How a command differs from sending its operation.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Action {
    /// Not at all.
    Plain,
    /// The key to upload may come from a file.
    KeyFile,
    /// The root compartment may be listed too.
    IncludeRoot,
    /// Events may be shown as they came.
    Events,
    /// Statements that would be replaced are shown first.
    ReplaceStatements,
    /// Lists memberships, then reads what stands at their other end.
    Members {
        /// The parameter that must be given.
        of: &'static str,
        /// The parameter that is not offered.
        not: &'static str,
        /// Reads one at the other end.
        read: &'static Spec,
    },
    /// Looks a membership up, then deletes it.
    RemoveMember,
    /// Retires, or makes active again.
    SetRetired(bool),
    /// Gets a token to show to databases, and keeps it with its key.
    DbToken,
    /// Sends what it is told to any address.
    Raw,
}

/// No operation at all.
static NONE: Spec = Spec::BLANK;

/// The commands that are no operation's own.
static COMPOSITES: &[Command] = &[
    Command {
        path: "iam db-token get",
        doc: "Gets a token to show to databases in the place of a password, and writes it to a \
              directory with the key that it is bound to. It is good for an hour.",
        spec: &NONE,
        action: Action::DbToken,
    },
    Command {
        path: "iam group list-users",
        doc: "Lists the users in a group.",
        spec: &user_group_memberships::LIST_USER_GROUP_MEMBERSHIPS.spec,
        action: Action::Members { of: "groupId", not: "userId", read: &users::GET_USER.spec },
    },
    Command {
        path: "iam group remove-user",
        doc: "Takes a user out of a group.",
        spec: &user_group_memberships::LIST_USER_GROUP_MEMBERSHIPS.spec,
        action: Action::RemoveMember,
    },
    Command {
        path: "iam tag retire",
        doc: "Retires a tag: it stays where it is applied, and cannot be applied anew.",
        spec: &tags::UPDATE_TAG.spec,
        action: Action::SetRetired(true),
    },
    Command {
        path: "iam tag reactivate",
        doc: "Makes a retired tag active again. Its tag namespace must be.",
        spec: &tags::UPDATE_TAG.spec,
        action: Action::SetRetired(false),
    },
    Command {
        path: "iam tag-namespace retire",
        doc: "Retires a tag namespace with all its tags.",
        spec: &tag_namespaces::UPDATE_TAG_NAMESPACE.spec,
        action: Action::SetRetired(true),
    },
    Command {
        path: "iam tag-namespace reactivate",
        doc: "Makes a retired tag namespace active again, but none of its tags.",
        spec: &tag_namespaces::UPDATE_TAG_NAMESPACE.spec,
        action: Action::SetRetired(false),
    },
    Command {
        path: "iam user list-groups",
        doc: "Lists the groups that a user is in.",
        spec: &user_group_memberships::LIST_USER_GROUP_MEMBERSHIPS.spec,
        action: Action::Members { of: "userId", not: "groupId", read: &groups::GET_GROUP.spec },
    },
    Command {
        path: "raw-request",
        doc: "Signs a request of your own and sends it to any address of the service; shows data, \
              headers and status of the answer.",
        spec: &NONE,
        action: Action::Raw,
    },
];

fn of_operation(spec: &'static Spec) -> Command {
    let action = match spec.id {
        "UploadApiKey" => Action::KeyFile,
        "ListCompartments" => Action::IncludeRoot,
        "ListEvents" => Action::Events,
        "UpdatePolicy" => Action::ReplaceStatements,
        _ => Action::Plain,
    };
    Command { path: spec.command, doc: spec.doc, spec, action }
}

/// All commands that send requests, in no particular order.
pub(crate) fn commands() -> impl Iterator<Item = Command> {
    operations()
        .filter(|spec| !spec.command.is_empty())
        .map(of_operation)
        .chain(COMPOSITES.iter().copied())
}

/// The command of exactly these words.
pub(crate) fn find(words: &[String]) -> Option<Command> {
    commands().find(|command| command.path.split(' ').eq(words.iter().map(String::as_str)))
}

/// What may follow these words: the next words of all commands that start with them, sorted.
pub(crate) fn next_words(words: &[String]) -> Vec<&'static str> {
    let mut next: Vec<_> = commands()
        .filter_map(|command| {
            let mut path = command.path.split(' ');
            let starts = words.iter().all(|word| path.next() == Some(word));
            if starts { path.next() } else { None }
        })
        .collect();
    next.sort_unstable();
    next.dedup();
    next
}

/// What an option takes.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Shape {
    /// Nothing: it is there or not.
    Flag,
    /// A text.
    Text,
    /// A moment, in one of several ways.
    Moment,
    /// A whole number.
    Number,
    /// `true` or `false`.
    Boolean,
    /// One of these words, upper and lower case alike.
    Choice(&'static [&'static str]),
    /// A value of this kind, as JSON or `file://`.
    Complex(&'static Kind),
    /// The path of a file.
    File,
}

/// Where the value of an option goes.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Goes {
    /// Into the path, the query string or a header.
    Param(&'static Param),
    /// Into the body.
    Body(&'static Field),
    /// Nowhere: it steers this program.
    Here,
}

impl Goes {
    /// The kind of the value, where it is sent.
    pub(crate) fn kind(&self) -> Option<&'static Kind> {
        match self {
            Self::Param(param) => Some(&param.kind),
            Self::Body(field) => Some(&field.kind),
            Self::Here => None,
        }
    }
}

/// An option of a command.
#[derive(Clone, Debug)]
pub(crate) struct Opt {
    /// Its name without dashes, such as `user-id`.
    pub(crate) name: Cow<'static, str>,
    /// Its one-letter name, if it has one.
    pub(crate) short: Option<&'static str>,
    /// What it takes.
    pub(crate) shape: Shape,
    /// Whether it can be given several times.
    pub(crate) multiple: bool,
    /// Whether the command is refused without it.
    pub(crate) required: bool,
    /// Whether the profile's tenancy is taken where it is not given.
    pub(crate) tenancy: bool,
    /// What it means.
    pub(crate) doc: &'static str,
    /// Where its value goes.
    pub(crate) goes: Goes,
}

impl Opt {
    /// Its name in JSON input, in kebab case: that of the option, but for extensions.
    pub(crate) fn in_json(&self) -> Cow<'_, str> {
        match self.goes {
            Goes::Body(field) if field.name.contains(':') => Cow::Owned(squeezed(field.name)),
            _ => Cow::Borrowed(&self.name),
        }
    }
}

impl Opt {
    fn here(name: &'static str, shape: Shape, doc: &'static str) -> Self {
        Self {
            name: Cow::Borrowed(name),
            short: None,
            shape,
            multiple: false,
            required: false,
            tenancy: false,
            doc,
            goes: Goes::Here,
        }
    }

    /// How it is written: `--user-id`.
    pub(crate) fn dashed(&self) -> String {
        format!("--{}", self.name)
    }

    /// Whether this is how it is written.
    pub(crate) fn is(&self, written: &str) -> bool {
        written.strip_prefix("--").is_some_and(|name| name == self.name)
            || self.short.is_some_and(|short| short == written)
    }
}

fn shape_of(kind: &'static Kind) -> Shape {
    match kind {
        Kind::Integer => Shape::Number,
        Kind::Boolean => Shape::Boolean,
        // Several of these words: the option is given several times.
        Kind::Choice(words) | Kind::List(Kind::Choice(words)) => Shape::Choice(words),
        Kind::Any | Kind::List(_) | Kind::Map(_) | Kind::Model(_) => Shape::Complex(kind),
        Kind::Timestamp => Shape::Moment,
        Kind::Fraction | Kind::Nothing | Kind::String | Kind::Ocid | Kind::Date | Kind::Secret => {
            Shape::Text
        }
    }
}

impl Command {
    /// The options that it takes, in the order of the help text.
    pub(crate) fn options(&self) -> Vec<Opt> {
        let mut opts = Vec::with_capacity(16);
        match self.action {
            Action::Raw => return raw_options(),
            Action::DbToken => opts.extend(db_token_options()),
            _ => self.request_options(&mut opts),
        }
        if !matches!(self.action, Action::SetRetired(_) | Action::DbToken) {
            self.list_options(&mut opts);
            self.change_options(&mut opts);
            self.wait_options(&mut opts);
        }
        opts.push(Opt::here(
            "from-json",
            Shape::Text,
            "A JSON object with options of this command, or file:// and the path of one. What is \
             given on the command line wins. --generate-full-command-json-input prints one to \
             fill in.",
        ));
        opts
    }

    /// The option of that name, without dashes.
    pub(crate) fn option(&self, name: &str) -> Option<Opt> {
        self.options().into_iter().find(|opt| opt.name == name)
    }

    /// Whether it deletes: it asks before it does.
    pub(crate) fn deletes(&self) -> bool {
        self.spec.method == Method::Delete
    }

    /// Whether it lists.
    pub(crate) fn lists(&self) -> bool {
        let lists = match self.spec.dialect {
            // A list that is put together for the question has no pages.
            Dialect::Identity if matches!(self.spec.reply, Kind::List(_)) => {
                self.spec.id.starts_with("List")
            }
            // Of a collection, the items are listed.
            _ => self.spec.method == Method::Get && self.spec.is_paged(),
        };
        lists && !matches!(self.action, Action::RemoveMember)
    }

    /// Whether the compartment has a short name: in a service's own commands, and in no other.
    fn has_short_compartment(&self) -> bool {
        self.path == self.spec.command && self.spec.dialect != Dialect::Scim
    }

    /// Whether it must be told where the service is: every domain has an address of its own.
    pub(crate) fn needs_endpoint(&self) -> bool {
        self.spec.dialect == Dialect::Scim
    }

    fn request_options(&self, opts: &mut Vec<Opt>) {
        let spec = self.spec;
        let (of, not) = match self.action {
            Action::Members { of, not, .. } => (Some(of), Some(not)),
            _ => (None, None),
        };
        let all_required = matches!(self.action, Action::RemoveMember);
        let params = spec.params.iter().filter(|param| {
            Some(param.name) != not
                && param.name != "opc-retry-token"
                && !(all_required && matches!(param.name, "page" | "limit"))
        });
        let add_param = |opts: &mut Vec<Opt>, param: &'static Param| {
            let required = param.required || Some(param.name) == of || all_required;
            let goes = Goes::Param(param);
            self.add(opts, param.name, &param.kind, required, (param.doc, goes));
        };
        let before = opts.len();
        for param in params.clone().filter(|param| param.place == Place::Path) {
            add_param(opts, param);
        }
        let in_path = opts.len() - before;
        if matches!(self.action, Action::SetRetired(_)) {
            return; // what to set, the command says
        }
        if let Kind::Model(model) = &spec.body {
            // Commands of their own retire and reactivate; and the official command line knows
            // nothing of what only identity providers of one protocol have.
            let is_known =
                |field: &&Field| field.name != "isRetired" && !OF_SAML2.contains(&field.name);
            for field in model.fields.iter().filter(is_known) {
                let required = field.required && !matches!(self.action, Action::KeyFile);
                let goes = Goes::Body(field);
                self.add(opts, field.name, &field.kind, required, (field.doc, goes));
            }
        }
        let rest = params.filter(|param| param.place != Place::Path);
        let comes_first = |param: &&Param| spec.body_first && param.required;
        for param in rest.clone().filter(comes_first) {
            add_param(opts, param);
        }
        if spec.body_first
            && let Some(own) = opts.get_mut(before..)
        {
            own.rotate_left(in_path);
        }
        for param in rest.filter(|param| !comes_first(param)) {
            add_param(opts, param);
        }
    }

    fn add(
        &self,
        opts: &mut Vec<Opt>,
        wire: &'static str,
        kind: &'static Kind,
        required: bool,
        (doc, goes): (&'static str, Goes),
    ) {
        let name = extension(wire).unwrap_or_else(|| kebab(wire));
        let names_compartment = name == "compartment-id";
        opts.push(Opt {
            short: (names_compartment && self.has_short_compartment()).then_some("-c"),
            shape: shape_of(kind),
            multiple: matches!(kind, Kind::List(Kind::Choice(_))),
            required,
            tenancy: self.spec.tenancy_by_default && (names_compartment || name == "tenancy-id"),
            doc,
            goes,
            name: Cow::Owned(name),
        });
    }

    fn list_options(&self, opts: &mut Vec<Opt>) {
        if matches!(self.action, Action::KeyFile) {
            let doc = "The path of a file with the public key in PEM. Give this or --key.";
            opts.push(Opt::here("key-file", Shape::File, doc));
        }
        if !self.lists() {
            return;
        }
        let takes_limit = self.spec.param("limit").is_some();
        let doc = match takes_limit {
            true => "Fetch all pages. Cannot be given together with --limit.",
            false => "Fetch all pages.",
        };
        opts.push(Opt::here("all", Shape::Flag, doc));
        if takes_limit {
            let doc = "With --all or --limit: how many items to fetch with each request.";
            opts.push(Opt::here("page-size", Shape::Number, doc));
        }
        if matches!(self.action, Action::Events) {
            let doc = "Show events as they came, under their names on the wire.";
            opts.push(Opt::here("skip-deserialization", Shape::Flag, doc));
            let doc = "Of no effect: taken because the official command line has it, with --all.";
            opts.push(Opt::here("stream-output", Shape::Flag, doc));
        }
        if matches!(self.action, Action::IncludeRoot) {
            let doc = "List the root compartment too, before the others.";
            opts.push(Opt::here("include-root", Shape::Flag, doc));
        }
    }

    fn change_options(&self, opts: &mut Vec<Opt>) {
        let replaces = self.spec.method == Method::Put && !self.replaced(opts).is_empty();
        let doc = if self.deletes() {
            "Delete without asking."
        } else if matches!(self.action, Action::RemoveMember) {
            "Take out without asking."
        } else if replaces {
            "Update without asking."
        } else {
            return;
        };
        opts.push(Opt::here("force", Shape::Flag, doc));
    }

    /// The options whose values replace all that was there: an update asks before it does.
    pub(crate) fn replaced<'a>(&self, opts: &'a [Opt]) -> Vec<&'a Opt> {
        let replaces = |opt: &&Opt| {
            let whole = opt.multiple || matches!(opt.shape, Shape::Complex(_));
            whole && matches!(opt.goes, Goes::Body(_))
        };
        opts.iter().filter(replaces).collect()
    }

    fn wait_options(&self, opts: &mut Vec<Opt>) {
        let Some(states) = self.spec.waits_on.and_then(states_of) else { return };
        let mut wait = Opt::here(
            "wait-for-state",
            Shape::Choice(states),
            "Wait until the resource is in this state; may be given several times.",
        );
        wait.multiple = true;
        opts.push(wait);
        let doc = "How long to wait at most. [default: 1200]";
        opts.push(Opt::here("max-wait-seconds", Shape::Number, doc));
        let doc = "How long to wait at most between two looks. [default: 30]";
        opts.push(Opt::here("wait-interval-seconds", Shape::Number, doc));
    }
}

/// The options of `raw-request`.
fn raw_options() -> Vec<Opt> {
    let mut address = Opt::here("target-uri", Shape::Text, "The address to send the request to.");
    let methods = Shape::Choice(&["DELETE", "GET", "HEAD", "POST", "PUT", "PATCH"]);
    let mut method = Opt::here("http-method", methods, "The method.");
    (address.required, method.required) = (true, true);
    let body = Shape::Complex(&Kind::Any);
    let headers = Shape::Complex(&Kind::Map(&Kind::String));
    vec![
        address,
        method,
        Opt::here("request-body", body, "The JSON to send as the body."),
        Opt::here("request-headers", headers, "More headers: a JSON object of names and values."),
    ]
}

fn db_token_options() -> [Opt; 2] {
    let folder = "The directory to write token and keys to. [default: ~/.oci/db-token]";
    let scope = "The databases that it is for: urn:oracle:db::id:: and the OCID of a compartment, \
                 or * for all of the tenancy; then, if it is for one alone, :: and the OCID of the \
                 database. urn:oracle:db::path:: takes names. [default: urn:oracle:db::id::*]";
    [Opt::here("db-token-location", Shape::Text, folder), Opt::here("scope", Shape::Text, scope)]
}

/// Every operation: those of the Identity API, then those of identity domains.
fn operations() -> impl Iterator<Item = &'static Spec> {
    let of_domains = RESOURCES.iter().flat_map(|resource| resource.operations);
    OPERATIONS.iter().chain(of_domains).copied()
}

/// The operation of that name.
pub(crate) fn operation(id: &str) -> Option<&'static Spec> {
    OPERATIONS.iter().copied().find(|spec| spec.id == id)
}

/// The field that tells the state: a work request's is called otherwise.
pub(crate) fn state_field(model: &Model) -> &'static str {
    if model.field("status").is_some() { "status" } else { "lifecycleState" }
}

/// The states that what the operation reads can be waited for in. Of work requests the official
/// command line knows those that all of them have, whichever it waits for.
fn states_of(id: &str) -> Option<&'static [&'static str]> {
    let model = operation(id)?.reply.model()?;
    let field = state_field(model);
    let kind = if field == "status" { WorkStatus::KIND } else { model.field(field)?.kind };
    match kind {
        Kind::Choice(states) => Some(states),
        _ => None,
    }
}

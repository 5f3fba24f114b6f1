//! Reads the command line: global options first, wherever they stand, then the words of the
//! command, then its own options.
//!
//! The one idea: as with the official command line, a global option is recognised at any place, and
//! an option of a command only after the command. Nothing here looks at files or the environment.

use crate::command::{Command, Opt, Shape};
use crate::failure::Failure;
use crate::globals::{GLOBALS, Global, GlobalRow, Globals, Takes, global};
use crate::json::Json;
use crate::suggest::did_you_mean;

/// What `--query` with nothing after it is taken for.
const LOST_QUERY: &str = "data.id";

/// The command line without the global options.
#[derive(Debug, Default)]
pub(crate) struct Line {
    /// The global options.
    pub(crate) globals: Globals,
    /// All other arguments, in their order.
    pub(crate) rest: Vec<String>,
    /// What to tell the user on stderr.
    pub(crate) notes: Vec<String>,
}

/// Takes the global options out.
pub(crate) fn take_globals(args: Vec<String>) -> Result<Line, Failure> {
    let mut line = Line::default();
    let mut args = args.into_iter().peekable();
    while let Some(arg) = args.next() {
        if arg == "--" {
            line.rest.extend(args);
            break;
        }
        let (name, attached) = match arg.split_once('=') {
            Some((name, value)) if arg.starts_with("--") => (name, Some(value.to_owned())),
            _ => (arg.as_str(), None),
        };
        let Some(row) = global(name) else {
            line.rest.push(arg);
            continue;
        };
        if matches!(row.takes, Takes::Nothing) {
            if attached.is_some() {
                return Err(root_usage(format!("Option '{name}' does not take a value.")));
            }
            set_flag(&mut line.globals, row.option);
            continue;
        }
        let lost = row.option == Global::Query
            && attached.is_none()
            && args.peek().is_some_and(|next| looks_like_option(next));
        let value = if lost {
            line.notes.push(format!(
                "note: --query has no expression and is taken as `--query {LOST_QUERY}`"
            ));
            LOST_QUERY.to_owned()
        } else {
            let value = attached.or_else(|| args.next());
            value.ok_or_else(|| root_usage(format!("Option '{name}' requires an argument.")))?
        };
        set_value(&mut line.globals, row, value)?;
    }
    if line.globals.no_retry && line.globals.max_retries.is_some_and(|most| most > 0) {
        let message = "The option --max-retries is not applicable when using the --no-retry flag.";
        return Err(root_usage(message.to_owned()));
    }
    Ok(line)
}

/// A mistake before any command was understood.
fn root_usage(message: String) -> Failure {
    let command = "oci [OPTIONS] [COMMAND] [ARGS]...".to_owned();
    Failure::Usage { command, message, hint: None }
}

fn looks_like_option(text: &str) -> bool {
    let mut letters = text.chars();
    letters.next() == Some('-') && letters.next().is_some_and(|letter| !letter.is_ascii_digit())
}

fn set_flag(globals: &mut Globals, option: Global) {
    match option {
        Global::Version => globals.version = true,
        Global::RealmSpecificEndpoint => globals.realm_specific_endpoint = true,
        Global::EnableDualStack => globals.enable_dual_stack = true,
        Global::RawOutput => globals.raw_output = true,
        Global::FullSkeleton => globals.full_skeleton = true,
        Global::NoRetry => globals.no_retry = true,
        Global::Debug => globals.debug = true,
        Global::Help => globals.help = true,
        Global::ReleaseInfo => globals.release_info = true,
        Global::LatestVersion => globals.latest_version = true,
        Global::AutoPrompt => globals.auto_prompt = true,
        _ => {}
    }
}

fn set_value(globals: &mut Globals, row: &GlobalRow, value: String) -> Result<(), Failure> {
    let name = row.names.first().copied().unwrap_or_default();
    let number = match row.takes {
        Takes::Number => Some(value.trim().parse::<u64>().map_err(|_| {
            root_usage(format!("Invalid value for '{name}': '{value}' is not a valid integer."))
        })?),
        Takes::Choice(words) if !words.contains(&value.as_str()) => {
            let words: Vec<_> = words.iter().map(|word| format!("'{word}'")).collect();
            let message = format!(
                "Invalid value for '{name}': '{value}' is not one of {}.",
                words.join(", ")
            );
            return Err(root_usage(message));
        }
        _ => None,
    };
    let place = match row.option {
        Global::ConnectionTimeout => {
            globals.connection_timeout = number;
            return Ok(());
        }
        Global::ReadTimeout => {
            globals.read_timeout = number;
            return Ok(());
        }
        Global::MaxRetries => {
            globals.max_retries = number;
            return Ok(());
        }
        Global::ConfigFile => &mut globals.config_file,
        Global::Profile => &mut globals.profile,
        Global::CliRcFile => &mut globals.cli_rc_file,
        Global::RequestId => &mut globals.request_id,
        Global::Region => &mut globals.region,
        Global::Endpoint => &mut globals.endpoint,
        Global::CertBundle => &mut globals.cert_bundle,
        Global::Output => &mut globals.output,
        Global::Query => &mut globals.query,
        Global::Auth => &mut globals.auth,
        Global::ParamSkeleton => &mut globals.param_skeleton,
        Global::Proxy => &mut globals.proxy,
        // Without effect for requests signed with an API key, as in the official command line.
        _ => return Ok(()),
    };
    *place = Some(value);
    Ok(())
}

/// The options of a command with their values.
#[derive(Debug)]
pub(crate) struct Values {
    /// The command.
    pub(crate) command: Command,
    /// Its options.
    pub(crate) opts: Vec<Opt>,
    /// Their values, in the same order.
    pub(crate) values: Vec<Option<Json>>,
}

impl Values {
    /// The value of the option of that name, without dashes.
    pub(crate) fn get(&self, name: &str) -> Option<&Json> {
        let position = self.opts.iter().position(|opt| opt.name == name)?;
        self.values.get(position)?.as_ref()
    }

    /// The same, where it is a text.
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.get(name)?.as_text()
    }

    /// The same, where it is a number that is not negative.
    pub(crate) fn number(&self, name: &str) -> Option<u64> {
        match self.get(name)? {
            Json::Int(number) => u64::try_from(*number).ok(),
            _ => None,
        }
    }

    /// Whether a flag is set.
    pub(crate) fn flag(&self, name: &str) -> bool {
        matches!(self.get(name), Some(Json::Bool(true)))
    }

    /// Gives the option of that name another value.
    pub(crate) fn set(&mut self, name: &str, value: Option<Json>) {
        let position = self.opts.iter().position(|opt| opt.name == name);
        if let Some(place) = position.and_then(|position| self.values.get_mut(position)) {
            *place = value;
        }
    }

    /// The options with a value, and the value.
    pub(crate) fn given(&self) -> impl Iterator<Item = (&Opt, &Json)> {
        let pairs = self.opts.iter().zip(&self.values);
        pairs.filter_map(|(opt, value)| Some((opt, value.as_ref()?)))
    }

    /// A mistake in using this command.
    pub(crate) fn usage(&self, message: String) -> Failure {
        usage(&self.command, message)
    }
}

fn usage(command: &Command, message: String) -> Failure {
    let command = format!("oci {}", command.path);
    let hint = Some(format!("Run `{command} --help` to see what it takes."));
    Failure::Usage { command, message, hint }
}

/// Reads the options of a command. `alias` gives the real name of an option that the user renamed.
pub(crate) fn options(
    command: Command,
    args: &[String],
    alias: &dyn Fn(&str) -> Option<String>,
) -> Result<Values, Failure> {
    let opts = command.options();
    let mut values: Vec<Option<Json>> = vec![None; opts.len()];
    let mut args = args.iter();
    while let Some(arg) = args.next() {
        if !looks_like_option(arg) {
            let message = format!("Got unexpected extra argument ({arg})");
            return Err(usage(&command, message));
        }
        let (written, attached) = split(arg);
        let real = alias(written);
        let name = real.as_deref().unwrap_or(written);
        let found = opts.iter().zip(&mut values).find(|(opt, _)| opt.is(name));
        let Some((opt, place)) = found else { return Err(unknown_option(&command, &opts, arg)) };
        if matches!(opt.shape, Shape::Flag) {
            if attached.is_some() {
                let message = format!("Option '{written}' does not take a value.");
                return Err(usage(&command, message));
            }
            *place = Some(Json::Bool(true));
            continue;
        }
        let next = args.as_slice().first().filter(|next| !opts.iter().any(|opt| opt.is(next)));
        if attached.is_none() && next.is_some() {
            args.next();
        }
        let Some(text) = attached.or(next.map(String::as_str)) else {
            let message = format!("Option '{written}' requires an argument.");
            return Err(usage(&command, message));
        };
        let value = read(opt, text).map_err(|message| usage(&command, message))?;
        match place {
            Some(Json::List(items)) if opt.multiple => items.push(value),
            _ if opt.multiple => *place = Some(Json::List(vec![value])),
            _ => *place = Some(value),
        }
    }
    Ok(Values { command, opts, values })
}

/// `--name=value` and `-cvalue` in two.
fn split(arg: &str) -> (&str, Option<&str>) {
    if arg.starts_with("--") {
        arg.split_once('=').map_or((arg, None), |(name, value)| (name, Some(value)))
    } else {
        let second = arg.char_indices().nth(2).map(|(index, _)| index);
        second
            .and_then(|index| arg.split_at_checked(index))
            .map_or((arg, None), |(name, value)| (name, Some(value)))
    }
}

fn unknown_option(command: &Command, opts: &[Opt], arg: &str) -> Failure {
    let (written, _) = split(arg);
    let names = opts.iter().map(Opt::dashed);
    let globals = GLOBALS.iter().flat_map(|row| row.names.iter().map(|name| (*name).to_owned()));
    let hint = did_you_mean(written, names.chain(globals));
    usage(command, format!("No such option '{written}'.{hint}"))
}

/// Reads the value of an option from text.
pub(crate) fn read(opt: &Opt, text: &str) -> Result<Json, String> {
    let invalid = |why: String| Err(format!("Invalid value for '{}': {why}", opt.dashed()));
    match opt.shape {
        Shape::Flag | Shape::Boolean => match text.trim().to_lowercase().as_str() {
            "1" | "true" | "t" | "yes" | "y" | "on" => Ok(Json::Bool(true)),
            "0" | "false" | "f" | "no" | "n" | "off" => Ok(Json::Bool(false)),
            _ => invalid(format!(
                "'{text}' is not a valid boolean. Recognized values: 0, 1, f, false, n, no, off, \
                 on, t, true, y, yes"
            )),
        },
        Shape::Number => match text.trim().parse::<i64>() {
            Ok(number) => Ok(Json::Int(number.into())),
            Err(_) => invalid(format!("'{text}' is not a valid integer.")),
        },
        Shape::Choice(words) => {
            let found = words.iter().find(|word| word.eq_ignore_ascii_case(text));
            match found {
                Some(word) => Ok(Json::text_of(*word)),
                None => {
                    invalid(format!("invalid choice: {text}. (choose from {})", words.join(", ")))
                }
            }
        }
        Shape::Moment => match iam_api::Timestamp::from_text(text.trim()) {
            Some(moment) => Ok(Json::Text(moment.to_string())),
            None => invalid(format!(
                "'{text}' is not a time: write 2026-01-15T11:30:00Z, 2026-01-15T11:30, 2026-01-15, \
                 or seconds since 1970."
            )),
        },
        Shape::Text | Shape::Complex(_) | Shape::File => Ok(Json::text_of(text)),
    }
}

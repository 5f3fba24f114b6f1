//! Runs a command that sends requests: fills in its options, asks, sends, waits, shows.
//!
//! The one idea: everything that can be wrong on this side is found before anything is sent.

use crate::command::{Action, Command, Shape};
use crate::commands;
use crate::config::Settings;
use crate::confirm::confirm;
use crate::dialogue::Dialogue;
use crate::failure::Failure;
use crate::from_json;
use crate::json::{Json, Layout};
use crate::output::{Reply, View};
use crate::pages;
use crate::parse::{Values, options, read};
use crate::prompting;
use crate::request::Input;
use crate::retry::{Called, Caller};
use crate::shape::shown;
use crate::skeleton;
use crate::terminal::{note, print};
use crate::wait::{Waited, wait, waited_for, waits_on_work};
use iam_api::Kind;

/// A command about to run: its options are complete and the output is known.
pub(crate) struct Run<'s> {
    /// The configuration.
    pub(crate) settings: &'s Settings<'s>,
    /// The options with their values.
    pub(crate) values: Values,
    /// How the answer is shown.
    pub(crate) view: View<'s>,
}

/// Runs a command with its arguments.
pub(crate) fn call(
    settings: &Settings<'_>,
    command: Command,
    args: &[String],
) -> Result<(), Failure> {
    let alias = |option: &str| settings.option_alias(option).map(str::to_owned);
    let mut values = options(command, args, &alias)?;
    from_json::fill_in(&mut values, settings.env)?;
    if print_skeleton(settings, &command)? {
        return Ok(());
    }
    fill_in_defaults(settings, &mut values)?;
    if prompting::is_wanted(settings)? {
        prompting::ask_missing(&mut values, settings.env, &mut Dialogue::on_stderr())?;
    }
    check_missing(settings, &values)?;
    if command.needs_endpoint() && settings.globals.endpoint.is_none() {
        return Err(Failure::Missing {
            command: format!("oci {}", command.path),
            message: "Missing option --endpoint.".to_owned(),
        });
    }
    if values.flag("all") && values.get("limit").is_some() {
        return Err(Failure::Client(
            "UsageError: If you provide the --all option you cannot provide the --limit option"
                .to_owned(),
        ));
    }
    let view = View::new(settings)?;
    let run = Run { settings, values, view };
    match command.action {
        Action::Plain | Action::IncludeRoot | Action::Events if command.lists() => {
            pages::list(&run)
        }
        Action::Plain | Action::IncludeRoot | Action::Events => run.plain(),
        Action::SetRetired(is_retired) => run.set_retired(is_retired),
        Action::KeyFile => commands::api_keys::upload(run),
        Action::ReplaceStatements => commands::policies::update(&run),
        Action::Members { of: _, not, read } => commands::members::list(&run, not, read),
        Action::RemoveMember => commands::members::remove(&run),
        Action::DbToken => commands::db_token::get(&run),
        Action::Raw => commands::raw_request::send(&run),
    }
}

/// Fails where something is missing that the command requires.
fn check_missing(settings: &Settings<'_>, values: &Values) -> Result<(), Failure> {
    let pairs = values.opts.iter().zip(&values.values);
    let missing = pairs.filter(|(opt, value)| opt.required && value.is_none());
    let missing: Vec<_> = missing.map(|(opt, _)| opt).collect();
    if missing.is_empty() {
        return Ok(());
    }
    if missing.iter().all(|opt| opt.tenancy) {
        // The profile would have said it: what is wrong is that there is none.
        settings.check_profile()?;
    }
    let names: Vec<_> = missing.iter().map(|opt| opt.dashed()).collect();
    Err(Failure::Missing {
        command: format!("oci {}", values.command.path),
        message: format!("Missing option(s) {}.", names.join(", ")),
    })
}

fn print_skeleton(settings: &Settings<'_>, command: &Command) -> Result<bool, Failure> {
    let globals = &settings.globals;
    match (&globals.param_skeleton, globals.full_skeleton) {
        (None, false) => Ok(false),
        (None, true) => {
            print(&skeleton::of_command(command).text(Layout::SKELETON))?;
            Ok(true)
        }
        (Some(_), true) => Err(Failure::Client(
            "UsageError: Cannot specify both the --generate-full-command-json-input and \
             --generate-param-json-input parameters"
                .to_owned(),
        )),
        (Some(name), false) => {
            match skeleton::of_param(command, name) {
                Some(example) => print(&example.text(Layout::SKELETON))?,
                None => note(&format!(
                    "Option {name} is not a recognized complex type, so no example JSON can be \
                     produced. Run the command with --help to see what the option takes."
                )),
            }
            Ok(true)
        }
    }
}

/// Fills in what the file of defaults says, and the tenancy where it goes without saying.
fn fill_in_defaults(settings: &Settings<'_>, values: &mut Values) -> Result<(), Failure> {
    let path: Vec<_> = values.command.path.split(' ').collect();
    for index in 0..values.opts.len() {
        let (Some(opt), Some(None)) = (values.opts.get(index), values.values.get(index)) else {
            continue;
        };
        let mut names = vec![opt.name.as_ref()];
        names.extend(opt.short.map(|short| short.trim_start_matches('-')));
        let text = settings.default_for(&path, &names);
        let value = match text {
            Some(_) if matches!(opt.shape, Shape::Flag) => {
                Some(Json::Bool(settings.default_flag(&path, &names)))
            }
            Some(text) if opt.multiple => {
                let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
                let items = lines.map(|line| read(opt, line)).collect::<Result<_, _>>();
                Some(Json::List(items.map_err(|message| values.usage(message))?))
            }
            Some(text) => Some(read(opt, &text).map_err(|message| values.usage(message))?),
            None if opt.tenancy => settings.tenancy().map(Json::text_of),
            None => None,
        };
        if let Some(place) = values.values.get_mut(index) {
            *place = value;
        }
    }
    Ok(())
}

impl Run<'_> {
    /// Sends one request and shows its answer.
    fn plain(&self) -> Result<(), Failure> {
        self.ask()?;
        let input = Input::of(&self.values, self.settings.env)?;
        self.send(&input)
    }

    /// Retires what the command names, or makes it active again.
    fn set_retired(&self, is_retired: bool) -> Result<(), Failure> {
        let mut input = Input::of(&self.values, self.settings.env)?;
        input.set_field("isRetired", Json::Bool(is_retired));
        self.send(&input)
    }

    /// Asks before something is deleted or replaced.
    fn ask(&self) -> Result<(), Failure> {
        if self.values.flag("force") {
            return Ok(());
        }
        if self.values.command.deletes() {
            return confirm("Are you sure you want to delete this resource?");
        }
        if self.values.opts.iter().all(|opt| opt.name != "force") {
            return Ok(());
        }
        let replaced = self.values.command.replaced(&self.values.opts);
        let names: Vec<_> = replaced.iter().map(|opt| opt.name.as_ref()).collect();
        self.ask_to_replace(&names)
    }

    /// Asks before the values of these options are replaced, if one of them is given.
    pub(crate) fn ask_to_replace(&self, names: &[&str]) -> Result<(), Failure> {
        let given = |name: &&str| self.values.get(name).is_some_and(|value| !value.is_empty());
        if !names.iter().any(given) {
            return Ok(());
        }
        confirm(&format!(
            "WARNING: Updates to {} will replace any existing values. Are you sure you want to \
             continue?",
            names.join(" and ")
        ))
    }

    /// Calls the command's operation, waits if asked to, and shows what came of it.
    pub(crate) fn send(&self, input: &Input) -> Result<(), Failure> {
        let spec = self.values.command.spec;
        let caller = Caller::new(self.settings, self.values.command.spec)?;
        let called = caller.call(spec, input)?;
        let by_work = waits_on_work(spec);
        match wait(&caller, &self.values, input, called)? {
            Waited::NotAsked(called) | Waited::Gone(called) => self.show(called),
            Waited::Reached(now) => self.show_as(now, waited_for(spec)),
            Waited::TimedOut(called) => {
                note(if by_work {
                    "Failed to wait until the work request entered the specified state. Please \
                     retrieve the work request to find its current state"
                } else if self.values.command.deletes() {
                    "Failed to wait until the resource entered the specified state. Please \
                     retrieve the resource to find its current state"
                } else {
                    "Failed to wait until the resource entered the specified state. Outputting \
                     last known resource state"
                });
                self.show(called)?;
                Err(Failure::Told(2))
            }
            Waited::Failed(called, failure) => {
                note(if by_work {
                    "Encountered error while waiting for work request to enter the specified \
                     state. Outputting last known resource state"
                } else {
                    "Encountered error while waiting for resource to enter the specified state. \
                     Outputting last known resource state"
                });
                self.show(called)?;
                Err(failure)
            }
        }
    }

    /// Shows one answer.
    fn show(&self, called: Called) -> Result<(), Failure> {
        self.show_as(called, &self.values.command.spec.reply)
    }

    /// Shows one answer of that kind.
    fn show_as(&self, called: Called, kind: &Kind) -> Result<(), Failure> {
        let data = called.reply.map(|reply| shown(&reply, kind));
        self.view.show(&Reply { data, headers: called.headers }, false)
    }
}

//! The global options: what can be written before the service, between the words of a command, or
//! after it.
//!
//! [`GLOBALS`] is the table, [`Globals`] what was given. Nothing here reads the environment or a
//! file: `config` adds those, so that the command line wins.

/// The version of the official command line that this one stands in for.
pub(crate) const OFFICIAL_VERSION: &str = "3.95.1";

/// A global option.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Global {
    /// `--version`
    Version,
    /// `--release-info`
    ReleaseInfo,
    /// `--latest-version`
    LatestVersion,
    /// `--config-file`
    ConfigFile,
    /// `--profile`
    Profile,
    /// `--cli-rc-file`
    CliRcFile,
    /// `--opc-request-id`
    RequestId,
    /// `--region`
    Region,
    /// `--endpoint`
    Endpoint,
    /// `--realm-specific-endpoint`
    RealmSpecificEndpoint,
    /// `--connection-timeout`
    ConnectionTimeout,
    /// `--enable-dual-stack`
    EnableDualStack,
    /// `--federation-endpoint`
    FederationEndpoint,
    /// `--read-timeout`
    ReadTimeout,
    /// `--cert-bundle`
    CertBundle,
    /// `--output`
    Output,
    /// `--query`
    Query,
    /// `--raw-output`
    RawOutput,
    /// `--auth`
    Auth,
    /// `--auth-purpose`
    AuthPurpose,
    /// `--generate-full-command-json-input`
    FullSkeleton,
    /// `--generate-param-json-input`
    ParamSkeleton,
    /// `--proxy`
    Proxy,
    /// `--no-retry`
    NoRetry,
    /// `--max-retries`
    MaxRetries,
    /// `--debug`
    Debug,
    /// `--cli-auto-prompt`
    AutoPrompt,
    /// `--help`
    Help,
    /// `--enable-propagation`
    EnablePropagation,
}

/// What follows a global option.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Takes {
    /// Nothing.
    Nothing,
    /// Any text.
    Text,
    /// A whole number.
    Number,
    /// One of these words.
    Choice(&'static [&'static str]),
}

/// One row of the table of global options.
#[derive(Debug)]
pub(crate) struct GlobalRow {
    /// Which option it is.
    pub(crate) option: Global,
    /// Its names; the first is the one that help shows.
    pub(crate) names: &'static [&'static str],
    /// What follows it.
    pub(crate) takes: Takes,
    /// What it does.
    pub(crate) doc: &'static str,
}

const fn row(
    option: Global,
    names: &'static [&'static str],
    takes: Takes,
    doc: &'static str,
) -> GlobalRow {
    GlobalRow { option, names, takes, doc }
}

/// The kinds of authentication that the official command line knows.
const AUTH: &[&str] = &[
    "api_key",
    "instance_principal",
    "security_token",
    "instance_obo_user",
    "resource_principal",
    "oke_workload_identity",
    "pkcs11",
];

/// Every global option, in the order of the help text.
pub(crate) static GLOBALS: &[GlobalRow] = &[
    row(Global::Version, &["--version", "-v"], Takes::Nothing, "Show the version and exit."),
    row(
        Global::ReleaseInfo,
        &["--release-info"],
        Takes::Nothing,
        "Show what the releases up to this one changed. Newer ones are not looked for.",
    ),
    row(
        Global::LatestVersion,
        &["--latest-version"],
        Takes::Nothing,
        "Say that the latest release is not known, and exit with 2: no host is asked but the \
         service.",
    ),
    row(
        Global::ConfigFile,
        &["--config-file"],
        Takes::Text,
        "The configuration file with profiles and keys. [default: ~/.oci/config]",
    ),
    row(
        Global::Profile,
        &["--profile"],
        Takes::Text,
        "The profile of the configuration file, and of the file of defaults. [default: DEFAULT]",
    ),
    row(
        Global::CliRcFile,
        &["--cli-rc-file", "--defaults-file"],
        Takes::Text,
        "The file of defaults, aliases and named queries. [default: ~/.oci/oci_cli_rc]",
    ),
    row(
        Global::RequestId,
        &["--opc-request-id", "--opc-client-request-id", "--request-id"],
        Takes::Text,
        "The id to send with the request, to find it again in the server's log.",
    ),
    row(Global::Region, &["--region"], Takes::Text, "The region, by name or by its three letters."),
    row(
        Global::Endpoint,
        &["--endpoint"],
        Takes::Text,
        "The address of the service, such as http://127.0.0.1:7070; it wins over --region.",
    ),
    row(
        Global::RealmSpecificEndpoint,
        &["--realm-specific-endpoint"],
        Takes::Nothing,
        "Use an address of the realm's own where the service has one; identity has none.",
    ),
    row(
        Global::ConnectionTimeout,
        &["--connection-timeout"],
        Takes::Number,
        "How many seconds connecting may take. [default: 10]",
    ),
    row(
        Global::EnableDualStack,
        &["--enable-dual-stack"],
        Takes::Nothing,
        "Use an address that is reached over IPv6 too, where the service has one.",
    ),
    row(
        Global::FederationEndpoint,
        &["--federation-endpoint"],
        Takes::Text,
        "Where --auth instance_principal would get its token, which is not served: without effect.",
    ),
    row(
        Global::ReadTimeout,
        &["--read-timeout"],
        Takes::Number,
        "How many seconds an answer may take. [default: 60]",
    ),
    row(
        Global::CertBundle,
        &["--cert-bundle"],
        Takes::Text,
        "A PEM file of certificate authorities to trust, and no others.",
    ),
    row(
        Global::Output,
        &["--output"],
        Takes::Choice(&["json", "table"]),
        "The format of the output. [default: json]",
    ),
    row(
        Global::Query,
        &["--query"],
        Takes::Text,
        "A JMESPath expression to choose from the answer, or query://NAME for one that the file \
         of defaults names. Followed at once by another option, it is taken as data.id.",
    ),
    row(
        Global::RawOutput,
        &["--raw-output"],
        Takes::Nothing,
        "Where --query chose one text, print it without quotes.",
    ),
    row(
        Global::Auth,
        &["--auth"],
        Takes::Choice(AUTH),
        "How requests are signed: api_key with the profile's key, security_token with the token of \
         a session; the others are refused. [default: api_key]",
    ),
    row(
        Global::AuthPurpose,
        &["--auth-purpose"],
        Takes::Text,
        "What --auth instance_principal would be for, which is not served: without effect.",
    ),
    row(
        Global::FullSkeleton,
        &["--generate-full-command-json-input"],
        Takes::Nothing,
        "Print a JSON document with every option of the command, to fill in for --from-json.",
    ),
    row(
        Global::ParamSkeleton,
        &["--generate-param-json-input"],
        Takes::Text,
        "Print what the named option takes, as JSON to fill in.",
    ),
    row(
        Global::Proxy,
        &["--proxy"],
        Takes::Text,
        "The proxy to go through, such as http://proxy.example.org:3128/.",
    ),
    row(Global::NoRetry, &["--no-retry"], Takes::Nothing, "Send a request once, come what may."),
    row(
        Global::MaxRetries,
        &["--max-retries"],
        Takes::Number,
        "How many times a request is sent at most. [default: 8]",
    ),
    row(
        Global::Debug,
        &["--debug", "-d"],
        Takes::Nothing,
        "Show on stderr what is sent and answered; secrets are masked.",
    ),
    row(
        Global::AutoPrompt,
        &["--cli-auto-prompt", "-i"],
        Takes::Nothing,
        "Ask for the command and for what it requires, as far as the line lacks it.",
    ),
    row(Global::Help, &["--help", "-h", "-?"], Takes::Nothing, "Show help for what was named."),
    row(
        Global::EnablePropagation,
        &["--enable-propagation"],
        Takes::Choice(&["True", "False"]),
        "Without effect: --opc-request-id is sent as it is given.",
    ),
];

/// The row of the option with that name, such as `--debug` or `-d`.
pub(crate) fn global(name: &str) -> Option<&'static GlobalRow> {
    GLOBALS.iter().find(|row| row.names.contains(&name))
}

/// What was given on the command line, before the environment and files add to it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Globals {
    /// `--config-file`
    pub(crate) config_file: Option<String>,
    /// `--profile`
    pub(crate) profile: Option<String>,
    /// `--cli-rc-file`
    pub(crate) cli_rc_file: Option<String>,
    /// `--opc-request-id`
    pub(crate) request_id: Option<String>,
    /// `--region`
    pub(crate) region: Option<String>,
    /// `--endpoint`
    pub(crate) endpoint: Option<String>,
    /// `--realm-specific-endpoint`
    pub(crate) realm_specific_endpoint: bool,
    /// `--connection-timeout`, in seconds
    pub(crate) connection_timeout: Option<u64>,
    /// `--enable-dual-stack`
    pub(crate) enable_dual_stack: bool,
    /// `--read-timeout`, in seconds
    pub(crate) read_timeout: Option<u64>,
    /// `--cert-bundle`
    pub(crate) cert_bundle: Option<String>,
    /// `--output`
    pub(crate) output: Option<String>,
    /// `--query`
    pub(crate) query: Option<String>,
    /// `--raw-output`
    pub(crate) raw_output: bool,
    /// `--auth`
    pub(crate) auth: Option<String>,
    /// `--generate-full-command-json-input`
    pub(crate) full_skeleton: bool,
    /// `--generate-param-json-input`
    pub(crate) param_skeleton: Option<String>,
    /// `--proxy`
    pub(crate) proxy: Option<String>,
    /// `--no-retry`
    pub(crate) no_retry: bool,
    /// `--max-retries`
    pub(crate) max_retries: Option<u64>,
    /// `--debug`
    pub(crate) debug: bool,
    /// `--help`
    pub(crate) help: bool,
    /// `--version`
    pub(crate) version: bool,
    /// `--release-info`
    pub(crate) release_info: bool,
    /// `--latest-version`
    pub(crate) latest_version: bool,
    /// `--cli-auto-prompt`
    pub(crate) auto_prompt: bool,
}

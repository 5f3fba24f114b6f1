//! Whether what an installation keeps fits together: every row is looked at, and what it names must
//! be there. Nothing is changed.
//!
//! What no request can bring about is wrong here; that somebody has more of something than a limit
//! allows is not, since limits may be lowered.

mod trail;

use crate::policies::Decided;
use crate::users::second_name;
use crate::{authentication_policies, domains, mfa_totp_devices, tree};
use iam_api::Ocid;
use iam_api::authentication_policies::AuthenticationPolicy;
use iam_api::compartments::Compartment;
use iam_api::dynamic_groups::DynamicGroup;
use iam_api::groups::Group;
use iam_api::identity_providers::{IdentityProvider, IdpGroupMapping};
use iam_api::network_sources::NetworkSources;
use iam_api::policies::Policy;
use iam_api::tag_defaults::TagDefault;
use iam_api::tag_namespaces::TagNamespace;
use iam_api::tags::Tag;
use iam_api::tenancies::Tenancy;
use iam_api::users::User;
use iam_policy::{MatchingRule, fold};
use iam_sign::PublicKey;
use iam_store::{
    Alias, Cell, CredentialKind, Cursor, LinkPurpose, Resource, ResourceKind, StoreError, Table,
    TenancyNo, Tx, tables,
};
use serde_json::Value;
pub use trail::{Known, Noted, Trail};

/// What columns and body of a resource both say.
const OF_RESOURCES: [(&str, &str); 3] =
    [("id", "id"), ("name", "name"), ("state", "lifecycleState")];
/// The most findings that are told.
const FINDINGS_MAX: usize = 1_000;

/// What was found wrong.
#[derive(Debug, Default)]
pub struct Findings {
    /// The first of them, in words.
    pub told: Vec<String>,
    /// How many there are.
    pub count: u64,
    /// How many rows were looked at.
    pub rows: u64,
    /// The audit trail.
    pub trail: Trail,
}

impl Findings {
    /// Adds one.
    pub fn add(&mut self, finding: impl FnOnce() -> String) {
        self.count += 1;
        if self.told.len() < FINDINGS_MAX {
            self.told.push(finding());
        }
    }
}

/// Looks at every row, and at the audit trail in the light of what is known of it elsewhere.
/// `watch` is told how many rows were looked at.
pub fn verify(
    tx: &mut Tx<'_>,
    known: &Known<'_>,
    watch: &dyn Fn(u64),
) -> Result<Findings, StoreError> {
    let mut findings = Findings::default();
    for what in tx.damage()? {
        findings.add(|| format!("the store is damaged: {what}"));
    }
    let tenancies: Vec<i64> = tx.tenancies()?.into_iter().map(|(at, _)| at.0).collect();
    if tenancies.is_empty() {
        findings.add(|| "there is no tenancy".to_owned());
    }
    for table in tables() {
        let mut cursor = Cursor::new(table);
        while let Some(row) = cursor.next(tx)? {
            findings.rows += 1;
            watch(findings.rows);
            let mut look = Look { tx, table, row: &row, findings: &mut findings };
            look.at_tenancy(&tenancies);
            look.at_row()?;
        }
    }
    findings.trail = trail::verify(tx, known, &mut findings)?;
    Ok(findings)
}

/// A row that is looked at.
struct Look<'a, 't> {
    tx: &'a mut Tx<'t>,
    table: &'static Table,
    row: &'a [Cell],
    findings: &'a mut Findings,
}

impl Look<'_, '_> {
    fn text(&self, column: &str) -> &str {
        self.table.text(self.row, column)
    }

    fn at(&self) -> TenancyNo {
        TenancyNo(self.table.int(self.row, "tenancy").unwrap_or_default())
    }

    fn wrong(&mut self, what: impl FnOnce() -> String) {
        let (table, row) = (self.table, self.row);
        self.findings.add(|| {
            let key = table.key_of(row);
            let key: Vec<String> = key.iter().map(shown).collect();
            format!("{} {}: {}", table.name, key.join(" "), what())
        });
    }

    /// What the row belongs to must be there; the audit trail also tells of nobody's requests.
    fn at_tenancy(&mut self, tenancies: &[i64]) {
        let Some(at) = self.table.int(self.row, "tenancy") else { return };
        let is_nobodys = self.table.name == "audit" && at == 0;
        if !is_nobodys && !tenancies.contains(&at) {
            self.wrong(|| format!("there is no tenancy {at}"));
        }
    }

    fn at_row(&mut self) -> Result<(), StoreError> {
        match self.table.name {
            "resources" => self.at_resource(),
            "aliases" => self.at_alias(),
            "memberships" => {
                self.must_be("user_id", ResourceKind::User)?;
                self.must_be("group_id", ResourceKind::Group).map(|_| ())
            }
            "api_keys" => self.at_api_key(),
            "credentials" => self.at_credential(),
            "links" => {
                let purpose = self.text("purpose").to_owned();
                if LinkPurpose::from_word(&purpose).is_none() {
                    self.wrong(|| format!("`{purpose}` is no purpose of a link"));
                }
                self.must_be("user_id", ResourceKind::User).map(|_| ())
            }
            "ui_passwords" | "sign_ins" | "sessions" | "password_history" => {
                self.must_be("user_id", ResourceKind::User).map(|_| ())
            }
            "profiles" => {
                self.must_be_json();
                self.must_be("user_id", ResourceKind::User).map(|_| ())
            }
            "work_requests" => self.at_work_request(),
            "settings" => self.at_setting(),
            _ => Ok(()),
        }
    }

    /// The resource that a column names.
    fn must_be(
        &mut self,
        column: &str,
        kind: ResourceKind,
    ) -> Result<Option<Resource>, StoreError> {
        let (at, id) = (self.at(), Ocid::from(self.text(column)));
        let found = self.tx.resource(at, &id)?.filter(|found| found.kind == kind);
        if found.is_none() {
            self.wrong(|| format!("there is no {} `{id}`", kind.as_str()));
        }
        Ok(found)
    }

    fn must_be_json(&mut self) {
        if serde_json::from_str::<Value>(self.text("body")).is_err() {
            self.wrong(|| "its body is no JSON".to_owned());
        }
    }

    fn at_api_key(&mut self) -> Result<(), StoreError> {
        let fingerprint = self.text("fingerprint").to_owned();
        match PublicKey::from_spki_pem(self.text("pem")) {
            Ok(key) if key.fingerprint() == fingerprint => {}
            Ok(key) => self.wrong(|| format!("its key has the fingerprint {}", key.fingerprint())),
            Err(cause) => self.wrong(|| format!("its key cannot be read: {cause}")),
        }
        self.must_be("user_id", ResourceKind::User).map(|_| ())
    }

    fn at_credential(&mut self) -> Result<(), StoreError> {
        let kind = self.text("kind").to_owned();
        if CredentialKind::from_word(&kind).is_none() {
            self.wrong(|| format!("`{kind}` is no kind of credential"));
        }
        if matches!(self.table.cell(self.row, "secret"), Some(Cell::Blob(kept)) if kept.is_empty())
        {
            self.wrong(|| "there is nothing to check its secret with".to_owned());
        }
        self.must_be_json();
        self.must_say_the_same(&[("id", "id"), ("state", "lifecycleState"), ("user_id", "userId")]);
        self.must_be("user_id", ResourceKind::User).map(|_| ())
    }

    fn at_alias(&mut self) -> Result<(), StoreError> {
        let Some(owner) = self.must_be("id", ResourceKind::User)? else { return Ok(()) };
        let Ok(user) = owner.model::<User>() else { return Ok(()) }; // told of at its own row
        let (space, folded) = (self.text("space").to_owned(), self.text("folded").to_owned());
        let (alias, written) = match space.as_str() {
            "user-db-name" => (Alias::UserDbName, user.db_user_name),
            _ => (Alias::UserEmail, user.email.filter(|_| space == "user-email")),
        };
        let home = &owner.parent;
        let unique = written.map(|written| second_name(home, alias, &written));
        if unique.as_ref() != Some(&folded) {
            self.wrong(|| format!("`{folded}` is no second name of that user"));
        }
        Ok(())
    }

    fn at_resource(&mut self) -> Result<(), StoreError> {
        let (kind, parent) = (self.text("kind").to_owned(), self.text("parent").to_owned());
        let Some(kind) = ResourceKind::from_word(&kind) else {
            self.wrong(|| format!("`{kind}` is no kind of resource"));
            return Ok(());
        };
        if self.text("folded") != fold(self.text("name")) {
            self.wrong(|| "its folded name is not that of its name".to_owned());
        }
        if self.text("space") != kind.space(&Ocid::from(parent.as_str())) {
            self.wrong(|| "its name is not unique in what it should be unique in".to_owned());
        }
        if parent != self.text("id")
            && self.tx.resource(self.at(), &parent.as_str().into())?.is_none()
        {
            self.wrong(|| format!("there is no compartment `{parent}`"));
        }
        let parsed = match kind {
            ResourceKind::User => return self.at_user(),
            ResourceKind::Policy => {
                self.at_policy();
                return Ok(());
            }
            ResourceKind::Group => parse::<Group>(self.text("body")),
            ResourceKind::Tenancy => parse::<Tenancy>(self.text("body")),
            ResourceKind::Compartment => {
                self.at_compartment(&parent);
                parse::<Compartment>(self.text("body"))
            }
            ResourceKind::TagNamespace => parse::<TagNamespace>(self.text("body")),
            ResourceKind::Tag => parse::<Tag>(self.text("body")),
            ResourceKind::TagDefault => parse::<TagDefault>(self.text("body")),
            ResourceKind::DynamicGroup => {
                self.at_dynamic_group();
                parse::<DynamicGroup>(self.text("body"))
            }
            ResourceKind::NetworkSource => parse::<NetworkSources>(self.text("body")),
            ResourceKind::IdentityProvider => parse::<IdentityProvider>(self.text("body")),
            ResourceKind::IdpGroupMapping => return self.at_mapping(),
            ResourceKind::Domain => parse::<domains::Kept>(self.text("body")),
            ResourceKind::PasswordPolicy => {
                self.must_be_json();
                return Ok(());
            }
        };
        if let Err(cause) = parsed {
            self.wrong(|| format!("its body cannot be read: {cause}"));
        }
        if kind != ResourceKind::Domain {
            self.must_say_the_same(&OF_RESOURCES);
        }
        Ok(())
    }

    /// What a group mapping names must be there.
    fn at_mapping(&mut self) -> Result<(), StoreError> {
        let mapping: IdpGroupMapping = match serde_json::from_str(self.text("body")) {
            Ok(mapping) => mapping,
            Err(cause) => {
                self.wrong(|| format!("its body cannot be read: {cause}"));
                return Ok(());
            }
        };
        self.must_say_the_same(&[("id", "id"), ("state", "lifecycleState"), ("parent", "idpId")]);
        let group = self.tx.resource(self.at(), &mapping.group_id)?;
        if group.is_none_or(|group| group.kind != ResourceKind::Group) {
            self.wrong(|| format!("there is no group `{}`", mapping.group_id));
        }
        Ok(())
    }

    /// What a compartment is in must lead to the root, in as many steps as there are levels.
    fn at_compartment(&mut self, parent: &str) {
        let (at, id) = (self.at(), Ocid::from(self.text("id")));
        if !matches!(tree::path_to_root(self.tx, at, &id), Ok(Some(_))) {
            self.wrong(|| "no way leads from it up to the root".to_owned());
        }
        let body = serde_json::from_str::<Compartment>(self.text("body")).ok();
        let said = body.and_then(|body| body.compartment_id);
        if said.as_ref().map(AsRef::as_ref) != Some(parent) {
            self.wrong(|| format!("its body says that it is in `{said:?}`"));
        }
    }

    fn at_work_request(&mut self) -> Result<(), StoreError> {
        self.must_be_json();
        if serde_json::from_str::<Value>(self.text("task")).is_err() {
            self.wrong(|| "what it is to do is no JSON".to_owned());
        }
        let (at, compartment) = (self.at(), self.text("compartment").to_owned());
        if self.tx.resource(at, &compartment.as_str().into())?.is_none() {
            self.wrong(|| format!("there is no compartment `{compartment}`"));
        }
        Ok(())
    }

    /// What describes a dynamic group must be a rule.
    fn at_dynamic_group(&mut self) {
        let Ok(group) = serde_json::from_str::<DynamicGroup>(self.text("body")) else { return };
        if let Err(cause) = MatchingRule::parse(&group.matching_rule) {
            self.wrong(|| format!("its matching rule cannot be read: {cause}"));
        }
    }

    /// Where people may sign in from must be there.
    fn at_setting(&mut self) -> Result<(), StoreError> {
        self.must_be_json();
        if self.text("name") != authentication_policies::NAME {
            return Ok(());
        }
        let body = serde_json::from_str::<AuthenticationPolicy>(self.text("body")).ok();
        let sources = body.and_then(|policy| policy.network_policy?.network_source_ids);
        for id in sources.unwrap_or_default() {
            let found = self.tx.resource(self.at(), &id.as_str().into())?;
            if found.is_none_or(|found| found.kind != ResourceKind::NetworkSource) {
                self.wrong(|| format!("there is no network source `{id}`"));
            }
        }
        Ok(())
    }

    /// What body and columns both say, they must both say.
    fn must_say_the_same(&mut self, both: &[(&str, &str)]) {
        let Ok(body) = serde_json::from_str::<Value>(self.text("body")) else { return };
        // A tag default has no name but its tag.
        let is_default = self.text("kind") == ResourceKind::TagDefault.as_str();
        for &(column, field) in both {
            let field = if is_default && field == "name" { "tagDefinitionId" } else { field };
            let said = body.get(field).and_then(Value::as_str).unwrap_or_default().to_owned();
            if said != self.text(column) {
                self.wrong(|| format!("its body says that its {field} is `{said}`"));
            }
        }
    }

    fn at_user(&mut self) -> Result<(), StoreError> {
        let user: User = match serde_json::from_str(self.text("body")) {
            Ok(user) => user,
            Err(cause) => {
                self.wrong(|| format!("its body cannot be read: {cause}"));
                return Ok(());
            }
        };
        self.must_say_the_same(&OF_RESOURCES);
        let has_device = mfa_totp_devices::activated(self.tx, self.at(), &user.id);
        if !has_device.is_ok_and(|device| device.is_some() == user.is_mfa_activated) {
            self.wrong(|| "its body does not say whether a code is asked for".to_owned());
        }
        for (alias, written) in
            [(Alias::UserEmail, user.email), (Alias::UserDbName, user.db_user_name)]
        {
            let Some(written) = written else { continue };
            let home = Ocid::from(self.text("parent"));
            let unique = second_name(&home, alias, &written);
            let owner = self.tx.alias_owner(self.at(), alias, &unique)?;
            if owner.as_ref() != Some(&user.id) {
                self.wrong(|| format!("its second name `{written}` is not kept as its own"));
            }
        }
        Ok(())
    }

    /// What is decided by must be what is written.
    fn at_policy(&mut self) {
        let policy: Policy = match serde_json::from_str(self.text("body")) {
            Ok(policy) => policy,
            Err(cause) => return self.wrong(|| format!("its body cannot be read: {cause}")),
        };
        self.must_say_the_same(&OF_RESOURCES);
        for statement in &policy.statements {
            if let Err(cause) = iam_policy::parse(statement) {
                self.wrong(|| format!("the statement `{statement}` cannot be read: {cause}"));
            }
        }
        match serde_json::from_str::<Decided>(self.text("compiled")) {
            Ok(compiled) if compiled.len() == policy.statements.len() => {
                for (text, _) in
                    policy.statements.iter().zip(&compiled).filter(|(_, to)| to.is_none())
                {
                    self.wrong(|| {
                        format!(
                            "the statement `{text}` was refused at its import, and grants nothing"
                        )
                    });
                }
            }
            Ok(compiled) => self.wrong(|| {
                let (written, kept) = (policy.statements.len(), compiled.len());
                format!("it has {written} statements, and {kept} decide")
            }),
            Err(cause) => self.wrong(|| format!("what decides cannot be read: {cause}")),
        }
    }
}

fn parse<T: serde::de::DeserializeOwned>(body: &str) -> Result<(), serde_json::Error> {
    serde_json::from_str::<T>(body).map(|_| ())
}

/// A part of a key, for people.
fn shown(cell: &Cell) -> String {
    match cell {
        Cell::Null => "nothing".to_owned(),
        Cell::Int(number) => number.to_string(),
        Cell::Text(text) => format!("`{text}`"),
        Cell::Blob(bytes) => crate::hex::encode(bytes),
    }
}

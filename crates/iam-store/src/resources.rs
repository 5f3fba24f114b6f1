//! Resources of every kind: whatever has an OCID, a name and a model that goes over the wire.

use crate::engine::{Row, StoreError};
use crate::lookups::Lookups;
use crate::tx::{TenancyNo, Tx};
use iam_api::{LifecycleState, Ocid, Timestamp};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// A kind of resource: what its OCIDs and rows are called.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "each is the OCI resource of that name")]
pub enum ResourceKind {
    Tenancy,
    Compartment,
    User,
    Group,
    Policy,
    Domain,
    PasswordPolicy,
    TagNamespace,
    Tag,
    TagDefault,
    DynamicGroup,
    NetworkSource,
    IdentityProvider,
    IdpGroupMapping,
}

impl ResourceKind {
    /// The word in OCIDs and rows.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Tenancy => "tenancy",
            Self::Compartment => "compartment",
            Self::User => "user",
            Self::Group => "group",
            Self::Policy => "policy",
            Self::Domain => "domain",
            Self::PasswordPolicy => "passwordpolicy",
            Self::TagNamespace => "tagnamespace",
            Self::Tag => "tagdefinition",
            Self::TagDefault => "tagdefault",
            Self::DynamicGroup => "dynamicgroup",
            Self::NetworkSource => "networksource",
            Self::IdentityProvider => "saml2idp",
            Self::IdpGroupMapping => "idpgroupmapping",
        }
    }

    const ALL: [Self; 14] = [
        Self::Tenancy,
        Self::Compartment,
        Self::User,
        Self::Group,
        Self::Policy,
        Self::Domain,
        Self::PasswordPolicy,
        Self::TagNamespace,
        Self::Tag,
        Self::TagDefault,
        Self::DynamicGroup,
        Self::NetworkSource,
        Self::IdentityProvider,
        Self::IdpGroupMapping,
    ];

    /// The kind of that word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word)
    }

    /// What a name must be unique in: the tenancy, or what it is in. Groups and dynamic groups
    /// share their names. The users of the Default domain are in the tenancy, those of another one
    /// in that.
    #[must_use]
    pub fn space(self, parent: &Ocid) -> String {
        match self {
            Self::User if parent.kind() == Some(Self::Domain.as_str()) => format!("user:{parent}"),
            Self::Policy
            | Self::Compartment
            | Self::Tag
            | Self::TagDefault
            | Self::IdpGroupMapping => {
                format!("{}:{parent}", self.as_str())
            }
            Self::DynamicGroup => Self::Group.as_str().to_owned(),
            _ => self.as_str().to_owned(),
        }
    }
}

/// A resource as it is stored.
#[derive(Clone, Debug)]
pub struct Resource {
    /// Its OCID.
    pub id: Ocid,
    /// What it is.
    pub kind: ResourceKind,
    /// The OCID of the compartment that it is in; its own, for the tenancy. For a tag that of its
    /// tag namespace, for a group mapping that of its identity provider, and for a user whose
    /// domain is not the Default one that of the domain.
    pub parent: Ocid,
    /// Its name, as it was written.
    pub name: String,
    /// Its name in the one form that makes names equal.
    pub folded: String,
    /// Where it is in its life.
    pub state: LifecycleState,
    /// When it was made.
    pub created: Timestamp,
    /// Its etag.
    pub etag: String,
    /// Its model, in JSON.
    pub body: String,
    /// What decides, where that is not the model: a policy's compiled statements, in JSON.
    pub compiled: Option<String>,
}

impl Resource {
    /// The model.
    pub fn model<T: DeserializeOwned>(&self) -> Result<T, StoreError> {
        serde_json::from_str(&self.body).map_err(StoreError::failed)
    }

    /// Takes a changed model over.
    pub fn set_model<T: Serialize>(&mut self, model: &T) -> Result<(), StoreError> {
        self.body = serde_json::to_string(model).map_err(StoreError::failed)?;
        Ok(())
    }
}

/// What a list is sorted by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sort {
    /// By time, the newest first.
    Newest,
    /// By time, the oldest first.
    Oldest,
    /// By name, A to Z.
    Name,
    /// By name, Z to A.
    NameReversed,
}

/// Where a page begins: after the resource with this sort key and OCID.
#[derive(Clone, Debug)]
pub struct After {
    /// When that resource was made.
    pub created: Timestamp,
    /// Its name.
    pub name: String,
    /// Its OCID.
    pub id: Ocid,
}

/// What a list holds.
#[derive(Clone, Debug)]
pub struct Selection<'a> {
    /// Only this kind.
    pub kind: ResourceKind,
    /// Only in this compartment.
    pub parent: &'a Ocid,
    /// Only with this name, exactly: at most one, whatever the order.
    pub name: Option<&'a str>,
    /// Only in this state.
    pub state: Option<LifecycleState>,
    /// The order.
    pub sort: Sort,
    /// Where to begin.
    pub after: Option<After>,
    /// The most rows.
    pub limit: i64,
}

/// Which folded names a walk passes, page by page in their order.
#[derive(Clone, Debug, Default)]
pub struct Walk<'a> {
    /// What the names begin with; nothing, for all.
    pub prefix: &'a str,
    /// What is in them; nothing, for all.
    pub part: &'a str,
    /// The last name of the page before.
    pub after: &'a str,
    /// The most rows.
    pub limit: i64,
}

impl Walk<'_> {
    /// The first name that could come, and one that comes after all. No name holds the characters
    /// that these end with.
    fn bounds(&self) -> (String, String) {
        let next = match self.after {
            "" => String::new(),
            after => format!("{after}\u{1}"),
        };
        (next.max(self.prefix.to_owned()), format!("{}{}", self.prefix, char::MAX))
    }
}

/// What texts are like that have this part in them, for `LIKE … ESCAPE '!'`.
pub(crate) fn containing(part: &str) -> String {
    let mut pattern = String::from("%");
    for letter in part.chars() {
        if matches!(letter, '%' | '_' | '!') {
            pattern.push('!');
        }
        pattern.push(letter);
    }
    if !part.is_empty() {
        pattern.push('%');
    }
    pattern
}

macro_rules! columns {
    () => {
        "id, kind, parent, name, folded, state, created, etag, body, compiled"
    };
}

/// The statement of a page: the sort column, its direction, and where the page begins.
macro_rules! page {
    ($column:literal, $direction:literal, $begin:expr) => {
        concat!(
            "SELECT ",
            columns!(),
            " FROM resources WHERE tenancy = ?1 AND kind = ?2 AND parent = ?3 \
             AND (state = ?4 OR ?4 IS NULL)",
            $begin,
            " ORDER BY ",
            $column,
            " ",
            $direction,
            ", id ",
            $direction,
            " LIMIT ?5"
        )
    };
}

/// The statements of an order: for the first page, and for those after it. They are two because an
/// engine finds the place where a page begins only where the comparison is not optional.
macro_rules! pages {
    ($column:literal, $direction:literal, $beyond:literal) => {
        (
            page!($column, $direction, ""),
            page!($column, $direction, concat!(" AND (", $column, ", id) ", $beyond, " (?6, ?7)")),
        )
    };
}

/// The statement for the one resource of a name.
const NAMED: &str = concat!(
    "SELECT ",
    columns!(),
    " FROM resources WHERE tenancy = ?1 AND kind = ?2 AND parent = ?3 \
     AND (state = ?4 OR ?4 IS NULL) AND name = ?6 LIMIT ?5"
);

impl Sort {
    const fn sql(self) -> (&'static str, &'static str) {
        match self {
            Self::Newest => pages!("created", "DESC", "<"),
            Self::Oldest => pages!("created", "ASC", ">"),
            Self::Name => pages!("name", "ASC", ">"),
            Self::NameReversed => pages!("name", "DESC", "<"),
        }
    }

    const fn is_by_name(self) -> bool {
        matches!(self, Self::Name | Self::NameReversed)
    }
}

fn read(row: &dyn Row) -> Result<Resource, StoreError> {
    let kind = row.must_text(1)?;
    let state = row.must_text(5)?;
    Ok(Resource {
        id: Ocid::from(row.must_text(0)?),
        kind: ResourceKind::from_word(&kind).ok_or(StoreError::Corrupt("an unknown kind"))?,
        parent: Ocid::from(row.must_text(2)?),
        name: row.must_text(3)?,
        folded: row.must_text(4)?,
        state: serde_json::from_value(state.into()).map_err(StoreError::failed)?,
        created: Timestamp::from_micros(row.must_int(6)?),
        etag: row.must_text(7)?,
        body: row.must_text(8)?,
        compiled: row.text(9)?,
    })
}

/// The statement for the one resource of an OCID.
const BY_ID: &str =
    concat!("SELECT ", columns!(), " FROM resources WHERE tenancy = ?1 AND id = ?2");

impl Lookups {
    /// And [`Tx::resource`].
    #[must_use]
    pub fn resource(self, at: TenancyNo, id: &Ocid) -> Self {
        self.with(BY_ID, &[at.0.into(), id.as_str().into()])
    }
}

impl Tx<'_> {
    /// The resource with that OCID.
    pub fn resource(&mut self, at: TenancyNo, id: &Ocid) -> Result<Option<Resource>, StoreError> {
        self.row(BY_ID, &[at.0.into(), id.as_str().into()], read)
    }

    /// The resource of that kind with that folded name, in that compartment where names are
    /// unique in compartments.
    pub fn resource_by_name(
        &mut self,
        at: TenancyNo,
        kind: ResourceKind,
        parent: &Ocid,
        folded: &str,
    ) -> Result<Option<Resource>, StoreError> {
        let sql = concat!(
            "SELECT ",
            columns!(),
            " FROM resources WHERE tenancy = ?1 AND space = ?2 AND folded = ?3"
        );
        let space = kind.space(parent);
        let found = self.row(sql, &[at.0.into(), space.as_str().into(), folded.into()], read)?;
        Ok(found.filter(|found| found.kind == kind)) // another kind may share the names
    }

    /// A page of resources.
    pub fn resources(
        &mut self,
        at: TenancyNo,
        selection: &Selection<'_>,
    ) -> Result<Vec<Resource>, StoreError> {
        let (first, next) = selection.sort.sql();
        let state = selection.state.map(LifecycleState::as_str).into();
        let (kind, parent) = (selection.kind.as_str().into(), selection.parent.as_str().into());
        let (at, limit) = (at.0.into(), selection.limit.into());
        match (selection.name, &selection.after) {
            (Some(name), None) => {
                self.rows(NAMED, &[at, kind, parent, state, limit, name.into()], read)
            }
            (Some(_), Some(_)) => Ok(Vec::new()), // nothing comes after the only one
            (None, None) => self.rows(first, &[at, kind, parent, state, limit], read),
            (None, Some(After { created, name, id })) => {
                let by_name = selection.sort.is_by_name();
                let key = if by_name { name.as_str().into() } else { created.as_micros().into() };
                self.rows(next, &[at, kind, parent, state, limit, key, id.as_str().into()], read)
            }
        }
    }

    /// The resources whose OCIDs are between these two, at most `limit`.
    pub fn resources_between(
        &mut self,
        at: TenancyNo,
        from: &Ocid,
        to: &Ocid,
        limit: i64,
    ) -> Result<Vec<Resource>, StoreError> {
        let sql = concat!(
            "SELECT ",
            columns!(),
            " FROM resources WHERE tenancy = ?1 AND id >= ?2 AND id <= ?3 ORDER BY id LIMIT ?4"
        );
        let args = [at.0.into(), from.as_str().into(), to.as_str().into(), limit.into()];
        self.rows(sql, &args, read)
    }

    /// Resources of that kind in the order of their folded names, at most `limit`, without the
    /// first `skipped`; backwards, where that is asked for.
    pub fn resources_from(
        &mut self,
        at: TenancyNo,
        kind: ResourceKind,
        parent: &Ocid,
        backwards: bool,
        (skipped, limit): (i64, i64),
    ) -> Result<Vec<Resource>, StoreError> {
        macro_rules! in_order {
            ($direction:literal) => {
                concat!(
                    "SELECT ",
                    columns!(),
                    " FROM resources WHERE tenancy = ?1 AND space = ?2 AND kind = ?5 \
                     ORDER BY folded ",
                    $direction,
                    " LIMIT ?3 OFFSET ?4"
                )
            };
        }
        let sql = if backwards { in_order!("DESC") } else { in_order!("ASC") };
        let space = kind.space(parent);
        let space = space.as_str().into();
        let args = [at.0.into(), space, limit.into(), skipped.into(), kind.as_str().into()];
        self.rows(sql, &args, read)
    }

    /// A page of the resources of that kind whose folded names a walk passes. Kinds whose names are
    /// unique in compartments are walked in the one given.
    pub fn walk(
        &mut self,
        at: TenancyNo,
        kind: ResourceKind,
        parent: &Ocid,
        walk: &Walk<'_>,
    ) -> Result<Vec<Resource>, StoreError> {
        let sql = concat!(
            "SELECT ",
            columns!(),
            " FROM resources WHERE tenancy = ?1 AND space = ?2 AND folded >= ?3 AND folded < ?4 \
             AND folded LIKE ?5 ESCAPE '!' AND kind = ?7 ORDER BY folded LIMIT ?6"
        );
        let (space, (from, to), like) = (kind.space(parent), walk.bounds(), containing(walk.part));
        let args = [
            at.0.into(),
            space.as_str().into(),
            from.as_str().into(),
            to.as_str().into(),
            like.as_str().into(),
            walk.limit.into(),
            kind.as_str().into(),
        ];
        self.rows(sql, &args, read)
    }

    /// All resources of that kind that the tenancy has.
    pub fn all_of(
        &mut self,
        at: TenancyNo,
        kind: ResourceKind,
    ) -> Result<Vec<Resource>, StoreError> {
        let sql =
            concat!("SELECT ", columns!(), " FROM resources WHERE tenancy = ?1 AND kind = ?2");
        self.rows(sql, &[at.0.into(), kind.as_str().into()], read)
    }

    /// All policies of the tenancy.
    pub fn policies(&mut self, at: TenancyNo) -> Result<Vec<Resource>, StoreError> {
        let sql = concat!(
            "SELECT ",
            columns!(),
            " FROM resources WHERE tenancy = ?1 AND kind = 'policy'"
        );
        self.rows(sql, &[at.0.into()], read)
    }

    /// All compartments of the tenancy but its root.
    pub fn compartments(&mut self, at: TenancyNo) -> Result<Vec<Resource>, StoreError> {
        let sql = concat!(
            "SELECT ",
            columns!(),
            " FROM resources WHERE tenancy = ?1 AND kind = 'compartment'"
        );
        self.rows(sql, &[at.0.into()], read)
    }

    /// Something that is in that compartment and not deleted, if there is anything.
    pub fn any_in(&mut self, at: TenancyNo, parent: &Ocid) -> Result<Option<Resource>, StoreError> {
        let sql = concat!(
            "SELECT ",
            columns!(),
            " FROM resources WHERE tenancy = ?1 AND kind = ?2 AND parent = ?3 \
             AND state <> 'DELETED' LIMIT 1"
        );
        for kind in ResourceKind::ALL {
            let args = [at.0.into(), kind.as_str().into(), parent.as_str().into()];
            if let Some(found) = self.row(sql, &args, read)? {
                return Ok(Some(found));
            }
        }
        Ok(None)
    }

    /// How many resources of that kind the tenancy has, counted no further than `limit`.
    pub fn count_up_to(
        &mut self,
        at: TenancyNo,
        kind: ResourceKind,
        limit: i64,
    ) -> Result<i64, StoreError> {
        let sql = "SELECT count(*) FROM (SELECT 1 FROM resources \
                   WHERE tenancy = ?1 AND kind = ?2 LIMIT ?3) AS counted";
        let args = [at.0.into(), kind.as_str().into(), limit.into()];
        Ok(self.row(sql, &args, |row| row.must_int(0))?.unwrap_or(0))
    }

    /// How many resources the tenancy has, of whatever kind.
    pub fn resource_count(&mut self, at: TenancyNo) -> Result<i64, StoreError> {
        let sql = "SELECT count(*) FROM resources WHERE tenancy = ?1";
        Ok(self.row(sql, &[at.0.into()], |row| row.must_int(0))?.unwrap_or(0))
    }

    /// How many resources of that kind are in one parent, counted no further than `limit`.
    pub fn count_in(
        &mut self,
        at: TenancyNo,
        kind: ResourceKind,
        parent: &Ocid,
        limit: i64,
    ) -> Result<i64, StoreError> {
        let sql = "SELECT count(*) FROM (SELECT 1 FROM resources \
                   WHERE tenancy = ?1 AND kind = ?2 AND parent = ?3 LIMIT ?4) AS counted";
        let args = [at.0.into(), kind.as_str().into(), parent.as_str().into(), limit.into()];
        Ok(self.row(sql, &args, |row| row.must_int(0))?.unwrap_or(0))
    }

    /// Adds a resource; false where another has its name.
    pub fn insert(&mut self, at: TenancyNo, new: &Resource) -> Result<bool, StoreError> {
        let sql = "INSERT INTO resources (tenancy, id, kind, space, parent, name, folded, \
                   state, created, etag, body, compiled) \
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12) \
                   ON CONFLICT DO NOTHING";
        let space = new.kind.space(&new.parent);
        let args = [
            at.0.into(),
            new.id.as_str().into(),
            new.kind.as_str().into(),
            space.as_str().into(),
            new.parent.as_str().into(),
            new.name.as_str().into(),
            new.folded.as_str().into(),
            new.state.as_str().into(),
            new.created.as_micros().into(),
            new.etag.as_str().into(),
            new.body.as_str().into(),
            new.compiled.as_deref().into(),
        ];
        Ok(self.run(sql, &args)? == 1)
    }

    /// Writes a changed resource back; its name stays.
    pub fn update(&mut self, at: TenancyNo, changed: &Resource) -> Result<(), StoreError> {
        let sql = "UPDATE resources SET state = ?3, etag = ?4, body = ?5, compiled = ?6 \
                   WHERE tenancy = ?1 AND id = ?2";
        let args = [
            at.0.into(),
            changed.id.as_str().into(),
            changed.state.as_str().into(),
            changed.etag.as_str().into(),
            changed.body.as_str().into(),
            changed.compiled.as_deref().into(),
        ];
        self.run(sql, &args)?;
        Ok(())
    }

    /// Gives a resource its new name, in both forms; false, and nothing is changed, where another
    /// one has it.
    pub fn rename(&mut self, at: TenancyNo, renamed: &Resource) -> Result<bool, StoreError> {
        let Resource { kind, parent, name, folded, .. } = renamed;
        let owner = self.resource_by_name(at, *kind, parent, folded)?;
        if owner.is_some_and(|owner| owner.id != renamed.id) {
            return Ok(false);
        }
        let sql = "UPDATE resources SET name = ?3, folded = ?4 WHERE tenancy = ?1 AND id = ?2";
        let id = renamed.id.as_str().into();
        self.run(sql, &[at.0.into(), id, name.as_str().into(), folded.as_str().into()])?;
        Ok(true)
    }

    /// Puts a resource into the compartment that it names as its parent now; false, and nothing is
    /// changed, where another one there has its name.
    pub fn relocate(&mut self, at: TenancyNo, moved: &Resource) -> Result<bool, StoreError> {
        let Resource { kind, parent, folded, .. } = moved;
        let owner = self.resource_by_name(at, *kind, parent, folded)?;
        if owner.is_some_and(|owner| owner.id != moved.id) {
            return Ok(false);
        }
        let sql = "UPDATE resources SET parent = ?3, space = ?4 WHERE tenancy = ?1 AND id = ?2";
        let space = kind.space(parent);
        let args =
            [at.0.into(), moved.id.as_str().into(), parent.as_str().into(), space.as_str().into()];
        self.run(sql, &args)?;
        Ok(true)
    }

    /// Deletes a resource's row, and its second names.
    pub fn delete(&mut self, at: TenancyNo, id: &Ocid) -> Result<(), StoreError> {
        self.drop_aliases(at, id)?;
        let sql = "DELETE FROM resources WHERE tenancy = ?1 AND id = ?2";
        self.run(sql, &[at.0.into(), id.as_str().into()])?;
        Ok(())
    }
}

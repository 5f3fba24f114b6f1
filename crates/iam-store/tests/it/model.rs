//! Random changes, compared with a model of a few maps: every answer of a change, and after each
//! transaction everything that is stored.

use crate::scratch::{HERE, Scratch, at_second, key, membership, password, resource, root};
use iam_api::{LifecycleState, Ocid};
use iam_store::{
    Alias, Resource, ResourceKind, Selection, Setting, Sort, StoreError, StoredRetry, Tx,
};
use proptest::collection::vec;
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

const KINDS: [ResourceKind; 3] = [ResourceKind::User, ResourceKind::Group, ResourceKind::Policy];
const NAMES: [&str; 6] = ["ann", "Ann", "bob", "cid", "CID", "dan"];
const ALIASES: [Alias; 2] = [Alias::UserEmail, Alias::UserDbName];
const WORDS: [&str; 3] = ["one", "two", "three"];

/// A change as chance proposes it; what it acts on is chosen among what the model holds.
#[derive(Clone, Debug)]
enum Proposal {
    Insert { kind: usize, name: usize },
    Call { which: usize, alias: usize, word: Option<usize> },
    Delete { which: usize },
    Join { user: usize, group: usize },
    Leave { which: usize },
    AddKey { user: usize, word: usize },
    RemoveKey { user: usize, word: usize },
    SetPassword { user: usize, number: u8 },
    Forget { user: usize },
    KeepRetry { word: usize, second: u8 },
    DropRetries { before: u8, limit: u8 },
    Set { word: usize, number: u8 },
    Revise,
}

fn proposal() -> impl Strategy<Value = Proposal> {
    let (any, word) = (0..64_usize, 0..WORDS.len());
    prop_oneof![
        4 => (0..KINDS.len(), 0..NAMES.len())
            .prop_map(|(kind, name)| Proposal::Insert { kind, name }),
        4 => (any.clone(), 0..ALIASES.len(), prop::option::of(word.clone()))
            .prop_map(|(which, alias, word)| Proposal::Call { which, alias, word }),
        1 => any.clone().prop_map(|which| Proposal::Delete { which }),
        2 => (any.clone(), any.clone()).prop_map(|(user, group)| Proposal::Join { user, group }),
        1 => any.clone().prop_map(|which| Proposal::Leave { which }),
        2 => (any.clone(), word.clone()).prop_map(|(user, word)| Proposal::AddKey { user, word }),
        1 => (any.clone(), word.clone())
            .prop_map(|(user, word)| Proposal::RemoveKey { user, word }),
        2 => (any.clone(), 0..=u8::MAX)
            .prop_map(|(user, number)| Proposal::SetPassword { user, number }),
        1 => any.prop_map(|user| Proposal::Forget { user }),
        2 => (word.clone(), 0..9_u8)
            .prop_map(|(word, second)| Proposal::KeepRetry { word, second }),
        1 => (0..9_u8, 0..3_u8)
            .prop_map(|(before, limit)| Proposal::DropRetries { before, limit }),
        1 => (word, 0..=u8::MAX).prop_map(|(word, number)| Proposal::Set { word, number }),
        1 => Just(Proposal::Revise),
    ]
}

/// A change with everything it acts on.
#[derive(Clone, Debug)]
enum Change {
    Insert(Resource),
    Call(Ocid, Alias, Option<&'static str>),
    Delete(Ocid),
    Join(Ocid, Ocid),
    Leave(Ocid, Ocid),
    AddKey(Ocid, &'static str),
    RemoveKey(Ocid, &'static str),
    SetPassword(Ocid, String),
    Forget(Ocid),
    KeepRetry(&'static str, i64),
    DropRetries(i64, i64),
    Set(&'static str, String),
    Revise,
}

/// What a change answers, as far as it answers anything.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Answer {
    Nothing,
    Done(bool),
    Count(usize),
}

fn change(tx: &mut Tx<'_>, change: &Change) -> Result<Answer, StoreError> {
    let nothing = |(): ()| Answer::Nothing;
    match change {
        Change::Insert(new) => tx.insert(HERE, new).map(Answer::Done),
        Change::Call(id, alias, word) => tx.set_alias(HERE, *alias, id, *word).map(Answer::Done),
        Change::Delete(id) => tx.delete(HERE, id).map(nothing),
        Change::Join(user, group) => {
            tx.add_membership(HERE, &membership(user, group)).map(Answer::Done)
        }
        Change::Leave(user, group) => {
            tx.remove_membership(HERE, &membership(user, group)).map(nothing)
        }
        Change::AddKey(user, word) => tx.add_api_key(HERE, &key(user, word, 1)).map(Answer::Done),
        Change::RemoveKey(user, word) => tx.remove_api_key(HERE, user, word).map(nothing),
        Change::SetPassword(user, hash) => {
            tx.set_ui_password(HERE, user, &password(hash)).map(nothing)
        }
        Change::Forget(user) => tx.forget_credentials(HERE, user).map(nothing),
        Change::KeepRetry(word, second) => {
            let kept = StoredRetry {
                request: word.as_bytes().to_vec(),
                created: at_second(*second),
                answer: Vec::new(),
            };
            tx.keep_retry_token(HERE, word.as_bytes(), &kept).map(nothing)
        }
        Change::DropRetries(before, limit) => {
            tx.drop_retry_tokens_before(at_second(*before), *limit).map(Answer::Count)
        }
        Change::Set(word, body) => {
            let new = Setting { etag: body.clone(), body: body.clone() };
            tx.set_setting(HERE, word, &new).map(nothing)
        }
        Change::Revise => tx.revise().map(nothing),
    }
}

/// Everything that is stored.
#[derive(Clone, Debug, Default, PartialEq)]
struct Model {
    /// By OCID: kind, name, folded name.
    resources: BTreeMap<Ocid, (&'static str, String, String)>,
    /// By kind of alias and word, whose it is.
    aliases: BTreeMap<(usize, &'static str), Ocid>,
    memberships: BTreeSet<(Ocid, Ocid)>,
    keys: BTreeSet<(Ocid, String)>,
    passwords: BTreeMap<Ocid, String>,
    retries: BTreeMap<&'static str, i64>,
    settings: BTreeMap<&'static str, String>,
    revision: u64,
}

impl Model {
    fn of_kind(&self, kind: ResourceKind) -> Vec<Ocid> {
        let of_kind = self.resources.iter().filter(|(_, row)| row.0 == kind.as_str());
        of_kind.map(|(id, _)| id.clone()).collect()
    }

    /// What chance proposed, made concrete; none where there is nothing to act on.
    fn choose(&self, proposal: &Proposal) -> Option<Change> {
        let pick = |ids: Vec<Ocid>, which: &usize| ids.into_iter().cycle().nth(*which);
        let user = |which| pick(self.of_kind(ResourceKind::User), which);
        let word = |which: &usize| WORDS[*which];
        Some(match proposal {
            Proposal::Insert { kind, name } => Change::Insert(resource(KINDS[*kind], NAMES[*name])),
            Proposal::Call { which, alias, word: chosen } => {
                let id = pick(self.resources.keys().cloned().collect(), which)?;
                Change::Call(id, ALIASES[*alias], chosen.as_ref().map(word))
            }
            Proposal::Delete { which } => {
                Change::Delete(pick(self.resources.keys().cloned().collect(), which)?)
            }
            Proposal::Join { user: member, group } => {
                Change::Join(user(member)?, pick(self.of_kind(ResourceKind::Group), group)?)
            }
            Proposal::Leave { which } => {
                let (user, group) = self.memberships.iter().cycle().nth(*which)?;
                Change::Leave(user.clone(), group.clone())
            }
            Proposal::AddKey { user: owner, word: which } => {
                Change::AddKey(user(owner)?, word(which))
            }
            Proposal::RemoveKey { user: owner, word: which } => {
                Change::RemoveKey(user(owner)?, word(which))
            }
            Proposal::SetPassword { user: owner, number } => {
                Change::SetPassword(user(owner)?, number.to_string())
            }
            Proposal::Forget { user: owner } => Change::Forget(user(owner)?),
            Proposal::KeepRetry { word: which, second } => {
                Change::KeepRetry(word(which), i64::from(*second))
            }
            Proposal::DropRetries { before, limit } => {
                // No limit between none and all: which ones it leaves is not promised.
                let limit = if *limit == 0 { 0 } else { 100 };
                Change::DropRetries(i64::from(*before), limit)
            }
            Proposal::Set { word: which, number } => Change::Set(word(which), number.to_string()),
            Proposal::Revise => Change::Revise,
        })
    }

    fn apply(&mut self, change: &Change, has_revised: &mut bool) -> Answer {
        match change {
            Change::Insert(new) => return Answer::Done(self.insert(new)),
            Change::Call(id, alias, word) => return Answer::Done(self.call(id, *alias, *word)),
            Change::Delete(id) => {
                self.resources.remove(id);
                self.aliases.retain(|_, owner| owner != id);
            }
            Change::Join(user, group) => {
                return Answer::Done(self.memberships.insert((user.clone(), group.clone())));
            }
            Change::Leave(user, group) => {
                self.memberships.remove(&(user.clone(), group.clone()));
            }
            Change::AddKey(user, word) => {
                return Answer::Done(self.keys.insert((user.clone(), (*word).to_owned())));
            }
            Change::RemoveKey(user, word) => {
                self.keys.remove(&(user.clone(), (*word).to_owned()));
            }
            Change::SetPassword(user, hash) => {
                self.passwords.insert(user.clone(), hash.clone());
            }
            Change::Forget(user) => {
                self.passwords.remove(user);
                self.keys.retain(|(owner, _)| owner != user);
            }
            Change::KeepRetry(word, second) => drop(self.retries.insert(word, *second)),
            Change::DropRetries(before, limit) => {
                let count = self.retries.len();
                self.retries.retain(|_, second| *limit == 0 || *second >= *before);
                return Answer::Count(count - self.retries.len());
            }
            Change::Set(word, body) => drop(self.settings.insert(word, body.clone())),
            Change::Revise => {
                self.revision += u64::from(!*has_revised);
                *has_revised = true;
            }
        }
        Answer::Nothing
    }

    fn insert(&mut self, new: &Resource) -> bool {
        let mut others = self.resources.values().filter(|row| row.0 == new.kind.as_str());
        if others.any(|row| row.2 == new.folded) {
            return false;
        }
        let row = (new.kind.as_str(), new.name.clone(), new.folded.clone());
        self.resources.insert(new.id.clone(), row);
        true
    }

    fn call(&mut self, id: &Ocid, alias: Alias, word: Option<&'static str>) -> bool {
        let which = ALIASES.iter().position(|one| *one == alias).unwrap();
        let taken = |word| self.aliases.get(&(which, word)).is_some_and(|owner| owner != id);
        if word.is_some_and(taken) {
            return false;
        }
        self.aliases.retain(|(kind, _), owner| *kind != which || owner != id);
        self.aliases.extend(word.map(|word| ((which, word), id.clone())));
        true
    }

    /// The same, read from the store.
    fn read(tx: &mut Tx<'_>, revision: u64) -> Result<Self, StoreError> {
        let mut model = Self { revision, ..Self::default() };
        for kind in KINDS {
            let selection = Selection {
                kind,
                parent: &root(),
                name: None,
                state: Some(LifecycleState::Active),
                sort: Sort::Newest,
                after: None,
                limit: 1_000,
            };
            for row in tx.resources(HERE, &selection)? {
                if kind == ResourceKind::User {
                    let of_user = tx.memberships_of_user(HERE, &row.id, "", 1_000)?;
                    model.memberships.extend(of_user.into_iter().map(|row| (row.user, row.group)));
                    let keys = tx.api_keys(HERE, &row.id)?;
                    model.keys.extend(keys.into_iter().map(|key| (key.user, key.fingerprint)));
                    let password = tx.ui_password(HERE, &row.id)?;
                    model.passwords.extend(password.map(|kept| (row.id.clone(), kept.hash)));
                }
                let named = tx.resource_by_name(HERE, kind, &root(), &row.folded)?;
                assert_eq!(named.map(|named| named.id).as_ref(), Some(&row.id));
                let Resource { id, name, folded, .. } = row;
                model.resources.insert(id, (kind.as_str(), name, folded));
            }
        }
        for word in WORDS {
            for (which, alias) in ALIASES.into_iter().enumerate() {
                let owner = tx.alias_owner(HERE, alias, word)?;
                model.aliases.extend(owner.map(|owner| ((which, word), owner)));
            }
            let kept = tx.retry_token(HERE, word.as_bytes())?;
            model.retries.extend(kept.map(|kept| (word, kept.created.as_seconds())));
            model.settings.extend(tx.setting(HERE, word)?.map(|kept| (word, kept.body)));
        }
        Ok(model)
    }

    /// As it is seen through the users that are there: what is left of those who are gone is not.
    fn visible(&self) -> Self {
        let mut seen = self.clone();
        let users: BTreeSet<Ocid> = self.of_kind(ResourceKind::User).into_iter().collect();
        seen.memberships.retain(|(user, _)| users.contains(user));
        seen.keys.retain(|(user, _)| users.contains(user));
        seen.passwords.retain(|user, _| users.contains(user));
        seen
    }
}

/// Runs one transaction on both; answers the model after it.
fn transact(store: &Scratch, model: Model, proposals: &[Proposal], keep: bool) -> Model {
    let (mut next, mut has_revised) = (model.clone(), false);
    let (mut changes, mut expected) = (Vec::new(), Vec::new());
    for change in proposals {
        let Some(change) = next.choose(change) else { continue };
        expected.push(next.apply(&change, &mut has_revised));
        changes.push(change);
    }
    let shown = format!("{changes:?}");
    let (answers, got) = std::sync::mpsc::channel();
    let outcome = store.write(move |tx| {
        let all: Result<Vec<Answer>, StoreError> =
            changes.iter().map(|one| change(tx, one)).collect();
        answers.send(all?).unwrap();
        if keep { Ok(()) } else { Err(StoreError::Conflict) }
    });
    assert_eq!(outcome.wait().unwrap().is_ok(), keep);
    assert_eq!(got.recv().unwrap(), expected, "{shown}");
    if keep { next } else { model }
}

fn compare(store: &Scratch, transactions: &[(Vec<Proposal>, bool)]) -> Result<(), TestCaseError> {
    let mut model = Model { revision: store.revision(), ..Model::default() };
    for (proposals, keep) in transactions {
        model = transact(store, model, proposals, *keep);
        let revision = store.revision();
        let stored = store.look(|tx| Model::read(tx, revision));
        prop_assert_eq!(&stored, &model.visible());
    }
    Ok(())
}

fn transactions() -> impl Strategy<Value = Vec<(Vec<Proposal>, bool)>> {
    vec((vec(proposal(), 1..12), prop::bool::weighted(0.8)), 1..16)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..Default::default() })]

    #[test]
    fn the_store_does_what_a_few_maps_do(transactions in transactions()) {
        compare(&Scratch::embedded(), &transactions)?;
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..Default::default() })]

    #[test]
    fn so_does_the_store_in_a_database(transactions in transactions()) {
        compare(&Scratch::postgres(), &transactions)?;
    }
}

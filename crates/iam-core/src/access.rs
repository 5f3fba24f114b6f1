//! What authentication and authorization read, cached: keys with their users, users with their
//! groups, tenancies with their policies.
//!
//! A cache is good for one revision of the store. Whatever could change an answer raises the
//! revision before the change is acknowledged, so the first request that starts after it sees it.

use crate::call::{Principal, store_problem};
use crate::context::Context;
use crate::policies::{self, Decided};
use crate::{deny, domains, network_sources, session_tokens};
use iam_api::policies::Policy;
use iam_api::users::User;
use iam_api::{BLOCKED, LifecycleState, Ocid, Problem, Timestamp};
use iam_policy::PolicySet;
use iam_sign::{KeyId, PublicKey};
use iam_store::{Resource, TenancyNo, Tx};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// The most keys that are kept; when there are more, all are dropped and read again.
const KEYS_MAX: usize = 10_000;
/// The most groups of a user that count.
const GROUPS_MAX: i64 = 1_000;

/// What a request names the key by that signed it.
#[derive(Clone, PartialEq, Eq, Hash)]
pub enum KeyName {
    /// An API key.
    ApiKey {
        /// The OCID of the tenancy.
        tenancy: String,
        /// The OCID of the user.
        user: String,
        /// The fingerprint of the key.
        fingerprint: String,
    },
    /// The key that a session's token is bound to.
    Token(Arc<str>),
}

impl From<KeyId<'_>> for KeyName {
    fn from(id: KeyId<'_>) -> Self {
        match id {
            KeyId::ApiKey { tenancy, user, fingerprint } => Self::ApiKey {
                tenancy: tenancy.to_owned(),
                user: user.to_owned(),
                fingerprint: fingerprint.to_owned(),
            },
            KeyId::Token(token) => Self::Token(Arc::from(token)),
        }
    }
}

/// A key that signs requests, and for whom.
pub struct KnownKey {
    /// The public key.
    pub key: PublicKey,
    /// Whose it is.
    pub principal: Arc<Principal>,
    /// Until when it counts, where that is known ahead.
    pub until: Option<Timestamp>,
}

/// The caches.
#[derive(Default)]
pub struct Access {
    kept: Mutex<Generation>,
    /// How many policies of each tenancy could not be read when they were last looked at.
    unreadable: Mutex<HashMap<i64, usize>>,
}

#[derive(Default)]
struct Generation {
    revision: u64,
    keys: HashMap<KeyName, Arc<KnownKey>>,
    policies: HashMap<i64, Arc<PolicySet>>,
}

impl Access {
    fn with<R>(&self, revision: u64, ask: impl FnOnce(&mut Generation) -> R) -> R {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.revision != revision {
            *kept = Generation { revision, ..Generation::default() };
        }
        ask(&mut kept)
    }

    /// The key of that name, where it was read at that revision and still counts.
    #[must_use]
    pub fn known_key(
        &self,
        revision: u64,
        context: &Context,
        name: &KeyName,
    ) -> Option<Arc<KnownKey>> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let known = kept.keys.get(name).filter(|_| kept.revision == revision)?;
        // A clock that went back makes nothing count again.
        let is_over = |until| context.now().max(context.high_water()) >= until;
        (!known.until.is_some_and(is_over)).then(|| Arc::clone(known))
    }

    /// The key of that name and its user, where both may sign requests.
    pub fn key(
        &self,
        tx: &mut Tx<'_>,
        context: &Context,
        name: KeyName,
    ) -> Result<Option<Arc<KnownKey>>, Problem> {
        let found = read_key(tx, context, &name)?;
        let Some(known) = found.map(Arc::new) else { return Ok(None) };
        if let Some(revision) = tx.revision_seen() {
            self.with(revision, |kept| {
                if kept.keys.len() >= KEYS_MAX {
                    kept.keys.clear();
                }
                kept.keys.insert(name, Arc::clone(&known));
            });
        }
        Ok(Some(known))
    }

    /// The tenancy's policies, with the network sources that their conditions name, as the
    /// transaction sees them. `request` is the id of the request that they are wanted for, for the
    /// log.
    pub fn policies(
        &self,
        tx: &mut Tx<'_>,
        at: TenancyNo,
        request: &str,
    ) -> Result<Arc<PolicySet>, Problem> {
        let Some(revision) = tx.revision_seen() else {
            return Ok(Arc::new(self.read_policies(tx, at, request)?));
        };
        if let Some(set) = self.with(revision, |kept| kept.policies.get(&at.0).cloned()) {
            return Ok(set);
        }
        let set = Arc::new(self.read_policies(tx, at, request)?);
        self.with(revision, |kept| kept.policies.insert(at.0, Arc::clone(&set)));
        Ok(set)
    }

    /// How many policies there are that this version cannot read, as far as it has looked.
    #[must_use]
    pub fn unreadable_policies(&self) -> usize {
        self.unreadable.lock().unwrap_or_else(PoisonError::into_inner).values().sum()
    }

    /// What a policy that this version cannot read means is said in `deny.rs`; it is told of in the
    /// log, and counted.
    fn read_policies(
        &self,
        tx: &mut Tx<'_>,
        at: TenancyNo,
        request: &str,
    ) -> Result<PolicySet, Problem> {
        let (mut compiled, mut unreadable, mut count) = (Vec::new(), Vec::new(), 0);
        for policy in tx.policies(at).map_err(store_problem)? {
            let text = policy.compiled.as_deref().unwrap_or("");
            match serde_json::from_str::<Decided>(text) {
                Ok(decided) => {
                    if decided.iter().any(Option::is_none) {
                        count += 1;
                        if tell_refused(&policy, &decided, request)? {
                            unreadable.push(policy.parent);
                        }
                    }
                    compiled.extend(decided.into_iter().flatten());
                }
                Err(cause) => {
                    tracing::error!(
                        request = %request, policy = %policy.id, %cause,
                        "a policy cannot be read and grants nothing; write it again",
                    );
                    count += 1;
                    unreadable.push(policy.parent);
                }
            }
        }
        let mut counts = self.unreadable.lock().unwrap_or_else(PoisonError::into_inner);
        counts.insert(at.0, count);
        drop(counts);
        let set = deny::policy_set(tx, at, compiled, unreadable)?;
        match set.looks_at_network_sources() {
            true => Ok(set.with_network_sources(network_sources::all(tx, at)?)),
            false => Ok(set),
        }
    }
}

/// Tells the log of a policy of which statements are refused; answers whether one could deny.
fn tell_refused(row: &Resource, decided: &Decided, request: &str) -> Result<bool, Problem> {
    let refused = decided.iter().filter(|bound| bound.is_none()).count();
    tracing::error!(
        request = %request, policy = %row.id, refused,
        "statements of a policy were refused when it was imported and grant nothing; write it again",
    );
    let policy: Policy = row.model().map_err(store_problem)?;
    Ok(policies::may_deny_unread(&policy, decided))
}

/// The user as someone who asks, with their groups.
pub fn principal(
    tx: &mut Tx<'_>,
    at: TenancyNo,
    tenancy_id: Ocid,
    user: Ocid,
) -> Result<Principal, Problem> {
    let memberships = tx.memberships_of_user(at, &user, "", GROUPS_MAX).map_err(store_problem)?;
    let groups = memberships.iter().map(|membership| membership.group.to_string()).collect();
    let has_domain = domains::of(tx, at, &tenancy_id)?.is_some();
    Ok(Principal {
        tenancy: at,
        tenancy_id,
        user,
        groups,
        has_domain,
        second_factor: None,
        compartment: None,
        at_home: None,
    })
}

fn read_key(
    tx: &mut Tx<'_>,
    context: &Context,
    name: &KeyName,
) -> Result<Option<KnownKey>, Problem> {
    let (tenancy, user, fingerprint) = match name {
        KeyName::Token(token) => return session_tokens::known(tx, context, token),
        KeyName::ApiKey { tenancy, user, fingerprint } => (tenancy, user, fingerprint),
    };
    let Some(at) = tx.tenancy(tenancy).map_err(store_problem)? else { return Ok(None) };
    let stored = tx.api_key(at, user, fingerprint).map_err(store_problem)?;
    let Some(stored) = stored else { return Ok(None) };
    let Some(resource) = tx.resource(at, &stored.user).map_err(store_problem)? else {
        return Ok(None);
    };
    let user: User = resource.model().map_err(store_problem)?;
    if !domains::is_open_to(tx, at, &resource)? || !may_sign(&user, context.blocked_may_sign) {
        return Ok(None);
    }
    let key = PublicKey::from_accepted_pem(&stored.pem)
        .map_err(|cause| Problem::internal(format!("a stored key cannot be read: {cause}")))?;
    let principal = principal(tx, at, Ocid::from(tenancy.as_str()), resource.id)?;
    Ok(Some(KnownKey { key, principal: Arc::new(principal), until: None }))
}

/// Whether the user's keys sign requests.
fn may_sign(user: &User, blocked_may_sign: bool) -> bool {
    let may = user.capabilities.as_ref().and_then(|may| may.can_use_api_keys);
    is_in_use(user, blocked_may_sign) && may != Some(false)
}

/// Whether what stands for the user without a person at the Console counts. Anyone who knows a
/// name can have its user blocked, so a block alone does not stop that, unless the configuration
/// says so.
pub(crate) fn is_in_use(user: &User, blocked_may_sign: bool) -> bool {
    match user.lifecycle_state {
        LifecycleState::Active => true,
        LifecycleState::Inactive => blocked_may_sign && user.inactive_status == Some(BLOCKED),
        _ => false,
    }
}

//! Users by the million, and groups, written into the store around the limits of the service. Each
//! user has a Console password, as if it had been reset long ago.

use crate::Result;
use iam_api::groups::Group;
use iam_api::users::{User, UserCapabilities};
use iam_api::{LifecycleState, Ocid, Timestamp};
use iam_core::context::Random;
use iam_store::{Alias, Resource, ResourceKind, Store, StoreError, StoredPassword, TenancyNo, Tx};
use std::sync::{Mutex, PoisonError};

/// Users in one transaction.
const BATCH: usize = 2_000;

/// Numbers that look random, and are the same in every run.
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    pub(crate) fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    fn bytes(&mut self) -> [u8; 32] {
        let mut bytes = [0; 32];
        for chunk in bytes.chunks_mut(8) {
            chunk.copy_from_slice(&self.roll().to_be_bytes());
        }
        bytes
    }

    fn hex(&mut self, digits: usize) -> String {
        let mut text = String::new();
        while text.len() < digits {
            text.push_str(&format!("{:016x}", self.roll()));
        }
        text.truncate(digits);
        text
    }

    /// Brings the items into an order of its own.
    pub(crate) fn shuffle<T>(&mut self, items: &mut [T]) {
        for end in (1..items.len()).rev() {
            let end_number = u64::try_from(end).unwrap_or(u64::MAX);
            let other = usize::try_from(self.roll() % (end_number + 1)).unwrap_or_default();
            items.swap(end, other);
        }
    }
}

/// Dice as the server's source of randomness.
pub(crate) struct Thrown(pub(crate) Mutex<Dice>);

impl Random for Thrown {
    fn fill(&self, bytes: &mut [u8]) {
        let mut dice = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for chunk in bytes.chunks_mut(8) {
            for (place, byte) in chunk.iter_mut().zip(dice.roll().to_le_bytes()) {
                *place = byte;
            }
        }
    }
}

/// Writes that many users into the store of a tenancy; answers their OCIDs in random order.
pub(crate) fn users(store: &Store, tenancy: &str, count: usize) -> Result<Vec<Ocid>> {
    let found = store.read(|tx| tx.tenancy(tenancy))??;
    let at = found.ok_or("the tenancy is not in the store")?;
    let mut dice = Dice(u64::try_from(count)?);
    let mut ids: Vec<Ocid> = (0..count).map(|_| Ocid::new("user", &dice.bytes())).collect();
    ids.sort(); // in the order of the tables, or this would take an hour
    let root = Ocid::from(tenancy);
    for (batch, chunk) in ids.chunks(BATCH).enumerate() {
        let users: Vec<(Resource, StoredPassword)> = (batch * BATCH..)
            .zip(chunk)
            .map(|(number, id)| user(&mut dice, id, &root, number))
            .collect::<Result<_>>()?;
        store.write(move |tx| insert(tx, at, &users)).wait()??;
    }
    dice.shuffle(&mut ids);
    Ok(ids)
}

/// Writes that many groups into the store of a tenancy.
pub(crate) fn groups(store: &Store, tenancy: &str, count: usize) -> Result<()> {
    let found = store.read(|tx| tx.tenancy(tenancy))??;
    let at = found.ok_or("the tenancy is not in the store")?;
    let mut dice = Dice(u64::try_from(count)?);
    let root = Ocid::from(tenancy);
    let groups: Vec<Resource> =
        (0..count).map(|number| group(&mut dice, &root, number)).collect::<Result<_>>()?;
    store
        .write(move |tx| groups.iter().try_for_each(|group| tx.insert(at, group).map(drop)))
        .wait()??;
    Ok(())
}

fn group(dice: &mut Dice, root: &Ocid, number: usize) -> Result<Resource> {
    let name = format!("group-{number:04}");
    let group = Group {
        id: Ocid::new("group", &dice.bytes()),
        compartment_id: root.clone(),
        name: name.clone(),
        description: "A group to measure with".to_owned(),
        time_created: created(number)?,
        lifecycle_state: LifecycleState::Active,
        inactive_status: None,
        freeform_tags: Default::default(),
        defined_tags: Default::default(),
    };
    let mut resource = resource(dice, ResourceKind::Group, &group.id, root, number, name)?;
    resource.set_model(&group)?;
    Ok(resource)
}

fn created(number: usize) -> Result<Timestamp> {
    Ok(Timestamp::from_micros(1_700_000_000_000_000).plus_seconds(i64::try_from(number)?))
}

fn resource(
    dice: &mut Dice,
    kind: ResourceKind,
    id: &Ocid,
    root: &Ocid,
    number: usize,
    name: String,
) -> Result<Resource> {
    Ok(Resource {
        id: id.clone(),
        kind,
        parent: root.clone(),
        folded: name.clone(),
        name,
        state: LifecycleState::Active,
        created: created(number)?,
        etag: dice.hex(40),
        body: String::new(),
        compiled: None,
    })
}

fn insert(
    tx: &mut Tx<'_>,
    at: TenancyNo,
    users: &[(Resource, StoredPassword)],
) -> std::result::Result<(), StoreError> {
    for (user, password) in users {
        tx.insert(at, user)?;
        tx.set_alias(at, Alias::UserEmail, &user.id, Some(&email(&user.name)))?;
        tx.set_ui_password(at, &user.id, password)?;
    }
    Ok(())
}

fn email(name: &str) -> String {
    format!("{name}@example.com")
}

fn user(
    dice: &mut Dice,
    id: &Ocid,
    root: &Ocid,
    number: usize,
) -> Result<(Resource, StoredPassword)> {
    let name = format!("user-{number:07}");
    let created = created(number)?;
    let yes = Some(true);
    let user = User {
        id: id.clone(),
        compartment_id: root.clone(),
        name: name.clone(),
        description: "A user to measure with".to_owned(),
        email: Some(email(&name)),
        email_verified: Some(false),
        db_user_name: None,
        identity_provider_id: None,
        external_identifier: None,
        time_created: created,
        time_modified: Some(created),
        lifecycle_state: LifecycleState::Active,
        inactive_status: None,
        freeform_tags: Default::default(),
        defined_tags: Default::default(),
        capabilities: Some(UserCapabilities {
            can_use_console_password: yes,
            can_use_api_keys: yes,
            can_use_auth_tokens: yes,
            can_use_smtp_credentials: yes,
            can_use_db_credentials: yes,
            can_use_customer_secret_keys: yes,
            can_use_oauth2_client_credentials: yes,
        }),
        is_mfa_activated: false,
        last_successful_login_time: None,
        previous_successful_login_time: None,
    };
    let mut resource = resource(dice, ResourceKind::User, id, root, number, name)?;
    resource.set_model(&user)?;
    let password = StoredPassword {
        hash: dice.hex(64),
        created,
        expires: Some(created.plus_seconds(iam_core::ui_passwords::ONE_TIME_SECONDS)),
        anchor: created,
        retry: Some(dice.bytes().to_vec()),
        etag: dice.hex(40),
    };
    Ok((resource, password))
}

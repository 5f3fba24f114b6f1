//! MFA TOTP devices: made, activated, given another seed, deleted; and whether a code is right.
//!
//! The seed has to be known to draw the codes, so it is kept sealed. Sealed with it are the step of
//! the last code that was accepted, since none is accepted twice, and how many wrong ones came
//! since: whatever unblocks the user in between, after [`WRONG_MAX`] of them the device accepts
//! none any more (NIST SP 800-63B-4, 3.2.2).

use crate::call::{Call, Reply, store_problem};
use crate::context::Context;
use crate::credentials::Rules;
use crate::server_key::Use;
use crate::totp;
use data_encoding::BASE32_NOPAD;
use iam_api::mfa_totp_devices::{MfaTotpDevice, MfaTotpDeviceSummary, MfaTotpToken};
use iam_api::users::User;
use iam_api::{Code, LifecycleState, Ocid, Problem, Secret, Timestamp};
use iam_store::{CredentialKind, StoredCredential, TenancyNo, Tx};
use zeroize::{Zeroize, Zeroizing};

/// What MFA TOTP devices are like.
pub(crate) const RULES: Rules = Rules {
    kind: CredentialKind::MfaTotpDevice,
    several: "MFA TOTP devices",
    limit: ("mfa-totp-device-count", |_| 1),
    // Whoever may sign in may do so more safely.
    capability: ("canUseConsolePassword", |_| None),
    param: "mfaTotpDeviceId",
};

/// The most wrong codes in a row, after which a device accepts none any more.
pub const WRONG_MAX: u32 = 100;
/// `inactiveStatus` of a device that accepts no code any more.
const LOCKED: i64 = 8;

/// What is sealed of a device.
#[derive(Zeroize)]
#[zeroize(drop)]
struct Sealed {
    seed: [u8; totp::SEED_BYTES],
    /// The step of the last code that was accepted.
    last_step: i64,
    /// How many wrong codes were shown since.
    wrong: u32,
}

impl Sealed {
    fn new(context: &Context) -> Self {
        Self { seed: context.random(), last_step: 0, wrong: 0 }
    }

    fn seal(&self, context: &Context, user: &Ocid, id: &str) -> Result<Vec<u8>, Problem> {
        let mut plain = Zeroizing::new(self.seed.to_vec());
        plain.extend(self.last_step.to_be_bytes());
        plain.extend(self.wrong.to_be_bytes());
        context.key.seal(context, Use::TotpSeed, &parts(user, id), &plain)
    }

    fn open(context: &Context, kept: &StoredCredential) -> Result<Self, Problem> {
        let plain = context.key.open(Use::TotpSeed, &parts(&kept.user, &kept.id), &kept.secret);
        let read = |plain: &[u8]| {
            let (seed, rest) = plain.split_first_chunk()?;
            let (last_step, wrong) = rest.split_first_chunk()?;
            Some(Self {
                seed: *seed,
                last_step: i64::from_be_bytes(*last_step),
                wrong: u32::from_be_bytes(wrong.try_into().ok()?),
            })
        };
        plain
            .and_then(|plain| read(&plain))
            .ok_or_else(|| Problem::internal("the seed of an MFA TOTP device cannot be opened"))
    }

    fn seed(&self) -> Secret {
        Secret::new(BASE32_NOPAD.encode(&self.seed))
    }
}

fn parts<'a>(user: &'a Ocid, id: &'a str) -> [&'a [u8]; 2] {
    [user.as_str().as_bytes(), id.as_bytes()]
}

/// Makes a device for the user, and shows its seed.
pub fn create(call: &mut Call<'_, '_>, (): ()) -> Result<Reply<MfaTotpDevice>, Problem> {
    let id = call.new_id("credential").to_string();
    let new = RULES.admit(call, id)?;
    let told = MfaTotpDeviceSummary {
        id: Ocid::from(new.id.as_str()),
        user_id: new.user.clone(),
        time_created: call.now,
        time_expires: None,
        lifecycle_state: LifecycleState::Active,
        inactive_status: None,
        is_activated: false,
    };
    let sealed = Sealed::new(call.context);
    let secret = sealed.seal(call.context, &new.user, &new.id)?;
    let etag = RULES.keep(call, &new, &told, secret)?;
    Ok(Reply::of(shown(told, &sealed)).etag(etag).made(new.id))
}

fn shown(told: MfaTotpDeviceSummary, sealed: &Sealed) -> MfaTotpDevice {
    MfaTotpDevice {
        id: told.id,
        seed: sealed.seed(),
        user_id: told.user_id,
        time_created: told.time_created,
        time_expires: told.time_expires,
        lifecycle_state: told.lifecycle_state,
        inactive_status: told.inactive_status,
        is_activated: told.is_activated,
    }
}

/// Tells about a device.
pub fn get(call: &mut Call<'_, '_>, (): ()) -> Result<Reply<MfaTotpDeviceSummary>, Problem> {
    let kept = RULES.named(call)?;
    Ok(Reply::of(kept.model().map_err(store_problem)?).etag(kept.etag))
}

/// Lists the user's devices: none or one.
pub fn list(call: &mut Call<'_, '_>, (): ()) -> Result<Reply<Vec<MfaTotpDeviceSummary>>, Problem> {
    let (rows, next) = RULES.page(call)?;
    let told: Result<Vec<_>, _> = rows.iter().map(StoredCredential::model).collect();
    Ok(Reply::of(told.map_err(store_problem)?).next_page(next))
}

/// Activates a device whose code is shown: from then on the user signs in with its codes too.
pub fn activate(
    call: &mut Call<'_, '_>,
    details: MfaTotpToken,
) -> Result<Reply<MfaTotpDeviceSummary>, Problem> {
    let Some(token) = details.totp_token else {
        let message = "totpToken is missing: give the code that the device shows now";
        return Err(Problem::new(Code::MissingParameter, message));
    };
    let mut kept = RULES.named(call)?;
    let mut told: MfaTotpDeviceSummary = kept.model().map_err(store_problem)?;
    if told.is_activated {
        let message = format!("the device `{}` is activated already", kept.id);
        return Err(Problem::new(Code::Conflict, message));
    }
    let mut sealed = Sealed::open(call.context, &kept)?;
    let step = totp::accepted_step(&sealed.seed, call.now, sealed.last_step, token.expose());
    sealed.last_step = step.ok_or_else(|| {
        Problem::invalid(
            "totpToken is not the code that the device shows now; give a new one, and see that \
             the clocks of both sides are right",
        )
    })?;
    told.is_activated = true;
    kept.secret = sealed.seal(call.context, &kept.user, &kept.id)?;
    kept.retry = None; // the seed was shown; from here on it is nobody's business any more
    let (at, user) = (call.at(), kept.user.clone());
    let etag = RULES.save(call, kept, &told)?;
    note(call.tx, call.context, at, &user, true)?;
    Ok(Reply::of(told).etag(etag))
}

/// Draws another seed for a device, which has to be activated again.
pub fn generate_seed(call: &mut Call<'_, '_>, (): ()) -> Result<Reply<MfaTotpDevice>, Problem> {
    let mut kept = RULES.named(call)?;
    let mut told: MfaTotpDeviceSummary = kept.model().map_err(store_problem)?;
    told.is_activated = false;
    (told.lifecycle_state, told.inactive_status) = (LifecycleState::Active, None);
    let sealed = Sealed::new(call.context);
    kept.secret = sealed.seal(call.context, &kept.user, &kept.id)?;
    kept.state = told.lifecycle_state.as_str().to_owned();
    kept.retry = None; // the answer that made it holds a seed that has ended
    let (at, user) = (call.at(), kept.user.clone());
    let etag = RULES.save(call, kept, &told)?;
    note(call.tx, call.context, at, &user, false)?;
    Ok(Reply::of(shown(told, &sealed)).etag(etag))
}

/// Deletes a device: the user signs in with the password alone.
pub fn delete(call: &mut Call<'_, '_>, (): ()) -> Result<Reply<()>, Problem> {
    let (at, user) = (call.at(), call.seen_target()?.id.clone());
    RULES.delete(call)?;
    note(call.tx, call.context, at, &user, false)?;
    Ok(Reply::of(()))
}

/// Deletes whatever device the target has, for who has none of them at hand to name.
pub fn delete_any(call: &mut Call<'_, '_>) -> Result<Reply<()>, Problem> {
    let (at, user) = (call.at(), call.target()?.id);
    for device in call.tx.credentials(at, &user, RULES.kind).map_err(store_problem)? {
        call.tx.remove_credential(at, &device.id).map_err(store_problem)?;
    }
    note(call.tx, call.context, at, &user, false)?;
    Ok(Reply::of(()))
}

/// Notes at the user whether they sign in with codes.
fn note(
    tx: &mut Tx<'_>,
    context: &Context,
    at: TenancyNo,
    user: &Ocid,
    is_activated: bool,
) -> Result<(), Problem> {
    let found = tx.resource(at, user).map_err(store_problem)?;
    let mut resource = found.ok_or_else(Problem::not_found)?;
    let mut model: User = resource.model().map_err(store_problem)?;
    if model.is_mfa_activated == is_activated {
        return Ok(());
    }
    model.is_mfa_activated = is_activated;
    model.time_modified = Some(context.now());
    resource.etag = context.etag();
    resource.set_model(&model).map_err(store_problem)?;
    tx.update(at, &resource).map_err(store_problem)
}

/// A device that its user signs in with.
pub(crate) struct Activated {
    kept: StoredCredential,
    told: MfaTotpDeviceSummary,
}

/// The device that the user has to show a code of, if there is one.
pub(crate) fn activated(
    tx: &mut Tx<'_>,
    at: TenancyNo,
    user: &Ocid,
) -> Result<Option<Activated>, Problem> {
    for kept in tx.credentials(at, user, RULES.kind).map_err(store_problem)? {
        let told: MfaTotpDeviceSummary = kept.model().map_err(store_problem)?;
        if told.is_activated {
            return Ok(Some(Activated { kept, told }));
        }
    }
    Ok(None)
}

impl Activated {
    /// Whether that is a code of the device which was not accepted before; what came of it is kept.
    pub(crate) fn accept(
        mut self,
        tx: &mut Tx<'_>,
        context: &Context,
        at: TenancyNo,
        now: Timestamp,
        code: &Secret,
    ) -> Result<bool, Problem> {
        if self.told.lifecycle_state != LifecycleState::Active {
            return Ok(false);
        }
        let mut sealed = Sealed::open(context, &self.kept)?;
        let step = totp::accepted_step(&sealed.seed, now, sealed.last_step, code.expose());
        match step {
            Some(step) => (sealed.last_step, sealed.wrong) = (step, 0),
            None => sealed.wrong = sealed.wrong.saturating_add(1),
        }
        if sealed.wrong >= WRONG_MAX {
            (self.told.lifecycle_state, self.told.inactive_status) =
                (LifecycleState::Inactive, Some(LOCKED));
            LifecycleState::Inactive.as_str().clone_into(&mut self.kept.state);
            self.kept.etag = context.etag();
            self.kept.set_model(&self.told).map_err(store_problem)?;
        }
        self.kept.secret = sealed.seal(context, &self.kept.user, &self.kept.id)?;
        tx.update_credential(at, &self.kept).map_err(store_problem)?;
        Ok(step.is_some())
    }
}

//! What the host may do: whoever can read and write an installation's files may do everything
//! anyway. Here it is done as the API does it, by the same handlers, under a statement that is kept
//! nowhere, and it is written down that the host did it.

use crate::failure::Failure;
use crate::system::{SystemClock, SystemRandom};
use crate::trail::HOST;
use iam_api::{Ocid, Problem, Spec};
use iam_core::audit::Source;
use iam_core::call::Principal;
use iam_core::clock::Mark;
use iam_core::context::{Context, Limits};
use iam_core::server_key::ServerKey;
use iam_policy::{Allowed, Decision, Facts, Names, PolicySet, compile, decide, parse};
use iam_store::{Store, TenancyNo};

/// The host as somebody who asks, in a tenancy.
pub(super) fn principal(at: TenancyNo, root: &Ocid) -> Principal {
    Principal {
        tenancy: at,
        tenancy_id: root.clone(),
        user: Ocid::from(HOST),
        groups: Vec::new(),
        has_domain: false, // no letters: what is asked for here is shown here
        second_factor: None,
        compartment: None,
        at_home: None,
    }
}

/// What work on the host needs besides the store: its clock and key, and what other processes have
/// seen of the time.
pub(super) fn context(store: &Store, key: ServerKey) -> Result<Context, Failure> {
    let mark = store.read(Mark::read)??;
    let (clock, random) = (Box::new(SystemClock), Box::new(SystemRandom));
    let context = Context::new(clock, random, key, Limits::default(), mark.latest);
    context.learn(mark);
    Ok(context)
}

/// What the host is granted: everything in the tenancy.
pub(super) fn policies(root: &Ocid) -> Result<PolicySet, Problem> {
    let names = OneTenancy(root.as_str());
    let statement = parse("ALLOW any-user to manage all-resources IN TENANCY");
    let compiled = statement.and_then(|statement| compile(&statement, &names));
    let compiled = compiled.map_err(|cause| Problem::internal(cause.to_string()))?;
    Ok(PolicySet::new([compiled]))
}

/// The proof that the host may do it, in the first of the compartments on this path to the root.
pub(super) fn allowed(
    policies: &PolicySet,
    principal: &Principal,
    spec: &Spec,
    compartments: &[&str],
) -> Result<Allowed, Problem> {
    let (source, facts) = (Source::default(), Facts::none());
    let question = principal.question(spec.needs, compartments, &source, facts);
    match decide(policies, &question) {
        Decision::Allowed(proof) => Ok(proof),
        Decision::Refused(refusal) => {
            Err(Problem::internal(format!("the host lacks {:?}", refusal.missing)))
        }
    }
}

/// The names that the host's statement needs: the tenancy alone.
struct OneTenancy<'a>(&'a str);

impl Names for OneTenancy<'_> {
    fn compartment_in_subtree(&self, ocid: &str) -> bool {
        ocid == self.0
    }

    fn attached_to(&self) -> &str {
        self.0
    }

    fn tenancy(&self) -> &str {
        self.0
    }
}

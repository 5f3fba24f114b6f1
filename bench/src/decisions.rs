//! What one authorization decision costs, by number of statements and of the caller's groups.

use crate::Result;
use crate::report::Report;
use iam_policy::{Compiled, Decision, Facts, Names, PolicySet, Question, compile, decide, parse};
use std::hint::black_box;
use std::time::Instant;

const ROUNDS: u32 = 500_000;
const TENANCY: &str = "ocid1.tenancy.oc1..root";
const SIZES: [(usize, usize); 3] = [(10, 1), (100, 10), (1_000, 10)];

/// A tenancy in which every OCID exists and lies below the root.
struct Anywhere;

impl Names for Anywhere {
    fn group_exists(&self, _: &str) -> bool {
        true
    }

    fn compartment_in_subtree(&self, _: &str) -> bool {
        true
    }

    fn attached_to(&self) -> &str {
        TENANCY
    }

    fn tenancy(&self) -> &str {
        TENANCY
    }
}

/// An OCID that differs from others at its end, as real ones do.
fn ocid(kind: &str, number: usize) -> String {
    format!("ocid1.{kind}.oc1..aaaaaaaa{:a>52}", number.wrapping_mul(2_654_435_761))
}

fn statement(text: &str) -> Result<Compiled> {
    let parsed = parse(text).map_err(|cause| cause.to_string())?;
    Ok(compile(&parsed, &Anywhere).map_err(|cause| cause.to_string())?)
}

/// The statements of a tenancy, spread over groups and compartments; the last one lets the last
/// group of the caller manage users.
fn policies(statements: usize, groups: &[String]) -> Result<PolicySet> {
    let mut kept: Vec<Compiled> = (1..statements)
        .map(|number| {
            let (group, place) = (ocid("group", number % 50), ocid("compartment", number % 20));
            statement(&format!(
                "Allow group id {group} to read tag-defaults in compartment id {place}"
            ))
        })
        .collect::<Result<_>>()?;
    let last = groups.last().ok_or("a caller without groups")?;
    kept.push(statement(&format!("Allow group id {last} to manage users in tenancy"))?);
    Ok(PolicySet::new(kept))
}

/// Measures decisions on a reset: one that is allowed by the last statement, one that is refused.
pub(crate) fn measure(report: &mut Report) -> Result<()> {
    report.section(
        "One authorization decision",
        "In this process, on one core; the grant is the last of the statements.",
    );
    let mut rows = Vec::new();
    for (statements, groups) in SIZES {
        let groups: Vec<String> = (0..groups).map(|number| ocid("group", number)).collect();
        let set = policies(statements, &groups)?;
        let caller = ocid("user", 1);
        let time = |needs: &[&'static str], allowed: bool| -> Result<String> {
            let compartments = [TENANCY];
            let question = Question {
                caller: &caller,
                groups: &groups,
                needs,
                compartments: &compartments,
                owner: None,
                address: None,
                facts: Facts::none(),
            };
            let start = Instant::now();
            for _ in 0..ROUNDS {
                let decision = decide(black_box(&set), black_box(&question));
                if matches!(black_box(decision), Decision::Allowed(_)) != allowed {
                    return Err("a decision is not what it should be".into());
                }
            }
            let each = start.elapsed().as_nanos() / u128::from(ROUNDS);
            Ok(format!("{:.2} µs", f64::from(u32::try_from(each)?) / 1000.0))
        };
        rows.push(vec![
            statements.to_string(),
            groups.len().to_string(),
            time(&["USER_UPDATE", "USER_UIPASS_RESET"], true)?,
            time(&["POLICY_UPDATE"], false)?,
        ]);
    }
    report.table(&["statements", "groups of the caller", "allowed", "refused"], rows);
    Ok(())
}

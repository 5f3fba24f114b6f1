//! An explanation for people: short, the answer first, what to do next last.

use std::fmt::{self, Display, Formatter};

use super::advice::SOME_GROUP;
use super::{Clause, Explanation, Failed, Near, Needed, Origin, Part, Reason};

impl Display for Explanation {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self.reason {
            Reason::Own => {
                return f.write_str("Allowed: everyone may do this to what is their own.\n");
            }
            Reason::Nobody => return f.write_str("Refused: nobody is asking.\n"),
            Reason::NothingNeeded => {
                return f.write_str("Refused: it is not known which permissions this needs.\n");
            }
            Reason::Statements => self.answer(f)?,
        }
        let wide = self.permissions.iter().map(|need| need.permission.len()).max().unwrap_or(0);
        f.write_str("\nNeeded\n")?;
        self.permissions.iter().try_for_each(|need| needed(f, need, wide))?;
        if self.is_allowed {
            return Ok(());
        }
        if self.is_denied() {
            f.write_str("\nWhat is denied stays so whatever is granted.\n")?;
        }
        if self.lacks_nothing() {
            return Ok(());
        }
        if self.near.is_empty() {
            f.write_str("\nNo statement comes near.\n")?;
        } else {
            f.write_str("\nThese statements came nearest\n")?;
        }
        self.near.iter().try_for_each(|one| near(f, one))?;
        if self.near_left_out > 0 {
            writeln!(f, "  and {} more", self.near_left_out)?;
        }
        self.next(f)
    }
}

impl Explanation {
    fn answer(&self, f: &mut Formatter<'_>) -> fmt::Result {
        if self.is_allowed {
            return f.write_str("Allowed: every permission that this needs is granted.\n");
        }
        let missing = self.permissions.iter().filter(|need| !need.is_granted);
        let (denied, missing): (Vec<&Needed>, _) =
            missing.partition(|need: &&Needed| !need.denied_by.is_empty());
        let names = |needs: &[&Needed]| {
            let names: Vec<&str> = needs.iter().map(|need| need.permission.as_str()).collect();
            names.join(" or ")
        };
        match (denied.as_slice(), missing.as_slice()) {
            ([], missing) => {
                writeln!(f, "Refused: no statement grants the caller {}.", names(missing))
            }
            (denied, []) => writeln!(f, "Refused: the caller is denied {}.", names(denied)),
            (denied, missing) => writeln!(
                f,
                "Refused: the caller is denied {}, and no statement grants {}.",
                names(denied),
                names(missing)
            ),
        }
    }

    fn is_denied(&self) -> bool {
        self.permissions.iter().any(|need| !need.denied_by.is_empty())
    }

    /// Whether nothing would have to be granted besides.
    fn lacks_nothing(&self) -> bool {
        let lacks = |need: &Needed| !need.is_granted && need.denied_by.is_empty();
        self.is_denied() && self.proposals.is_empty() && !self.permissions.iter().any(lacks)
    }

    /// What would allow it.
    fn next(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Some(first) = self.proposals.first() else {
            return f.write_str("\nThis version of the program does not know what is needed.\n");
        };
        f.write_str("\nThe least that would allow it, in a policy of the tenancy\n")?;
        self.proposals.iter().try_for_each(|statement| writeln!(f, "  {statement}"))?;
        if first.contains(&format!(" {SOME_GROUP} ")) {
            writeln!(f, "The caller is in no group: make one, and put its name for {SOME_GROUP}.")?;
        }
        Ok(())
    }
}

fn needed(f: &mut Formatter<'_>, need: &Needed, wide: usize) -> fmt::Result {
    let Needed { permission, is_granted, granted_by, denied_by } = need;
    if let Some(by) = denied_by.first() {
        return writeln!(f, "  {permission:<wide$}  denied by {by}");
    }
    match (is_granted, granted_by.first()) {
        (true, Some(by)) => writeln!(f, "  {permission:<wide$}  granted by {by}"),
        (true, None) => writeln!(f, "  {permission:<wide$}  granted by several statements"),
        (false, _) => writeln!(f, "  {permission:<wide$}  not granted"),
    }
}

fn near(f: &mut Formatter<'_>, near: &Near) -> fmt::Result {
    writeln!(f, "  {}", near.statement)?;
    writeln!(f, "    {}", one_line(&near.statement.text))?;
    near.clauses.iter().try_for_each(|clause| told(f, clause))
}

fn told(f: &mut Formatter<'_>, clause: &Clause) -> fmt::Result {
    let part = match clause.part {
        Part::Subject => "who",
        Part::Place => "where",
        Part::Permission => "what",
        Part::Condition => "when",
    };
    match clause.holds {
        true => writeln!(f, "    {part:<6} yes"),
        false => writeln!(f, "    {part:<6} no: {}", clause.why),
    }
}

impl Display for Origin {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let name = if self.policy_name.is_empty() { &self.policy_id } else { &self.policy_name };
        write!(f, "statement {} of `{name}`", self.number)
    }
}

/// Why a condition does not hold.
pub(super) fn why_condition(failed: &[Failed]) -> String {
    let told = failed.iter().map(|failed| {
        let had = match failed.had.as_slice() {
            [] => "nothing".to_owned(),
            had => had.join(", "),
        };
        format!("{} (the request had: {had})", failed.test)
    });
    told.collect::<Vec<_>>().join("; ")
}

/// A statement on one line, with nothing in it that moves a terminal.
fn one_line(text: &str) -> String {
    let plain: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

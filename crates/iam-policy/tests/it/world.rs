//! A tenancy to write policies in: a tree of compartments, some groups, and what names mean there.

use iam_policy::{
    Compiled, GroupName, Names, Network, NetworkSource, PolicyError, compile, fold, parse,
};

use crate::random::Random;
use crate::random_conditions::condition;

/// The groups of the tenancy; a group's OCID is made from its number.
pub(crate) const GROUPS: [&str; 5] = ["Administrators", "HelpDesk", "auditors", "Team-B.2", "x_y"];

/// Another identity domain of it, which has one group, named as one of the Default domain's.
const PARTNERS: &str = "Partners";
pub(crate) const PARTNERS_GROUP: usize = GROUPS.len();

/// Its dynamic groups, likewise.
pub(crate) const DYNAMIC_GROUPS: [&str; 2] = ["Builders", "web.1"];

/// Its network sources, and what is in them.
const NETWORK_SOURCES: [(&str, &[&str]); 2] = [
    ("Office", &["203.0.113.0/24", "2001:db8::/32"]),
    ("lab", &["198.51.100.128/25", "203.0.113.7"]),
];

/// Its network sources, as a set of policies takes them.
pub(crate) fn network_sources() -> Vec<NetworkSource> {
    let read = |texts: &[&str]| texts.iter().map(|text| Network::parse(text).unwrap()).collect();
    NETWORK_SOURCES.iter().map(|(name, texts)| NetworkSource::new(name, read(texts))).collect()
}

/// A tree of compartments: OCID, name, and the number of the parent. The first is the root.
#[derive(Clone)]
pub(crate) struct World {
    pub(crate) compartments: Vec<(String, &'static str, usize)>,
}

impl World {
    /// Two branches, with a name that occurs on both.
    pub(crate) fn new() -> Self {
        let tree = [
            ("tenancy", "acme", 0),
            ("compartment", "Alpha", 0),
            ("compartment", "Beta", 0),
            ("compartment", "Apps", 1),
            ("compartment", "Apps", 2),
            ("compartment", "Deep", 3),
            ("compartment", "Data", 2),
        ];
        let compartments = tree
            .into_iter()
            .enumerate()
            .map(|(n, (kind, name, parent))| {
                (format!("ocid1.{kind}.oc1..aaaaaaaac{n}"), name, parent)
            })
            .collect();
        Self { compartments }
    }

    /// Hangs a compartment below another one, unless that one is below it or it is the root.
    pub(crate) fn reparent(&mut self, compartment: usize, parent: usize) {
        if compartment != 0 && !self.path(parent).contains(&compartment) {
            self.compartments[compartment].2 = parent;
        }
    }

    /// From a compartment up to the root.
    pub(crate) fn path(&self, mut compartment: usize) -> Vec<usize> {
        let mut path = vec![compartment];
        while compartment != 0 {
            compartment = self.compartments[compartment].2;
            path.push(compartment);
        }
        path
    }

    /// The OCIDs from a compartment up to the root.
    pub(crate) fn ocids(&self, compartment: usize) -> Vec<&str> {
        self.path(compartment).into_iter().map(|n| self.compartments[n].0.as_str()).collect()
    }

    /// The compartment at that path below the one a policy is attached to.
    pub(crate) fn resolve(&self, attached: usize, path: &[&str]) -> Option<usize> {
        let child = |parent: usize, name: &str| {
            (1..self.compartments.len()).find(|n| {
                self.compartments[*n].2 == parent && fold(self.compartments[*n].1) == fold(name)
            })
        };
        let (first, rest) = path.split_first()?;
        let itself = (fold(self.compartments[attached].1) == fold(first)).then_some(attached);
        let start = itself.or_else(|| child(attached, first))?;
        rest.iter().try_fold(start, |parent, name| child(parent, name))
    }

    fn group(name: &GroupName) -> Option<String> {
        if let Some(domain) = &name.domain {
            let is_it = fold(domain) == fold(PARTNERS) && fold(&name.name) == fold(GROUPS[0]);
            return is_it.then(|| group_ocid(PARTNERS_GROUP));
        }
        let number = GROUPS.iter().position(|group| fold(group) == fold(&name.name))?;
        Some(group_ocid(number))
    }

    /// Parses and binds a statement of a policy attached to that compartment.
    pub(crate) fn compile(
        &self,
        attached: usize,
        statement: &str,
    ) -> Result<Compiled, PolicyError> {
        compile(&parse(statement)?, &Attached { world: self, attached, may_deny: true })
    }

    /// A statement such as people write, and sometimes one that is refused here.
    pub(crate) fn statement(&self, random: &mut Random) -> String {
        let subject = match random.below(8) {
            0 => "any-user".to_owned(),
            7 if random.one_in(2) => format!("service {}", random.pick(&["faas", "oke , 'dpd'"])),
            1 => "any-group".to_owned(),
            2 => format!(
                "dynamic-group {}",
                random.pick(&["builders", "Default / web.1", "Team-B.2"])
            ),
            _ => {
                let groups: Vec<String> = (0..=random.below(3)).map(|_| group(random)).collect();
                format!("group {}", groups.join(" , "))
            }
        };
        let action = if random.one_in(3) {
            let some: Vec<&str> = (0..=random.below(3)).map(|_| permission(random)).collect();
            format!("{} {{ {} }}", random.pick(&["to", ""]), some.join(" , "))
        } else {
            let types =
                ["users", "groups", "policies", "compartments", "workrequest", "all-resources"];
            let verb = random.pick(&["inspect", "read", "use", "manage"]);
            format!("to {verb} {}", random.pick(&types))
        };
        let location = match random.below(7) {
            0 | 1 => "tenancy".to_owned(),
            2 => format!("compartment id {}", random.pick(&self.ids())),
            3 => "compartment id ocid1.compartment.oc1..elsewhere".to_owned(),
            4 => "compartment Alpha : Apps".to_owned(),
            5 => "compartment beta".to_owned(),
            _ => {
                format!("compartment {}", random.pick(&["Alpha", "Apps", "Apps : 'Deep'", "Data"]))
            }
        };
        let condition = match random.below(4) {
            0 => format!(" where {}", condition(random)),
            _ => String::new(),
        };
        format!("Allow {subject} {action} in {location}{condition}")
    }

    /// The same, or one that denies.
    pub(crate) fn any_statement(&self, random: &mut Random) -> String {
        let statement = self.statement(random);
        if random.one_in(4) { statement.replacen("Allow", "Deny", 1) } else { statement }
    }

    fn ids(&self) -> Vec<&str> {
        self.compartments.iter().map(|(ocid, ..)| ocid.as_str()).collect()
    }
}

pub(crate) fn dynamic_group_ocid(number: usize) -> String {
    format!("ocid1.dynamicgroup.oc1..aaaaaaaad{number}")
}

pub(crate) fn group_ocid(number: usize) -> String {
    format!("ocid1.group.oc1..aaaaaaaag{number}")
}

/// A few permissions are asked for and granted again and again, so that answers of both kinds are
/// frequent.
pub(crate) fn permission(random: &mut Random) -> &'static str {
    let common =
        ["USER_INSPECT", "USER_UPDATE", "USER_UIPASS_RESET", "GROUP_UPDATE", "COMPARTMENT_READ"];
    if random.one_in(4) { random.pick(iam_policy::permissions()) } else { random.pick(&common) }
}

fn group(random: &mut Random) -> String {
    match random.below(8) {
        0 => format!("id {}", group_ocid(random.below(GROUPS.len()))),
        1 => format!("'{}'", random.pick(&GROUPS)),
        2 => format!("Default / {}", random.pick(&GROUPS)),
        4 if random.one_in(2) => format!("partners / {}", random.pick(&GROUPS[..2])),
        3 if random.one_in(4) => "Nobodies".to_owned(),
        _ => random.pick(&GROUPS).to_owned(),
    }
}

/// What names mean for a policy attached to one compartment of a world.
pub(crate) struct Attached<'a> {
    pub(crate) world: &'a World,
    pub(crate) attached: usize,
    pub(crate) may_deny: bool,
}

impl Names for Attached<'_> {
    fn group(&self, name: &GroupName) -> Option<String> {
        World::group(name)
    }

    fn group_exists(&self, ocid: &str) -> bool {
        (0..=PARTNERS_GROUP).any(|number| group_ocid(number) == ocid)
    }

    fn dynamic_group(&self, name: &GroupName) -> Option<String> {
        let is_it = |group: &&str| name.domain.is_none() && fold(group) == fold(&name.name);
        let number = DYNAMIC_GROUPS.iter().position(is_it)?;
        Some(dynamic_group_ocid(number))
    }

    fn dynamic_group_exists(&self, ocid: &str) -> bool {
        (0..DYNAMIC_GROUPS.len()).any(|number| dynamic_group_ocid(number) == ocid)
    }

    fn compartment(&self, path: &[&str]) -> Option<String> {
        let found = self.world.resolve(self.attached, path)?;
        Some(self.world.compartments[found].0.clone())
    }

    fn compartment_in_subtree(&self, ocid: &str) -> bool {
        let found = self.world.compartments.iter().position(|(known, ..)| known == ocid);
        found.is_some_and(|found| self.world.path(found).contains(&self.attached))
    }

    fn attached_to(&self) -> &str {
        &self.world.compartments[self.attached].0
    }

    fn tenancy(&self) -> &str {
        &self.world.compartments[0].0
    }

    fn may_deny(&self) -> bool {
        self.may_deny
    }
}

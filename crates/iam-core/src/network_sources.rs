//! Network sources: addresses under a name, which conditions of policies and the authentication
//! policy trust.
//!
//! Ranges of virtual cloud networks are kept and shown, and nothing comes from them: requests reach
//! this server from addresses alone (docs/decisions/0023).

use crate::authentication_policies;
use crate::call::{Call, Reply, store_problem};
use crate::fields::{check_description, check_name};
use crate::kept::{self, Model, must_have_room};
use crate::tagging;
use iam_api::network_sources::{
    CREATE_NETWORK_SOURCE, CreateNetworkSourceDetails, NetworkSources, NetworkSourcesSummary,
    NetworkSourcesVirtualSourceList, UpdateNetworkSourceDetails,
};
use iam_api::{Code, LifecycleState, Ocid, Problem};
use iam_policy::{Network, NetworkSource};
use iam_store::{Resource, TenancyNo, Tx};

/// The longest text that is only kept: an OCID, or a service's name.
const KEPT_BYTES_MAX: usize = 255;

/// Creates a network source.
pub fn create(
    call: &mut Call<'_, '_>,
    details: CreateNetworkSourceDetails,
) -> Result<Reply<NetworkSources>, Problem> {
    call.must_be_tenancy("network sources", &details.compartment_id)?;
    check_name("network source name", &details.name, ".-_")?;
    check_description(&details.description)?;
    let (at, limit) = (call.at(), call.context.limits.network_sources);
    must_have_room(call.tx, at, NetworkSources::KIND, (limit, "network-source-count"))?;
    let (freeform_tags, defined_tags) = tagging::of_new(
        call,
        &details.compartment_id,
        details.freeform_tags,
        details.defined_tags,
    )?;
    let source = NetworkSources {
        id: call.new_id(NetworkSources::KIND.as_str()),
        compartment_id: details.compartment_id,
        name: details.name,
        description: details.description,
        public_source_list: Some(details.public_source_list.unwrap_or_default()),
        virtual_source_list: Some(details.virtual_source_list.unwrap_or_default()),
        services: Some(details.services.unwrap_or_default()),
        time_created: call.now,
        lifecycle_state: LifecycleState::Active,
        inactive_status: None,
        freeform_tags,
        defined_tags,
    };
    check(&source)?;
    let resource = kept::resource(&source, call.context.etag())?;
    call.add(&CREATE_NETWORK_SOURCE.spec, resource, source, |source| {
        let message = format!("NetworkSource '{}' already exists", source.name);
        Problem::new(Code::NetworkSourceAlreadyExists, message)
    })
}

/// Shows a network source.
pub fn get(call: &mut Call<'_, '_>, (): ()) -> Result<Reply<NetworkSources>, Problem> {
    call.show()
}

/// Lists network sources.
pub fn list(call: &mut Call<'_, '_>, (): ()) -> Result<Reply<Vec<NetworkSourcesSummary>>, Problem> {
    let tenancy = call.principal.tenancy_id.clone();
    let Reply { body, next_page, .. } = call.list_in(&tenancy)?;
    Ok(Reply::of(body.into_iter().map(summary).collect()).next_page(next_page))
}

/// Changes a network source's description, lists or tags. A list that is named replaces the one
/// that was.
pub fn update(
    call: &mut Call<'_, '_>,
    details: UpdateNetworkSourceDetails,
) -> Result<Reply<NetworkSources>, Problem> {
    let (resource, mut source): (_, NetworkSources) = call.target_with_model()?;
    if let Some(description) = details.description {
        check_description(&description)?;
        source.description = description;
    }
    source.public_source_list = details.public_source_list.or(source.public_source_list);
    source.virtual_source_list = details.virtual_source_list.or(source.virtual_source_list);
    source.services = details.services.or(source.services);
    check(&source)?;
    tagging::change(
        call,
        (&mut source.freeform_tags, details.freeform_tags),
        (&mut source.defined_tags, details.defined_tags),
    )?;
    call.keep(resource, source)
}

/// Deletes a network source, unless people may sign in from there alone.
pub fn delete(call: &mut Call<'_, '_>, (): ()) -> Result<Reply<()>, Problem> {
    let (resource, at) = (call.target_as_seen()?, call.at());
    if authentication_policies::network_sources(call.tx, at)?.contains(&resource.id.to_string()) {
        return Err(Problem::new(
            Code::Conflict,
            format!(
                "the authentication policy names the network source `{}`; change that first",
                resource.name
            ),
        ));
    }
    call.erase::<NetworkSources>(&resource)
}

/// The tenancy's network sources, as policies are decided by them.
pub(crate) fn all(tx: &mut Tx<'_>, at: TenancyNo) -> Result<Vec<NetworkSource>, Problem> {
    let rows = tx.all_of(at, NetworkSources::KIND).map_err(store_problem)?;
    rows.iter().map(source).collect()
}

/// The network source of that OCID, if the tenancy has it.
pub(crate) fn one(
    tx: &mut Tx<'_>,
    at: TenancyNo,
    id: &Ocid,
) -> Result<Option<NetworkSource>, Problem> {
    let found = tx.resource(at, id).map_err(store_problem)?;
    let found = found.filter(|found| found.kind == NetworkSources::KIND);
    found.as_ref().map(source).transpose()
}

fn source(row: &Resource) -> Result<NetworkSource, Problem> {
    let model: NetworkSources = row.model().map_err(store_problem)?;
    let texts = model.public_source_list.unwrap_or_default();
    // Each was checked when it was written.
    Ok(NetworkSource::new(
        &row.name,
        texts.iter().filter_map(|text| Network::parse(text)).collect(),
    ))
}

/// Refuses what is no range. That lists are not too long, the reading of the body sees to.
pub(crate) fn check(source: &NetworkSources) -> Result<(), Problem> {
    let public = source.public_source_list.as_deref().unwrap_or_default();
    let networks = source.virtual_source_list.as_deref().unwrap_or_default();
    let services = source.services.as_deref().unwrap_or_default();
    check_ranges("publicSourceList", public)?;
    for NetworkSourcesVirtualSourceList { vcn_id, ip_ranges } in networks {
        let Some(vcn_id) = vcn_id else {
            let text = "vcnId is missing in an item of virtualSourceList";
            return Err(Problem::new(Code::MissingParameter, text));
        };
        check_kept("vcnId", vcn_id)?;
        check_ranges("ipRanges", ip_ranges.as_deref().unwrap_or_default())?;
    }
    services.iter().try_for_each(|service| check_kept("services", service))
}

fn check_ranges(what: &str, texts: &[String]) -> Result<(), Problem> {
    let wrong = texts.iter().find(|text| Network::parse(text).is_none());
    let Some(wrong) = wrong else { return Ok(()) };
    let shown: String = wrong.chars().take(100).collect();
    Err(Problem::invalid(format!(
        "{what} has `{}`, which is neither an IP address nor a range such as 203.0.113.0/24",
        shown.escape_debug()
    )))
}

fn check_kept(what: &str, text: &str) -> Result<(), Problem> {
    if (1..=KEPT_BYTES_MAX).contains(&text.len()) {
        return Ok(());
    }
    Err(Problem::invalid(format!("{what} size must be between 1 and {KEPT_BYTES_MAX}")))
}

fn summary(source: NetworkSources) -> NetworkSourcesSummary {
    NetworkSourcesSummary {
        id: source.id,
        compartment_id: source.compartment_id,
        name: source.name,
        description: source.description,
        public_source_list: source.public_source_list,
        virtual_source_list: source.virtual_source_list,
        services: source.services,
        lifecycle_state: source.lifecycle_state.as_str().to_owned(),
        time_created: source.time_created,
        freeform_tags: source.freeform_tags,
        defined_tags: source.defined_tags,
    }
}

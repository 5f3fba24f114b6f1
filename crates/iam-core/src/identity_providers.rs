//! Identity providers: kept and shown, with what their metadata says. Their group mappings are in
//! `idp_group_mappings.rs`.

use crate::call::{Call, Reply, store_problem};
use crate::fields::{check_description, check_name};
use crate::kept::{self, Model, must_have_room};
use crate::saml_metadata::{self, Metadata, is_address};
use crate::server_key::Use;
use crate::{page, sessions, tagging};
use iam_api::identity_providers::{
    CREATE_IDENTITY_PROVIDER, CreateIdentityProviderDetails, CreateProtocol, IdentityProvider,
    IdentityProviderGroupSummary, IdpGroupMapping, ProductType, SAML2, ScimClientCredentials,
    UpdateIdentityProviderDetails,
};
use iam_api::{Code, LifecycleState, Problem, Timestamp};
use iam_store::ResourceKind;
use std::collections::BTreeMap;

/// The most further names and values, and the bounds of each.
const ATTRIBUTES_MAX: usize = 20;
const ATTRIBUTE_NAME_MAX: usize = 100;
const ATTRIBUTE_VALUE_MAX: usize = 1_000;

/// Keeps a new identity provider.
pub fn create(
    call: &mut Call<'_, '_>,
    details: CreateIdentityProviderDetails,
) -> Result<Reply<IdentityProvider>, Problem> {
    call.must_be_tenancy("identity providers", &details.compartment_id)?;
    if details.protocol != CreateProtocol::Saml2 {
        return Err(Problem::invalid(format!(
            "protocol `ADFS` is spoken by nobody; give `{SAML2}`, and ADFS as productType"
        )));
    }
    check_name("identity provider name", &details.name, "-._+@ ")?;
    check_description(&details.description)?;
    check_url(&details.metadata_url)?;
    check_attributes(details.freeform_attributes.as_ref())?;
    let said = saml_metadata::read(&details.metadata)?;
    let (at, limit) = (call.at(), call.context.limits.identity_providers);
    must_have_room(call.tx, at, IdentityProvider::KIND, (limit, "identity-provider-count"))?;
    let (freeform_tags, defined_tags) = tagging::of_new(
        call,
        &details.compartment_id,
        details.freeform_tags,
        details.defined_tags,
    )?;
    let product = match details.product_type {
        ProductType::Idcs => "IDCS",
        ProductType::Adfs => "ADFS",
    };
    let provider = IdentityProvider {
        protocol: SAML2.to_owned(),
        id: call.new_id(IdentityProvider::KIND.as_str()),
        compartment_id: details.compartment_id,
        name: details.name,
        description: details.description,
        product_type: product.to_owned(),
        time_created: call.now,
        lifecycle_state: LifecycleState::Active,
        inactive_status: None,
        freeform_tags,
        defined_tags,
        metadata_url: details.metadata_url,
        metadata: Some(details.metadata),
        signing_certificate: said.signing_certificate,
        redirect_url: said.redirect_url,
        freeform_attributes: Some(details.freeform_attributes.unwrap_or_default()),
    };
    let resource = kept::resource(&provider, call.context.etag())?;
    call.add(&CREATE_IDENTITY_PROVIDER.spec, resource, provider, |provider| {
        let name = &provider.name;
        let message = format!("an identity provider `{name}` exists already; choose another name");
        Problem::new(Code::Conflict, message)
    })
}

/// Shows an identity provider.
pub fn get(call: &mut Call<'_, '_>, (): ()) -> Result<Reply<IdentityProvider>, Problem> {
    call.show()
}

/// Lists identity providers.
pub fn list(call: &mut Call<'_, '_>, (): ()) -> Result<Reply<Vec<IdentityProvider>>, Problem> {
    let protocol = call.params.get("protocol").unwrap_or_default();
    if protocol.is_empty() {
        return Err(Problem::new(Code::MissingParameter, "protocol is missing"));
    }
    if !protocol.eq_ignore_ascii_case(SAML2) {
        return Err(Problem::invalid(format!(
            "protocol `{}` is not valid: give {SAML2}",
            protocol.escape_debug()
        )));
    }
    let compartment = call.params.get("compartmentId").unwrap_or_default().into();
    call.list_in(&compartment)
}

/// Changes an identity provider's description, metadata or tags.
pub fn update(
    call: &mut Call<'_, '_>,
    details: UpdateIdentityProviderDetails,
) -> Result<Reply<IdentityProvider>, Problem> {
    let (resource, mut provider): (_, IdentityProvider) = call.target_with_model()?;
    if let Some(description) = details.description {
        check_description(&description)?;
        provider.description = description;
    }
    if let Some(url) = details.metadata_url {
        check_url(&url)?;
        provider.metadata_url = url;
    }
    if let Some(metadata) = details.metadata {
        let Metadata { signing_certificate, redirect_url, .. } = saml_metadata::read(&metadata)?;
        provider.metadata = Some(metadata);
        (provider.signing_certificate, provider.redirect_url) = (signing_certificate, redirect_url);
    }
    if let Some(attributes) = details.freeform_attributes {
        check_attributes(Some(&attributes))?;
        provider.freeform_attributes = Some(attributes);
    }
    tagging::change(
        call,
        (&mut provider.freeform_tags, details.freeform_tags),
        (&mut provider.defined_tags, details.defined_tags),
    )?;
    call.keep(resource, provider)
}

/// Deletes an identity provider that has no group mappings.
pub fn delete(call: &mut Call<'_, '_>, (): ()) -> Result<Reply<()>, Problem> {
    let resource = call.target_as_seen()?;
    let (at, kind) = (call.at(), ResourceKind::IdpGroupMapping);
    if call.tx.count_in(at, kind, &resource.id, 1).map_err(store_problem)? > 0 {
        return Err(Problem::new(
            Code::Conflict,
            format!("identity provider `{}` has group mappings; delete them first", resource.name),
        ));
    }
    call.erase::<IdentityProvider>(&resource)
}

/// Lists the groups that mappings of an identity provider name, by name.
pub fn list_groups(
    call: &mut Call<'_, '_>,
    (): (),
) -> Result<Reply<Vec<IdentityProviderGroupSummary>>, Problem> {
    let provider = call.target()?.id;
    let mut named: BTreeMap<String, (Timestamp, Timestamp)> = BTreeMap::new();
    let state = page::state(call)?;
    if state.is_none_or(|state| state == LifecycleState::Active) {
        for row in crate::idp_group_mappings::of(call, &provider)? {
            let mapping: IdpGroupMapping = row.model().map_err(store_problem)?;
            let (first, last) =
                named.entry(mapping.idp_group_name).or_insert((row.created, row.created));
            (*first, *last) = ((*first).min(row.created), (*last).max(row.created));
        }
    }
    if let Some(name) = call.params.get("name") {
        named.retain(|known, _| known == name);
    }
    let groups = named.into_iter().map(|(name, (first, last))| IdentityProviderGroupSummary {
        id: None,
        identity_provider_id: Some(provider.clone()),
        display_name: Some(name.clone()),
        name: Some(name),
        external_identifier: None,
        time_created: Some(first),
        time_modified: Some(last),
    });
    let groups = groups.enumerate().collect();
    let (page, next) = page::of_numbered(call, "groups of an identity provider", groups, true)?;
    Ok(Reply::of(page).next_page(next))
}

/// Makes a secret for an identity provider in the place of an older one. Of it a hash is kept.
pub fn reset_scim_client(
    call: &mut Call<'_, '_>,
    (): (),
) -> Result<Reply<ScimClientCredentials>, Problem> {
    let mut resource = call.target()?;
    let secret = sessions::new_token(call.context);
    let parts = ["identity provider", resource.id.as_str(), secret.expose()];
    resource.compiled = Some(call.context.key.hash(Use::Credential, &parts.map(str::as_bytes)));
    call.renew(&mut resource)?;
    Ok(Reply::of(ScimClientCredentials {
        client_id: Some(resource.id.to_string()),
        client_secret: Some(secret),
    }))
}

fn check_url(url: &str) -> Result<(), Problem> {
    if is_address(url) {
        return Ok(());
    }
    let shown: String = url.chars().take(ATTRIBUTE_NAME_MAX).collect();
    Err(Problem::invalid(format!(
        "metadataUrl `{}` is not valid: give an https address",
        shown.escape_debug()
    )))
}

fn check_attributes(attributes: Option<&BTreeMap<String, String>>) -> Result<(), Problem> {
    let Some(attributes) = attributes else { return Ok(()) };
    let fits = |text: &str, most: usize| text.chars().count() <= most;
    let good = attributes.len() <= ATTRIBUTES_MAX
        && attributes.iter().all(|(name, value)| {
            !name.is_empty() && fits(name, ATTRIBUTE_NAME_MAX) && fits(value, ATTRIBUTE_VALUE_MAX)
        });
    if good {
        return Ok(());
    }
    Err(Problem::invalid(format!(
        "freeformAttributes may have at most {ATTRIBUTES_MAX} names of 1 to {ATTRIBUTE_NAME_MAX} \
         characters with values of at most {ATTRIBUTE_VALUE_MAX}"
    )))
}

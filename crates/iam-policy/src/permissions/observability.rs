//! Application Performance Monitoring, Management Agent and Console Dashboards: what each verb adds
//! on each resource type.
//!
//! Source: docs.oracle.com/iaas/Content/Identity/policyreference/apmpolicyreference.htm
//! And: docs.oracle.com/iaas/Content/Identity/policyreference/managementagentpolicyreference.htm
//! And: docs.oracle.com/iaas/Content/Dashboards/Reference/dashboardspolicyreference.htm

use super::{FamilyRow, Row, Service};

pub(super) const SERVICE: Service = Service {
    name: "Application Performance Monitoring, Management Agent and Console Dashboards",
    types: &[
        Row(
            "apm-domains",
            [
                &["APM_DOMAIN_LIST"],
                &["APM_DOMAIN_READ"],
                &["APM_DOMAIN_UPDATE"],
                &["APM_DOMAIN_CREATE", "APM_DOMAIN_DELETE", "APM_DOMAIN_MOVE"],
            ],
        ),
        Row(
            "dashboard-groups",
            [
                &["DASHBOARD_GROUP_INSPECT"],
                &["DASHBOARD_GROUP_READ"],
                &["DASHBOARD_GROUP_UPDATE"],
                &["DASHBOARD_GROUP_CREATE", "DASHBOARD_GROUP_DELETE"],
            ],
        ),
        Row(
            "dashboards",
            [
                &["DASHBOARD_INSPECT"],
                &["DASHBOARD_READ"],
                &["DASHBOARD_UPDATE"],
                &["DASHBOARD_CREATE", "DASHBOARD_DELETE"],
            ],
        ),
        Row(
            "management-agent-install-keys",
            [
                &["MGMT_AGENT_INSTALL_KEY_INSPECT"],
                &["MGMT_AGENT_INSTALL_KEY_READ"],
                &["MGMT_AGENT_INSTALL_KEY_UPDATE"],
                &["MGMT_AGENT_INSTALL_KEY_CREATE", "MGMT_AGENT_INSTALL_KEY_DELETE"],
            ],
        ),
        Row(
            "management-agents",
            [
                &["MGMT_AGENT_INSPECT"],
                &["MGMT_AGENT_READ"],
                &["MGMT_AGENT_UPDATE"],
                &["MGMT_AGENT_CREATE", "MGMT_AGENT_DELETE", "MGMT_AGENT_DEPLOY_PLUGIN_CREATE"],
            ],
        ),
    ],
    families: &[FamilyRow(
        "dashboards-family",
        &["dashboards", "dashboard-groups"],
        [&[], &[], &[], &[]],
    )],
    also: &[],
};

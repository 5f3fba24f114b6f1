//! Functions: what each verb adds on each resource type.
//!
//! Source: docs.oracle.com/iaas/Content/Identity/policyreference/functionspolicyreference.htm

use super::{FamilyRow, Row, Service};

pub(super) const SERVICE: Service = Service {
    name: "Functions",
    types: &[
        Row(
            "fn-app",
            [
                &["FN_APP_LIST"],
                &["FN_APP_READ"],
                &[],
                &["FN_APP_CREATE", "FN_APP_DELETE", "FN_APP_UPDATE"],
            ],
        ),
        Row(
            "fn-function",
            [
                &["FN_FUNCTION_LIST"],
                &["FN_FUNCTION_READ"],
                &[],
                &["FN_FUNCTION_CREATE", "FN_FUNCTION_DELETE", "FN_FUNCTION_UPDATE"],
            ],
        ),
        Row("fn-invocation", [&[], &[], &["FN_INVOCATION"], &[]]),
    ],
    families: &[FamilyRow(
        "functions-family",
        &["fn-app", "fn-function", "fn-invocation"],
        [&[], &[], &[], &[]],
    )],
    also: &[],
};

//! OCI's regions and realms, as data: names, three-letter keys, and the domain of each realm.
//!
//! Read by ListRegions, by the home region of a tenancy, and by the command line, which takes
//! either name of a region and makes the address of its endpoint from the realm's domain.

/// A region of OCI.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RegionRow {
    /// Its name, such as `us-ashburn-1`.
    pub name: &'static str,
    /// Its three letters, such as `IAD`.
    pub key: &'static str,
    /// The realm that it is in, such as `oc1`.
    pub realm: &'static str,
}

/// The region of that name, or with those three letters in either case.
#[must_use]
pub fn region(text: &str) -> Option<&'static RegionRow> {
    REGIONS.iter().find(|row| row.name == text || row.key.eq_ignore_ascii_case(text))
}

/// The domain that the realm's endpoints are in, such as `oraclecloud.com`.
#[must_use]
pub fn realm_domain(realm: &str) -> Option<&'static str> {
    REALM_DOMAINS.iter().find(|(name, _)| *name == realm).map(|(_, domain)| *domain)
}

const fn row(name: &'static str, key: &'static str, realm: &'static str) -> RegionRow {
    RegionRow { name, key, realm }
}

/// The regions, by name.
pub static REGIONS: &[RegionRow] = &[
    row("af-casablanca-1", "LEJ", "oc1"),
    row("af-johannesburg-1", "JNB", "oc1"),
    row("ap-batam-1", "HSG", "oc1"),
    row("ap-chiyoda-1", "NJA", "oc8"),
    row("ap-chuncheon-1", "YNY", "oc1"),
    row("ap-chuncheon-2", "BNO", "oc35"),
    row("ap-dcc-canberra-1", "WGA", "oc10"),
    row("ap-dcc-gazipur-1", "DAC", "oc15"),
    row("ap-delhi-1", "ONM", "oc1"),
    row("ap-hyderabad-1", "HYD", "oc1"),
    row("ap-ibaraki-1", "UKB", "oc8"),
    row("ap-kulai-2", "JBP", "oc1"),
    row("ap-melbourne-1", "MEL", "oc1"),
    row("ap-mumbai-1", "BOM", "oc1"),
    row("ap-osaka-1", "KIX", "oc1"),
    row("ap-seoul-1", "ICN", "oc1"),
    row("ap-seoul-2", "DTZ", "oc35"),
    row("ap-singapore-1", "SIN", "oc1"),
    row("ap-singapore-2", "XSP", "oc1"),
    row("ap-suwon-1", "DLN", "oc35"),
    row("ap-sydney-1", "SYD", "oc1"),
    row("ap-tokyo-1", "NRT", "oc1"),
    row("ca-montreal-1", "YUL", "oc1"),
    row("ca-toronto-1", "YYZ", "oc1"),
    row("eu-amsterdam-1", "AMS", "oc1"),
    row("eu-budapest-1", "JSK", "oc51"),
    row("eu-crissier-1", "AVF", "oc24"),
    row("eu-dcc-dublin-1", "ORK", "oc14"),
    row("eu-dcc-dublin-2", "SNN", "oc14"),
    row("eu-dcc-milan-1", "BGY", "oc14"),
    row("eu-dcc-milan-2", "MXP", "oc14"),
    row("eu-dcc-rating-1", "DUS", "oc14"),
    row("eu-dcc-rating-2", "DTM", "oc14"),
    row("eu-dcc-zurich-1", "AVZ", "oc24"),
    row("eu-frankfurt-1", "FRA", "oc1"),
    row("eu-frankfurt-2", "STR", "oc19"),
    row("eu-jovanovac-1", "BEG", "oc20"),
    row("eu-madrid-1", "MAD", "oc1"),
    row("eu-madrid-2", "VLL", "oc19"),
    row("eu-madrid-3", "ORF", "oc1"),
    row("eu-marseille-1", "MRS", "oc1"),
    row("eu-milan-1", "LIN", "oc1"),
    row("eu-paris-1", "CDG", "oc1"),
    row("eu-stockholm-1", "ARN", "oc1"),
    row("eu-turin-1", "NRQ", "oc1"),
    row("eu-zurich-1", "ZRH", "oc1"),
    row("il-jerusalem-1", "MTZ", "oc1"),
    row("me-abudhabi-1", "AUH", "oc1"),
    row("me-abudhabi-2", "RKT", "oc29"),
    row("me-abudhabi-3", "AHU", "oc26"),
    row("me-abudhabi-4", "SHJ", "oc29"),
    row("me-alain-1", "RBA", "oc26"),
    row("me-alrayyan-1", "VVE", "oc21"),
    row("me-dcc-doha-1", "DOH", "oc21"),
    row("me-dcc-muscat-1", "MCT", "oc9"),
    row("me-dubai-1", "DXB", "oc1"),
    row("me-ibri-1", "IBR", "oc9"),
    row("me-jeddah-1", "JED", "oc1"),
    row("me-riyadh-1", "RUH", "oc1"),
    row("mx-monterrey-1", "MTY", "oc1"),
    row("mx-queretaro-1", "QRO", "oc1"),
    row("sa-bogota-1", "BOG", "oc1"),
    row("sa-riodejaneiro-1", "HNW", "oc52"),
    row("sa-santiago-1", "SCL", "oc1"),
    row("sa-saopaulo-1", "GRU", "oc1"),
    row("sa-valparaiso-1", "VAP", "oc1"),
    row("sa-vinhedo-1", "VCP", "oc1"),
    row("uk-cardiff-1", "CWL", "oc1"),
    row("uk-gov-cardiff-1", "BRS", "oc4"),
    row("uk-gov-london-1", "LTN", "oc4"),
    row("uk-london-1", "LHR", "oc1"),
    row("us-ashburn-1", "IAD", "oc1"),
    row("us-ashburn-2", "YXJ", "oc42"),
    row("us-chicago-1", "ORD", "oc1"),
    row("us-gov-ashburn-1", "RIC", "oc3"),
    row("us-gov-chicago-1", "PIA", "oc3"),
    row("us-gov-phoenix-1", "TUS", "oc3"),
    row("us-langley-1", "LFI", "oc2"),
    row("us-luke-1", "LUF", "oc2"),
    row("us-newark-1", "PGC", "oc42"),
    row("us-phoenix-1", "PHX", "oc1"),
    row("us-saltlake-2", "AGA", "oc1"),
    row("us-sanjose-1", "SJC", "oc1"),
    row("us-somerset-1", "EBB", "oc23"),
    row("us-thames-1", "EBL", "oc23"),
];

/// The realms and their domains.
pub static REALM_DOMAINS: &[(&str, &str)] = &[
    ("oc1", "oraclecloud.com"),
    ("oc2", "oraclegovcloud.com"),
    ("oc3", "oraclegovcloud.com"),
    ("oc4", "oraclegovcloud.uk"),
    ("oc8", "oraclecloud8.com"),
    ("oc9", "oraclecloud9.com"),
    ("oc10", "oraclecloud10.com"),
    ("oc14", "oraclecloud14.com"),
    ("oc15", "oraclecloud15.com"),
    ("oc19", "oraclecloud.eu"),
    ("oc20", "oraclecloud20.com"),
    ("oc21", "oraclecloud21.com"),
    ("oc23", "oraclecloud23.com"),
    ("oc24", "oraclecloud24.com"),
    ("oc26", "oraclecloud26.com"),
    ("oc29", "oraclecloud29.com"),
    ("oc35", "oraclecloud35.com"),
    ("oc42", "oraclecloud42.com"),
    ("oc51", "oraclecloud51.com"),
    ("oc52", "oraclecloud52.com"),
];

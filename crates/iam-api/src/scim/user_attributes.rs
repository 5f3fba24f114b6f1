//! The attributes of a user that have attributes of their own: name, addresses, groups.

use super::schema::model;

model! {
    /// The parts of a user's name.
    pub(super) NAME = "UserName" {
        /// The whole name, as it is shown.
        "formatted": String, searchable;
        /// The family name.
        "familyName": String, searchable;
        /// The given name.
        "givenName": String, searchable;
        /// The middle name.
        "middleName": String, searchable;
        /// What stands before the name, such as `Dr.` in English.
        "honorificPrefix": String;
        /// What stands after the name, such as `III` in English.
        "honorificSuffix": String;
    }

    /// An e-mail address of a user.
    pub(super) EMAIL = "UserEmails" {
        /// The address.
        "value": String, required, searchable;
        /// What it is for; mail for a forgotten password goes to `recovery` if that is verified.
        "type": {"work", "home", "other", "recovery"}, required, searchable;
        /// Whether mail goes to this address first. At most one is primary.
        "primary": Boolean, searchable;
        /// Whether mail goes to this address second.
        "secondary": Boolean, searchable;
        /// Whether the address is known to be the user's.
        "verified": Boolean, searchable;
        /// The address that takes this one's place once it is verified.
        "pendingVerificationData": String, read_only;
    }

    /// A phone number of a user.
    pub(super) PHONE_NUMBER = "UserPhoneNumbers" {
        /// The number.
        "value": String, required, searchable;
        /// The number as it is shown.
        "display": String, read_only, searchable;
        /// What it is for.
        "type": {
            "work", "home", "mobile", "fax", "pager", "other", "recovery"
        }, required, searchable;
        /// Whether it is the first to call. At most one is primary.
        "primary": Boolean, searchable;
        /// Whether the number is known to be the user's.
        "verified": Boolean, read_only, searchable;
    }

    /// An address of a user for instant messages.
    pub(super) IM = "UserIms" {
        /// The address.
        "value": String, required, searchable;
        /// The address as it is shown.
        "display": String, searchable;
        /// The network that it is on.
        "type": {
            "aim", "gtalk", "icq", "xmpp", "msn", "skype", "qq", "yahoo"
        }, required, searchable;
        /// Whether messages go to this address first. At most one is primary.
        "primary": Boolean, searchable;
    }

    /// A photo of a user.
    pub(super) PHOTO = "UserPhotos" {
        /// The address of the photo.
        "value": String, required, reference;
        /// What the photo shows.
        "display": String;
        /// Whether it is of full size or a thumbnail.
        "type": {"photo", "thumbnail"}, required;
        /// Whether it is shown first. At most one is primary.
        "primary": Boolean;
    }

    /// A postal address of a user.
    pub(super) ADDRESS = "Addresses" {
        /// The whole address, as it is written on a letter.
        "formatted": String, searchable;
        /// Street and number, or what takes their place.
        "streetAddress": String, searchable;
        /// The city.
        "locality": String, searchable;
        /// The state or region.
        "region": String, searchable;
        /// The postal code.
        "postalCode": String, searchable;
        /// The country, as two letters of ISO 3166-1.
        "country": String, searchable;
        /// What the address is for.
        "type": {"work", "home", "other"}, required, searchable;
        /// Whether letters go to this address first. At most one is primary.
        "primary": Boolean, searchable;
    }

    /// A group that a user is in.
    pub(super) GROUP = "UserGroups" {
        /// The id of the group.
        "value": String, required, read_only, always, exact, searchable;
        /// The OCID of the group.
        "ocid": String, read_only, exact, searchable;
        /// The address of the group.
        "$ref": String, read_only, reference;
        /// The name of the group.
        "display": String, read_only;
        /// The name of the group as its provider has it, which need not be unique.
        "nonUniqueDisplay": String, read_only;
        /// The identifier under which the group's provider knows it.
        "externalId": String, read_only;
        /// Whether the user is a member, or a member of a member.
        "type": {"direct", "indirect"}, read_only, request, searchable;
        /// The OCID of the membership.
        "membershipOcid": String, read_only, searchable;
        /// When the user came into the group.
        "dateAdded": String, read_only, moment;
    }

    /// Something that a user is entitled to.
    pub(super) ENTITLEMENT = "UserEntitlements" {
        /// What it is.
        "value": String, required, searchable;
        /// What it is, as it is shown.
        "display": String;
        /// What kind of entitlement it is.
        "type": String, required;
        /// Whether it is the first of them. At most one is primary.
        "primary": Boolean;
    }

    /// A role of a user.
    pub(super) ROLE = "UserRoles" {
        /// The role.
        "value": String, required, searchable;
        /// The role as it is shown.
        "display": String;
        /// What kind of role it is.
        "type": String, required;
        /// Whether it is the first of them. At most one is primary.
        "primary": Boolean;
    }

    /// A certificate of a user.
    pub(super) CERTIFICATE = "UserX509Certificates" {
        /// The certificate, DER in Base64.
        "value": Any, required, binary;
        /// The certificate's name as it is shown.
        "display": String;
        /// What the certificate is for.
        "type": String;
        /// Whether it is the first of them. At most one is primary.
        "primary": Boolean;
    }
}

//! Password policies: what the domain asks of passwords. Of those that fit a user, the one of the
//! lowest number counts.

use super::resource::resource;
use super::schema::model;

resource! {
    /// The password policies of the domain.
    pub PASSWORD_POLICIES of PasswordPolicy = PASSWORD_POLICY {
        one: "PasswordPolicy", "password-policy";
        path: "PasswordPolicies", "password-policies";
        schema: "urn:ietf:params:scim:schemas:oracle:idcs:PasswordPolicy";
        id: "passwordPolicyId", "The id of the password policy.";
    }
    list LIST_PASSWORD_POLICIES needs ["AUTHENTICATION_POLICY_INSPECT"]:
        "Lists the password policies of the domain, all of them or those that a filter fits.";
    create CREATE_PASSWORD_POLICY needs ["AUTHENTICATION_POLICY_UPDATE"]:
        "Creates a password policy. It must have a priority; those of the same and of higher \
         numbers move up by one. A domain has at most 10.";
    get GET_PASSWORD_POLICY needs ["AUTHENTICATION_POLICY_INSPECT"]:
        "Shows a password policy.";
    put PUT_PASSWORD_POLICY needs ["AUTHENTICATION_POLICY_UPDATE"]:
        "Replaces a password policy. What is left out is no longer asked for. Passwords that \
         people already have stay valid; the rules count when the next one is chosen.";
    patch PATCH_PASSWORD_POLICY needs ["AUTHENTICATION_POLICY_UPDATE"]:
        "Changes parts of a password policy. Passwords that people already have stay valid; the \
         rules count when the next one is chosen.";
    delete DELETE_PASSWORD_POLICY needs ["AUTHENTICATION_POLICY_UPDATE"]:
        "Deletes a password policy. The default policy cannot be deleted.";
    search SEARCH_PASSWORD_POLICIES needs ["AUTHENTICATION_POLICY_INSPECT"]:
        "Lists the password policies that a filter fits.";
}

model! {
    /// What the domain asks of passwords, of all users or of those in some groups.
    pub PASSWORD_POLICY = "PasswordPolicy": resource {
        /// The identifier under which the client that made the resource knows it.
        "externalId": String;
        /// The name of the policy; unique in the domain, and never changed.
        "name": String, required, immutable, always, server, searchable;
        /// What the policy is for.
        "description": String;
        /// The most characters, up to 500. None or 0 sets no limit.
        "maxLength": Integer, searchable;
        /// The fewest characters. None or 0 asks for none.
        "minLength": Integer;
        /// The fewest letters. None or 0 asks for none.
        "minAlphas": Integer;
        /// The fewest digits. None or 0 asks for none.
        "minNumerals": Integer;
        /// The fewest letters and digits together. None or 0 asks for none.
        "minAlphaNumerals": Integer;
        /// The fewest special characters. None or 0 asks for none.
        "minSpecialChars": Integer;
        /// The most special characters. None or 0 sets no limit.
        "maxSpecialChars": Integer;
        /// The fewest lower-case letters. None or 0 asks for none.
        "minLowerCase": Integer;
        /// The fewest upper-case letters. None or 0 asks for none.
        "minUpperCase": Integer;
        /// The fewest different characters. None or 0 asks for none.
        "minUniqueChars": Integer;
        /// The most times that a character may come in a row. None or 0 sets no limit.
        "maxRepeatedChars": Integer;
        /// Whether the first character must be a letter.
        "startsWithAlphabet": Boolean;
        /// Whether the user's first name may not be in it. Names of up to 3 characters do not
        /// count.
        "firstNameDisallowed": Boolean;
        /// Whether the user's last name may not be in it. Names of up to 3 characters do not count.
        "lastNameDisallowed": Boolean;
        /// Whether the user name may not be in it. Names of up to 3 characters do not count.
        "userNameDisallowed": Boolean;
        /// The attributes of the user whose values may not be in it.
        "disallowedUserAttributeValues": [String];
        /// How long after one reset of a password the next may be asked for.
        "minPasswordAge": Integer;
        /// After how many days a password expires. None or 0: never.
        "passwordExpiresAfter": Integer;
        /// How many days before it expires the user is warned.
        "passwordExpireWarning": Integer;
        /// Characters that must be in it, each of them.
        "requiredChars": String;
        /// Characters that may not be in it.
        "disallowedChars": String;
        /// The only characters that may be in it.
        "allowedChars": String;
        /// Texts that may not be in it.
        "disallowedSubstrings": [String];
        /// Whether it may not be a word of the dictionary.
        "dictionaryWordDisallowed": Boolean;
        /// The address of the dictionary.
        "dictionaryLocation": String;
        /// What stands between the words of the dictionary.
        "dictionaryDelimiter": String;
        /// How many failed sign-ins in a row lock a user. None or 0: none do.
        "maxIncorrectAttempts": Integer;
        /// After how many minutes a lock ends by itself: 5 to 1440. None: it does not.
        "lockoutDuration": Integer;
        /// How many old passwords are kept that may not be chosen again.
        "numPasswordsInHistory": Integer;
        /// Where the rules come from. `Simple` and `Standard` are fixed, `Custom` is as you set it.
        "passwordStrength": {"Simple", "Standard", "Custom"};
        /// Whether all users must choose a new password at the next sign-in.
        "forcePasswordReset": Boolean, write_only, never;
        /// How many characters of a new password must not be in the old one.
        "distinctCharacters": Integer;
        /// Of the policies that fit a user, the one with the lowest number counts: 1 to 10.
        "priority": Integer, server;
        /// The groups whose members the policy is for; for none, it is for everybody.
        "groups": [POLICY_GROUP], searchable;
        /// The rules that the policy sets, as people may read them.
        "configuredPasswordPolicyRules": [POLICY_RULE], read_only, request;
    }

    /// A group whose members a password policy is for.
    POLICY_GROUP = "PasswordPolicyGroups" {
        /// The id of the group.
        "value": String, required, always, exact, searchable;
        /// The address of the group.
        "$ref": String, read_only, reference;
        /// The name of the group.
        "display": String, read_only;
    }

    /// A rule that a password policy sets.
    POLICY_RULE = "PasswordPolicyConfiguredPasswordPolicyRules" {
        /// Which rule it is.
        "key": String, required, read_only, always;
        /// What it asks for.
        "value": String, required, read_only, always;
    }
}

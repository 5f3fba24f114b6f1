//! Addresses and ranges of them.

use iam_policy::Network;
use std::net::IpAddr;

fn holds(network: &str, address: &str) -> bool {
    let address: IpAddr = address.parse().unwrap();
    Network::parse(network).unwrap().holds(address)
}

#[test]
fn a_range_holds_what_begins_with_the_same_bits() {
    for (network, inside, outside) in [
        ("203.0.113.7", &["203.0.113.7", "::ffff:203.0.113.7"][..], &["203.0.113.6"][..]),
        ("203.0.113.7/32", &["203.0.113.7"], &["203.0.113.8"]),
        ("203.0.113.7/31", &["203.0.113.6", "203.0.113.7"], &["203.0.113.5", "203.0.113.8"]),
        ("10.0.0.0/8", &["10.0.0.0", "10.255.255.255"], &["9.255.255.255", "11.0.0.0"]),
        ("0.0.0.0/0", &["0.0.0.0", "255.255.255.255"], &["::", "2001:db8::1"]),
        ("2001:db8::/32", &["2001:db8::", "2001:db8:ffff::1"], &["2001:db9::", "32.1.13.184"]),
        ("2001:db8::1", &["2001:db8::1"], &["2001:db8::2"]),
        ("::/0", &["::1", "2001:db8::"], &["127.0.0.1", "::ffff:127.0.0.1"]),
    ] {
        for address in inside {
            assert!(holds(network, address), "{network} {address}");
        }
        for address in outside {
            assert!(!holds(network, address), "{network} {address}");
        }
    }
}

#[test]
fn what_could_be_read_in_two_ways_is_no_range() {
    for text in [
        "",
        "/",
        "10",
        "10.0.0",
        "10.0.0.0/",
        "10.0.0.0/33",
        "10.0.0.0/-1",
        "10.0.0.0/+8",
        "10.0.0.0/0008",
        "10.0.0.0/8/8",
        "10.0.0.0/255.0.0.0",
        "010.0.0.0",
        "0x0a.0.0.0",
        "10.0.0.*",
        " 10.0.0.0",
        "10.0.0.0 ",
        "10.0.0.0-10.0.0.9",
        "2001:db8::/129",
        "::ffff:10.0.0.0/104",
        "::ffff:10.0.0.1",
        "fe80::1%eth0",
        "[::1]",
        "example.com",
        "١٠.0.0.0",
    ] {
        assert_eq!(Network::parse(text), None, "{text:?}");
    }
}

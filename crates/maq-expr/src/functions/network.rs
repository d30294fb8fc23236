//! The extension for network addresses: `ip` and `cidr`. A value is its canonical text.

use crate::Val;
use crate::eval::{Attempt, Failure};
use std::net::IpAddr;

const IP: &str = "net.IP";
const CIDR: &str = "net.CIDR";

/// True for the types of this extension.
pub(super) fn is_kind(kind: &str) -> bool {
    kind == IP || kind == CIDR
}

pub(super) fn call<'a>(function: &str, args: &[Val<'a>]) -> Option<Attempt<'a>> {
    let (value, rest) = args.split_first()?;
    match (value, rest) {
        (Val::String(text), []) => of_text(function, text),
        (Val::Opaque(kind, text), []) if &**kind == IP => of_ip(function, value, text.parse().ok()?),
        (Val::Opaque(kind, text), rest) if &**kind == CIDR => {
            let (ip, length) = network(text).ok()?;
            of_cidr(function, value, ip, length, rest)
        }
        _ => None,
    }
}

fn opaque<'a>(kind: &str, text: String) -> Val<'a> {
    Val::Opaque(kind.into(), text.into())
}

fn of_text<'a>(function: &str, text: &str) -> Option<Attempt<'a>> {
    Some(match function {
        "ip" => address(text).map(|ip| opaque(IP, ip.to_string())),
        "isIP" => Ok(Val::Bool(address(text).is_ok())),
        "ip.isCanonical" => address(text).map(|ip| Val::Bool(ip.to_string() == *text)),
        "cidr" => network(text).map(|(ip, length)| opaque(CIDR, format!("{ip}/{length}"))),
        "isCIDR" => Ok(Val::Bool(network(text).is_ok())),
        _ => return None,
    })
}

fn address(text: &str) -> Result<IpAddr, Failure> {
    if text.contains('%') {
        return Err(Failure::conversion("an address with a zone is not allowed"));
    }
    let ip: IpAddr = text.parse().map_err(|_| Failure::conversion("the text is no network address"))?;
    if matches!(ip, IpAddr::V6(_)) && text.contains('.') {
        return Err(Failure::conversion("an IPv4 address written inside of an IPv6 address is not allowed"));
    }
    Ok(ip.to_canonical())
}

fn network(text: &str) -> Result<(IpAddr, u32), Failure> {
    let wrong = || Failure::conversion("the text is no network like 192.168.0.0/24");
    let (ip, length) = text.split_once('/').ok_or_else(wrong)?;
    let ip = address(ip)?;
    let digits = !length.is_empty() && length.len() <= 3 && length.bytes().all(|byte| byte.is_ascii_digit());
    let length: u32 = digits.then(|| length.parse().ok()).flatten().ok_or_else(wrong)?;
    if length > bits(ip) { Err(wrong()) } else { Ok((ip, length)) }
}

fn bits(ip: IpAddr) -> u32 {
    if ip.is_ipv4() { 32 } else { 128 }
}

fn of_ip<'a>(function: &str, value: &Val<'a>, ip: IpAddr) -> Option<Attempt<'a>> {
    Some(Ok(match function {
        "ip" => value.clone(),
        "family" => Val::Int(if ip.is_ipv4() { 4 } else { 6 }),
        "isUnspecified" => Val::Bool(ip.is_unspecified()),
        "isLoopback" => Val::Bool(ip.is_loopback()),
        "isGlobalUnicast" => Val::Bool(global_unicast(ip)),
        "isLinkLocalMulticast" => Val::Bool(link_local_multicast(ip)),
        "isLinkLocalUnicast" => Val::Bool(link_local_unicast(ip)),
        _ => return None,
    }))
}

fn global_unicast(ip: IpAddr) -> bool {
    let broadcast = matches!(ip, IpAddr::V4(ip) if ip.is_broadcast());
    !(ip.is_unspecified() || ip.is_loopback() || ip.is_multicast() || link_local_unicast(ip) || broadcast)
}

fn link_local_multicast(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => matches!(ip.octets(), [224, 0, 0, _]),
        IpAddr::V6(ip) => ip.segments().first().is_some_and(|first| first & 0xff0f == 0xff02),
    }
}

fn link_local_unicast(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => ip.is_link_local(),
        IpAddr::V6(ip) => ip.is_unicast_link_local(),
    }
}

fn of_cidr<'a>(function: &str, value: &Val<'a>, ip: IpAddr, length: u32, rest: &[Val<'a>]) -> Option<Attempt<'a>> {
    let truth = |inside: Result<bool, Failure>| Some(inside.map(Val::Bool));
    match (function, rest) {
        ("cidr", []) => Some(Ok(value.clone())),
        ("ip", []) => Some(Ok(opaque(IP, ip.to_string()))),
        ("masked", []) => Some(Ok(opaque(CIDR, format!("{}/{length}", masked(ip, length))))),
        ("prefixLength", []) => Some(Ok(Val::Int(i64::from(length)))),
        ("containsIP", [Val::String(text)]) => truth(address(text).map(|other| inside(ip, length, other))),
        ("containsIP", [Val::Opaque(kind, text)]) if &**kind == IP => {
            truth(address(text).map(|other| inside(ip, length, other)))
        }
        ("containsCIDR", [Val::String(text)]) => truth(within(ip, length, text)),
        ("containsCIDR", [Val::Opaque(kind, text)]) if &**kind == CIDR => truth(within(ip, length, text)),
        _ => None,
    }
}

fn within(ip: IpAddr, length: u32, other: &str) -> Result<bool, Failure> {
    let (other, other_length) = network(other)?;
    Ok(other_length >= length && inside(ip, length, other))
}

fn inside(ip: IpAddr, length: u32, other: IpAddr) -> bool {
    ip.is_ipv4() == other.is_ipv4() && masked(ip, length) == masked(other, length)
}

fn masked(ip: IpAddr, length: u32) -> IpAddr {
    match ip {
        IpAddr::V4(ip) => {
            let mask = u32::MAX.checked_shl(32 - length.min(32)).unwrap_or(0);
            IpAddr::V4((u32::from(ip) & mask).into())
        }
        IpAddr::V6(ip) => {
            let mask = u128::MAX.checked_shl(128 - length.min(128)).unwrap_or(0);
            IpAddr::V6((u128::from(ip) & mask).into())
        }
    }
}

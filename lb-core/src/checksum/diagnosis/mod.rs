//! Why a checksum is wrong: [`diagnose`] tries the mistakes that are usually made and says which of them fits.
//!
//! It computes what a website would have sent that makes this mistake or that, with each secret that it may have used, and
//! compares. Nothing is guessed: a mistake that is named makes the very digest that was sent. Two mistakes at once are found
//! where they are the likely ones.
//!
//! | tried | texts | with |
//! |---|---|---|
//! | another secret | the right one | at most [`MOST_SECRETS`] |
//! | a secret that is not quite right | the right one | every valid secret of the integration, some fifteen forms of each |
//! | another text, another name | at most [`MOST_TEXTS`], some forty names | every secret of the integration |
//! | two of these | at most [`MOST_PAIRS`], and some forty names with the usual texts | the first two valid secrets |
//!
//! A digest is begun once for each text and continued with each secret, so that one call costs a few thousand short hashes,
//! some ten thousand where there are sixteen secrets, and at most 3 MiB for each KiB of its query.

mod mistake;
mod names;
mod secrets;
#[cfg(test)]
mod tests;
mod texts;

use std::collections::HashSet;
use std::fmt;

use percent_encoding::percent_decode_str;
use sha1::Sha1;
use sha2::{Digest, Sha256, Sha384, Sha512};

pub use self::mistake::Mistake;

use super::{Algorithm, Checksum};
use crate::api::{Params, cut_checksum, sorted_form};
use crate::network::IntegrationName;
use crate::secret::Secret;

/// The most secrets that the right text is tried with.
pub const MOST_SECRETS: usize = 2000;

/// The most texts that are tried in place of the right one.
pub const MOST_TEXTS: usize = 256;

/// The most texts that have two mistakes.
pub const MOST_PAIRS: usize = 1000;

/// How many of the valid secrets are tried with two mistakes at once.
const WITH_PAIRS: usize = 2;

/// A call whose checksum was wrong, as it came in.
#[derive(Clone, Copy)]
pub struct WrongCall<'a> {
    /// The call's name as it stands in the path.
    pub name: &'a str,
    /// The raw query, checksum and all.
    pub query: &'a str,
    /// The raw body, if it was a form.
    pub form: Option<&'a str>,
}

impl fmt::Debug for WrongCall<'_> {
    /// Nothing of it: it carries passwords and a checksum.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("WrongCall([redacted])")
    }
}

/// Whose secret it may be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Whose {
    /// The integration's own, valid.
    Own,
    /// The integration's own, expired.
    Expired,
    /// The integration's own until it was taken away.
    Removed,
    /// That of a server behind the balancer.
    Server,
    /// Another integration's; its name where who asks may know it.
    Another(Option<IntegrationName>),
}

/// A secret that a call may have been signed with.
#[derive(Clone, Debug)]
pub struct Suspect {
    /// The secret.
    pub secret: Secret,
    /// Whose it is.
    pub whose: Whose,
}

/// Says what is wrong with the checksum of `call`, which was refused: the mistakes that together make its digest, one or two of
/// them, or why none is known. `suspects` are the secrets that it may have been signed with; with `pairs`, two mistakes at once
/// are tried too. `allowed` are the algorithms that calls may be signed with.
pub fn diagnose(call: &WrongCall<'_>, suspects: &[Suspect], allowed: &[Algorithm], pairs: bool) -> Vec<Mistake> {
    let (text, given) = cut_checksum(call.query);
    let form = call.form.map(Params::parse);
    let given = given.or_else(|| form.as_ref()?.get("checksum"));
    let Some(given) = given.filter(|given| !given.is_empty()) else { return vec![Mistake::NoChecksum] };
    let Some(checksum) = Checksum::parse(given) else {
        let plain = percent_decode_str(given).decode_utf8_lossy();
        let cleaned = plain.trim_matches(|c: char| !c.is_ascii_hexdigit());
        return vec![match Checksum::parse(cleaned) {
            Some(_) => Mistake::ChecksumUnclean,
            None => Mistake::BadChecksum { length: given.len() },
        }];
    };
    let case = Case { name: call.name, text, form: call.form, sorted: form.as_ref().map(sorted_form) };
    let found = match checksum.algorithm() {
        Algorithm::Sha1 => case.search::<Sha1>(checksum, suspects, pairs),
        Algorithm::Sha256 => case.search::<Sha256>(checksum, suspects, pairs),
        Algorithm::Sha384 => case.search::<Sha384>(checksum, suspects, pairs),
        Algorithm::Sha512 => case.search::<Sha512>(checksum, suspects, pairs),
    };
    let mut found = found.unwrap_or_else(|| vec![Mistake::Unknown]);
    if !allowed.contains(&checksum.algorithm()) {
        found.insert(0, Mistake::AlgorithmNotAllowed(checksum.algorithm()));
    } else if found.is_empty() {
        found.push(Mistake::RightNow);
    }
    found
}

/// What was signed wrongly.
struct Case<'a> {
    name: &'a str,
    /// The query without its checksum.
    text: String,
    form: Option<&'a str>,
    /// What BBB up to 2.5 signs of a form with no query.
    sorted: Option<String>,
}

impl Case<'_> {
    /// The mistakes that make `checksum`; none of them where it is right.
    fn search<D: Digest + Clone>(&self, checksum: Checksum, suspects: &[Suspect], pairs: bool) -> Option<Vec<Mistake>> {
        let plain = D::new().chain_update(self.name).chain_update(&self.text);
        let fits = |begun: &D, secret: &[u8]| checksum.matches(&begun.clone().chain_update(secret).finalize());
        let is_signed = |begun: &D, suspect: &Suspect| fits(begun, suspect.secret.expose().as_bytes());
        let is_own = |suspect: &&Suspect| matches!(suspect.whose, Whose::Own | Whose::Expired | Whose::Removed);
        let is_valid = |suspect: &&Suspect| suspect.whose == Whose::Own;
        // the right text, another secret
        let right = self.sorted.as_ref().filter(|_| self.text.is_empty());
        let right = right.map(|sorted| D::new().chain_update(self.name).chain_update(sorted));
        for begun in [&plain].into_iter().chain(&right) {
            if let Some(suspect) = suspects.iter().take(MOST_SECRETS).find(|suspect| is_signed(begun, suspect)) {
                return Some(Mistake::of_secret(&suspect.whose).into_iter().collect());
            }
            for suspect in suspects.iter().filter(is_valid) {
                if let Some((mistake, _)) =
                    secrets::nearly(&suspect.secret).find(|(_, secret)| fits(begun, secret.as_bytes()))
                {
                    return Some(vec![mistake]);
                }
            }
        }
        for secret in secrets::PLACEHOLDERS {
            if fits(&plain, secret.as_bytes()) {
                return Some(vec![Mistake::SecretPlaceholder]);
            }
        }
        // another text or another name
        let texts: Vec<_> = texts::all(&self.text, self.form).take(MOST_TEXTS).collect();
        let names = || names::all(self.name);
        let said = |mistake: &Mistake, suspect: &Suspect| {
            Some(Mistake::of_secret(&suspect.whose).into_iter().chain([mistake.clone()]).collect::<Vec<_>>())
        };
        let begin = |name: &str, text: &str| D::new().chain_update(name).chain_update(text);
        let of_texts = texts.iter().map(|(mistake, text)| (mistake.clone(), begin(self.name, text)));
        let of_names = names().map(|(mistake, name)| (mistake, begin(&name, &self.text)));
        for (mistake, begun) in of_texts.chain(of_names) {
            if let Some(suspect) = suspects.iter().filter(is_own).find(|suspect| is_signed(&begun, suspect)) {
                return said(&mistake, suspect);
            }
        }
        for suspect in suspects.iter().filter(is_own) {
            let first = D::new().chain_update(suspect.secret.expose());
            if fits(&first.chain_update(self.name), self.text.as_bytes()) {
                return said(&Mistake::SecretFirst, suspect);
            }
        }
        if pairs { self.search_pairs(suspects, &is_signed, &fits) } else { None }
    }

    /// Two mistakes of different kinds at once.
    fn search_pairs<D: Digest + Clone>(
        &self,
        suspects: &[Suspect],
        is_signed: &dyn Fn(&D, &Suspect) -> bool,
        fits: &dyn Fn(&D, &[u8]) -> bool,
    ) -> Option<Vec<Mistake>> {
        let valid: Vec<_> = suspects.iter().filter(|suspect| suspect.whose == Whose::Own).take(WITH_PAIRS).collect();
        let signed = |begun: &D| valid.iter().any(|suspect| is_signed(begun, suspect));
        let texts: Vec<_> =
            texts::simple(&self.text).filter(|(mistake, _)| *mistake != Mistake::WithoutQuery).collect();
        let (mut seen, mut left) = (HashSet::new(), MOST_PAIRS);
        for (first, text) in &texts {
            for (second, text) in texts::simple(text).filter(|(second, _)| second != first) {
                if left > 0 && seen.insert(text.clone()) {
                    left -= 1;
                    if signed(&D::new().chain_update(self.name).chain_update(text)) {
                        return Some(vec![first.clone(), second]);
                    }
                }
            }
        }
        for (first, name) in names::all(self.name) {
            let begun = D::new().chain_update(name);
            for (second, text) in &texts {
                if signed(&begun.clone().chain_update(text)) {
                    return Some(vec![second.clone(), first]);
                }
            }
        }
        let nearly: Vec<_> = valid.iter().flat_map(|suspect| secrets::nearly(&suspect.secret)).collect();
        for (second, text) in &texts {
            let begun = D::new().chain_update(self.name).chain_update(text);
            if let Some((first, _)) = nearly.iter().find(|(_, secret)| fits(&begun, secret.as_bytes())) {
                return Some(vec![first.clone(), second.clone()]);
            }
        }
        None
    }
}

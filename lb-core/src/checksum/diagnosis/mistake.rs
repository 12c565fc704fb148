//! [`Mistake`]: what was done wrong, what to say of it, and what to do about it.

use std::fmt;

use super::Whose;
use crate::checksum::Algorithm;
use crate::network::IntegrationName;

/// What is wrong with a checksum. None of them shows anything of the query, the digest or a secret.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Mistake {
    /// Nothing: it would be accepted now.
    RightNow,
    /// There is none.
    NoChecksum,
    /// It has a length that no digest has.
    BadChecksum {
        /// How many characters it has.
        length: usize,
    },
    /// Something stands around it.
    ChecksumUnclean,
    /// It is made by an algorithm that is not allowed here.
    AlgorithmNotAllowed(Algorithm),
    /// It is made with a secret that has expired.
    SecretExpired,
    /// It is made with a secret that was taken away.
    SecretRemoved,
    /// It is made with the secret of a server behind the balancer.
    SecretOfServer,
    /// It is made with a secret of another integration.
    SecretOfAnother(Option<IntegrationName>),
    /// It is made with the secret and blanks or a line end around it.
    SecretWithBlanks,
    /// It is made with the secret and its quotation marks.
    SecretQuoted,
    /// It is made with the secret in other case.
    SecretCase,
    /// It is made with all but one character of the secret.
    SecretCut,
    /// It is made with what stands in examples in place of a secret.
    SecretPlaceholder,
    /// The secret stands first in what was signed.
    SecretFirst,
    /// It is made over the decoded query.
    Decoded,
    /// Spaces were signed as `+` and sent as `%20`, or the other way round.
    OtherSpaces,
    /// Escapes were signed in other case than they were sent.
    HexCase,
    /// The query was encoded once more before it was signed.
    EncodedAgain,
    /// The query was encoded once more after it was signed.
    SentEncodedAgain,
    /// The query was encoded in another way after it was signed.
    OtherEncoding,
    /// `&` was signed as `&amp;`, or sent so.
    HtmlEscaped,
    /// The parameters were signed in another order.
    OtherOrder,
    /// The checksum's own parameter is in what was signed.
    ChecksumInside,
    /// A separator too many or too few is in what was signed.
    Separator,
    /// Nothing of the query was signed.
    WithoutQuery,
    /// Parameters without a value were not signed.
    WithoutEmpty,
    /// One parameter was not signed.
    Unsigned {
        /// Which, from 1 in the order sent.
        nth: usize,
    },
    /// The form was signed in a way that BBB does not.
    FormSigned,
    /// The name of the call was not signed.
    NoName,
    /// The call's name was signed in other case.
    NameCase,
    /// The call's path was signed in place of its name.
    NameWithPath,
    /// Another call's name was signed.
    OtherName(&'static str),
    /// The call is too long, or too long ago, to be looked at.
    NotKept,
    /// None of these.
    Unknown,
}

impl Mistake {
    /// The mistake of using a secret that is `whose`; none where that is right.
    pub(super) fn of_secret(whose: &Whose) -> Option<Self> {
        match whose {
            Whose::Own => None,
            Whose::Expired => Some(Self::SecretExpired),
            Whose::Removed => Some(Self::SecretRemoved),
            Whose::Server => Some(Self::SecretOfServer),
            Whose::Another(name) => Some(Self::SecretOfAnother(name.clone())),
        }
    }

    /// Whether it leaves open with which secret the call was signed.
    pub fn leaves_open_whose(&self) -> bool {
        matches!(
            self,
            Self::NoChecksum
                | Self::BadChecksum { .. }
                | Self::ChecksumUnclean
                | Self::SecretPlaceholder
                | Self::NotKept
                | Self::Unknown
        )
    }

    /// The word for it.
    pub fn word(&self) -> &'static str {
        match self {
            Self::RightNow => "right-now",
            Self::NoChecksum => "no-checksum",
            Self::BadChecksum { .. } => "bad-checksum",
            Self::ChecksumUnclean => "checksum-unclean",
            Self::AlgorithmNotAllowed(_) => "algorithm-not-allowed",
            Self::SecretExpired => "secret-expired",
            Self::SecretRemoved => "secret-removed",
            Self::SecretOfServer => "secret-of-server",
            Self::SecretOfAnother(_) => "secret-of-another",
            Self::SecretWithBlanks => "secret-with-blanks",
            Self::SecretQuoted => "secret-quoted",
            Self::SecretCase => "secret-case",
            Self::SecretCut => "secret-cut",
            Self::SecretPlaceholder => "secret-placeholder",
            Self::SecretFirst => "secret-first",
            Self::Decoded => "decoded",
            Self::OtherSpaces => "other-spaces",
            Self::HexCase => "hex-case",
            Self::EncodedAgain => "encoded-again",
            Self::SentEncodedAgain => "sent-encoded-again",
            Self::OtherEncoding => "other-encoding",
            Self::HtmlEscaped => "html-escaped",
            Self::OtherOrder => "other-order",
            Self::ChecksumInside => "checksum-inside",
            Self::Separator => "separator",
            Self::WithoutQuery => "without-query",
            Self::WithoutEmpty => "without-empty",
            Self::Unsigned { .. } => "unsigned-parameter",
            Self::FormSigned => "form-signed",
            Self::NoName => "no-name",
            Self::NameCase => "name-case",
            Self::NameWithPath => "name-with-path",
            Self::OtherName(_) => "other-name",
            Self::NotKept => "not-kept",
            Self::Unknown => "unknown",
        }
    }

    /// What to do about it.
    pub fn advice(&self) -> &'static str {
        match self {
            Self::RightNow => {
                "Nothing, unless it happens again: the secret was added a moment later, or too many wrong calls came from its address."
            }
            Self::NoChecksum => "Let the website add `checksum=` with the digest to the query.",
            Self::BadChecksum { .. } => {
                "Let the website send the digest as 40, 64, 96 or 128 hex digits: SHA-1, SHA-256, SHA-384 or SHA-512."
            }
            Self::ChecksumUnclean => "Let the website send the hex digits alone.",
            Self::AlgorithmNotAllowed(_) => {
                "Let the website use another algorithm, or allow this one in `[checksum] algorithms`."
            }
            Self::SecretExpired => "Give the website the new secret, or let the old one be valid for longer.",
            Self::SecretRemoved => "Give the website one of the secrets that are valid now.",
            Self::SecretOfServer => {
                "Give the website the secret of its integration: the servers' own are between them and the balancer."
            }
            Self::SecretOfAnother(_) => "Give the website the secret of its own integration.",
            Self::SecretWithBlanks => "Enter the secret at the website again, without blanks and line ends around it.",
            Self::SecretQuoted => {
                "Enter the secret at the website again, without quotation marks and the like around it."
            }
            Self::SecretCase => "Enter the secret at the website again: upper and lower case count.",
            Self::SecretCut => "Enter the secret at the website again: one character at its begin or end is missing.",
            Self::SecretPlaceholder => "Enter the secret at the website: it still has what stands there at first.",
            Self::SecretFirst => "The secret goes behind the call's name and the query.",
            Self::Decoded => "The website has to sign the query encoded, exactly as it is sent.",
            Self::OtherSpaces | Self::HexCase | Self::OtherEncoding => {
                "The website has to send the very text that it signed: its HTTP client, or a proxy before the balancer, encodes the query anew."
            }
            Self::EncodedAgain => "The website has to sign the query as it is sent, encoded once.",
            Self::SentEncodedAgain => {
                "The website's HTTP client, or a proxy before the balancer, encodes the finished query once more: hand it the URL as it is."
            }
            Self::HtmlEscaped => {
                "The website has to use the plain `&` in URLs (in PHP: `http_build_query($data, '', '&')`)."
            }
            Self::OtherOrder => {
                "The website has to sign the parameters in the order in which they are sent. A proxy before the balancer may sort them."
            }
            Self::ChecksumInside => "The website has to sign the query before the checksum is added to it.",
            Self::Separator => "The website has to sign the query without `?`, and with the same `&` as it is sent.",
            Self::WithoutQuery => "The website has to sign the query: the call's name, the query, the secret.",
            Self::WithoutEmpty => "The website has to sign parameters without a value too, or not to send them.",
            Self::Unsigned { .. } => {
                "Something adds a parameter after the query was signed: the website, or a proxy before the balancer."
            }
            Self::FormSigned => "Of a POST, sign the query of the URL alone and put the checksum there.",
            Self::NoName => "The website has to sign the call's name before the query.",
            Self::NameCase => "The website has to sign the call's name exactly as it stands in the path.",
            Self::NameWithPath => "The website has to sign the call's name alone, without its path.",
            Self::OtherName(_) => {
                "The website has to sign the name of the very call that it makes. A join URL must not be made of a create URL."
            }
            Self::NotKept => "Let the website make a shorter call, such as getMeetings, and look again.",
            Self::Unknown => {
                "Compare the secret at the website with that of the integration, character by character, or give it a new one; then see that nothing between the website and the balancer changes the query."
            }
        }
    }
}

impl fmt::Display for Mistake {
    /// A sentence about the call that made it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::RightNow => "Its checksum is right by now.",
            Self::NoChecksum => "It has no checksum.",
            Self::BadChecksum { length: 32 } => "Its checksum has 32 characters, like one of MD5, which BBB does not know.",
            Self::BadChecksum { length } => {
                return write!(f, "Its checksum is none: {length} characters that are no digest in hex.");
            }
            Self::ChecksumUnclean => "Its checksum has something before or behind its hex digits.",
            Self::AlgorithmNotAllowed(algorithm) => {
                return write!(f, "Its checksum is made by {algorithm:?}, which is not allowed here.");
            }
            Self::SecretExpired => "It is signed with a secret of this integration that has expired.",
            Self::SecretRemoved => "It is signed with an old secret of this integration that was removed.",
            Self::SecretOfServer => "It is signed with the secret of a server behind the balancer.",
            Self::SecretOfAnother(Some(name)) => {
                return write!(f, "It is signed with a secret of the integration {name}.");
            }
            Self::SecretOfAnother(None) => "It is signed with a secret of another integration.",
            Self::SecretWithBlanks => "It is signed with the right secret and blanks or a line end around it.",
            Self::SecretQuoted => "It is signed with the right secret and quotation marks or other signs around it.",
            Self::SecretCase => "It is signed with the right secret in other case.",
            Self::SecretCut => "It is signed with the right secret less its first or last character.",
            Self::SecretPlaceholder => "It is signed with no secret, or with what stands in examples.",
            Self::SecretFirst => "The secret was put first in what was signed, and belongs last.",
            Self::Decoded => "The query was signed before it was encoded.",
            Self::OtherSpaces => "Spaces were signed as `+` and sent as `%20`, or the other way round.",
            Self::HexCase => "Escapes such as `%2F` were signed in other case than they were sent.",
            Self::EncodedAgain => "The query was encoded twice before it was signed.",
            Self::SentEncodedAgain => "The query was encoded once more after it was signed.",
            Self::OtherEncoding => "The query was encoded in another way after it was signed.",
            Self::HtmlEscaped => "`&` was signed as `&amp;`, or sent so.",
            Self::OtherOrder => "The parameters were signed in another order than they were sent.",
            Self::ChecksumInside => "The `checksum=` parameter itself is in what was signed.",
            Self::Separator => "A `&` or `?` too many or too few is in what was signed.",
            Self::WithoutQuery => "The query was not signed at all.",
            Self::WithoutEmpty => "Parameters without a value were sent and not signed.",
            Self::Unsigned { nth } => return write!(f, "Parameter {nth} of the query was sent and not signed."),
            Self::FormSigned => "The body of the POST was signed too, or in another form.",
            Self::NoName => "The name of the call was not signed.",
            Self::NameCase => "The name of the call was signed in other case.",
            Self::NameWithPath => "The path of the call was signed in place of its name.",
            Self::OtherName(name) => return write!(f, "The name of another call was signed: {name}."),
            Self::NotKept => "It is too long, or too long ago, to be looked at.",
            Self::Unknown => "None of the usual mistakes explains its checksum: most likely it is signed with a secret that is not known here.",
        })
    }
}

//! How one value of the file is read: [`Written`] says what a type must look like, [`At`] and [`List`] read it with the
//! place where it stands.
//!
//! No message made here repeats what was given: it may be a secret, or a secret in the wrong place.

use std::fmt;
use std::marker::PhantomData;

use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use toml::Spanned;

macro_rules! refuse_single_values {
    ($must:ident: $($visit:ident: $type:ty),*) => {
        $(fn $visit<E: Error>(self, _: $type) -> Result<Self::Value, E> {
            Err(E::custom(format_args!("must be {}", $must::MUST_BE)))
        })*
    };
}

/// A value as TOML gives it, before it means anything.
#[derive(Clone, Copy)]
pub(super) enum Given<'a> {
    Text(&'a str),
    Whole(i64),
    Number(f64),
    Flag(bool),
}

impl<'a> Given<'a> {
    pub(super) fn text(self) -> Option<&'a str> {
        if let Self::Text(text) = self { Some(text) } else { None }
    }

    pub(super) fn filled(self) -> Option<&'a str> {
        self.text().filter(|text| !text.trim().is_empty())
    }

    pub(super) fn number(self) -> Option<f64> {
        match self {
            Self::Whole(number) => Some(number as f64),
            Self::Number(number) => Some(number),
            _ => None,
        }
    }

    pub(super) fn whole<N: TryFrom<i64>>(self) -> Option<N> {
        if let Self::Whole(number) = self { N::try_from(number).ok() } else { None }
    }
}

/// A type that a key of the configuration may have.
pub(super) trait Written: Sized {
    /// What the value must be; stands after "must be" in the error.
    const MUST_BE: &'static str;
    /// The value, if it is one.
    fn read(given: Given<'_>) -> Option<Self>;
}

/// A value and where it stands.
#[derive(Clone, Debug)]
pub(super) struct At<T> {
    pub(super) at: usize,
    pub(super) value: T,
}

/// The value that was said, without its place.
pub(super) fn said<T>(said: Option<At<T>>) -> Option<T> {
    said.map(|said| said.value)
}

impl<'de, T: Written> Deserialize<'de> for At<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let spanned = Spanned::<Single<T>>::deserialize(deserializer)?;
        Ok(Self { at: spanned.span().start, value: spanned.into_inner().0 })
    }
}

struct Single<T>(T);

impl<'de, T: Written> Deserialize<'de> for Single<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(SingleVisitor(PhantomData))
    }
}

struct SingleVisitor<T>(PhantomData<T>);

impl<T: Written> SingleVisitor<T> {
    fn refuse<E: Error>() -> E {
        E::custom(format_args!("must be {}", T::MUST_BE))
    }

    fn read<E: Error>(given: Given<'_>) -> Result<Single<T>, E> {
        T::read(given).map(Single).ok_or_else(Self::refuse)
    }
}

impl<'de, T: Written> Visitor<'de> for SingleVisitor<T> {
    type Value = Single<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(T::MUST_BE)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
        Self::read(Given::Text(text))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Self::Value, E> {
        Self::read(Given::Whole(number))
    }

    fn visit_u64<E: Error>(self, _: u64) -> Result<Self::Value, E> {
        Err(Self::refuse())
    }

    fn visit_i128<E: Error>(self, _: i128) -> Result<Self::Value, E> {
        Err(Self::refuse())
    }

    fn visit_u128<E: Error>(self, _: u128) -> Result<Self::Value, E> {
        Err(Self::refuse())
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<Self::Value, E> {
        Self::read(Given::Number(number))
    }

    fn visit_bool<E: Error>(self, flag: bool) -> Result<Self::Value, E> {
        Self::read(Given::Flag(flag))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, _: A) -> Result<Self::Value, A::Error> {
        Err(Self::refuse())
    }

    fn visit_map<A: MapAccess<'de>>(self, _: A) -> Result<Self::Value, A::Error> {
        Err(Self::refuse())
    }
}

/// A list of values and where it begins.
#[derive(Clone, Debug)]
pub(super) struct List<T> {
    pub(super) at: usize,
    pub(super) values: Vec<T>,
}

impl<'de, T: Written> Deserialize<'de> for List<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let spanned = Spanned::<Shape<Sequence<Single<T>>>>::deserialize(deserializer)?;
        let at = spanned.span().start;
        Ok(Self { at, values: spanned.into_inner().0.0.into_iter().map(|single| single.0).collect() })
    }
}

/// A list of what is no single value.
#[derive(Clone, Debug)]
pub(super) struct Entries<T>(pub(super) Vec<T>);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Entries<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self(Shape::<Sequence<T>>::deserialize(deserializer)?.0.0))
    }
}

/// One value, or a list of them, and where it begins.
#[derive(Clone, Debug)]
pub(super) struct OneOrMore<T>(pub(super) List<T>);

impl<'de, T: Written> Deserialize<'de> for OneOrMore<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let spanned = Spanned::<SingleOrSequence<T>>::deserialize(deserializer)?;
        let at = spanned.span().start;
        Ok(Self(List { at, values: spanned.into_inner().0 }))
    }
}

struct SingleOrSequence<T>(Vec<T>);

impl<'de, T: Written> Deserialize<'de> for SingleOrSequence<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(SingleOrSequenceVisitor(PhantomData))
    }
}

/// Only texts stand alone: all that is said in this way so far.
struct SingleOrSequenceVisitor<T>(PhantomData<T>);

impl<'de, T: Written> Visitor<'de> for SingleOrSequenceVisitor<T> {
    type Value = SingleOrSequence<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(T::MUST_BE)
    }

    refuse_single_values! { T:
        visit_i64: i64, visit_u64: u64, visit_i128: i128, visit_u128: u128, visit_f64: f64, visit_bool: bool
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
        SingleVisitor(PhantomData).visit_str(text).map(|single| SingleOrSequence(vec![single.0]))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<Self::Value, A::Error> {
        let singles = Sequence::<Single<T>>::from_seq(list)?.0;
        Ok(SingleOrSequence(singles.into_iter().map(|single| single.0).collect()))
    }

    fn visit_map<A: MapAccess<'de>>(self, _: A) -> Result<Self::Value, A::Error> {
        Err(SingleVisitor::<T>::refuse())
    }
}

/// A table, or a list of tables, and where it begins. A derived struct alone would also take a list as a table.
#[derive(Clone, Debug, Default)]
pub(super) struct Table<T> {
    pub(super) at: usize,
    pub(super) keys: T,
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Table<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let spanned = Spanned::<Shape<Map<T>>>::deserialize(deserializer)?;
        Ok(Self { at: spanned.span().start, keys: spanned.into_inner().0.0 })
    }
}

/// A list of tables, each with its place.
#[derive(Clone, Debug)]
pub(super) struct Tables<T>(pub(super) Vec<Table<T>>);

impl<T> Default for Tables<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Tables<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self(Shape::<Sequence<Table<T>>>::deserialize(deserializer)?.0.0))
    }
}

/// Takes one shape, a table or a list, and refuses every other with what it must be.
struct Shape<S>(S);

trait Shaped<'de>: Sized {
    const MUST_BE: &'static str;

    fn from_map<A: MapAccess<'de>>(_: A) -> Result<Self, A::Error> {
        Err(A::Error::custom(format_args!("must be {}", Self::MUST_BE)))
    }

    fn from_seq<A: SeqAccess<'de>>(_: A) -> Result<Self, A::Error> {
        Err(A::Error::custom(format_args!("must be {}", Self::MUST_BE)))
    }
}

struct Map<T>(T);

impl<'de, T: Deserialize<'de>> Shaped<'de> for Map<T> {
    const MUST_BE: &'static str = "a table";

    fn from_map<A: MapAccess<'de>>(map: A) -> Result<Self, A::Error> {
        T::deserialize(MapAccessDeserializer::new(map)).map(Map)
    }
}

struct Sequence<T>(Vec<T>);

impl<'de, T: Deserialize<'de>> Shaped<'de> for Sequence<T> {
    const MUST_BE: &'static str = "a list";

    fn from_seq<A: SeqAccess<'de>>(mut list: A) -> Result<Self, A::Error> {
        let mut all = Vec::new();
        while let Some(one) = list.next_element()? {
            all.push(one);
        }
        Ok(Self(all))
    }
}

impl<'de, S: Shaped<'de>> Deserialize<'de> for Shape<S> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ShapeVisitor(PhantomData))
    }
}

struct ShapeVisitor<S>(PhantomData<S>);

impl<'de, S: Shaped<'de>> Visitor<'de> for ShapeVisitor<S> {
    type Value = Shape<S>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(S::MUST_BE)
    }

    refuse_single_values! { S:
        visit_str: &str, visit_i64: i64, visit_u64: u64, visit_i128: i128, visit_u128: u128, visit_f64: f64, visit_bool: bool
    }

    fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<Self::Value, A::Error> {
        S::from_seq(list).map(Shape)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
        S::from_map(map).map(Shape)
    }
}

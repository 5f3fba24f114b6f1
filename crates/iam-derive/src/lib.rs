//! `#[derive(Wire)]`: what a struct looks like in JSON, as constants.
//!
//! From `pub struct User { /// The user's name. pub name: String, … }` it makes
//! `impl Wire for User { const KIND: Kind = Kind::Model(&Model { … }) }` with one `Field` for each
//! field: its name on the wire (serde's camelCase, or `#[serde(rename = "…")]`), its kind, whether
//! it is required, its doc comment, and whether `#[wire(unlisted)]` stands on it. From an enum of
//! unit variants it makes `Kind::Choice`. Serialization itself stays with serde; this only lets a
//! table speak of it.

use proc_macro::TokenStream;
use quote::quote;
use syn::{Attribute, Data, DeriveInput, Expr, Fields, Lit, LitStr, Meta, parse_macro_input};

/// Derives `iam_api::wire::Wire` for a struct with named fields, or an enum of unit variants.
#[proc_macro_derive(Wire, attributes(serde, wire))]
pub fn derive_wire(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    expand(&input).unwrap_or_else(|error| error.to_compile_error()).into()
}

fn expand(input: &DeriveInput) -> syn::Result<proc_macro2::TokenStream> {
    let name = &input.ident;
    let kind = match &input.data {
        Data::Struct(data) => model(input, &data.fields)?,
        Data::Enum(data) => {
            let mut words = Vec::new();
            for variant in &data.variants {
                let word = variant.ident.to_string().to_uppercase();
                words.push(serde_value(&variant.attrs, "rename")?.unwrap_or(word));
            }
            quote! { crate::wire::Kind::Choice(&[#(#words),*]) }
        }
        Data::Union(_) => return Err(syn::Error::new_spanned(name, "a union has no wire form")),
    };
    Ok(quote! {
        impl crate::wire::Wire for #name {
            const KIND: crate::wire::Kind = #kind;
        }
    })
}

fn model(input: &DeriveInput, fields: &Fields) -> syn::Result<proc_macro2::TokenStream> {
    let name = serde_value(&input.attrs, "rename")?.unwrap_or_else(|| input.ident.to_string());
    let doc = doc(&input.attrs);
    let mut entries = Vec::new();
    for field in fields {
        let Some(ident) = &field.ident else {
            return Err(syn::Error::new_spanned(field, "a wire field needs a name"));
        };
        let wire = serde_value(&field.attrs, "rename")?.unwrap_or(camel(&ident.to_string()));
        let (ty, text) = (&field.ty, self::doc(&field.attrs));
        let unlisted = field.attrs.iter().any(|attr| {
            attr.path().is_ident("wire")
                && attr.parse_args::<syn::Ident>().is_ok_and(|word| word == "unlisted")
        });
        entries.push(quote! {
            crate::wire::Field {
                name: #wire,
                kind: <#ty as crate::wire::Wire>::KIND,
                required: <#ty as crate::wire::Wire>::REQUIRED,
                doc: #text,
                unlisted: #unlisted,
                traits: crate::scim::Traits::PLAIN,
            }
        });
    }
    Ok(quote! {
        crate::wire::Kind::Model(&crate::wire::Model {
            name: #name, doc: #doc, fields: &[#(#entries),*], variants: &[],
        })
    })
}

/// The string of `#[serde(key = "…")]`, passing over serde's other words.
fn serde_value(attrs: &[Attribute], key: &str) -> syn::Result<Option<String>> {
    let mut found = None;
    for attr in attrs.iter().filter(|attr| attr.path().is_ident("serde")) {
        attr.parse_nested_meta(|meta| {
            if meta.input.peek(syn::Token![=]) {
                let value: Expr = meta.value()?.parse()?;
                if meta.path.is_ident(key)
                    && let Expr::Lit(lit) = &value
                    && let Lit::Str(text) = &lit.lit
                {
                    found = Some(LitStr::value(text));
                }
            }
            Ok(())
        })?;
    }
    Ok(found)
}

/// The doc comment as one text: lines joined by a space, paragraphs by a line break.
fn doc(attrs: &[Attribute]) -> String {
    let mut text = String::new();
    for attr in attrs.iter().filter(|attr| attr.path().is_ident("doc")) {
        let Meta::NameValue(pair) = &attr.meta else { continue };
        let Expr::Lit(lit) = &pair.value else { continue };
        let Lit::Str(line) = &lit.lit else { continue };
        let line = line.value();
        match line.trim() {
            "" => text.push('\n'),
            line if text.is_empty() || text.ends_with('\n') => text.push_str(line),
            line => text.extend([" ", line]),
        }
    }
    text
}

/// `time_created` → `timeCreated`, as serde's `rename_all = "camelCase"` does.
fn camel(snake: &str) -> String {
    let mut words = snake.split('_');
    let mut name = words.next().unwrap_or_default().to_owned();
    for word in words {
        let mut letters = word.chars();
        name.extend(letters.next().map(|letter| letter.to_ascii_uppercase()));
        name.push_str(letters.as_str());
    }
    name
}

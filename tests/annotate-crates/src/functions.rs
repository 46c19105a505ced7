//! Every function of a package: those with a body in the files that its modules consist of.
//!
//! Not meant are tests and what is compiled only for them, and what stands in macros. The exception are macros named
//! `cfg_…`, which only add conditions to items.

use std::collections::HashSet;
use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};

use syn::parse::{Parse, ParseStream};
use syn::spanned::Spanned;
use syn::visit::{Visit, visit_file, visit_impl_item_fn, visit_item_fn, visit_item_impl, visit_trait_item_fn};
use syn::{
    AttrStyle, Attribute, Expr, ExprLit, ImplItem, ImplItemFn, ImplItemMacro, ItemFn, ItemImpl, ItemMacro, ItemMod,
    Lit, Macro, Meta, Signature, TraitItemFn, Visibility,
};

/// A function, and its place in the file as published.
#[derive(Clone, Debug)]
pub struct Function {
    /// Its number in the package.
    pub number: usize,
    /// Its name.
    pub name: String,
    /// The file, as a path below the package's folder.
    pub file: PathBuf,
    /// The bytes from the first attribute to the end of the body.
    pub range: Range<usize>,
    /// Where an attribute goes that stands directly above the function's line.
    pub insert_at: usize,
}

/// The functions of the modules below these roots, such as `src/lib.rs`.
///
/// # Errors
///
/// If a file cannot be read or parsed.
pub fn find(package: &Path, roots: &[PathBuf]) -> Result<Vec<Function>, String> {
    let mut functions = Vec::new();
    let mut seen: HashSet<PathBuf> = HashSet::new();
    let mut files: Vec<ModuleFile> = roots.iter().rev().cloned().map(ModuleFile::root).collect();
    while let Some(ModuleFile { file, submodules }) = files.pop() {
        if !seen.insert(file.clone()) {
            continue;
        }
        let path = package.join(&file);
        let source = fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        let parsed = syn::parse_file(&source).map_err(|error| format!("{}: {error}", path.display()))?;
        if is_for_tests(&parsed.attrs) {
            continue;
        }
        let folder = file.parent().unwrap_or(Path::new("")).to_owned();
        let mut finder = Finder { package, file, folder, submodules, functions: &mut functions, files: Vec::new() };
        visit_file(&mut finder, &parsed);
        files.extend(finder.files.into_iter().rev());
    }
    Ok(functions)
}

/// A file that is a module.
struct ModuleFile {
    file: PathBuf,
    /// Where the files of its modules are.
    submodules: PathBuf,
}

impl ModuleFile {
    fn root(file: PathBuf) -> Self {
        Self { submodules: file.parent().unwrap_or(Path::new("")).to_owned(), file }
    }

    /// The file of `mod name;` with this folder of submodules, if it is there. A module of another system may be missing.
    fn of_module(package: &Path, folder: &Path, name: &str) -> Option<Self> {
        let submodules = folder.join(name);
        [folder.join(format!("{name}.rs")), submodules.join("mod.rs")]
            .into_iter()
            .find(|file| package.join(file).is_file())
            .map(|file| Self { file, submodules })
    }
}

struct Finder<'a> {
    package: &'a Path,
    file: PathBuf,
    folder: PathBuf,
    submodules: PathBuf,
    functions: &'a mut Vec<Function>,
    files: Vec<ModuleFile>,
}

impl Finder<'_> {
    fn add(&mut self, attributes: &[Attribute], visibility: Option<&Visibility>, signature: &Signature, end: usize) {
        let mut insert_at = signature.span().byte_range().start;
        if let Some(visibility) = visibility.filter(|visibility| !matches!(visibility, Visibility::Inherited)) {
            insert_at = insert_at.min(visibility.span().byte_range().start);
        }
        let outer = attributes.iter().filter(|attribute| matches!(attribute.style, AttrStyle::Outer));
        let start = outer.map(|attribute| attribute.span().byte_range().start).min().unwrap_or(insert_at);
        self.functions.push(Function {
            number: self.functions.len(),
            name: signature.ident.to_string(),
            file: self.file.clone(),
            range: start..end,
            insert_at,
        });
    }

    fn visit_items_of<P: Parse>(&mut self, content: &Macro, visit: impl Fn(&mut Self, &P)) {
        if content.path.segments.last().is_some_and(|name| name.ident.to_string().starts_with("cfg_"))
            && let Ok(items) = syn::parse2::<P>(content.tokens.clone())
        {
            visit(self, &items);
        }
    }
}

/// The content of a `cfg_…` macro in an `impl`.
struct ImplItems(Vec<ImplItem>);

impl Parse for ImplItems {
    fn parse(input: ParseStream) -> syn::Result<Self> {
        let mut items = Vec::new();
        while !input.is_empty() {
            items.push(input.parse()?);
        }
        Ok(Self(items))
    }
}

impl<'ast> Visit<'ast> for Finder<'_> {
    fn visit_item_fn(&mut self, function: &'ast ItemFn) {
        if !is_for_tests(&function.attrs) {
            let end = function.block.span().byte_range().end;
            self.add(&function.attrs, Some(&function.vis), &function.sig, end);
            visit_item_fn(self, function);
        }
    }

    fn visit_impl_item_fn(&mut self, function: &'ast ImplItemFn) {
        if !is_for_tests(&function.attrs) {
            let end = function.block.span().byte_range().end;
            self.add(&function.attrs, Some(&function.vis), &function.sig, end);
            visit_impl_item_fn(self, function);
        }
    }

    fn visit_trait_item_fn(&mut self, function: &'ast TraitItemFn) {
        if let Some(block) = function.default.as_ref().filter(|_| !is_for_tests(&function.attrs)) {
            self.add(&function.attrs, None, &function.sig, block.span().byte_range().end);
            visit_trait_item_fn(self, function);
        }
    }

    fn visit_item_impl(&mut self, item: &'ast ItemImpl) {
        if !is_for_tests(&item.attrs) {
            visit_item_impl(self, item);
        }
    }

    fn visit_item_mod(&mut self, module: &'ast ItemMod) {
        if is_for_tests(&module.attrs) {
            return;
        }
        let name = module.ident.to_string();
        let name = name.trim_start_matches("r#");
        match &module.content {
            Some((_, items)) => {
                let outside = self.submodules.clone();
                self.submodules.push(name);
                for item in items {
                    self.visit_item(item);
                }
                self.submodules = outside;
            }
            None => {
                let file = match path_of(&module.attrs) {
                    Some(path) => Some(ModuleFile::root(self.folder.join(path))),
                    None => ModuleFile::of_module(self.package, &self.submodules, name),
                };
                self.files.extend(file.filter(|module| self.package.join(&module.file).is_file()));
            }
        }
    }

    fn visit_item_macro(&mut self, item: &'ast ItemMacro) {
        if !is_for_tests(&item.attrs) {
            self.visit_items_of(&item.mac, |this, file: &syn::File| {
                for item in &file.items {
                    this.visit_item(item);
                }
            });
        }
    }

    fn visit_impl_item_macro(&mut self, item: &'ast ImplItemMacro) {
        if !is_for_tests(&item.attrs) {
            self.visit_items_of(&item.mac, |this, ImplItems(items)| {
                for item in items {
                    this.visit_impl_item(item);
                }
            });
        }
    }
}

/// `#[test]`, `#[tokio::test]`, `#[cfg(test)]`, `#[cfg(all(test, …))]`.
fn is_for_tests(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| match &attribute.meta {
        Meta::List(list) if list.path.is_ident("cfg") => {
            let condition = list.tokens.to_string();
            let mut words = condition.split(|character: char| !character.is_alphanumeric() && character != '_');
            words.clone().any(|word| word == "test") && !words.any(|word| word == "not" || word == "any")
        }
        meta => meta.path().segments.last().is_some_and(|last| last.ident == "test"),
    })
}

/// `#[path = "…"]`.
fn path_of(attributes: &[Attribute]) -> Option<String> {
    attributes.iter().find_map(|attribute| match &attribute.meta {
        Meta::NameValue(pair) if pair.path.is_ident("path") => match &pair.value {
            Expr::Lit(ExprLit { lit: Lit::Str(path), .. }) => Some(path.value()),
            _ => None,
        },
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(source: &str) -> Vec<String> {
        let parsed = syn::parse_file(source).expect("the source can be parsed");
        let mut functions = Vec::new();
        let mut finder = Finder {
            package: Path::new(""),
            file: PathBuf::new(),
            folder: PathBuf::new(),
            submodules: PathBuf::new(),
            functions: &mut functions,
            files: Vec::new(),
        };
        visit_file(&mut finder, &parsed);
        for function in &functions {
            assert!(source[function.insert_at..].starts_with(['p', 'f', 'a', 'u']), "{function:?}");
        }
        functions.into_iter().map(|function| function.name).collect()
    }

    #[test]
    fn functions_with_a_body_are_found() {
        let found = names(
            "/// Ü\n#[inline] pub fn one() { fn inner() {} }\n\
             trait T { fn required(&self); fn provided(&self) {} }\n\
             impl T for () { fn required(&self) {} }\n\
             mod inline { pub(crate) async fn two() {} }\n\
             cfg_io! { unsafe fn three() {} impl X { cfg_rt! { fn four() {} } } }\n\
             extern \"C\" { fn foreign(); }\n",
        );
        assert_eq!(found, ["one", "inner", "provided", "required", "two", "three", "four"]);
    }

    #[test]
    fn tests_and_macros_are_left_alone() {
        let found = names(
            "#[test] fn a() {}\n#[tokio::test] async fn b() {}\n#[cfg(test)] mod tests { fn c() {} }\n\
             #[cfg(all(test, unix))] fn d() {}\nmacro_rules! m { () => { fn e() {} } }\nother! { fn f() {} }\n\
             #[cfg(not(test))] fn kept() {}\n",
        );
        assert_eq!(found, ["kept"]);
    }
}

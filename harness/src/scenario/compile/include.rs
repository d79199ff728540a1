//! `include:`: the steps of another file, with parameters.

use super::Compiler;
use super::step::Head;
use crate::scenario::code::Code;
use crate::scenario::header::missing;
use crate::scenario::program::Step;
use crate::scenario::sink::did_you_mean;
use crate::scenario::source::Source;
use crate::scenario::tree::{self, Map, Node, Scalar};
use std::sync::Arc;

/// The keys of a shared file.
pub(in crate::scenario) const KEYS: &[&str] = &["ringtrue", "title", "parameters", "steps"];
/// Includes within includes, at most.
const DEPTH: usize = 16;

impl Compiler<'_> {
    /// Compiles the steps of the file that is named.
    pub(super) fn include(&mut self, head: &Head<'_>, steps: &mut Vec<Step>) {
        self.reject_within(head, "the included steps can have their own");
        self.only(head, &["with"], "`include`");
        let Some(path) = head.value.scalar("`include`", &mut self.sink) else { return };
        let path = path.clone();
        let Some(source) = self.load(&path) else { return };
        let source = Arc::new(source);
        let known = self.sink.len();
        self.including.push(source.path.clone());
        if let Some(top) = tree::parse(&source, &mut self.sink) {
            self.included(&top, head, &path, steps);
        }
        self.including.pop();
        for diagnostic in self.sink.since(known) {
            if diagnostic.place.path() != path.place.path() {
                diagnostic.related(&path.place, "included here");
            }
        }
    }

    fn load(&mut self, path: &Scalar) -> Option<Source> {
        if path.open {
            return None;
        }
        let Some(source) = (self.context.includes)(&path.text) else {
            let title = format!("cannot find the file `{}`", path.text);
            self.sink
                .add(Code::Include, &path.place, title, "to be included here")
                .help("the path is taken from the folder of scenarios: `shared/register.yaml`");
            return None;
        };
        if self.including.contains(&source.path) || self.including.len() > DEPTH {
            let way = self.including.join(" includes ");
            self.sink
                .add(Code::IncludeCycle, &path.place, "a file includes itself", "closes the circle")
                .help(format!("{way} includes {}", source.path));
            return None;
        }
        Some(source)
    }

    fn included(&mut self, top: &Node, head: &Head<'_>, path: &Scalar, steps: &mut Vec<Step>) {
        let Some(top) = top.map("a shared file", &mut self.sink) else { return };
        top.only(KEYS, "a shared file", &mut self.sink);
        let Some(body) = top.get("steps") else {
            missing(top, "steps", "a shared file has `parameters:` and `steps:`", &mut self.sink);
            return;
        };
        let Some(list) = body.list("`steps`", &mut self.sink) else { return };
        // Parameters hold in the included file only, and hide names of the same name.
        let outer = self.scope.clone();
        self.parameters(top, head, path);
        steps.extend(self.steps(&list.items));
        let inner = std::mem::replace(&mut self.scope, outer);
        self.scope.take_used(inner);
    }

    fn parameters(&mut self, top: &Map, head: &Head<'_>, path: &Scalar) {
        let declared = self.declared(top);
        let given = head.keys.get("with").and_then(|with| with.map("`with`", &mut self.sink));
        for (name, value) in given.iter().flat_map(|given| &given.entries) {
            if !declared.iter().any(|(known, _)| *known == name.text) {
                let title = format!("`{}` has no parameter `{}`", path.text, name.text);
                let known = declared.iter().map(|(name, _)| name.as_str());
                let help = did_you_mean(&name.text, known);
                self.sink
                    .add(Code::Parameters, &name.place, title, "not a parameter")
                    .maybe_help(help);
            } else if let Some(value) = value.scalar(&format!("`{}`", name.text), &mut self.sink) {
                self.scope.set(&name.text, &value.text);
            }
        }
        for (name, default) in declared {
            if given.is_some_and(|given| given.get(&name).is_some()) {
                continue;
            }
            if let Some(default) = default {
                self.scope.set(name, default);
            } else {
                let title = format!("`{}` needs the parameter `{name}`", path.text);
                self.sink
                    .add(Code::Parameters, &path.place, title, "missing here")
                    .help(format!("add `with: {{{name}: …}}`"));
                self.scope.leave_open(name);
            }
        }
    }

    /// The parameters of a shared file, each with its default where it has one.
    fn declared(&mut self, top: &Map) -> Vec<(String, Option<String>)> {
        match top.get("parameters") {
            None => Vec::new(),
            Some(Node::Map(map)) => map
                .entries
                .iter()
                .map(|(name, default)| match default {
                    Node::Scalar(default) if default.null => (name.text.clone(), None),
                    Node::Scalar(_) | Node::List(_) | Node::Map(_) => {
                        let default = default.scalar("a default", &mut self.sink).cloned();
                        let default =
                            default.map(|default| self.scope.scalar(&default, &mut self.sink).text);
                        (name.text.clone(), default)
                    }
                })
                .collect(),
            Some(list) => list
                .texts("`parameters`", &mut self.sink)
                .into_iter()
                .map(|name| (name.text.clone(), None))
                .collect(),
        }
    }
}

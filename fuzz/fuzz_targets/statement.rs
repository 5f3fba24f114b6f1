//! Any text as a statement: lexer, parser, printer, errors.
#![no_main]

libfuzzer_sys::fuzz_target!(|text: &str| durward_fuzz::survive(text));

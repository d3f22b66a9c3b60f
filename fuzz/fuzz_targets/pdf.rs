#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| shenyan_fuzz::read(input, shenyan_read::Format::Pdf));

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let _ = shenyan_read::Document::read(bytes, shenyan_read::Format::Plain);
});

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| lb_http::fuzz::nagios(bytes));

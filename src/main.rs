//! The `shenyan` command.

use std::process::ExitCode;

fn main() -> ExitCode {
    shenyan_cli::main()
}

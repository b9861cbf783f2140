//! The commands that this package's README shows print what it shows.

mod cli_env;

use std::process::Command;

use cli_env::{Directory, mpconn, run};

const README: &str = include_str!("../README.md");

/// The commands of the blocks that use the program, each with the output shown below it.
fn shown() -> Vec<(String, String)> {
    let blocks = README.split("```console\n").skip(1);
    let blocks = blocks.map(|block| block.split("```").next().unwrap());
    let mut shown: Vec<(String, String)> = Vec::new();
    for line in blocks.flat_map(str::lines) {
        match line.strip_prefix("$ ") {
            Some(command) => shown.push((command.to_owned(), String::new())),
            None => {
                let (_, output) = shown.last_mut().expect("a command comes first");
                output.push_str(line);
                output.push('\n');
            }
        }
    }
    // Installing is cargo's affair.
    shown.retain(|(command, _)| !command.starts_with("cargo install "));
    shown
}

#[test]
fn the_commands_print_what_is_shown() {
    let directory = Directory::new();
    let program = mpconn([""; 0]);
    let program = std::path::Path::new(program.get_program());
    let path = std::env::var("PATH").unwrap();
    let path = format!("{}:{path}", program.parent().unwrap().display());
    let shown = shown();
    assert!(shown.len() >= 4, "{shown:?}");
    for (command, output) in shown {
        let mut shell = Command::new("sh");
        shell.args(["-ec", &command]).env("PATH", &path);
        shell.current_dir(directory.path("."));
        let ended = run(shell, "").expect(0);
        assert_eq!(ended.stdout, output, "{command}");
    }
}

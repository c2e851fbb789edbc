//! Builds the pages under `web/` with Node, so that `cargo build` is all it takes, and lists them for `src/http/web`. Without Node (20 or
//! newer), or when npm reaches no registry, the program is built all the same, and its pages say how to get them.
//! `TUTTI_WEB=off` leaves them out.

use std::fmt::Write as _;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    for part in ["src", "build.mjs", "package.json", "package-lock.json"] {
        println!("cargo::rerun-if-changed=web/{part}");
    }
    println!("cargo::rerun-if-env-changed=TUTTI_WEB");
    let out = PathBuf::from(std::env::var_os("OUT_DIR").expect("cargo sets OUT_DIR"));
    let web = out.join("web");
    let listed = match pages(Path::new("web"), &web) {
        Ok(()) => list(&web).expect("what was just built can be read"),
        Err(why) => {
            println!("cargo::warning=without the web pages: {why}");
            format!("const MISSING: Option<&str> = Some({why:?});\nconst PAGES: &[(&str, &str)] = &[];\nconst ASSETS: &[Asset] = &[];\n")
        }
    };
    fs::write(out.join("web.rs"), listed).expect("OUT_DIR can be written");
}

/// Builds the pages into `out`, or says why not.
fn pages(source: &Path, out: &Path) -> Result<(), String> {
    if std::env::var("TUTTI_WEB").is_ok_and(|set| set == "off") {
        return Err("TUTTI_WEB=off was set".to_owned());
    }
    let version = run(Command::new("node").arg("--version")).map_err(|_| "Node was not found when this was built".to_owned())?;
    let major = version.trim_start_matches('v').split('.').next().and_then(|text| text.trim().parse::<u32>().ok());
    if major.is_none_or(|major| major < 20) {
        return Err(format!("Node {} was found when this was built, and 20 is needed", version.trim()));
    }
    install(source)?;
    run(Command::new("node").current_dir(source).arg("build.mjs").arg(out)).map(drop)
}

/// Installs what the lock file names, unless npm's own note says that it is there. Builds of several profiles share the folder, one at a
/// time.
fn install(source: &Path) -> Result<(), String> {
    let text = |error: std::io::Error| format!("server/web: {error}");
    let modules = source.join("node_modules");
    fs::create_dir_all(&modules).map_err(text)?;
    let one = File::create(modules.join(".tutti.lock")).map_err(text)?;
    one.lock().map_err(text)?;
    let changed = |path: &Path| fs::metadata(path).and_then(|about| about.modified());
    let wanted = changed(&source.join("package-lock.json")).map_err(text)?;
    if changed(&modules.join(".package-lock.json")).is_ok_and(|noted| noted >= wanted) {
        return Ok(());
    }
    let fetch = || {
        let arguments = ["ci", "--omit=dev", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
        run(Command::new("npm").current_dir(source).args(arguments)).map(drop)
    };
    // A registry may be busy for a moment.
    fetch().or_else(|_| fetch())
}

/// Its output, or its last words.
fn run(command: &mut Command) -> Result<String, String> {
    let name = command.get_program().to_string_lossy().into_owned();
    let done = command.output().map_err(|error| format!("{name}: {error}"))?;
    if done.status.success() {
        return Ok(String::from_utf8_lossy(&done.stdout).into_owned());
    }
    let words = String::from_utf8_lossy(&done.stderr).trim().chars().take(600).collect::<String>().replace('\n', " | ");
    Err(format!("`{name}` failed: {words}"))
}

/// The built files as Rust: pages by name, assets with their compressed forms.
fn list(web: &Path) -> std::io::Result<String> {
    let mut listed = "const MISSING: Option<&str> = None;\nconst PAGES: &[(&str, &str)] = &[\n".to_owned();
    for path in sorted(&web.join("pages"))? {
        let name = path.file_stem().unwrap_or_default().to_string_lossy();
        let _ = writeln!(listed, "    ({name:?}, include_str!({path:?})),");
    }
    listed.push_str("];\nconst ASSETS: &[Asset] = &[\n");
    let assets = web.join("assets");
    for path in sorted(&assets)? {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if name.ends_with(".br") || name.ends_with(".gz") {
            continue;
        }
        let packed = |ending: &str| {
            let packed = assets.join(format!("{name}{ending}"));
            if packed.exists() { format!("Some(include_bytes!({packed:?}))") } else { "None".to_owned() }
        };
        let (br, gz) = (packed(".br"), packed(".gz"));
        let _ = writeln!(listed, "    Asset {{ name: {name:?}, bytes: include_bytes!({path:?}), br: {br}, gz: {gz} }},");
    }
    listed.push_str("];\n");
    Ok(listed)
}

fn sorted(folder: &Path) -> std::io::Result<Vec<PathBuf>> {
    let mut paths: Vec<PathBuf> = fs::read_dir(folder)?.map(|entry| entry.map(|entry| entry.path())).collect::<Result<_, _>>()?;
    paths.sort();
    Ok(paths)
}

//! `tutti openapi`: the description of `/v1`, for generators of clients.

/// Print the OpenAPI description of the HTTP API.
#[derive(clap::Args)]
#[command(after_help = "A running server has the same at /v1/openapi.json, and a page of it at /docs.")]
pub(super) struct OpenApi {}

impl OpenApi {
    #[expect(clippy::unused_self, reason = "as every command")]
    pub(super) fn run(self) -> anyhow::Result<()> {
        println!("{}", crate::http::openapi::text());
        Ok(())
    }
}

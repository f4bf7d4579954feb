import Connectors
import Flow
import Testing

@testable import sluice

/// What `connections list` shows of secrets.
@Suite struct ConnectionRowTests {
    @Test func `secrets and tokens are shown by their kinds, and nothing of their values`() throws {
        let directory = try DevHintsTests.directory(applying: "Examples")
        let connection = try #require(directory.connections["loyaltylion@*"])
        let row = ConnectionRow(connection, directory, directory.catalogue)
        #expect(row.credentials == ["api_key", "secret", "ingest_token", "webhook_secret"])
        let club = try DevHintsTests.directory(applying: "docs/own-connector.yaml")
        let own = try #require(club.connections["tea-club@*"])
        #expect(ConnectionRow(own, club, club.catalogue).credentials == ["secret", "ingest_token"])
    }

    @Test func `a file that isn't there and a variable are told apart in what to do`() {
        for (source, remedy) in [
            ("file:/nowhere/key.txt", "make the file, or correct its path"),
            ("env:NOT_SET", "set it, and run the command again"),
        ] {
            let error = #expect(throws: CommandError.self) {
                try SecretOption.read(source, "--secret", environment: [:])
            }
            #expect(error?.remedy == remedy)
        }
    }
}

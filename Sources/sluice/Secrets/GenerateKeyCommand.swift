// `sluice secrets generate-key`.

import ArgumentParser
import Registry

struct GenerateKeyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "generate-key", abstract: "Prints a fresh key for SLUICE_SECRETS_KEYS.",
        discussion: """
            Every process that applies connections or sends actions needs the same keys. To change keys, put the new \
            one in front, separated by a comma, apply the connections again, and remove the old one.

              export SLUICE_SECRETS_KEYS=$(sluice secrets generate-key)
            """)

    @Option(help: "What the key is called: letters, digits, - and _.")
    var id = "k1"

    func run() throws {
        let key = SecretBox.generateKey(id: id)
        // Checked by those who will read it.
        do {
            _ = try SecretBox(keys: key)
        } catch {
            throw CommandError.wrongUse(
                "a key can't be called “\(id)”", at: "--id", do: "use 1 to 40 letters, digits, - and _")
        }
        try Terminal.write(key + "\n")
    }
}

// `sluice secrets generate-key`.

import ArgumentParser
import Liquid
import Registry

struct GenerateKeyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "generate-key", abstract: "Prints a fresh key for SLUICE_SECRETS_KEYS.",
        discussion: """
            Every process that applies connections or sends actions needs the same keys. To change keys, put the new \
            one in front, separated by a comma, and start the processes anew; then seal everything again with \
            sluice apply -f PATH --reseal; then take the old one out. JSON: {id, key}.

              export SLUICE_SECRETS_KEYS=$(sluice secrets generate-key)
              export SLUICE_SECRETS_KEYS=$(sluice secrets generate-key),$SLUICE_SECRETS_KEYS
            """)

    @Option(help: "What the key is called: letters, digits, - and _. (default: a random name)")
    var id: String?

    @OptionGroup var output: OutputOptions

    func run() throws {
        let id = id ?? SecretBox.freshID()
        let key = SecretBox.generateKey(id: id)
        // Checked by those who will read it.
        do {
            _ = try SecretBox(keys: key)
        } catch {
            throw CommandError.wrongUse(
                "a key can't be called “\(id)”", at: "--id", do: "use 1 to 40 letters, digits, - and _")
        }
        try output.printer.print(json: ["id": .string(id), "key": .string(key)], text: key)
    }
}

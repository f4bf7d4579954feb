// What to say where a key for secrets is missing.

/// The keys that seal the secrets of connections.
enum SecretKeys {
    static let remedy =
        "make a key with `sluice secrets generate-key`, keep it safe, and set it in SLUICE_SECRETS_KEYS "
        + "for every command and role"

    /// For a command that seals what workers have to open.
    static let workers =
        "set SLUICE_SECRETS_KEYS to the workers' key: what another one seals, no sender or gateway can open; where there "
        + "are no workers yet, make one with `sluice secrets generate-key`, and give it to them, too"
}

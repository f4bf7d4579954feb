// What to say where a key for secrets is missing.

/// The keys that seal the secrets of connections.
enum SecretKeys {
    static let remedy =
        "make a key with `sluice secrets generate-key`, keep it safe, and set it in SLUICE_SECRETS_KEYS "
        + "for every command and role"
}

// Variables that look like a setting's, and are none.

import Flow

/// Finds names that nobody reads and that are almost a setting's: who set one should hear so. Variables of other names, such as
/// those of manifests' secrets, are nobody's business here.
enum MistypedVariables {
    private static let known: Set<String> = Set(SettingKeys.all.keys.map(EnvironmentNames.variable))
        .union(["SLUICE_CONFIG", "SLUICE_RESOURCES"])
    /// Others that the project reads.
    private static let others: Set<String> = [
        "SLUICE_EXAMPLE_SECRET", "SLUICE_BINARY", "SLUICE_TEST_SEED", "SLUICE_TEST_OUTPUT", "SLUICE_FUZZ",
        "SLUICE_FUZZ_COUNT", "SLUICE_FUZZ_SEED", "SLUICE_FUZZ_TARGET", "SLUICE_FUZZ_FIRST",
    ]

    /// One sentence for each, without values.
    static func warnings(_ environment: [String: String]) -> [String] {
        environment.keys.filter { $0.hasPrefix("SLUICE_") && !known.contains($0) && !others.contains($0) }
            .sorted().compactMap { name in
                // A setting's name may go on behind it.
                let near = NearNames.of(name, in: known).first {
                    NearNames.distance(name, $0) <= NearNames.distance
                }
                return near.map { "nothing reads the variable \(name); is it meant to be \($0)?" }
            }
    }
}

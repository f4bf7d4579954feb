// Variables that look like a setting's, and are none.

/// Finds names that nobody reads and that are almost a setting's: who set one should hear so. Variables of other names, such as
/// those of manifests' secrets, are nobody's business here.
enum MistypedVariables {
    /// Letters that a name may differ by from the setting that was meant.
    private static let distance = 2

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
                let near = known.map { (distance(name, $0), $0) }.min { $0 < $1 }
                guard let near, near.0 <= distance else { return nil }
                return "nothing reads the variable \(name); is it meant to be \(near.1)?"
            }
    }

    /// How many letters have to be changed, added or taken out.
    private static func distance(_ left: String, _ right: String) -> Int {
        let (left, right) = (Array(left.utf8), Array(right.utf8))
        guard abs(left.count - right.count) <= distance else { return .max }
        var row = Array(0...right.count)
        for (i, a) in left.enumerated() {
            var corner = row[0]
            row[0] = i + 1
            for (j, b) in right.enumerated() {
                let changed = corner + (a == b ? 0 : 1)
                corner = row[j + 1]
                row[j + 1] = min(changed, corner + 1, row[j] + 1)
            }
        }
        return row[right.count]
    }
}

import Flow
import Liquid
import Registry

/// What the plan's tests start from.
enum PlanFixtures {
    static let keys = "k1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="

    static func options(prunes: Bool = false) throws -> ManifestOptions {
        ManifestOptions(
            environment: ["SECRET": "s3cret", "OLD_SECRET": "0ld"], secretBox: try SecretBox(keys: keys),
            prunes: prunes)
    }

    /// An organization of two stores: one with LoyaltyLion and Slack, one with LoyaltyLion only and without Sluice.
    static let stores = """
        kind: organization
        id: tea-group
        ---
        kind: store
        domain: tea-house.myshopify.com
        organization: tea-group
        apps: [loyaltylion, slack]
        ---
        kind: store
        domain: tea-corner.myshopify.com
        organization: tea-group
        sluice_installed: false
        apps: [loyaltylion]
        """

    static func workflow(
        id: String = "welcome", owner: String = "organization: tea-group", text: String = "Hi"
    ) -> String {
        """
        kind: workflow
        id: \(id)
        \(owner)
        trigger: loyaltylion/moved-up-tier
        steps:
          - action: slack/send-message
            inputs: { channel: "#vip", text: "\(text)" }
        """
    }

    static func connection(_ connector: String = "slack", rest: String = "secret: { env: SECRET }") -> String
    {
        """
        kind: connection
        connector: \(connector)
        endpoint: https://flow.example.com/actions
        \(rest)
        """
    }

    static func plan(
        _ texts: String..., against directory: Directory = Directory(), options: ManifestOptions? = nil
    ) throws -> ApplyPlan {
        let manifest = try Manifest(yaml: texts.joined(separator: "\n---\n"), file: "m.yaml", variables: [:])
        return try manifest.plan(
            against: directory, catalogue: try TestCatalogue.load(), options: try options ?? Self.options())
    }

    /// The registry after a plan was applied to it.
    static func directory(_ plan: ApplyPlan, on directory: Directory = Directory()) -> Directory {
        var directory = directory
        for change in plan.changes {
            directory.apply(
                RegistryEntry(
                    kind: change.kind, id: change.id, version: change.expectedVersion + 1, nonce: "n",
                    body: change.body))
        }
        return directory
    }
}

extension ApplyPlan {
    /// `created store/tea-house.myshopify.com`
    var summary: [String] { items.map { "\($0.effect.rawValue) \($0.kind.rawValue)/\($0.id)" } }
}

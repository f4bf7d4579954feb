// The stores and workflows of these tests.

import Foundation

/// YAML that `sluice apply` reads.
enum TestManifest {
    /// The name that `sluice emit --stores` gives its number.
    static func store(_ number: Int) -> String { String(format: "store-%04d.myshopify.com", number) }

    /// Asana is installed, too, though the cluster has no topics for it.
    private static let apps = ClusterSetup.connectors + ["asana"]

    /// Every store has every app; each app's actions go to the mock vendor.
    static func stores(_ count: Int, vendorPort: Int) -> String {
        let stores = (1...count).map { number in
            """
            ---
            kind: store
            domain: \(store(number))
            organization: group
            apps: [\(apps.joined(separator: ", "))]

            """
        }
        let connections = ClusterSetup.connectors.map { connector in
            """
            ---
            kind: connection
            connector: \(connector)
            endpoint: http://127.0.0.1:\(vendorPort)/flow/\(connector)
            secret: { env: SLUICE_EXAMPLE_SECRET }

            """
        }
        return "kind: organization\nid: group\n" + stores.joined() + connections.joined()
    }

    /// Four workflows over four triggers. Each action says which customer it is about, so that the vendor's log shows
    /// the key; `up` has two steps at two apps.
    static let workflows = """
        kind: workflow
        id: up
        organization: group
        trigger: loyaltylion/moved-up-tier
        steps:
          - id: message
            action: slack/send-message
            inputs: { channel: "{{ trigger.customer_id }}", text: "up to {{ trigger.tierName }}" }
          - id: card
            action: trello/create-card
            inputs: { listId: "{{ trigger.customer_id }}", name: "{{ trigger.tierName }}", description: up }
        ---
        kind: workflow
        id: down
        organization: group
        trigger: loyaltylion/moved-down-tier
        steps:
          - id: card
            action: trello/create-card
            inputs: { listId: "{{ trigger.customer_id }}", name: down, description: down }
        ---
        kind: workflow
        id: loyal
        organization: group
        trigger: loyaltylion/moved-into-loyal
        steps:
          - id: message
            action: slack/send-message
            inputs: { channel: "{{ trigger.customer_id }}", text: loyal }
        ---
        kind: workflow
        id: birthday
        organization: group
        trigger: loyaltylion/birthday-today
        steps:
          - id: message
            action: slack/send-message
            inputs: { channel: "{{ trigger.customer_id }}", text: birthday }

        """

    /// One workflow with one step, for tests that count.
    static let oneStep = """
        kind: workflow
        id: up
        organization: group
        trigger: loyaltylion/moved-up-tier
        steps:
          - id: message
            action: slack/send-message
            inputs: { channel: "{{ trigger.customer_id }}", text: up }

        """

    /// Faults of every kind that a vendor shows, all but one of them passing.
    static let faults = """
        seed: 11
        rules:
          - { action: slack/send-message, share: 0.10, answers: [503, ok] }
          - { action: slack/send-message, share: 0.02, answers: [html, 503, ok] }
          - { action: slack/send-message, share: 0.02, answers: [close, ok] }
          - { action: trello/create-card, share: 0.03, answers: [422] }
          - { action: trello/create-card, share: 0.01, answers: [{ status: 429, retry_after: 1 }, ok] }
          - { action: trello/create-card, share: 0.05, answers: [202, ok] }

        """
}

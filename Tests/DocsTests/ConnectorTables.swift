// The parts of docs/Connectors.md that are made from the catalogue; `make docs` writes them.

import Connectors
import Flow

/// Tables in Markdown. Equal catalogues make equal text.
struct ConnectorTables {
    let catalogue: Catalogue

    /// By the name in their marks.
    var parts: [(name: String, text: String)] {
        [("apps", apps), ("actions", actions), ("triggers", triggers), ("personal", personal)]
    }

    // MARK: What each offers

    private var apps: String {
        Self.table(
            ["app", "id", "triggers", "actions"],
            catalogue.connectors.map { app in
                [
                    app.name, "`\(app.id)`", Self.cell(app.triggers.map { "`\($0.handle)`" }),
                    Self.cell(app.actions.map { "`\($0.handle)`" }),
                ]
            })
    }

    private var actions: String {
        let rows = catalogue.connectors.flatMap { app in
            app.actions.map { action in
                let delivery = action.delivery
                return [
                    "`\(app.id)/\(action.handle)`", delivery.channel.rawValue, delivery.confidence.rawValue,
                    delivery.inDoubt.rawValue, Self.cell((app.limits + delivery.limits).map(\.description)),
                    Self.proof(of: delivery.channel, app.id),
                ]
            }
        }
        return Self.table(["action", "protocol", "confidence", "in doubt", "limits", "proven by"], rows)
    }

    private var triggers: String {
        let rows = catalogue.connectors.filter { !$0.triggers.isEmpty }.map { app in
            let webhook = VendorWebhooks.webhook(of: app.id)
            return [
                "`\(app.id)`", "\(app.triggers.count)",
                Self.cell(
                    ["Kafka, HTTP"] + (webhook.map { ["webhook: \(Self.words(for: $0.proof))"] } ?? [])),
                Self.cell(["*sample*"] + (webhook == nil ? [] : ["*webhook*"])),
            ]
        }
        return Self.table(["app", "triggers", "arrive by", "proven by"], rows)
    }

    /// Of the tests that the page explains, and of one with the vendor's name where there is one.
    private static func proof(of channel: ActionDefinition.Channel, _ app: String) -> String {
        guard channel == .vendorAPI, let api = Vendors.api(of: app) else { return "*protocol*" }
        let suite = "\(type(of: api))Tests"
        let isThere = Repository.exists("Tests/ConnectorsTests/Vendors/\(suite).swift")
        return cell(["*contract*"] + (isThere ? ["`\(suite)`"] : []))
    }

    private static func words(for proof: WebhookProof) -> String {
        switch proof {
        case .signedBody(let header): "base64 HMAC-SHA256 of the body in `\(header)`"
        case .sharedSecret(let headers):
            "the secret itself in \(headers.map { "`\($0)`" }.joined(separator: " or "))"
        case .standardWebhooks: "Standard Webhooks: `webhook-id`, `webhook-timestamp`, `webhook-signature`"
        case .pathToken: "unsigned: a secret at the end of the URL"
        }
    }

    // MARK: Personal data

    private var personal: String {
        let rows = catalogue.connectors.compactMap { app -> [String]? in
            let triggers = Self.personal(app.triggers.flatMap(\.fields))
            // Pictures that go out are the merchant's.
            let actions = Self.personal(app.actions.flatMap(\.fields)).filter { $0 != "imageUrl" }
            guard !triggers.isEmpty || !actions.isEmpty else { return nil }
            return ["`\(app.id)`", Self.list(triggers), Self.list(actions)]
        }
        return Self.table(["app", "trigger fields", "action fields"], rows)
    }

    private static func personal(_ fields: [FieldDefinition]) -> [String] {
        Set(fields.map(\.key)).filter { PersonalField.isPersonal($0) }.sorted()
    }

    // MARK: Markdown

    private static func table(_ head: [String], _ rows: [[String]]) -> String {
        ([head, head.map { _ in "---" }] + rows).map { "| \($0.joined(separator: " | ")) |" }
            .joined(separator: "\n")
    }

    private static func cell(_ items: [String]) -> String {
        items.isEmpty ? "–" : items.joined(separator: "<br>")
    }

    private static func list(_ keys: [String]) -> String {
        keys.isEmpty ? "–" : keys.map { "`\($0)`" }.joined(separator: ", ")
    }
}

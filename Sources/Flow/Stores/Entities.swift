import Liquid

/// A merchant's group of stores.
package struct Organization: Hashable, Sendable {
    package let id: String
    package let name: String?

    package init(id: String, name: String?) {
        self.id = id
        self.name = name
    }
}

/// One shop, named by its domain.
package struct Store: Hashable, Sendable {
    package let domain: String
    package let organization: String?
    /// Shopify's number of the shop, for Flow's wire format.
    package let shopID: JSON?
    /// Without it the store's workflows are inactive there (the seed's rule 5).
    package var isSluiceInstalled: Bool
    /// The apps that are installed in it.
    package var apps: Set<String>
    /// Its share of a sender among stores that wait: turns of so many runs.
    package let weight: Int

    package static let weights: ClosedRange<Int64> = 1...100

    package init(
        domain: String, organization: String?, shopID: JSON?, isSluiceInstalled: Bool, apps: Set<String>,
        weight: Int = 1
    ) {
        self.domain = domain
        self.organization = organization
        self.shopID = shopID
        self.isSluiceInstalled = isSluiceInstalled
        self.apps = apps
        self.weight = weight
    }
}

/// The credentials and settings of a connector, for one store or, without a store, for every store that has none
/// of its own.
package struct Connection: Hashable, Sendable {
    package let connector: String
    package let store: String?
    /// The app's registered action URL.
    package let endpoint: String
    /// Signing secrets, sealed, newest first; two while they are rotated.
    package let secrets: [SealedText]
    /// How many requests its owner may send, in place of the catalogue's limits; empty = as many as it likes.
    package let limits: [RateLimit]?
    package let afterDeadLetter: AfterDeadLetter

    /// What becomes of the runs behind one that ends in a dead letter.
    package enum AfterDeadLetter: String, Hashable, Sendable, CaseIterable {
        /// They go on.
        case `continue`
        /// They wait until the letter is replayed, and then for its copy, or discarded.
        case hold
    }

    package init(
        connector: String, store: String?, endpoint: String, secrets: [SealedText],
        limits: [RateLimit]? = nil, afterDeadLetter: AfterDeadLetter = .continue
    ) {
        self.connector = connector
        self.store = store
        self.endpoint = endpoint
        self.secrets = secrets
        self.limits = limits
        self.afterDeadLetter = afterDeadLetter
    }

    package var id: String { "\(connector)@\(store ?? "*")" }

    /// Connectors whose credentials belong to Sluice in the store, so that changing them needs Sluice there
    /// (the seed's rule 6).
    package static let ownedBySluice: Set<String> = ["asana", "google-sheets", "slack", "trello"]
}

/// Text that only holders of a key can read, as it rests in the registry.
package struct SealedText: Hashable, Sendable {
    /// Which key opens it.
    package let keyID: String
    /// Nonce, ciphertext and tag, base64.
    package let sealed: String

    package init(keyID: String, sealed: String) {
        self.keyID = keyID
        self.sealed = sealed
    }
}

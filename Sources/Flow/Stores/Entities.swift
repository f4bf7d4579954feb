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
    package var organization: String?
    /// Shopify's number of the shop, for Flow's wire format.
    package var shopID: JSON?
    /// Without it the store's workflows are inactive there (the seed's rule 5).
    package var isSluiceInstalled: Bool
    /// The apps that are installed in it.
    package var apps: Set<String>
    /// Its share of a sender among stores that wait: turns of so many runs.
    package var weight: Int

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
